"""A device's flash: files in memory with a real limit, so that "disk full" is a fact."""

from __future__ import annotations

import errno
import hashlib
import os
import posixpath

HOME = "/flash"
UPLOADS = "/flash/upload"
BACKUPS = "/flash/backups"
_FOLDERS = ("/", HOME, UPLOADS, BACKUPS)


def _refusal(code: int, path: str) -> OSError:
    return OSError(code, os.strerror(code), path)


class Disk:
    """Files under /flash, plus room that something else takes up. Sizes are bytes."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.images = 0
        """Taken up by the image slots."""
        self.ballast = 0
        """Taken up by things that are none of ours (logs, core dumps)."""
        self.files: dict[str, bytearray] = {}
        self.folders: set[str] = set(_FOLDERS)

    @property
    def free(self) -> int:
        """Bytes left."""
        used = self.images + self.ballast + sum(len(content) for content in self.files.values())
        return max(0, self.capacity - used)

    def resolve(self, path: str) -> str:
        """The absolute path; a relative one starts at the login's home."""
        return posixpath.normpath(posixpath.join(HOME, path)).replace("//", "/")

    def uploaded(self, name: str) -> bytes | None:
        """An uploaded file by its name or absolute path; None when it is not there."""
        content = self.files.get(posixpath.normpath(posixpath.join(UPLOADS, name)))
        return None if content is None else bytes(content)

    def create(self, path: str) -> bytearray:
        """An empty file, in a folder that exists."""
        if posixpath.dirname(path) not in self.folders:
            raise _refusal(errno.ENOENT, path)
        if path in self.folders:
            raise _refusal(errno.EISDIR, path)
        self.files[path] = bytearray()
        return self.files[path]

    def write(self, path: str, offset: int, data: bytes) -> int:
        """Write into a file that exists, as far as there is room."""
        content = self.files.get(path)
        if content is None:
            raise _refusal(errno.ENOENT, path)
        growth = offset + len(data) - len(content)
        if growth > self.free:
            raise _refusal(errno.ENOSPC, path)
        if offset > len(content):
            content.extend(bytes(offset - len(content)))
        content[offset : offset + len(data)] = data
        return len(data)

    def store(self, path: str, data: bytes) -> None:
        """Write a whole file at once, or nothing of it."""
        if len(data) - len(self.files.get(path, b"")) > self.free:
            raise _refusal(errno.ENOSPC, path)
        self.files[path] = bytearray(data)

    def remove(self, path: str) -> None:
        """Delete a file."""
        if self.files.pop(path, None) is None:
            raise _refusal(errno.ENOENT, path)

    def corrupt(self, path: str) -> None:
        """Flip one byte in the middle of a file, as a bad link or a dying flash does."""
        content = self.files.get(path)
        if content:
            content[len(content) // 2] ^= 0xFF


def sha256(data: bytes) -> str:
    """64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
