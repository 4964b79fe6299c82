"""SFTP onto a member's flash: files in memory, real limits, real errors."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncssh
from asyncssh import FXF_APPEND, FXF_CREAT, FXF_EXCL, FXF_TRUNC, FXF_WRITE

from nornir_haupgrade.lab.disk import UPLOADS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from nornir_haupgrade.lab.device import Device

_BLOCK = 4096


def _error(code: int, path: str) -> OSError:
    return OSError(code, os.strerror(code), path)


@dataclass(slots=True)
class _Open:
    path: str
    boot_id: str
    appends: bool
    is_written: bool = False


class FlashServer(asyncssh.SFTPServer):
    """The files of one device, as its login sees them."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], device: Device) -> None:
        super().__init__(channel)
        self._device = device
        self._disk = device.disk

    def _path(self, path: bytes) -> str:
        return self._disk.resolve(path.decode(errors="replace"))

    def _attrs(self, path: str) -> asyncssh.SFTPAttrs:
        if path in self._disk.folders:
            return asyncssh.SFTPAttrs(size=_BLOCK, permissions=stat.S_IFDIR | 0o755)
        content = self._disk.files.get(path)
        if content is None:
            raise _error(errno.ENOENT, path)
        return asyncssh.SFTPAttrs(size=len(content), permissions=stat.S_IFREG | 0o600)

    def realpath(self, path: bytes) -> bytes:
        """The absolute path; the login starts in /flash."""
        return self._path(path).encode()

    def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        """Size and kind."""
        return self._attrs(self._path(path))

    def lstat(self, path: bytes) -> asyncssh.SFTPAttrs:
        """The same: there are no links."""
        return self._attrs(self._path(path))

    def fstat(self, file_obj: object) -> asyncssh.SFTPAttrs:
        """Size and kind of an open file."""
        return self._attrs(_opened(file_obj).path)

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Times and permissions are accepted and not kept."""
        del attrs
        self._attrs(self._path(path))

    lsetstat = setstat

    def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        """The same for an open file."""
        del file_obj, attrs

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        """Open or create a file."""
        del attrs
        name = self._path(path)
        exists = name in self._disk.files
        if exists and pflags & FXF_EXCL:
            raise _error(errno.EEXIST, name)
        if not exists and not pflags & FXF_CREAT:
            raise _error(errno.ENOENT, name)
        if not exists or (pflags & FXF_TRUNC and pflags & FXF_WRITE):
            self._disk.create(name)
        return _Open(name, self._device.boot_id, appends=bool(pflags & FXF_APPEND))

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Bytes of a file; empty at its end."""
        content = self._disk.files.get(_opened(file_obj).path, b"")
        return bytes(content[offset : offset + size])

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Write as far as there is room."""
        opened = _opened(file_obj)
        opened.is_written = True
        start = len(self._disk.files.get(opened.path, b"")) if opened.appends else offset
        return self._disk.write(opened.path, start, data)

    def close(self, file_obj: object) -> None:
        """Close a file; a bad line shows only now, in its content."""
        opened = _opened(file_obj)
        is_upload = opened.is_written and opened.path.startswith(f"{UPLOADS}/")
        if is_upload and self._device.take("corrupt_upload") is not None:
            self._disk.corrupt(opened.path)

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        """What is in a folder."""
        folder = self._path(path)
        if folder not in self._disk.folders:
            raise _error(errno.ENOENT, folder)
        start = folder.rstrip("/") + "/"
        for name in sorted(self._disk.folders | self._disk.files.keys()):
            rest = name.removeprefix(start)
            if name.startswith(start) and rest and "/" not in rest:
                yield asyncssh.SFTPName(rest.encode(), attrs=self._attrs(name))

    def remove(self, path: bytes) -> None:
        """Delete a file."""
        self._disk.remove(self._path(path))

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename a file onto a name that is free."""
        if self._path(newpath) in self._disk.files:
            raise _error(errno.EEXIST, self._path(newpath))
        self.posix_rename(oldpath, newpath)

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename a file, over another one if need be."""
        old, new = self._path(oldpath), self._path(newpath)
        if old not in self._disk.files:
            raise _error(errno.ENOENT, old)
        self._disk.files[new] = self._disk.files.pop(old)

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Folders are fixed: the appliance's login may not make any."""
        del attrs
        raise _error(errno.EACCES, self._path(path))

    def rmdir(self, path: bytes) -> None:
        """Nor remove them."""
        raise _error(errno.EACCES, self._path(path))

    def statvfs(self, path: bytes) -> asyncssh.SFTPVFSAttrs:
        """Room on the flash."""
        del path
        total, free = self._disk.capacity // _BLOCK, self._disk.free // _BLOCK
        return asyncssh.SFTPVFSAttrs(
            bsize=_BLOCK, frsize=_BLOCK, blocks=total, bfree=free, bavail=free
        )


def _opened(file_obj: object) -> _Open:
    if not isinstance(file_obj, _Open):
        msg = "not a file of this server"
        raise TypeError(msg)
    return file_obj
