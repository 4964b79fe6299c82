"""An address answers echo requests."""

from __future__ import annotations

import asyncio
import itertools
import socket
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.probes.addresses import Address
from nornir_haupgrade.probes.outcome import Outcome, failed
from nornir_haupgrade.probes.target import Target
from nornir_haupgrade.settings import IcmpService

if TYPE_CHECKING:
    import icmplib

_ADVICE = (
    "this user may not send echo requests; run as root, or let the kernel allow it by"
    " sysctl -w net.ipv4.ping_group_range='0 2147483647'"
)
_ECHO_REPLIES = {0, 129}
"""ICMP type for IPv4 and for IPv6."""
_UNREACHABLE = {
    socket.AF_INET: {3, 11},  # destination unreachable, time exceeded
    socket.AF_INET6: {1, 2, 3, 4},  # the same, packet too big, parameter problem
}
"""What else ends the waiting; a redirect does not, since the request goes on its way."""
_FOREVER = 1e9
"""Seconds: icmplib's own time-out reads the wall's clock, which may be set meanwhile."""


class IcmpAsker:
    """Sends echo requests through the sockets that all services of the process share."""

    is_exclusive = False

    def __init__(self, service: IcmpService, echoes: Echoes) -> None:
        self._target = Target(service.address)
        self._echoes = echoes

    async def ask(self, timeout: float, *, is_hastened: bool) -> Outcome:  # noqa: ASYNC109
        """Good if one address answers; None if this user may not ask."""
        return await self._target.ask(self._ask, timeout, is_hastened=is_hastened)

    async def close(self) -> None:
        """The sockets belong to all."""

    async def _ask(self, address: Address) -> Outcome:
        import icmplib

        loop = asyncio.get_running_loop()
        began = loop.time()
        where = self._target.where
        try:
            reply = await self._echoes.ask(address)
        except icmplib.SocketPermissionError:
            return Outcome(None, f"{where}: {_ADVICE}")
        except icmplib.ICMPLibError as error:
            if isinstance(error.__context__, OSError):
                return failed(where, error.__context__)
            return Outcome(None, f"{where}: {error}")
        if reply.type not in _ECHO_REPLIES:
            words = f"unreachable (ICMP type {reply.type}, code {reply.code})"
            return Outcome(is_good=False, detail=f"{where}: {words}")
        took = (loop.time() - began) * 1000
        return Outcome(is_good=True, detail=f"{where} answers ({took:.0f} ms)")


class Echoes:
    """One socket for IPv4 and one for IPv6; replies go to whoever asked, by their number.

    A raw socket hears every reply to this machine: one socket a probe would make each of a
    hundred probes read the replies of all others. In the probing thread only.
    """

    def __init__(self) -> None:
        self._ports: dict[socket.AddressFamily, _Port] = {}

    async def ask(self, address: Address) -> icmplib.ICMPReply:
        """The reply, or the router's word that there is none; waits for ever.

        Raises:
            icmplib.ICMPLibError: It cannot be asked.
        """
        family, target = address
        port = self._ports.get(family)
        if port is not None and port.is_dead:
            await self._ports.pop(family).close()
            port = self._ports.get(family)  # another may have opened it meanwhile
        if port is None:
            port = self._ports[family] = _Port(family)
        return await port.ask(target[0])

    async def close(self) -> None:
        """Close both sockets."""
        for port in self._ports.values():
            await port.close()
        self._ports.clear()


class _Port:
    def __init__(self, family: socket.AddressFamily) -> None:
        import icmplib

        self._library = icmplib
        self._ends = {*_ECHO_REPLIES, *_UNREACHABLE[family]}
        self._socket = icmplib.AsyncSocket(_open(family))
        self._id = icmplib.utils.unique_identifier()
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reader = asyncio.get_running_loop().create_task(self._read())

    @property
    def is_dead(self) -> bool:
        return self._reader.done()

    async def ask(self, address: str) -> icmplib.ICMPReply:
        number = next(self._numbers) % 2**16
        request = self._library.ICMPRequest(address, self._id, number, payload_size=16)
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._socket.send(request)
            # Without privileges the kernel gives the identifier.
            self._id = request.id
            return await future
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        self._reader.cancel()
        await asyncio.gather(self._reader, return_exceptions=True)
        self._socket.close()

    async def _read(self) -> None:
        try:
            while True:
                self._heard(await self._socket.receive(timeout=_FOREVER))
        except Exception as error:
            # Who waits must not take our deafness for the other end's silence.
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(error)
            raise

    def _heard(self, reply: icmplib.ICMPReply) -> None:
        future = self._waiting.get(reply.sequence)
        # A raw socket hears all that comes: on loopback even our own requests.
        is_ours = reply.id == self._id and reply.type in self._ends
        if is_ours and future is not None and not future.done():
            future.set_result(reply)


def _open(family: socket.AddressFamily) -> icmplib.ICMPSocket:
    import icmplib

    kind = icmplib.ICMPv6Socket if family is socket.AF_INET6 else icmplib.ICMPv4Socket
    try:
        return kind(privileged=False)
    except icmplib.ICMPSocketError:
        return kind(privileged=True)
