"""A member's SSH server on loopback: there while its system is up, on the same port for good.

Where addresses belong to the roles, another member answers at it after a switchover.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import asyncssh

from nornir_haupgrade.lab.command import Terminal
from nornir_haupgrade.lab.device import AAA_TIMEOUT
from nornir_haupgrade.lab.ports import Answer, Port
from nornir_haupgrade.lab.sftp import FlashServer

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Coroutine, Sequence

    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor
    from nornir_haupgrade.lab.spec import MemberSpec


class _Login(asyncssh.SSHServer):
    """One connection's authentication."""

    def __init__(self, server: MemberServer) -> None:
        self._server = server
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._server.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if self._connection is not None:
            self._server.connections.discard(self._connection)

    def password_auth_supported(self) -> bool:
        return True

    async def validate_password(self, username: str, password: str) -> bool:
        return await self._server.admits(username, password)

    def kbdint_auth_supported(self) -> bool:
        return bool(self._server.asked)

    def get_kbdint_challenge(
        self, username: str, lang: str, submethods: str
    ) -> tuple[str, str, str, tuple[tuple[str, bool], ...]]:
        del username, lang, submethods
        return "", "", "", self._server.asked

    async def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        """The last answer is the password, those before say that a banner was read."""
        if len(responses) != len(self._server.asked):
            return False
        *read, password = responses
        is_read = all(word.lower() == "yes" for word in read)
        return await self._server.admits(username, password if is_read else "")


