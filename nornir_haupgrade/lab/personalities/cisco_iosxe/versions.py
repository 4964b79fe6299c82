"""One release in the forms that IOS-XE gives it."""

from __future__ import annotations

import re
import zlib

_TRAINS = {
    "16.9": "Fuji",
    "16.12": "Gibraltar",
    "17.3": "Amsterdam",
    "17.6": "Bengaluru",
    "17.9": "Cupertino",
    "17.12": "Dublin",
}
"""As the captures name them; later ones are ``IOSXE``."""


def unpadded(version: str) -> str:
    """``17.06.03a`` as the second line of ``show version`` has it: ``17.6.3a``."""
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", version)


def train(version: str) -> str:
    """The name of a release train."""
    return _TRAINS.get(".".join(unpadded(version).split(".")[:2]), "IOSXE")


def built(version: str) -> str:
    """With its build number, as ``show install summary`` has it: ``17.09.04a.0.6``."""
    return f"{version}.0.{zlib.crc32(version.encode()) % 9000 + 1}"


def file_name(version: str) -> str:
    """What the vendor calls the image of a virtual router."""
    return f"c8000v-universalk9.{version}.SPA.bin"


def package_names(version: str) -> tuple[str, str]:
    """The two packages that an image of a Catalyst 8000V is unpacked to."""
    return f"c8000v-mono-universalk9.{version}.SPA.pkg", f"c8000v-rpboot.{version}.SPA.pkg"
