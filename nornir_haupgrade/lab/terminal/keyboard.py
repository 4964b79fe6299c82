"""What is typed on a router's terminal, key by key and line by line, with its echo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncssh

if TYPE_CHECKING:
    from collections.abc import Callable

_CHUNK = 4096
_RETURN, _NEWLINE = 0x0D, 0x0A
_ERASE = {0x7F, 0x08}
_INTERRUPT, _END, _KILL_LINE, _KILL_WORD, _CONTROL_Z = 0x03, 0x04, 0x15, 0x17, 0x1A
_NUL = 0x00
"""NAPALM sends it to see whether the line is alive."""
_SPACE = 0x20


class Hangup(Exception):  # noqa: N818  # an event, not an error
    """The other end is gone."""


class Interrupted(Exception):  # noqa: N818  # an event, not an error
    """Control-C: the line is dropped."""


class Keyboard:
    """The keys of one session."""

    def __init__(
        self,
        process: asyncssh.SSHServerProcess[bytes],
        write: Callable[[bytes], None],
        flush: Callable[[], None],
        *,
        joins_returns: bool = True,
    ) -> None:
        self._process = process
        self._write = write
        self._flush = flush
        self._typed = bytearray()
        self._joins_returns = joins_returns
        self._was_return = False

    async def key(self) -> int:
        """The next key; a carriage return and the newline after it are one, if they are joined.

        Raises:
            Hangup: There are no more.
        """
        while True:
            while not self._typed:
                self._flush()
                try:
                    data = await self._process.stdin.read(_CHUNK)
                except (
                    asyncssh.TerminalSizeChanged,
                    asyncssh.SignalReceived,
                    asyncssh.BreakReceived,
                ):
                    continue
                if not data:
                    raise Hangup
                self._typed += data
            key = self._typed.pop(0)
            was_return, self._was_return = self._was_return, key == _RETURN
            if key == _NUL or (key == _NEWLINE and was_return and self._joins_returns):
                continue
            return _RETURN if key == _NEWLINE else key

    async def confirmed(self, *, by_enter: bool = True) -> bool:
        """One key as the answer to ``[confirm]`` or ``[y/n]``: y goes on, and Enter if it may."""
        key = await self.key()
        is_yes = key in {ord("y"), ord("Y")} or (by_enter and key == _RETURN)
        self._write((b"" if key == _RETURN else bytes([key])) + b"\r\n")
        self._flush()
        return is_yes

    async def chose_yes(self) -> bool:
        """One key as the answer to ``(y or n)``: any other key is no answer.

        Raises:
            Interrupted: It was given up.
        """
        while True:
            key = await self.key()
            if key == _INTERRUPT:
                self._write(b"^C\r\n")
                raise Interrupted
            if key in b"yYnN":
                self._write(bytes([key]) + b"\r\n")
                self._flush()
                return key in b"yY"

    async def line(self, *, echo: bool = True, mask: bytes = b"", prompt: str = "") -> str:
        """A line, edited as it is typed; a mask is shown instead of each character.

        Given a prompt, both are drawn again when the line is entered.

        Raises:
            Interrupted: It was given up.
            Hangup: The session ended in it.
        """
        line = bytearray()
        while True:
            key = await self.key()
            if key == _RETURN:
                redrawn = b"\r" + prompt.encode() + bytes(line) if prompt else b""
                self._write(redrawn + b"\r\n")
                return line.decode(errors="replace")
            if key == _INTERRUPT:
                self._write(b"^C\r\n")
                raise Interrupted
            if key == _CONTROL_Z:
                self._write(b"^Z\r\n")
                return "end"
            if key == _END and not line:
                raise Hangup
            self._edit(line, key, echo=echo or bool(mask), mask=mask)

    def _edit(self, line: bytearray, key: int, *, echo: bool, mask: bytes) -> None:
        if key in _ERASE:
            gone = 1 if line else 0
        elif key == _KILL_LINE:
            gone = len(line)
        elif key == _KILL_WORD:
            gone = len(line) - len(line.rstrip().rpartition(b" ")[0])
        elif key < _SPACE:
            return
        else:
            line.append(key)
            if echo:
                self._write(mask or bytes([key]))
            return
        del line[len(line) - gone :]
        if echo:
            self._write(b"\b \b" * gone)
