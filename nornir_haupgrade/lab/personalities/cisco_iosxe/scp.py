"""SCP to and from a router's flash: the one way that files travel, where it is switched on.

The protocol is rcp's, one file a channel. "Privilege denied." is what a login below 15 is told
(ktbyers/scp_sidecar issue 16), and options beside ``-t`` and ``-f`` are refused (sshnet/SSH.NET
issue 829). No capture was found of what a server that is switched off says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_iosxe.configuration import SCP
from nornir_haupgrade.lab.personalities.cisco_iosxe.software import FLASH, flash_path

if TYPE_CHECKING:
    import asyncssh

    from nornir_haupgrade.lab.command import Terminal
    from nornir_haupgrade.lab.execution import Executor
    from nornir_haupgrade.lab.personalities.cisco_iosxe.router import Router

_GOOD = b"\0"
_BAD = b"\1"
_CHUNK = 65_536
_FULL = 15
_HEADER = re.compile(rb"C[0-7]{4} (\d+) (.+)\n")


class _Refused(Exception):  # noqa: N818  # what the other end is told
    pass


class Scp:
    """One channel ``scp -t FILE`` (to us) or ``scp -f FILE`` (from us)."""

    def __init__(
        self,
        process: asyncssh.SSHServerProcess[bytes],
        executor: Executor,
        router: Router,
        terminal: Terminal,
    ) -> None:
        self._process = process
        self._executor = executor
        self._router = router
        self._terminal = terminal

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
        if SCP not in self._router.configuration.running:
            raise _Refused("Administratively disabled.")
        if self._terminal.privilege != _FULL:
            raise _Refused("Privilege denied.")
        path = flash_path(name)
        if options not in (["-t"], ["-f"]):
            raise _Refused(f"{' '.join(options)} options not supported")
        if path is None or path == FLASH:
            raise _Refused(f"{name}: No such file or directory")
        await (self._take(path) if options == ["-t"] else self._give(path, name))

    async def _give(self, path: str, name: str) -> None:
        content = self._router.disk.files.get(path)
        if content is None:
            raise _Refused(f"{name}: No such file or directory")
        await self._process.stdin.readexactly(1)
        title = path.removeprefix(FLASH)
        self._process.stdout.write(f"C0644 {len(content)} {title}\n".encode())
        await self._process.stdin.readexactly(1)
        self._process.stdout.write(bytes(content) + _GOOD)
        await self._process.stdin.readexactly(1)

    async def _take(self, path: str) -> None:
        self._process.stdout.write(_GOOD)
        header = _HEADER.fullmatch(await self._process.stdin.readline())
        if header is None:
            raise _Refused("unexpected message")
        size, disk = int(header[1]), self._router.disk
        try:
            disk.create(path)
        except OSError as exc:
            raise _Refused(f"{path.removeprefix(FLASH)}: {exc.strerror}") from exc
        self._process.stdout.write(_GOOD)
        offset = 0
        while offset < size:
            data = await self._process.stdin.read(min(_CHUNK, size - offset))
            if not data:
                return  # what came so far stays
            try:
                disk.write(path, offset, data)
            except OSError as exc:
                raise _Refused(f"{path.removeprefix(FLASH)}: {exc.strerror}") from exc
            offset += len(data)
        await self._process.stdin.readexactly(1)
        if self._router.take("corrupt_upload") is not None:
            disk.corrupt(path)
        self._note(path, size)
        self._process.stdout.write(_GOOD)

    def _note(self, path: str, size: int) -> None:
        self._executor.pair.audit.add(
            "upload",
            self._executor.pair.name,
            member=self._router.name,
            path=path,
            size=size,
        )
