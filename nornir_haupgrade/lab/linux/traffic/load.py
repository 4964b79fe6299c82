"""All connections of a client, and the wheel that gives each its turn."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.linux.traffic.ends import Address, connect, reason_of
from nornir_haupgrade.lab.linux.traffic.interval import Interval
from nornir_haupgrade.lab.linux.traffic.long import LongConnection
from nornir_haupgrade.lab.linux.traffic.report import (
    CheckReport,
    DeadConnection,
    LostConnection,
    TrafficReport,
)
from nornir_haupgrade.lab.linux.traffic.short import ShortConnections

if TYPE_CHECKING:
    from collections.abc import Sequence

_SLOTS = 10
"""One timer for a tenth of the connections: a timer for each costs more than the exchange."""
_STAGGER = 0.005
"""Seconds between the beginnings of two long connections."""
_AGAIN = 0.5
"""Seconds before the next attempt to open a long connection for the first time."""
_START = "start"
_MOST_INTERVALS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a client shall do."""

    target: Address
    source: str
    nat_source: str | None
    long: int
    idle: int
    nat: int
    new_per_second: float
    every: float
    """Seconds between two exchanges of a connection."""
    connect_timeout: float
    answer_timeout: float
    """Seconds after which an unanswered line makes the connection a lost one."""


class LabelError(ValueError):
    """A label that is unknown, or taken."""


class Load:
    """Runs until its ``run`` is cancelled."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._connections: list[LongConnection] = []
        self._slots: list[list[LongConnection]] = [[] for _ in range(_SLOTS)]
        self._intervals = {_START: Interval(_START, lost_earlier=0)}
        self._interval = self._intervals[_START]
        self._failed_attempts = 0
        self._last_failed_attempt = ""
        self._is_ending = False

    async def run(self) -> None:
        """Open what is wanted and keep it busy."""
        wanted = self._wanted
        short = ShortConnections(
            wanted.source,
            wanted.target,
            per_second=wanted.new_per_second,
            timeout=wanted.connect_timeout,
            interval=lambda: self._interval,
        )
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._turn())
                group.create_task(short.run())
                for number in range(wanted.long):
                    group.create_task(self._establish(number))
        finally:
            self._is_ending = True
            for connection in self._connections:
                connection.abort()
            await asyncio.sleep(0)  # the aborted are closed in the loop's next round

    def report(self, label: str | None = None) -> TrafficReport:
        """Of the interval that runs, or of an earlier one."""
        interval = self._interval if label is None else self._intervals.get(label)
        if interval is None:
            msg = f"no interval is labelled {label!r}; there are {', '.join(self._intervals)}"
            raise LabelError(msg)
        return interval.report(
            self._connections,
            wanted=self._wanted.long,
            failed_attempts=self._failed_attempts,
            last_failed_attempt=self._last_failed_attempt,
        )

    def mark(self, label: str) -> TrafficReport:
        """Begin a new interval; what is returned is the one that ends."""
        if label in self._intervals:
            msg = f"an interval is labelled {label!r} already"
            raise LabelError(msg)
        if len(self._intervals) >= _MOST_INTERVALS:
            msg = f"there are {_MOST_INTERVALS} intervals already"
            raise LabelError(msg)
        ended = self._interval
        ended.close(self._connections)
        self._interval = Interval(label, lost_earlier=ended.total_lost)
        self._intervals[label] = self._interval
        return self.report(ended.label)

    async def check(self, within: float) -> CheckReport:
        """One exchange on each idle connection, all answers within so many seconds."""
        idle = [one for one in self._connections if one.is_idle]
        asked = [one.ask() for one in idle]
        if asked:
            await asyncio.wait(asked, timeout=within)
        # Looked at once: what is answered after this instant is not alive in this check.
        answers = [one.result() if one.done() and not one.cancelled() else None for one in asked]
        lengths = [length for length in answers if length is not None]
        return CheckReport(
            idle=len(idle),
            alive=len(lengths),
            slowest_ms=round(max(lengths) * 1000, 1) if lengths else None,
            dead=_dead(idle, answers, within),
        )

    def _established(self, connection: LongConnection) -> None:
        self._connections.append(connection)
        self._slots[connection.number % _SLOTS].append(connection)

    def _lost(self, connection: LongConnection, loss: LostConnection) -> None:
        self._slots[connection.number % _SLOTS].remove(connection)
        if not self._is_ending:
            self._interval.lost.append(loss)

    async def _establish(self, number: int) -> None:
        """Try until the server has greeted once; never again after that."""
        wanted = self._wanted
        is_idle = number < wanted.idle
        is_nat = wanted.idle <= number < wanted.idle + wanted.nat
        source = wanted.nat_source if is_nat and wanted.nat_source else wanted.source
        await asyncio.sleep(number * _STAGGER)
        while True:
            connection = LongConnection(
                number,
                is_idle=is_idle,
                is_nat=is_nat,
                on_established=self._established,
                on_lost=self._lost,
            )
            try:
                async with asyncio.timeout(wanted.connect_timeout):
                    await connect(connection, source=source, target=wanted.target)
                    await connection.greeted
            except OSError as exc:
                if connection.seen_as:  # greeted in the last instant
                    return
                connection.greeted.cancel()
                connection.abort()
                self._failed_attempts += 1
                self._last_failed_attempt = f"{reason_of(exc)}: {exc}"
                await asyncio.sleep(_AGAIN)
            else:
                return

    async def _turn(self) -> None:
        tick, timeout = self._wanted.every / _SLOTS, self._wanted.answer_timeout
        due, slot = time.monotonic(), 0
        while True:
            due += tick
            now = time.monotonic()
            if due > now:
                await asyncio.sleep(due - now)
                now = time.monotonic()
            self._interval.longest_pause = max(self._interval.longest_pause, now - due)
            if now - due > self._wanted.every:
                due = now  # a whole turn late: each is sent once, not once for each missed turn
            slot = (slot + 1) % _SLOTS
            for connection in tuple(self._slots[slot]):
                connection.turn(now, timeout=timeout)


def _dead(
    idle: Sequence[LongConnection], answers: Sequence[float | None], within: float
) -> tuple[DeadConnection, ...]:
    return tuple(
        DeadConnection(
            one.five_tuple,
            f"no answer within {within:g} s"
            if one.loss is None
            else f"lost at {one.loss.at.wall}: {one.loss.reason}",
        )
        for one, answer in zip(idle, answers, strict=True)
        if answer is None
    )
