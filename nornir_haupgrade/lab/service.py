"""The service behind a pair: a TCP port that is open exactly while a member forwards."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.ports import Answer, Port

if TYPE_CHECKING:
    import socket

    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.sessions import Session


class _Connection(asyncio.Protocol):
    """One client: greeted, then answered line by line while somebody forwards.

    It is a session of the pair like any other: not synchronised at a switchover, it is dead. A
    strict firewall drops what it does not know, so it is never reset, only never answered again.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._transport: asyncio.Transport | None = None
        self._session: Session | None = None
        self._waiting = bytearray()
        self._is_dead = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
            ends = [transport.get_extra_info(name) for name in ("peername", "sockname")]
            if None in ends:  # a probe has reset it already
                transport.abort()
                return
            client, server = (f"{address[0]}:{address[1]}" for address in ends)
            sessions = self._service.pair.sessions
            self._session = sessions.open(on_lost=self.die, ends=(client, server))
            self._service.connections.add(self)
            transport.write(f"ok {self._service.pair.name}\n".encode())

    def data_received(self, data: bytes) -> None:
        if not self._is_dead:
            self._waiting += data
            self.flush()

    def flush(self) -> None:
        """Answer what came in, if traffic passes."""
        if self._transport is not None and self._waiting and self._service.pair.active is not None:
            self._transport.write(bytes(self._waiting))
            self._waiting.clear()

    def die(self) -> None:
        """Answer nothing any more."""
        self._is_dead = True
        self._waiting.clear()

    def abort(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._service.connections.discard(self)
        if self._session is not None:
            self._service.pair.sessions.close(self._session, is_reset=exc is not None)


class Service:
    """A pair's service port."""

    def __init__(self, pair: Pair, address: str, port: int) -> None:
        self.pair = pair
        self.connections: set[_Connection] = set()
        self._tasks: set[asyncio.Task[object]] = set()
        self._port = Port(address, port, self._accepted)
        pair.listeners.append(self.follow)

    @property
    def address(self) -> tuple[str, int]:
        """Where it is reached."""
        return self._port.address, self._port.number

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
            loop.connect_accepted_socket(lambda: _Connection(self), connection)
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
