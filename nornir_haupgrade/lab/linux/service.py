"""What answers behind each pair, for probes and canaries: it greets, then echoes, and never ends.

All pairs' services live in the lab's own process, each on a socket of its server's namespace.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.linux.enter import listening_socket
from nornir_haupgrade.lab.linux.fabric import host_namespace
from nornir_haupgrade.lab.linux.spec import PROBE_PORT

if TYPE_CHECKING:
    from pathlib import Path

    from nornir_haupgrade.lab.linux.spec import PairNet


async def serve(pair: PairNet, run_folder: Path) -> asyncio.Server:
    """Start a pair's service.

    Raises:
        OSError: The server's namespace is not there.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):
            writer.write(f"ok {pair.name}\n".encode())
            while line := await reader.read(4096):
                writer.write(line)
                await writer.drain()
        writer.close()

    namespace = host_namespace(run_folder, pair, "server")
    return await asyncio.start_server(
        answer, sock=listening_socket(namespace, pair.server, PROBE_PORT)
    )
