"""A session to a simulated device: what is typed is executed, and time passes until it is answered.

Errors, and what becomes of the session, are those of ``platforms.session``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nornir_haupgrade.errors import (
    CommandFailed,
    CommandRefused,
    CommandTimeout,
    ImageError,
    LineDropped,
)
from nornir_haupgrade.lab import command as lab
from nornir_haupgrade.lab.terminal.question import Answering
from nornir_haupgrade.lab.transfer import Refused, give, take
from nornir_haupgrade.model import Flow
from nornir_haupgrade.platforms.base import Dialogue, Files, Progress
from nornir_haupgrade.platforms.prompt import plain_text
from nornir_haupgrade.rehearsal.memory.line import Line, log_in

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.platforms.guard import Guard
    from nornir_haupgrade.rehearsal.memory.bench import Bench

_Failure = TypeVar("_Failure", bound=CommandFailed)


class _Ending(Enum):
    ANSWERED = auto()
    DROPPED = auto()
    LATE = auto()
    ASKED = auto()


class MemoryTransport:
    """A session; see the Protocol in ``platforms.base``."""

    def __init__(
        self, bench: Bench, device: Device, guard: Guard, *, files: Files, connect_timeout: float
    ) -> None:
        self.pair = bench.spec.name
        self.member = device.name
        self.files = files
        self._bench = bench
        self._device = device
        self._guard = guard
        self._connect_timeout = connect_timeout
        self._line = log_in(bench, device, pair=self.pair, timeout=connect_timeout)
        self.flow: Flow | None = bench.next_flow(device)
        self._is_open = True

    def command(self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()) -> str:
        """Send a command and return its output."""
        said, ending = self._ask(text, timeout, dialogues)
        if ending is _Ending.DROPPED:
            raise self._failed(LineDropped, text, "the line dropped under the command", said)
        return said

    def command_ending_session(
        self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()
    ) -> str:
        """Send a command that may end the line."""
        said, _ = self._ask(text, timeout, dialogues)
        return said

    def upload(self, local: str, remote: str, *, timeout: float, progress: Progress | None) -> None:
        """Copy a file to the device's disk; time passes by its size."""
        command = f"{self.files} put {remote}"
        self._guard.check_upload(command)
        self._must_be_open(command)
        content = Path(local).read_bytes()
        line = self._line
        if self.files is Files.SCP:
            line = log_in(self._bench, self._device, pair=self.pair, timeout=self._connect_timeout)
        seconds = len(content) / self._bench.pace.bytes_per_second
        try:
            self._travel(line, min(seconds, timeout), command)
            if seconds > timeout:
                message = f"the file did not travel within {timeout:g} s"
                raise self._failed(CommandTimeout, command, message)
            take(self._bench.rig.executor, self._device, remote, content)
        except Refused as error:
            raise ImageError(
                f"the device does not take {remote}: {error}", pair=self.pair, member=self.member
            ) from error
        except (LineDropped, CommandTimeout):
            if line is self._line:
                self.close()
            raise
        finally:
            if line is not self._line:
                line.cut()
        if progress is not None:
            progress(len(content), len(content))

    def download(self, remote: str, *, timeout: float) -> bytes:
        """Fetch a file from the device's disk."""
        command = f"sftp get {remote}"
        del timeout
        self._must_be_open(command)
        self._travel(self._line, self._bench.pace.answer, command)
        try:
            return give(self._bench.rig.executor, self._device, remote)
        except Refused as error:
            raise ImageError(
                f"the device does not give {remote}: {error}", pair=self.pair, member=self.member
            ) from error

    def close(self) -> None:
        """End the session."""
        self._is_open = False
        self._line.cut()

    def _ask(self, text: str, timeout: float, dialogues: Sequence[Dialogue]) -> tuple[str, _Ending]:
        self._guard.check_command(text)
        self._must_be_open(text)
        deadline = self._bench.clock.now + timeout
        self._travel(self._line, self._bench.pace.command, text)
        heard: list[str] = []
        ending = self._executed(text.strip(), heard, list(dialogues), deadline)
        if ending is _Ending.ANSWERED:
            ending = self._cut_or(ending, self._bench.pace.answer)
        said = plain_text("".join(heard).encode()).strip("\n")
        if ending is not _Ending.ANSWERED:
            self.close()
        if ending is _Ending.LATE:
            message = f"no complete answer within {timeout:g} s; the session was closed"
            raise self._failed(CommandTimeout, text, message, said)
        if ending is _Ending.ASKED:
            message = "the device asks what is not answered; the session was closed"
            raise self._failed(CommandRefused, text, message, said)
        return said, ending

    def _executed(
        self, text: str, heard: list[str], dialogues: list[Dialogue], deadline: float
    ) -> _Ending:
        """Have a line executed, its questions answered; what is said goes to ``heard``."""
        executor, line = self._bench.rig.executor, self._line
        entered = lab.Line(text, line.terminal)
        shell = executor.command_line
        if self._device.is_silent or not text:
            return self._wait(deadline, is_over=not text)
        while (asked := shell.question(executor.pair, self._device, entered)) is not None:
            heard.append(asked.text)
            answer = _answer(asked.text, dialogues)
            if answer is None:
                return self._wait(deadline)
            if answer[1] is None:
                return _Ending.ASKED
            self._guard.check_write(f"{answer[1]}\n")
            heard.append(f"{answer[1]}\n")
            self._travel(line, self._bench.pace.command, text)
            is_no = asked.kind is Answering.CHOICE and answer[1].lower() != "y"
            typed = None if is_no else asked.accepted(answer[1])
            if typed is None:
                if not asked.again:
                    return _Ending.ANSWERED
                heard.append(asked.again)
                continue
            entered = lab.Line(text, line.terminal, (*entered.answers, typed))
        return self._run(entered, heard, deadline)

    def _run(self, entered: lab.Line, heard: list[str], deadline: float) -> _Ending:
        replies: list[lab.Reply] = []
        line = self._line

        def done(reply: lab.Reply) -> None:
            replies.append(reply)
            line.is_busy = False
            if line.is_cut:
                line.leave()

        line.is_busy = True
        self._bench.rig.executor.run(self._device, entered, done, say=heard.append)
        self._bench.clock.advance(
            max(deadline - self._bench.clock.now, 0.0), lambda: bool(replies) or line.is_cut
        )
        if not replies:
            return _Ending.DROPPED if line.is_cut else _Ending.LATE
        (reply,) = replies
        if reply.is_cut:
            # One that lost its power cuts nothing: it is only never heard of again.
            return self._wait(deadline) if self._device.is_silent else _Ending.DROPPED
        said = reply.stderr + reply.stdout
        if reply.cut_at is not None:
            heard.append(said.encode()[: reply.cut_at].decode(errors="replace"))
            return _Ending.DROPPED
        heard.append(said)
        return self._wait(deadline) if reply.is_last else _Ending.ANSWERED

    def _wait(self, deadline: float, *, is_over: bool = False) -> _Ending:
        """Until the line drops, or it is too late."""
        if is_over:
            return _Ending.ANSWERED
        return self._cut_or(_Ending.LATE, max(deadline - self._bench.clock.now, 0.0))

    def _cut_or(self, ending: _Ending, seconds: float) -> _Ending:
        is_cut = self._bench.clock.advance(seconds, lambda: self._line.is_cut)
        return _Ending.DROPPED if is_cut else ending

    def _travel(self, line: Line, seconds: float, command: str) -> None:
        if self._bench.clock.advance(seconds, lambda: line.is_cut):
            if line is self._line:
                self.close()
            raise self._failed(LineDropped, command, "the line was gone when this was sent")

    def _must_be_open(self, command: str) -> None:
        if not self._is_open:
            raise self._failed(LineDropped, command, "the session is closed; nothing was sent")

    def _failed(
        self, kind: type[_Failure], command: str, message: str, said: str | None = None
    ) -> _Failure:
        return kind(
            f"{message}: {command!r}",
            pair=self.pair,
            member=self.member,
            command=command,
            device_text=said,
            advice="whether it took effect is only known by looking at the device",
        )


def _answer(question: str, dialogues: list[Dialogue]) -> Dialogue | None:
    """The dialogue that a question is answered by, once; None: there is none."""
    last = question.rsplit("\n", 1)[-1].rstrip()
    for dialogue in dialogues:
        if re.search(dialogue[0], last):
            dialogues.remove(dialogue)
            return dialogue
    return None
