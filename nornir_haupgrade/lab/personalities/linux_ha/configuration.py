"""A device's configuration: files below ``local/`` (its own) and ``shared/`` (the pair's)."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.disk import sha256

if TYPE_CHECKING:
    from collections.abc import Iterable

PREEMPT = "local/preempt.conf"
RULES = "shared/ruleset.nft"
NO_PREEMPT = "nopreempt\n"

_RULE = 'tcp dport {port} ct state new accept comment "service {port}"\n'


class Configuration:
    """Paths and texts on flash, and the rules that are loaded."""

    def __init__(self, hostname: str, *, preempts: bool, rules: int = 20) -> None:
        self.files: dict[str, str] = {
            "local/hostname": f"{hostname}\n",
            "local/interfaces.conf": "mgmt\nout\nin\nha\n",
            PREEMPT: "" if preempts else NO_PREEMPT,
            "shared/objects.conf": "network inside 10.2.0.0/16\nnetwork outside 10.1.0.0/16\n",
            RULES: "".join(_RULE.format(port=7000 + number) for number in range(rules)),
        }
        self.loaded = ""
        self.load()

    def load(self) -> None:
        """Make the rules on flash the running ones."""
        self.loaded = sha256(self.files.get(RULES, "").encode())

    @property
    def preempts(self) -> bool:
        """Whether this member, if preferred, takes the role back by itself."""
        return self.files[PREEMPT] != NO_PREEMPT

    def set_preempt(self, *, on: bool) -> None:
        """Rewrite the preemption file."""
        self.files[PREEMPT] = "" if on else NO_PREEMPT

    @property
    def shared(self) -> dict[str, str]:
        """The pair's part, which one member pushes to the other."""
        return {path: text for path, text in self.files.items() if path.startswith("shared/")}

    def replace_shared(self, shared: dict[str, str]) -> None:
        """Take the peer's shared part whole, files it does not have included, and load it."""
        own = {path: text for path, text in self.files.items() if not path.startswith("shared/")}
        self.files = own | shared
        self.load()

    def drop_lines(self, parts: Iterable[str]) -> None:
        """Lose every shared line that contains one of these: the release does not know it."""
        unknown = tuple(parts)
        for path, text in self.shared.items():
            kept = [line for line in text.splitlines() if not any(part in line for part in unknown)]
            self.files[path] = "".join(f"{line}\n" for line in kept)

    @property
    def digest(self) -> str:
        """sha256 over all files, local ones included."""
        whole = "".join(f"{path}\0{self.files[path]}\0" for path in sorted(self.files))
        return sha256(whole.encode())

    def archive(self) -> bytes:
        """A tar of all files; the same configuration always gives the same bytes."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for path in sorted(self.files):
                content = self.files[path].encode()
                entry = tarfile.TarInfo(f"config/{path}")
                entry.size = len(content)
                entry.mode = 0o600
                tar.addfile(entry, io.BytesIO(content))
        return buffer.getvalue()