class MemberServer:
    """SSH, SFTP and terminals at one member's address, following who answers there."""

    def __init__(
        self,
        spec: MemberSpec,
        device: Device,
        executor: Executor,
        *,
        login: tuple[str, str],
        key: asyncssh.SSHKey,
    ) -> None:
        self.device: Device | None = device
        """Who answers; None: nobody."""
        self._home = device
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self.key = key
        pair = executor.pair
        self.asked = pair.personality.login_questions(pair.spec)
        """What a login is asked, each with whether the answer is echoed; none: by password only."""
        self._executor = executor
        self._login = login
        self._other_key: asyncssh.SSHKey | None = None
        self._options: dict[bool, asyncssh.SSHServerConnectionOptions] = {}
        self._port = Port(spec.address, spec.port, self._accepted)
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: set[socket.socket] = set()
        """Connections that get no banner."""
        executor.pair.listeners.append(self.follow)
        self._hang_ups = [self._hang_up_of(one) for one in executor.pair.devices]

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return self._port.address, self._port.number

    @property
    def known_hosts_line(self) -> str:
        """Its key in OpenSSH's form."""
        public = self.key.export_public_key().decode().strip()
        return f"[{self._port.address}]:{self._port.number} {public}\n"

    async def admits(self, username: str, password: str) -> bool:
        """Judge one login, and write it down."""
        device = self.device or self._home
        self._executor.login(device)
        unreachable = device.has("aaa_unreachable")
        if unreachable is not None:
            await self._pass(device, float(unreachable.get("seconds", AAA_TIMEOUT)))
        is_refused = unreachable is not None or device.has("login_refused") is not None
        is_good = (username, password) == self._login and not is_refused
        self._executor.pair.audit.add(
            "login",
            self._executor.pair.name,
            member=device.name,
            user=username,
            is_admitted=is_good,
        )
        return is_good

    async def _pass(self, device: Device, seconds: float) -> None:
        """Let device seconds pass."""
        over = asyncio.Event()
        device.timeline.after(seconds, over.set)
        await over.wait()

    def follow(self) -> None:
        """Bring port and connections in line with who answers, and with its phase."""
        pair = self._executor.pair
        device = pair.personality.answers(pair, self._home)
        if device is not self.device:
            self._drop()
            self.device = device
        if device is None:
            self._port.set(Answer.REFUSED)
        elif device.has("management_cut") is not None:
            self._freeze()
            self._port.set(Answer.SILENT)
        elif device.is_answering:
            if self._port.answer is Answer.SILENT:
                self._drop()
            self._port.set(Answer.OPEN)
        elif device.is_silent:
            self._freeze()
            self._port.set(Answer.SILENT)
        else:
            self._drop()
            self._port.set(Answer.REFUSED)

    async def close(self) -> None:
        """End everything."""
        pair = self._executor.pair
        if self.follow in pair.listeners:
            pair.listeners.remove(self.follow)
            for device, hang_up in zip(pair.devices, self._hang_ups, strict=True):
                device.on_hang_up.remove(hang_up)
        self._drop()
        self._port.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _hang_up_of(self, device: Device) -> Callable[[], None]:
        def hang_up() -> None:
            if self.device is device:
                self._drop()

        device.on_hang_up.append(hang_up)
        return hang_up

    def _drop(self) -> None:
        for connection in tuple(self.connections):
            connection.abort()
        for held in self._held:
            held.close()
        self._held.clear()

    def _freeze(self) -> None:
        """Answer nothing any more on what is open, without closing it."""
        for connection in self.connections:
            # asyncssh offers no way to stop reading a connection
            transport = connection._transport  # noqa: SLF001
            if isinstance(transport, asyncio.Transport):
                with contextlib.suppress(RuntimeError):
                    transport.pause_reading()

    def _accepted(self, connection: socket.socket) -> None:
        if self.device is not None and self.device.has("mute") is not None:
            self._held.add(connection)
            return
        task = asyncio.get_running_loop().create_task(self._serve(connection))
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._ended(ended, connection))

    def _ended(self, task: asyncio.Task[None], connection: socket.socket) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            # thrown out before anything took the connection over
            connection.close()

    async def _serve(self, connection: socket.socket) -> None:
        # a client that leaves, or is thrown out, in the middle of its login
        with contextlib.suppress(asyncssh.Error, OSError):
            await asyncssh.run_server(connection, options=await self._get_options())

    async def _get_options(self) -> asyncssh.SSHServerConnectionOptions:
        is_changed = (self.device or self._home).has("host_key_changed") is not None
        if is_changed not in self._options:
            if is_changed:
                self._other_key = asyncssh.generate_private_key("ssh-ed25519")
            has_sftp = self._executor.pair.personality.has_sftp
            self._options[is_changed] = asyncssh.SSHServerConnectionOptions(
                server_factory=lambda: _Login(self),
                server_host_keys=[self._other_key if is_changed else self.key],
                process_factory=self._serve_terminal,
                sftp_factory=self._make_flash if has_sftp else None,
                encoding=None,
                line_editor=False,
                kbdint_auth=bool(self.asked),
                public_key_auth=False,
                kex_algs=[*self._executor.pair.personality.key_exchanges],
                compression_algs=None,
                allow_pty=True,
                agent_forwarding=False,
            )
        return self._options[is_changed]

    def _make_flash(self, channel: asyncssh.SSHServerChannel[bytes]) -> FlashServer:
        return FlashServer(channel, self.device or self._home)

    async def _serve_terminal(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        pair, device = self._executor.pair, self.device or self._home
        personality, logins = pair.personality, device.logins
        terminal = Terminal(privilege=personality.privilege(pair.spec), login=self._login)
        login = ""
        has_terminal = process.command is None and process.term_type is not None
        if has_terminal or personality.gives_lines_to_all:
            # a session too that only copies a file
            terminal.line = device.free_line()
            login = f"{self._login[0]} pts/{terminal.line} {process.get_extra_info('peername')[0]}"
            logins[terminal.line] = login
        session = personality.session(process, self._executor, device, terminal)
        try:
            with contextlib.suppress(asyncssh.Error, OSError):
                await _while_its_client_is_there(session.serve(), process)
        finally:
            # after a boot the number may be somebody else's
            if terminal.line is not None and logins.get(terminal.line) is login:
                del logins[terminal.line]


async def _while_its_client_is_there(
    serving: Coroutine[Any, Any, None], process: asyncssh.SSHServerProcess[bytes]
) -> None:
    """Serve a session to its end, or its client's: what hangs then goes on without a login."""
    served = asyncio.ensure_future(serving)
    left = asyncio.ensure_future(process.channel.wait_closed())
    try:
        await asyncio.wait({served, left}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        left.cancel()
        if not served.done():
            served.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await served
