"""A name server answers a question."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from nornir_haupgrade.model import Flow
from nornir_haupgrade.probes.addresses import Address
from nornir_haupgrade.probes.outcome import Outcome, endpoint
from nornir_haupgrade.probes.target import Target
from nornir_haupgrade.settings import DnsService

if TYPE_CHECKING:
    import dns.message


class DnsAsker:
    """Asks over UDP from a new port each time, as resolvers do."""

    is_exclusive = False

    def __init__(self, service: DnsService) -> None:
        import dns.exception
        import dns.name
        import dns.rdatatype

        self._target = Target(service.address, service.port)
        self._service = service
        self._kind = dns.rdatatype.from_text(service.record)
        self._name: dns.name.Name | None = None
        with contextlib.suppress(dns.exception.DNSException):
            self._name = dns.name.from_text(service.query)

    async def ask(self, timeout: float, *, is_hastened: bool) -> Outcome:  # noqa: ASYNC109
        """Good if the server knows at least one record of the kind."""
        import dns.message

        if self._name is None:
            return Outcome(None, f"{self._target.where}: {self._service.query!r} is no DNS name")
        query = dns.message.make_query(self._name, self._kind, use_edns=0, payload=1232)
        return await self._target.ask(
            lambda address: self._ask(address, query), timeout, is_hastened=is_hastened
        )

    async def close(self) -> None:
        """Nothing is held."""

    async def _ask(self, address: Address, query: dns.message.Message) -> Outcome:
        loop = asyncio.get_running_loop()
        began = loop.time()
        # Connected, so that "port unreachable" is heard and strangers are not.
        transport, answers = await loop.create_datagram_endpoint(
            lambda: _Answers(query, loop.create_future()), remote_addr=address[1][:2]
        )
        try:
            flow = Flow(
                "udp",
                endpoint(transport.get_extra_info("sockname")),
                endpoint(transport.get_extra_info("peername")),
            )
            transport.sendto(query.to_wire())
            is_good, words = self._judge(await answers.first)
        finally:
            transport.close()
        took = (loop.time() - began) * 1000
        return Outcome(is_good, f"{self._target.where}: {words} ({took:.0f} ms)", flow)

    def _judge(self, answer: dns.message.Message) -> tuple[bool, str]:
        import dns.flags
        import dns.rcode

        asked = f"{self._service.query} {self._service.record}"
        if answer.rcode() != dns.rcode.NOERROR:
            return False, f"{asked}: {dns.rcode.to_text(answer.rcode())}"
        count = sum(len(one) for one in answer.answer if one.rdtype == self._kind)
        if count:
            return True, f"{asked}: {count} record{'s' if count > 1 else ''}"
        if answer.flags & dns.flags.TC:
            return False, f"{asked}: the answer does not fit into UDP"
        return False, f"{asked}: no such record"


class _Answers(asyncio.DatagramProtocol):
    """Waits for the first datagram that answers the question."""

    def __init__(
        self, query: dns.message.Message, first: asyncio.Future[dns.message.Message]
    ) -> None:
        self._query = query
        self._id = query.id.to_bytes(2, "big")
        self.first = first

    def datagram_received(self, data: bytes, _: object) -> None:
        """Whatever is no answer to this question is left alone, as a late or forged one."""
        import dns.exception
        import dns.message

        # Reading a datagram takes a while: a flood of strange ones must not hold up all probes.
        if data[:2] != self._id or self.first.done():
            return
        with contextlib.suppress(dns.exception.DNSException, ValueError):
            answer = dns.message.from_wire(data, ignore_trailing=True)
            if self._query.is_response(answer):
                self.first.set_result(answer)

    def error_received(self, exc: Exception) -> None:
        """The port is closed, or the way is barred."""
        if not self.first.done():
            self.first.set_exception(exc)
            self.first.exception()  # whoever waited may have gone
