"""SCP to and from a member's flash, one file a channel: rcp's protocol."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.disk import HOME

if TYPE_CHECKING:
    import asyncssh

    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor

_GOOD = b"\0"
_BAD = b"\1"
_CHUNK = 65_536
_HEADER = re.compile(rb"C[0-7]{4} (\d+) (.+)\n")
_ROOT = f"{HOME}/"


@dataclass(frozen=True, slots=True)
class Door:
    """How a platform lets files in and out."""

    refusal: Callable[[], str]
    """Why nobody may come in now; empty: one may."""
    path: Callable[[str], str | None]
    """A name that the other end gives, as a path on the disk; None: another file system."""
    options: tuple[str, ...] = ()
    """What may stand beside ``-t`` and ``-f``, and means nothing to it."""


class _Refused(Exception):  # noqa: N818  # what the other end is told
    pass


class Scp:
    """One channel ``scp -t FILE`` (to us) or ``scp -f FILE`` (from us)."""

    def __init__(
        self,
        process: asyncssh.SSHServerProcess[bytes],
        executor: Executor,
        device: Device,
        door: Door,
    ) -> None:
        self._process = process
        self._executor = executor
        self._device = device
        self._door = door

    async def serve(self) -> None:
        """Copy one file, or say why not."""
        try:
            await self._copy((self._process.command or "").split())
        except _Refused as exc:
            self._process.stdout.write(_BAD + f"{exc}\n".encode())
            self._process.exit(1)
            return
        self._process.exit(0)

    async def _copy(self, words: list[str]) -> None:
        options, name = words[1:-1], words[-1]
        refusal = self._door.refusal()
        if refusal:
            raise _Refused(refusal)
        path = self._door.path(name)
        meant = [option for option in options if option not in self._door.options]
        if meant not in (["-t"], ["-f"]):
            raise _Refused(f"{' '.join(options)} options not supported")
        if path is None or path == _ROOT:
            raise _Refused(f"{name}: No such file or directory")
        await (self._take(path) if meant == ["-t"] else self._give(path, name))

    async def _give(self, path: str, name: str) -> None:
        content = self._device.disk.files.get(path)
        if content is None:
            raise _Refused(f"{name}: No such file or directory")
        await self._process.stdin.readexactly(1)
        title = path.removeprefix(_ROOT)
        self._process.stdout.write(f"C0644 {len(content)} {title}\n".encode())
        await self._process.stdin.readexactly(1)
        self._process.stdout.write(bytes(content) + _GOOD)
        await self._process.stdin.readexactly(1)

    async def _take(self, path: str) -> None:
        self._process.stdout.write(_GOOD)
        header = _HEADER.fullmatch(await self._process.stdin.readline())
        if header is None:
            raise _Refused("unexpected message")
        size, disk = int(header[1]), self._device.disk
        try:
            disk.create(path)
        except OSError as exc:
            raise _Refused(f"{path.removeprefix(_ROOT)}: {exc.strerror}") from exc
        self._process.stdout.write(_GOOD)
        offset = 0
        while offset < size:
            data = await self._process.stdin.read(min(_CHUNK, size - offset))
            if not data:
                return  # what came so far stays
            try:
                disk.write(path, offset, data)
            except OSError as exc:
                raise _Refused(f"{path.removeprefix(_ROOT)}: {exc.strerror}") from exc
            offset += len(data)
        await self._process.stdin.readexactly(1)
        if self._device.take("corrupt_upload") is not None:
            disk.corrupt(path)
        self._note(path, size)
        self._process.stdout.write(_GOOD)

    def _note(self, path: str, size: int) -> None:
        self._executor.pair.audit.add(
            "upload",
            self._executor.pair.name,
            member=self._device.name,
            path=path,
            size=size,
        )
