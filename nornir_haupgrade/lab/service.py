"""The service behind a pair: a TCP port that is open exactly while a member forwards."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.ports import Answer, Port

if TYPE_CHECKING:
    import socket

    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.sessions import Session


class Connection(asyncio.Protocol):
    """One client: greeted, then answered line by line while somebody forwards.

    It is a session of the pair like any other: not synchronised at a switchover, it is dead. A
    strict firewall drops what it does not know, so it is never reset, only never answered again.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.transport: asyncio.Transport | None = None
        self.waiting = bytearray()
        """What came in and is not answered yet."""
        self._session: Session | None = None
        self._is_dead = False

    @property
    def is_served(self) -> bool:
        """Whether traffic passes."""
        return self.service.pair.active is not None

    def greet(self) -> None:
        """Say who is there."""
        if self.transport is not None:
            self.transport.write(f"ok {self.service.pair.name}\n".encode())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be a session of the pair from now on."""
        if isinstance(transport, asyncio.Transport):
            self.transport = transport
            ends = [transport.get_extra_info(name) for name in ("peername", "sockname")]
            if None in ends:  # a probe has reset it already
                transport.abort()
                return
            client, server = (f"{address[0]}:{address[1]}" for address in ends)
            sessions = self.service.pair.sessions
            self._session = sessions.open(on_lost=self.die, ends=(client, server))
            self.service.connections.add(self)
            self.greet()

    def data_received(self, data: bytes) -> None:
        """Take in what a living connection brings."""
        if not self._is_dead:
            self.waiting += data
            self.flush()

    def flush(self) -> None:
        """Answer what came in, if traffic passes."""
        if self.transport is not None and self.waiting and self.is_served:
            self.transport.write(bytes(self.waiting))
            self.waiting.clear()

    def die(self) -> None:
        """Answer nothing any more."""
        self._is_dead = True
        self.waiting.clear()

    def abort(self) -> None:
        """Close the connection at once."""
        if self.transport is not None:
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        """Be a session no longer."""
        self.service.connections.discard(self)
        if self._session is not None:
            self.service.pair.sessions.close(self._session, is_reset=exc is not None)


class Service:
    """A pair's service port."""

    def __init__(self, pair: Pair, address: str, port: int) -> None:
        self.pair = pair
        self.connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[object]] = set()
        self._port = Port(address, port, self._accepted)
        pair.listeners.append(self.follow)

    @property
    def address(self) -> tuple[str, int]:
        """Where it is reached."""
        return self._port.address, self._port.number

    def make_connection(self) -> Connection:
        """What somebody who connects talks to."""
        return Connection(self)

    def follow(self) -> None:
        """Open or close with the pair's forwarding."""
        is_forwarded = self.pair.active is not None
        self._port.set(Answer.OPEN if is_forwarded else Answer.REFUSED)
        if is_forwarded:
            for connection in tuple(self.connections):
                connection.flush()

    def _accepted(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        task: asyncio.Task[object] = loop.create_task(
            loop.connect_accepted_socket(self.make_connection, connection)
        )
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._ended(ended, connection))

    def _ended(self, task: asyncio.Task[object], connection: socket.socket) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            connection.close()

    async def close(self) -> None:
        """End everything."""
        if self.follow in self.pair.listeners:
            self.pair.listeners.remove(self.follow)
        for connection in tuple(self.connections):
            connection.abort()
        self._port.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
