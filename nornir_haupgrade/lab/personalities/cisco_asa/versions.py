"""One release in the forms that the ASA gives it."""

from __future__ import annotations

import re

FLASH = "/flash/"
ENDINGS = (".SPA", ".bin")
_NAMES = ("disk0:", "flash:", "boot:")


def file_name(version: str) -> str:
    """What the vendor calls an image: 9.16(3)19 is ``asa9-16-3-19-smp-k8.bin``."""
    return f"asa{re.sub('[^0-9]+', '-', version).strip('-')}-smp-k8.bin"


def flash_path(name: str) -> str | None:
    """``disk0:/x``, ``flash:x`` or ``x`` as a path on the disk; None: another file system."""
    for prefix in _NAMES:
        if name.startswith(prefix):
            return FLASH + name.removeprefix(prefix).lstrip("/")
    return None if ":" in name else FLASH + name.lstrip("/")


def disk_name(path: str) -> str:
    """A path on the disk as the ASA writes it."""
    return f"disk0:/{path.removeprefix(FLASH)}"
