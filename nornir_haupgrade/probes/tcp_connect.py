"""A TCP connection is accepted."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import struct

from nornir_haupgrade.model import Flow
from nornir_haupgrade.probes.addresses import Address
from nornir_haupgrade.probes.outcome import Outcome, endpoint
from nornir_haupgrade.probes.target import Target
from nornir_haupgrade.settings import TcpService

RESET_ON_CLOSE = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
"""A hundred connections a second would else stay for minutes: in TIME_WAIT here, and as closing
sessions in the firewall's table."""


class TcpAsker:
    """Connects and closes; what the server does with the connection then is no matter."""

    is_exclusive = False

    def __init__(self, service: TcpService) -> None:
        self._target = Target(service.address, service.port)

    async def ask(self, timeout: float, *, is_hastened: bool) -> Outcome:  # noqa: ASYNC109
        """Good if one address accepts; None if this machine could not even try."""
        return await self._target.ask(
            lambda address: self._connect(address, is_hastened=is_hastened),
            timeout,
            is_hastened=is_hastened,
        )

    async def close(self) -> None:
        """Nothing is held."""

    async def _connect(self, address: Address, *, is_hastened: bool) -> Outcome:
        family, target = address
        loop = asyncio.get_running_loop()
        began = loop.time()
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.settimeout(0)
            if is_hastened:
                sock.setsockopt(*RESET_ON_CLOSE)
            # Reset while connecting would be "refused": this one was accepted, then reset.
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                await loop.sock_connect(sock, target)
            source = sock.getsockname()
        if source == target:
            # TCP lets a socket connect to itself: on this machine, where nobody listens.
            raise OSError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
        flow = Flow("tcp", endpoint(source), endpoint(target))
        took = (loop.time() - began) * 1000
        return Outcome(
            is_good=True, detail=f"{self._target.where} accepts ({took:.0f} ms)", flow=flow
        )
