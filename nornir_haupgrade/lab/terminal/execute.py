"""Executing a line on a device and waiting for what comes of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir_haupgrade.lab.command import Line, Reply
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.execution import Executor


async def execute(
    executor: Executor, device: Device, line: Line, say: Callable[[str], None] = lambda _: None
) -> Reply:
    """Execute a line and wait for its reply, which a hung command never gives."""
    future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

    def done(reply: Reply) -> None:
        if not future.done():
            future.set_result(reply)

    executor.run(device, line, done, say=say)
    return await future
