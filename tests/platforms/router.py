"""A router for transport tests: real SSH, one prompt, and answers that a test dictates.

It knows no protocol and no configuration: what a device means is the business of the lab.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

PASSWORD = "login-pa55"
SECRET = "enable-s3cret"


@dataclass
class Router:
    """What it does, and what it has seen.

    Attributes:
        folder: What a file copy sees as its root.
        is_privileged: Whether a login gives the privileged prompt.
        secret: What `enable` asks for; None: it asks for nothing.
        serves_copies: Whether it takes files.
        answers: What it says to a line; nothing to others.
        questions: What it asks at a line, waiting for an answer.
        lines: Every line that came through a shell, secrets included.
        sessions: For each connection, what was opened in it: "shell", or the command.
    """

    folder: Path
    name: str = "R1"
    is_privileged: bool = True
    secret: str | None = SECRET
    serves_copies: bool = True
    answers: dict[str, str] = field(default_factory=dict)
    questions: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    sessions: list[list[str]] = field(default_factory=list)
    port: int = 0
    known_hosts: str = ""
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list)

    async def shell(self, process: asyncssh.SSHServerProcess[str]) -> None:
        """One session: a shell, or a command that it does not do."""
        if process.command is not None:
            process.stdout.write("Administratively disabled.\n")
            process.exit(1)
            return
        # A dropped line is a normal end.
        with contextlib.suppress(asyncssh.Error, OSError):
            await _Terminal(self, process).serve()
        process.exit(0)


class _Terminal:
    """The shell: echo, prompt, `enable` with its password."""

    def __init__(self, router: Router, process: asyncssh.SSHServerProcess[str]) -> None:
        self._router = router
        self._process = process
        self._mode = "#" if router.is_privileged else ">"

    async def serve(self) -> None:
        """Until `exit` or the end of the line."""
        self._say(self._prompt)
        while (line := await self._line(is_echoed=True)) is not None and line != "exit":
            if line == "enable":
                await self._enable()
            elif line in self._router.questions:
                self._say(self._router.questions[line])
                if await self._line(is_echoed=True) is None:
                    return
            elif line in self._router.answers:
                self._say(self._router.answers[line].replace("\n", "\r\n") + "\r\n")
            self._say(self._prompt)

    @property
    def _prompt(self) -> str:
        return f"{self._router.name}{self._mode}"

    async def _enable(self) -> None:
        for _ in range(3):
            if self._router.secret is None:
                self._mode = "#"
                return
            self._say("Password: ")
            said = await self._line(is_echoed=False)
            if said == self._router.secret:
                self._mode = "#"
                return
        self._say("% Bad secrets\r\n")

    async def _line(self, *, is_echoed: bool) -> str | None:
        said = ""
        while sign := await self._process.stdin.read(1):
            if sign in "\r\n":
                self._say("\r\n")
                self._router.lines.append(said)
                return said
            said += sign
            if is_echoed:
                self._say(sign)
        return None

    def _say(self, text: str) -> None:
        self._process.stdout.write(text)


class _Login(asyncssh.SSHServer):
    def __init__(self, router: Router) -> None:
        self._router = router

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._router.connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return password == PASSWORD


class _Files(asyncssh.SFTPServer):
    """What an SCP copy reaches."""

    router: Router

    def __init__(self, channel: asyncssh.SSHServerChannel[Any]) -> None:
        _seen(self.router, channel.get_connection(), str(channel.get_command()))
        super().__init__(channel, chroot=str(self.router.folder).encode())


def _seen(router: Router, connection: object, what: str) -> None:
    """Note what was opened, by connection."""
    held = router.__dict__.setdefault("_by_connection", {})
    if connection not in held:
        held[connection] = []
        router.sessions.append(held[connection])
    held[connection].append(what)


@contextlib.contextmanager
def running(router: Router) -> Iterator[Router]:
    """Serve it on a free port of loopback."""
    loop = asyncio.new_event_loop()
    key = asyncssh.generate_private_key("ssh-ed25519")
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def begin() -> asyncssh.SSHAcceptor:
        async def serve(process: asyncssh.SSHServerProcess[str]) -> None:
            _seen(router, process.channel.get_connection(), process.command or "shell")
            await router.shell(process)

        return await asyncssh.create_server(
            lambda: _Login(router),
            "127.0.0.1",
            0,
            server_host_keys=[key],
            process_factory=serve,
            sftp_factory=type("Files", (_Files,), {"router": router}),
            allow_scp=router.serves_copies,
            line_editor=False,
        )

    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    router.port = server.get_port()
    public = key.export_public_key().decode().strip()
    router.known_hosts = f"[127.0.0.1]:{router.port} {public}\n"
    try:
        yield router
    finally:

        async def end() -> None:
            server.close()
            await server.wait_closed()
            for connection in router.connections:
                connection.abort()
                await connection.wait_closed()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
