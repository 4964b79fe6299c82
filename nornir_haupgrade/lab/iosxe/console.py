"""A terminal on a router: prompts, echo, questions, pages; and the channels that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.console import execute
from nornir_haupgrade.lab.iosxe.change import NO, SAVE_QUESTION, YES
from nornir_haupgrade.lab.iosxe.keyboard import Hangup, Interrupted, Keyboard
from nornir_haupgrade.lab.iosxe.router import Router
from nornir_haupgrade.lab.iosxe.scp import Scp
from nornir_haupgrade.lab.iosxe.shell import RouterShell

if TYPE_CHECKING:
    import asyncssh

    from nornir_haupgrade.lab.command import Reply
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor

_MORE = " --More-- "
_SPACE, _RETURN = 0x20, 0x0D


class RouterConsole:
    """One session's terminal."""

    def __init__(
        self,
        process: asyncssh.SSHServerProcess[bytes],
        executor: Executor,
        device: Device,
        terminal: Terminal,
    ) -> None:
        if not isinstance(device, Router) or not isinstance(executor.personality, RouterShell):
            msg = f"{device.name} is no router"
            raise TypeError(msg)
        self._process = process
        self._executor = executor
        self._router = device
        self._shell = executor.personality
        self._terminal = terminal
        self._out = bytearray()
        """Printed and not yet sent: one packet for a line, not one for each of its characters."""
        self._keyboard = Keyboard(process, self._put, self._flush)

    async def serve(self) -> None:
        """Serve the session to its end."""
        command = self._process.command
        try:
            if command is None:
                await self._run_shell()
            elif command.split()[:1] == ["scp"]:
                await Scp(self._process, self._executor, self._router, self._terminal).serve()
            else:
                await self._run_one(command)
        except Hangup:
            self._process.exit(0)

    def _put(self, data: bytes) -> None:
        self._out += data

    def _print(self, text: str) -> None:
        self._out += text.replace("\n", "\r\n").encode()

    def _flush(self) -> None:
        self._process.stdout.write(bytes(self._out))
        self._out.clear()

    def _say(self, text: str) -> None:
        self._print(text)
        self._flush()

    async def _run_one(self, command: str) -> None:
        """One command without a terminal; there is no exit status."""
        line = Line(command.strip(), self._terminal)
        reply = await execute(self._executor, self._router, line, self._say)
        if reply.is_cut:
            self._cut()
            return
        self._say(reply.stderr + reply.stdout)
        self._process.exit(0)

    def _cut(self) -> None:
        self._process.get_extra_info("connection").abort()

    async def _run_shell(self) -> None:
        self._print("\n")
        while True:
            self._print(self._shell.prompt(self._router, self._terminal))
            self._flush()
            try:
                typed = await self._read()
                if not await self._enter(Line(typed.strip(" "), self._terminal)):
                    return
            except Interrupted:
                continue

    async def _read(self, *, echo: bool = True) -> str:
        """A line, its echo sent as it is typed."""
        return await self._keyboard.line(echo=echo)

    async def _enter(self, line: Line) -> bool:
        """Take one line; False when the session is over."""
        if self._shell.is_end(line):
            self._flush()
            self._process.exit(0)
            return False
        if not line.text:
            return True
        answered = await self._ask(line)
        if answered is None:
            return True
        self._flush()
        reply = await execute(self._executor, self._router, answered, self._say)
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
            question = self._shell.question(self._executor.pair, self._router, asked)
            if question is None:
                return asked
            self._say(question)
            answer = await self._answer(question)
            if answer is None:
                return None
            answers = (*answers, answer)

    async def _answer(self, question: str) -> str | None:
        if question.endswith(("[confirm]", "[y/n]")):
            is_confirmed = await self._keyboard.confirmed()
            return "y" if is_confirmed else None
        if question.startswith("Password"):
            return await self._read(echo=False)
        answer = (await self._read()).strip()
        if question != SAVE_QUESTION:
            return answer
        while not answer or not (YES.startswith(answer) or NO.startswith(answer)):
            self._say("% Please answer 'yes' or 'no'.\n" + question.lstrip("\n"))
            answer = (await self._read()).strip()
        return YES if YES.startswith(answer) else NO

    async def _page(self, text: str) -> None:
        """Print, and stop after each page for a key."""
        lines = text.splitlines(keepends=True)
        room = self._terminal.length - 1
        while self._terminal.length and len(lines) > room:
            self._print("".join(lines[:room]) + _MORE)
            lines = lines[room:]
            self._flush()
            key = await self._keyboard.key()
            self._print("\b" * len(_MORE) + " " * len(_MORE) + "\b" * len(_MORE))
            if key not in {_SPACE, _RETURN}:
                return
            room = self._terminal.length - 1 if key == _SPACE else 1
        self._print("".join(lines))
