"""A name server answers a question."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from nornir_haupgrade.model import Flow
from nornir_haupgrade.probes.addresses import Address
from nornir_haupgrade.probes.outcome import Outcome, endpoint, failed, silent
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
        found = await self._target.addresses(is_hastened=is_hastened)
        if isinstance(found, Outcome):
            return found
        query = dns.message.make_query(self._name, self._kind, use_edns=0, payload=1232)
        loop = asyncio.get_running_loop()
        ends = loop.time() + timeout
        outcome = silent(self._target.where, timeout)
        for at, address in enumerate(found):
            left = max(ends - loop.time(), 0.001) / (len(found) - at)
            outcome = await self._try(address, query, left)
            if outcome.is_good:
                break
        return outcome

    async def close(self) -> None:
        """Nothing is held."""

    async def _try(
        self,
        address: Address,
        query: dns.message.Message,
        timeout: float,  # noqa: ASYNC109 - part of the outcome's words
    ) -> Outcome:
        where = self._target.where
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            # Connected, so that "port unreachable" is heard and strangers are not.
            transport, answers = await loop.create_datagram_endpoint(
                lambda: _Answers(query, loop.create_future()), remote_addr=address[1][:2]
            )
        except OSError as error:
            return failed(where, error)
        flow = Flow(
            "udp",
            endpoint(transport.get_extra_info("sockname")),
            endpoint(transport.get_extra_info("peername")),
        )
        try:
            transport.sendto(query.to_wire())
            async with asyncio.timeout(timeout):
                answer = await answers.first
        except TimeoutError:
            outcome = silent(where, timeout)
        except OSError as error:
            outcome = failed(where, error)
        else:
            is_good, words = self._judge(answer)
            took = (loop.time() - began) * 1000
            return Outcome(is_good, f"{where}: {words} ({took:.0f} ms)", flow)
        finally:
            transport.close()
        return Outcome(outcome.is_good, outcome.detail, flow)

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
        self.first = first

    def datagram_received(self, data: bytes, _: object) -> None:
        """Whatever is no answer to this question is left alone, as a late or forged one."""
        import dns.exception
        import dns.message

        with contextlib.suppress(dns.exception.DNSException, ValueError):
            answer = dns.message.from_wire(data, ignore_trailing=True)
            if self._query.is_response(answer) and not self.first.done():
                self.first.set_result(answer)

    def error_received(self, exc: Exception) -> None:
        """The port is closed, or the way is barred."""
        if not self.first.done():
            self.first.set_exception(exc)
            self.first.exception()  # whoever waited may have gone
