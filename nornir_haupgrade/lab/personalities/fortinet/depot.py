"""What every TFTP and FTP server that a member asks offers, and where its backups go.

No packet is sent: whatever the address, the files are these. An address that is none is refused.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.images import build_image, read_image
from nornir_haupgrade.lab.personalities.fortinet.versions import file_name

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.fortinet.spec import FortigateSpec


class Depot:
    """Files by name, in memory and in a folder of this machine if one is given."""

    def __init__(self, spec: FortigateSpec) -> None:
        self._folder = Path(spec.folder) if spec.folder else None
        self._made = {file_name(version): version for version in spec.offers}
        self.held: dict[str, bytes] = {}
        """What members put there."""

    def get(self, name: str) -> bytes | None:
        """A file's bytes; None: there is none of that name."""
        if name in self.held:
            return self.held[name]
        if name in self._made:
            return build_image(self._made[name])
        path = self._path(name)
        return path.read_bytes() if path is not None and path.is_file() else None

    def put(self, name: str, data: bytes) -> None:
        """Keep a file."""
        self.held[name] = data
        path = self._path(name)
        if path is not None:
            path.write_bytes(data)

    def _path(self, name: str) -> Path | None:
        if self._folder is None or Path(name).name != name:
            return None
        return self._folder / name


def is_server(address: str) -> bool:
    """Whether an address can be one, with or without a port."""
    host, _, port = address.partition(":")
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return not port or port.isdigit()


def is_signed(image: bytes) -> bool:
    """Whether an image is the vendor's, byte for byte: a spoilt one is not."""
    facts = read_image(image)
    if not facts.is_bootable:
        return False
    whole = build_image(
        facts.version,
        ha=facts.has_ha,
        size=len(image),
        drop_config_lines=facts.drop_config_lines,
    )
    return whole == image
