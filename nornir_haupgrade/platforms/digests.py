"""Checksums of a file on the controller, by every algorithm that a device may offer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from nornir_haupgrade.errors import ImageError

_CHUNK = 1 << 20


def digests_of(path: str) -> Mapping[str, str]:
    """Hexadecimal digests by algorithm, all of one reading; read again once the file has changed.

    Raises:
        ImageError: The file cannot be read.
    """
    try:
        shape = Path(path).stat()
        return _digests(path, shape.st_mtime_ns, shape.st_size, shape.st_ino)
    except OSError as error:
        raise ImageError(f"{path} cannot be read: {error.strerror}") from error


@lru_cache(maxsize=32)
def _digests(path: str, *shape: int) -> Mapping[str, str]:
    del shape
    found = {
        "sha256": hashlib.sha256(),
        "sha512": hashlib.sha512(),
        # For old software only, and against damage, not against an attacker.
        "md5": hashlib.md5(usedforsecurity=False),
    }
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            for one in found.values():
                one.update(chunk)
    return MappingProxyType({name: one.hexdigest() for name, one in found.items()})
