"""Firewall images: a JSON header line, then filler that follows from the version alone.

The same version always gives the same bytes, so a configuration file can state the checksum.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DEFAULT_SIZE = 256 * 1024
"""Bytes."""


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What booting an image makes of a device."""

    version: str
    has_ha: bool = True
    """Whether the HA software is in it; without, the device boots and never takes part."""
    drop_config_lines: tuple[str, ...] = ()
    """Configuration lines that the release does not know: they are gone after its first boot."""
    is_bootable: bool = True
    """False for a truncated image, or for anything that is no image."""


NO_IMAGE = ImageFacts(version="unknown", has_ha=False, is_bootable=False)


def build_image(
    version: str,
    *,
    ha: bool = True,
    size: int = DEFAULT_SIZE,
    drop_config_lines: Sequence[str] = (),
    truncated: bool = False,
) -> bytes:
    """An image's bytes; a truncated one lacks its second half but states its full size."""
    header = {"version": version, "ha": ha, "size": size, "drop": list(drop_config_lines)}
    start = json.dumps(header, sort_keys=True).encode() + b"\n"
    filler = hashlib.shake_128(start).digest(max(0, size - len(start)))
    whole = start + filler
    return whole[: max(len(start), size // 2)] if truncated else whole


def write_image(
    path: Path,
    version: str,
    *,
    ha: bool = True,
    size: int = DEFAULT_SIZE,
    drop_config_lines: Sequence[str] = (),
    truncated: bool = False,
) -> str:
    """Write an image file and return its sha256 (of the truncated bytes, for a truncated image)."""
    image = build_image(
        version, ha=ha, size=size, drop_config_lines=drop_config_lines, truncated=truncated
    )
    path.write_bytes(image)
    return hashlib.sha256(image).hexdigest()


def read_image(image: bytes) -> ImageFacts:
    """What is in an image; what is malformed does not boot, as on a real loader."""
    line, newline, _ = image.partition(b"\n")
    if not newline:
        return NO_IMAGE
    try:
        header = json.loads(line)
        return ImageFacts(
            version=str(header["version"]),
            has_ha=bool(header["ha"]),
            drop_config_lines=tuple(str(line) for line in header.get("drop", ())),
            is_bootable=len(image) >= int(header["size"]),
        )
    except (ValueError, KeyError, TypeError):
        return NO_IMAGE


@dataclass(frozen=True, slots=True)
class Slot:
    """An installed image."""

    version: str
    """As it was named when it was installed; what it runs as stands in the image."""
    size: int
    sha256: str
    image: ImageFacts


def slot_of(image: bytes, version: str) -> Slot:
    """An image as it lies in a slot."""
    return Slot(version, len(image), hashlib.sha256(image).hexdigest(), read_image(image))


@functools.lru_cache(maxsize=16)
def plain_image(version: str) -> bytes:
    """A version's own image; hundreds of devices may have the same one."""
    return build_image(version)


@functools.lru_cache(maxsize=16)
def plain_slot(version: str) -> Slot:
    """A version's own image as it lies in a slot."""
    return slot_of(plain_image(version), version)
