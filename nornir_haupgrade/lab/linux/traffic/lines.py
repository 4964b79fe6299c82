"""Short lines over TCP, cut without a copy of asyncio's own making.

Server and client say: ``peer 10.1.1.100:40000`` (whom the server sees) once, then ``17`` and, as
the answer, ``17``.
"""

from __future__ import annotations

import asyncio

GREETING = b"peer "
_LONGEST = 256
"""Bytes; no honest line is that long."""


class Lines(asyncio.BufferedProtocol):
    """Calls ``line`` for each line that arrives, ``overlong`` for what is none.

    A Protocol would be handed a buffer of 256 kB for each four bytes received, which alone costs as
    much as the rest.
    """

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._buffer = bytearray(_LONGEST)
        self._view = memoryview(self._buffer)
        self._filled = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        if isinstance(transport, asyncio.Transport):
            self.transport = transport

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - asyncio's signature
        """Where the next bytes go: behind the line that has begun."""
        return self._view[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        """Cut what arrived."""
        filled = self._filled + nbytes
        *lines, rest = self._buffer[:filled].split(b"\n")
        self._filled = len(rest)
        if lines:
            self._buffer[: len(rest)] = rest
            for line in lines:
                self.line(line)
        if self._filled == _LONGEST:
            self._filled = 0  # an empty buffer would be an error to asyncio
            self.overlong()

    def line(self, line: bytearray) -> None:
        """One line, without its end."""
        raise NotImplementedError

    def overlong(self) -> None:
        """More bytes than a line may have."""
        raise NotImplementedError

    def abort(self) -> None:
        """Close at once."""
        if self.transport is not None:
            self.transport.abort()
