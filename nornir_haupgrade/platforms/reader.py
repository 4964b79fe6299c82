"""The one reader: everything a device says is read here, by a blocking read with a deadline.

Netmiko's own loop polls: 1-2 ms of CPU per second and waiting session, which collapses at a
thousand sessions. It also waits for the prompt that was there before the command, and times out
when a command changes it. Here the answer begins after the echo of the command (what came before
belongs to something else) and ends where a prompt is the last thing said and the line stays
quiet.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from nornir_haupgrade.platforms.base import Dialogue
from nornir_haupgrade.platforms.channel import Channel
from nornir_haupgrade.platforms.echo import Echo
from nornir_haupgrade.platforms.prompt import Prompt, plain_text

QUIET = 0.01
"""Seconds of silence after the very prompt we know: the rest of a longer output would be here."""
QUIET_UNSURE = 0.5
"""Seconds of silence after what only looks like a prompt, or follows text on the same line."""
_CHUNK = 1 << 16
_TAIL = 4096
"""Bytes of the end that are looked at for a prompt: huge outputs stay linear."""
_ECHO_WITHIN = 1 << 16
"""Bytes that may come before the echo; a device that never echoes is not looked at forever."""


class Ending(Enum):
    """Why an answer ended."""

    PROMPT = auto()
    DROPPED = auto()
    LATE = auto()
    ASKED = auto()
    """The last thing said is a question that is not to be answered."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What was read: without echo and prompt if it is whole, else as much as there was."""

    text: str
    ending: Ending
    is_echoed: bool
    """Whether the device showed that it had read the command."""


class Reader:
    """Reads the answers of one channel; keeps the prompt as it changes."""

    def __init__(self, channel: Channel, prompt: Prompt) -> None:
        self._channel = channel
        self.prompt = prompt

    def ask(self, command: str, *, deadline: float, dialogues: Sequence[Dialogue] = ()) -> Reply:
        """Send a command and read its answer; ``deadline`` is an instant of ``time.monotonic()``.

        Raises:
            OSError: The line was gone before the command could be written.
        """
        while self._channel.recv_ready():
            if not self._channel.recv(_CHUNK):
                raise OSError("the line is closed")
        self._channel.settimeout(max(deadline - time.monotonic(), 0.001))
        self._channel.sendall(command.encode() + b"\n")
        return _Answer(command, self.prompt, list(dialogues)).read(self._channel, deadline)


class _Answer:
    """One answer as it grows."""

    def __init__(self, command: str, prompt: Prompt, dialogues: list[Dialogue]) -> None:
        self._command = command
        self._prompt = prompt
        self._dialogues = dialogues
        self._echo = Echo(command)
        self._is_echoed = False
        self._chunks: list[bytes] = []
        self._tail = b""
        self._asked_at = 0
        self._size = 0

    def read(self, channel: Channel, deadline: float) -> Reply:
        quiet: float | None = None
        while True:
            left = deadline - time.monotonic()
            if left <= 0 and quiet is None:
                return self._reply(Ending.LATE)
            # Zero would mean "do not block", and a negative value is an error to paramiko.
            channel.settimeout(max(left if quiet is None else quiet, 0.001))
            try:
                chunk = channel.recv(_CHUNK)
            except TimeoutError:
                if quiet is None:
                    return self._reply(Ending.LATE)
                index = self._question(_last_line(self._tail))
                if index is None:
                    return self._reply(Ending.PROMPT)
                # Each question is answered once: a device that asks again did not like the answer.
                answer = self._dialogues.pop(index)[1]
                if answer is None:
                    return self._reply(Ending.ASKED)
                channel.sendall(answer.encode() + b"\n")
                self._asked_at, quiet = self._size, None
                continue
            if not chunk:
                return self._reply(Ending.DROPPED)
            quiet = self._take(chunk)

    def _take(self, chunk: bytes) -> float | None:
        """Add what came; the silence that would now prove the end, or None if this cannot be it."""
        self._chunks.append(chunk)
        self._size += len(chunk)
        self._tail = (self._tail + chunk)[-_TAIL:]
        if not self._is_echoed:
            self._find_echo(chunk)
        if not self._is_echoed or self._size == self._asked_at:
            return None
        line = _last_line(self._tail)
        if self._prompt.is_exactly(line) or self._question(line) is not None:
            return QUIET
        return QUIET_UNSURE if self._prompt.is_like(line) else None

    def _find_echo(self, chunk: bytes) -> None:
        if self._size > _ECHO_WITHIN + len(self._command):
            return
        end = self._echo.feed(chunk)
        if end is not None:
            rest = chunk[end:]
            self._is_echoed = True
            self._chunks, self._size, self._tail = [rest], len(rest), rest[-_TAIL:]

    def _question(self, line: str) -> int | None:
        if self._prompt.is_exactly(line):
            return None
        return next(
            (i for i, (pattern, _) in enumerate(self._dialogues) if re.search(pattern, line)),
            None,
        )

    def _reply(self, ending: Ending) -> Reply:
        text = plain_text(b"".join(self._chunks))
        if ending is Ending.PROMPT:
            text = self._prompt.strip_from(text, self._command)
        return Reply(text.strip("\n"), ending, self._is_echoed)


def _last_line(tail: bytes) -> str:
    return plain_text(tail).rsplit("\n", 1)[-1].rstrip()
