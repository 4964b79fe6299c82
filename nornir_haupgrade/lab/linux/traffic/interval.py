"""What is counted between two marks."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.linux.traffic.report import (
    ConnectionReport,
    FailedConnection,
    Instant,
    LostConnection,
    NewConnections,
    TrafficReport,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nornir_haupgrade.lab.linux.traffic.long import LongConnection

_MOST_FAILURES = 1000
_SLOW = 0.9
"""Seconds; the kernel sends a SYN again after one second."""


class Interval:
    """Counts new connections, losses and its own pauses; the long connections count for it."""

    def __init__(self, label: str, *, lost_earlier: int) -> None:
        self.label = label
        self.lost: list[LostConnection] = []
        self.lost_earlier = lost_earlier
        self.pending = 0
        self.skipped = 0
        self.longest_pause = 0.0
        self._began = time.monotonic()
        self._ok = 0
        self._failed = 0
        self._slow = 0
        self._slowest: tuple[float, float] | None = None
        self._failures: list[FailedConnection] = []
        self._closed: tuple[Instant, int, tuple[ConnectionReport, ...]] | None = None

    @property
    def total_lost(self) -> int:
        """In this interval and before."""
        return self.lost_earlier + len(self.lost)

    def note_good(self, began: float, length: float) -> None:
        """A new connection was answered, so many seconds after it began."""
        self._ok += 1
        self._slow += length >= _SLOW
        if self._slowest is None or length > self._slowest[0]:
            self._slowest = length, began

    def note_failed(self, failure: FailedConnection) -> None:
        """A new connection came to nothing."""
        self._failed += 1
        if len(self._failures) < _MOST_FAILURES:
            self._failures.append(failure)

    def close(self, connections: Iterable[LongConnection]) -> None:
        """Keep what the connections counted, and let them begin anew."""
        now = time.monotonic()
        listed = tuple(connections)
        self._closed = Instant.of(now), len(listed), self._ask(listed, now)
        for connection in listed:
            connection.forget()

    def report(
        self,
        connections: Iterable[LongConnection],
        *,
        wanted: int,
        failed_attempts: int,
        last_failed_attempt: str,
    ) -> TrafficReport:
        """So far, or as it was when it was closed; new connections may still be decided."""
        now = time.monotonic()
        listed = tuple(connections)
        until, established, each = self._closed or (
            Instant.of(now),
            len(listed),
            self._ask(listed, now),
        )
        gaps = [one.longest_gap for one in each if one.longest_gap is not None]
        return TrafficReport(
            label=self.label,
            began=Instant.of(self._began),
            until=until,
            is_over=self._closed is not None,
            wanted=wanted,
            established=established,
            lost=tuple(self.lost),
            lost_earlier=self.lost_earlier,
            exchanges=sum(one.exchanges for one in each),
            longest_gap=max(gaps, key=lambda gap: gap.ms, default=None),
            median_longest_gap_ms=median(gap.ms for gap in gaps) if gaps else None,
            new=self._new(),
            seen_as=_hosts(one for one in each if not one.is_nat),
            nat_seen_as=_hosts(one for one in each if one.is_nat),
            longest_pause_ms=round(self.longest_pause * 1000, 1),
            failed_attempts=failed_attempts,
            last_failed_attempt=last_failed_attempt,
            connections=each,
        )

    def _ask(
        self, connections: Iterable[LongConnection], now: float
    ) -> tuple[ConnectionReport, ...]:
        lost_now = {id(loss) for loss in self.lost}
        return tuple(
            one.report(now) for one in connections if one.loss is None or id(one.loss) in lost_now
        )

    def _new(self) -> NewConnections:
        slowest, began = self._slowest or (None, None)
        return NewConnections(
            ok=self._ok,
            failed=self._failed,
            pending=self.pending,
            skipped=self.skipped,
            slow=self._slow,
            slowest_ms=None if slowest is None else round(slowest * 1000, 1),
            slowest_began=None if began is None else Instant.of(began),
            failures=tuple(self._failures),
        )


def _hosts(connections: Iterable[ConnectionReport]) -> tuple[str, ...]:
    return tuple(sorted({one.seen_as.rpartition(":")[0] for one in connections}))
