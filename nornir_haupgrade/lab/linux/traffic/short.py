"""New connections at a steady pace: connect, one exchange, close."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.linux.traffic.ends import (
    Address,
    PeerClosedError,
    WrongAnswerError,
    connect,
    reason_of,
)
from nornir_haupgrade.lab.linux.traffic.lines import GREETING, Lines
from nornir_haupgrade.lab.linux.traffic.report import FailedConnection, Instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir_haupgrade.lab.linux.traffic.interval import Interval

_TOO_LATE = 1.0
"""Seconds; what should have begun so long ago is left out instead of being sent in one burst."""


class _Exchange(Lines):
    """One short connection, closed by the client: TIME_WAIT stays on this side."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.missing = "no answer to the SYN"
        self._question = b"%d" % number
        self._is_greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.missing = "connected, but no greeting"

    def line(self, line: bytearray) -> None:
        if self.transport is None or self.answered.done():
            return
        if not self._is_greeted and line.startswith(GREETING):
            self._is_greeted = True
            self.missing = "greeted, but no answer"
            self.transport.write(self._question + b"\n")
        elif self._is_greeted and line == self._question:
            self.answered.set_result(None)
            self.transport.close()
        else:
            self._fail(WrongAnswerError(f"answer {bytes(line)!r}"))

    def overlong(self) -> None:
        self._fail(WrongAnswerError("an endless answer"))

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(exc or PeerClosedError(self.missing))

    def _fail(self, error: Exception) -> None:
        if not self.answered.done():
            self.answered.set_exception(error)
        self.abort()


class ShortConnections:
    """Opens them and counts each in the interval in which it began."""

    def __init__(
        self,
        source: str,
        target: Address,
        *,
        per_second: float,
        timeout: float,
        interval: Callable[[], Interval],
    ) -> None:
        self._source = source
        self._target = target
        self._per_second = per_second
        self._timeout = timeout
        self._interval = interval
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Open one after the other until cancelled."""
        if not self._per_second:
            return
        began, number = time.monotonic(), 0
        try:
            while True:
                wait = began + number / self._per_second - time.monotonic()
                if wait < -_TOO_LATE:
                    left_out = int(-wait * self._per_second)
                    self._interval().skipped += left_out
                    number += left_out
                await asyncio.sleep(max(wait, 0.0))
                number += 1
                task = asyncio.create_task(self._one(number, self._interval()))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        finally:
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _one(self, number: int, interval: Interval) -> None:
        began = time.monotonic()
        exchange = _Exchange(number)
        interval.pending += 1
        try:
            async with asyncio.timeout(self._timeout):
                await connect(exchange, source=self._source, target=self._target)
                await exchange.answered
        except OSError as exc:
            missing = exchange.missing if isinstance(exc, TimeoutError) else str(exc)
            length = round((time.monotonic() - began) * 1000, 1)
            failure = FailedConnection(Instant.of(began), length, reason_of(exc), missing)
            interval.note_failed(failure)
        else:
            interval.note_good(began, time.monotonic() - began)
        finally:
            interval.pending -= 1
            if exchange.answered.cancel() or exchange.answered.cancelled():
                exchange.abort()
