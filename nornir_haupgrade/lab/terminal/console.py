"""A terminal as network devices have it: prompts, echo, questions, pages; and lone commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from nornir_haupgrade.lab.command import Line
from nornir_haupgrade.lab.terminal.execute import execute
from nornir_haupgrade.lab.terminal.keyboard import Hangup, Interrupted, Keyboard
from nornir_haupgrade.lab.terminal.question import Answering

if TYPE_CHECKING:
    import asyncssh

    from nornir_haupgrade.lab.command import Reply, Terminal
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor
    from nornir_haupgrade.lab.terminal.question import Question

_SPACE, _RETURN = 0x20, 0x0D


class AskingConsole:
    """One session's terminal, of a command line that asks and pages."""

    joins_returns: ClassVar[bool] = True
    """Whether a carriage return and a newline after it are one key."""

    def __init__(
        self,
        process: asyncssh.SSHServerProcess[bytes],
        executor: Executor,
        device: Device,
        terminal: Terminal,
    ) -> None:
        self.process = process
        self.executor = executor
        self.device = device
        self.terminal = terminal
        self.command_line = executor.command_line
        self._out = bytearray()
        """Printed and not yet sent: one packet for a line, not one for each of its characters."""
        self._keyboard = Keyboard(process, self._put, self._flush, joins_returns=self.joins_returns)

    async def serve(self) -> None:
        """Serve the session to its end."""
        command = self.process.command
        try:
            if command is None:
                self.device.on_notice.append(self._say)
                await self._run_shell()
            else:
                await self.run_one(command)
        except Hangup:
            self.process.exit(0)
        finally:
            if self._say in self.device.on_notice:
                self.device.on_notice.remove(self._say)

    def _put(self, data: bytes) -> None:
        self._out += data

    def _print(self, text: str) -> None:
        self._out += text.replace("\n", "\r\n").encode()

    def _flush(self) -> None:
        self.process.stdout.write(bytes(self._out))
        self._out.clear()

    def _say(self, text: str) -> None:
        self._print(text)
        self._flush()

    async def run_one(self, command: str) -> None:
        """One command without a terminal; there is no exit status."""
        line = Line(command.strip(), self.terminal)
        reply = await execute(self.executor, self.device, line, self._say)
        if reply.is_cut:
            self._cut()
            return
        self._say(reply.stderr + reply.stdout)
        self.process.exit(0)

    def _cut(self) -> None:
        self.process.get_extra_info("connection").abort()

    def greeting(self) -> str:
        """What a login is shown before its first prompt."""
        return "\n"

    def erased(self, more: str) -> str:
        """What takes the end of a page away again."""
        return "\b" * len(more) + " " * len(more) + "\b" * len(more)

    async def read_command(self) -> str:
        """A line after a prompt."""
        return await self._read()

    async def _run_shell(self) -> None:
        self._print(self.greeting())
        while True:
            self._print(self.command_line.prompt(self.device, self.terminal))
            self._flush()
            try:
                typed = await self.read_command()
                if not await self._enter(Line(typed.strip(" "), self.terminal)):
                    return
            except Interrupted:
                continue

    async def _read(self, kind: Answering = Answering.LINE) -> str:
        """A line, its echo sent as it is typed."""
        mask = b"*" if kind is Answering.STARS else b""
        return await self._keyboard.line(echo=kind is Answering.LINE, mask=mask)

    async def _enter(self, line: Line) -> bool:
        """Take one line; False when the session is over."""
        if self.command_line.is_end(line):
            self._flush()
            self.process.exit(0)
            return False
        if not line.text:
            return True
        answered = await self._ask(line)
        if answered is None:
            return True
        self._flush()
        reply = await execute(self.executor, self.device, answered, self._say)
        return await self._show(reply)

    async def _show(self, reply: Reply) -> bool:
        if reply.is_cut:
            self._cut()
            return False
        await self._page(reply.stderr + reply.stdout)
        if reply.is_last:
            self._flush()
            while True:  # deaf, until the line drops
                await self._keyboard.key()
        return True

    async def _ask(self, line: Line) -> Line | None:
        """Have its questions answered; None: it was given up."""
        answers: tuple[str, ...] = ()
        while True:
            asked = Line(line.text, line.terminal, answers)
            question = self.command_line.question(self.executor.pair, self.device, asked)
            if question is None:
                return asked
            self._say(question.text)
            answer = await self._answer(question)
            if answer is None:
                return None
            answers = (*answers, answer)

    async def _answer(self, question: Question) -> str | None:
        if question.kind is Answering.CHOICE:
            return "y" if await self._keyboard.chose_yes() else None
        if question.kind in {Answering.KEY, Answering.LETTER}:
            by_enter = question.kind is Answering.KEY
            is_yes = await self._keyboard.confirmed(by_enter=by_enter)
            return question.accepted("y" if is_yes else "n")
        while True:
            typed = (await self._read(question.kind)).strip()
            answer = question.accepted(typed)
            if answer is not None or not question.again:
                return answer
            self._say(question.again + question.text.lstrip("\n"))

    async def _page(self, text: str) -> None:
        """Print, and stop after each page for a key."""
        lines, more = text.splitlines(keepends=True), self.command_line.more
        room = self.terminal.length - 1
        while self.terminal.length and len(lines) > room:
            self._print("".join(lines[:room]) + more)
            lines = lines[room:]
            self._flush()
            key = await self._keyboard.key()
            self._print(self.erased(more))
            if key not in {_SPACE, _RETURN}:
                return
            room = self.terminal.length - 1 if key == _SPACE else 1
        self._print("".join(lines))
