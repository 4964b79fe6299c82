"""A terminal on a member: prompt, echo and lines as on a tty, or one command with its status."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncssh

from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.terminal.execute import execute

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor

_CHUNK = 4096
_ENTER = (b"\r", b"\n")
_ERASE = (b"\x7f", b"\b")
_INTERRUPT = b"\x03"
_END = b"\x04"
_KILL_LINE = b"\x15"


class Console:
    """One session's terminal."""

    def __init__(
        self,
        process: asyncssh.SSHServerProcess[bytes],
        executor: Executor,
        device: Device,
        terminal: Terminal,
    ) -> None:
        self._process = process
        self._executor = executor
        self._device = device
        self._terminal = terminal
        self._has_tty = process.term_type is not None
        self._line = bytearray()
        self._was_return = False
        self._status = 0
        self._out = bytearray()
        """Printed and not yet sent: one packet for a line, not one for each of its characters."""

    async def serve(self) -> None:
        """Serve the session to its end."""
        command = self._process.command
        if command is not None:
            await self._run_one(command)
        else:
            await self._run_shell()

    def _cut(self) -> None:
        self._process.get_extra_info("connection").abort()

    async def _run_one(self, command: str) -> None:
        line = Line(command.strip(), self._terminal)
        reply = await execute(self._executor, self._device, line)
        if reply.is_cut:
            self._cut()
            return
        # bash names itself without the dash of a login shell here
        self._process.stderr.write(reply.stderr.removeprefix("-").encode())
        self._process.stdout.write(reply.stdout.encode())
        self._process.exit(reply.status)

    def _write(self, text: str) -> None:
        data = text.replace("\n", "\r\n") if self._has_tty else text
        self._out += data.encode()

    def _echo(self, data: bytes) -> None:
        if self._has_tty:
            self._out += data

    def _flush(self) -> None:
        self._process.stdout.write(bytes(self._out))
        self._out.clear()

    def _prompt(self) -> None:
        if self._has_tty:
            self._write(self._executor.command_line.prompt(self._device, self._terminal))

    async def _run_shell(self) -> None:
        self._prompt()
        while True:
            self._flush()
            try:
                data = await self._process.stdin.read(_CHUNK)
            except (asyncssh.TerminalSizeChanged, asyncssh.SignalReceived, asyncssh.BreakReceived):
                continue
            if not data:
                break
            for number in data:
                if not await self._typed(bytes([number])):
                    self._flush()
                    self._process.exit(self._status)
                    return
        self._process.exit(self._status)

    async def _typed(self, byte: bytes) -> bool:
        """Take one typed byte; False when the session is to end."""
        was_return, self._was_return = self._was_return, byte == b"\r"
        if byte == b"\n" and was_return:
            return True
        if byte in _ENTER:
            self._echo(b"\r\n")
            line = self._line.decode(errors="replace").strip()
            self._line.clear()
            return await self._enter(line)
        if byte in _ERASE:
            if self._line:
                self._line.pop()
                self._echo(b"\b \b")
        elif byte == _INTERRUPT:
            self._line.clear()
            self._echo(b"^C\r\n")
            self._prompt()
        elif byte == _KILL_LINE:
            self._echo(b"\b \b" * len(self._line))
            self._line.clear()
        elif byte == _END:
            return bool(self._line)
        else:
            self._line += byte
            self._echo(byte)
        return True

    async def _enter(self, text: str) -> bool:
        line = Line(text.replace("$?", str(self._status)), self._terminal)
        if self._executor.command_line.is_end(line):
            self._write("logout\n")
            return False
        if text:
            self._flush()
            reply = await execute(self._executor, self._device, line)
            if reply.is_cut:
                self._cut()
                return False
            self._status = reply.status
            self._write(reply.stderr + reply.stdout)
        self._prompt()
        return True
