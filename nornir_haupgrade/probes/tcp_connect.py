"""A TCP connection is accepted."""

from __future__ import annotations

import asyncio
import socket
import struct

from nornir_haupgrade.model import Flow
from nornir_haupgrade.probes.addresses import Address
from nornir_haupgrade.probes.outcome import Outcome, endpoint, failed, silent
from nornir_haupgrade.probes.target import Target

RESET_ON_CLOSE = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
"""A hundred connections a second would else stay for minutes: in TIME_WAIT here, and as closing
sessions in the firewall's table."""


class TcpAsker:
    """Connects and closes; several addresses of one name share the time, in their order."""

    is_exclusive = False

    def __init__(self, address: str, port: int) -> None:
        self._target = Target(address, port)

    async def ask(self, timeout: float, *, is_hastened: bool) -> Outcome:  # noqa: ASYNC109
        """Good if one address accepts; None if this machine could not even try."""
        found = await self._target.addresses(is_hastened=is_hastened)
        if isinstance(found, Outcome):
            return found
        loop = asyncio.get_running_loop()
        began = loop.time()
        outcomes: list[Outcome] = []
        for at, address in enumerate(found):
            left = max(timeout - (loop.time() - began), 0.001) / (len(found) - at)
            outcomes.append(await self._try(address, left, is_hastened=is_hastened))
            if outcomes[-1].is_good:
                return outcomes[-1]
        # An address that this machine cannot use is no matter where another one gave an answer.
        return next((one for one in outcomes if one.is_good is False), outcomes[0])

    async def close(self) -> None:
        """Nothing is held."""

    async def _try(
        self,
        address: Address,
        timeout: float,  # noqa: ASYNC109 - part of the outcome's words
        *,
        is_hastened: bool,
    ) -> Outcome:
        family, target = address
        where = self._target.where
        loop = asyncio.get_running_loop()
        began = loop.time()
        flow: Flow | None = None
        try:
            with socket.socket(family, socket.SOCK_STREAM) as sock:
                sock.settimeout(0)
                if is_hastened:
                    sock.setsockopt(*RESET_ON_CLOSE)
                try:
                    async with asyncio.timeout(timeout):
                        await loop.sock_connect(sock, target)
                finally:
                    # The source is chosen as soon as the connection is begun.
                    flow = Flow("tcp", endpoint(sock.getsockname()), endpoint(target))
        except TimeoutError as error:
            # The kernel's own time-out is an answer of a kind, and has a number.
            outcome = failed(where, error) if error.errno else silent(where, timeout)
        except OSError as error:
            outcome = failed(where, error)
        else:
            took = (loop.time() - began) * 1000
            return Outcome(is_good=True, detail=f"{where} accepts ({took:.0f} ms)", flow=flow)
        return Outcome(outcome.is_good, outcome.detail, flow)
