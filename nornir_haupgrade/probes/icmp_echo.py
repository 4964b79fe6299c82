"""An address answers echo requests."""

from __future__ import annotations

import asyncio
import itertools
import socket
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.probes.addresses import Address
from nornir_haupgrade.probes.outcome import Outcome, failed, silent
from nornir_haupgrade.probes.target import Target

if TYPE_CHECKING:
    import icmplib

_ADVICE = (
    "this user may not send echo requests; run as root, or let the kernel allow it by"
    " sysctl -w net.ipv4.ping_group_range='0 2147483647'"
)
_ECHO_REPLIES = {0, 129}
"""ICMP type for IPv4 and for IPv6."""


class IcmpAsker:
    """Sends echo requests through the sockets that all services of the process share."""

    is_exclusive = False

    def __init__(self, address: str, echoes: Echoes) -> None:
        self._address = address
        self._target = Target(address, 0)
        self._echoes = echoes

    async def ask(self, timeout: float, *, is_hastened: bool) -> Outcome:  # noqa: ASYNC109
        """Good if one address answers; None if this user may not ask."""
        found = await self._target.addresses(is_hastened=is_hastened)
        if isinstance(found, Outcome):
            return Outcome(found.is_good, found.detail.replace(":0:", ":", 1))
        loop = asyncio.get_running_loop()
        ends = loop.time() + timeout
        outcome = silent(self._address, timeout)
        for at, address in enumerate(found):
            left = max(ends - loop.time(), 0.001) / (len(found) - at)
            outcome = await self._try(address, left)
            if outcome.is_good:
                break
        return outcome

    async def close(self) -> None:
        """The sockets belong to all."""

    async def _try(self, address: Address, timeout: float) -> Outcome:  # noqa: ASYNC109
        import icmplib

        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(timeout):
                reply = await self._echoes.ask(address)
        except TimeoutError:
            return silent(self._address, timeout)
        except icmplib.SocketPermissionError:
            return Outcome(None, f"{self._address}: {_ADVICE}")
        except icmplib.ICMPLibError as error:
            cause = error.__context__
            if isinstance(cause, OSError):
                return failed(self._address, cause)
            return Outcome(None, f"{self._address}: {error}")
        if reply.type not in _ECHO_REPLIES:
            words = f"unreachable (ICMP type {reply.type}, code {reply.code})"
            return Outcome(is_good=False, detail=f"{self._address}: {words}")
        took = (loop.time() - began) * 1000
        return Outcome(is_good=True, detail=f"{self._address} answers ({took:.0f} ms)")


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
        if port is None or port.is_dead:
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
        while True:
            try:
                reply = await self._socket.receive(timeout=3600)
            except self._library.TimeoutExceeded:
                continue
            future = self._waiting.get(reply.sequence)
            # On loopback our own requests are heard too; their number lies elsewhere.
            if future is not None and reply.id == self._id and not future.done():
                future.set_result(reply)


def _open(family: socket.AddressFamily) -> icmplib.ICMPSocket:
    import icmplib

    kind = icmplib.ICMPv6Socket if family is socket.AF_INET6 else icmplib.ICMPv4Socket
    try:
        return kind(privileged=False)
    except icmplib.ICMPSocketError:
        return kind(privileged=True)
