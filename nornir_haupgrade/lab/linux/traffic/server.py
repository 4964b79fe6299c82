"""``python -m nornir_haupgrade.lab.linux.traffic.server --listen ADDR:PORT``: answers lines.

It tells each client as whom it sees it, then answers each numbered line with the same number.
``ready`` on standard output says that it listens; where a port was given as 0, a line
``listening ADDR:PORT`` comes before. SIGTERM and SIGINT end it.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import signal
import sys
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.linux.traffic.ends import (
    Address,
    allow_many_descriptors,
    endpoint,
    spell,
)
from nornir_haupgrade.lab.linux.traffic.lines import GREETING, Lines

if TYPE_CHECKING:
    from collections.abc import Sequence

_BACKLOG = 1024
_MOST_DIGITS = 20


class _Answers(Lines):
    """One client. It is never closed for being silent: silent clients are what is measured."""

    def __init__(self, clients: set[_Answers]) -> None:
        super().__init__()
        self._clients = clients

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        if self.transport is None or peer is None:  # gone before we looked
            transport.close()
            return
        self._clients.add(self)
        self.transport.write(GREETING + spell(peer[:2]).encode() + b"\n")

    def line(self, line: bytearray) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        if line.isdigit() and len(line) <= _MOST_DIGITS:
            self.transport.write(line + b"\n")
        else:
            self._refuse()

    def overlong(self) -> None:
        self._refuse()

    def pause_writing(self) -> None:
        """It asks and does not read the answers: not one of ours, and memory is finite."""
        self.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._clients.discard(self)

    def _refuse(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(b"error: a line is a number\n")
            self.transport.close()


class _Complaints:
    """Says once that descriptors ran out; asyncio waits a second and accepts again by itself.

    It would complain once for each place in the backlog, until a pipe that nobody reads is full.
    """

    def __init__(self) -> None:
        self._is_said = False

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in {errno.EMFILE, errno.ENFILE}:
            loop.default_exception_handler(context)
        elif not self._is_said:
            self._is_said = True
            sys.stderr.write(f"cannot accept more clients for now: {error}\n")


async def serve(ends: Sequence[Address]) -> None:
    """Answer until a signal comes."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_Complaints())
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    clients: set[_Answers] = set()
    servers: list[asyncio.Server] = []
    try:
        for host, port in ends:
            server = await loop.create_server(
                lambda: _Answers(clients), host, port, backlog=_BACKLOG
            )
            servers.append(server)
            if not port:
                sys.stdout.write(f"listening {spell(server.sockets[0].getsockname())}\n")
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        await stop.wait()
    finally:
        for server in servers:
            server.close()
        for client in tuple(clients):
            client.abort()
        await asyncio.sleep(0)  # the aborted are closed in the loop's next round


def main() -> int:
    """Run the server."""
    parser = argparse.ArgumentParser(prog="traffic.server", description="Answers numbered lines.")
    parser.add_argument("--listen", type=endpoint, action="append", required=True, metavar="A:P")
    options = parser.parse_args()
    allow_many_descriptors()
    try:
        asyncio.run(serve(options.listen))
    except OSError as exc:
        sys.stderr.write(f"cannot listen: {exc}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
