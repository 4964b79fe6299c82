"""Simulated time: one heap of timers for any number of devices, driven by a clock handed in.

Everything in the lab counts *device seconds*: real seconds times ``speed``. A test hands in a clock
of its own and calls ``run_due``; the lab drives the same heap from one asyncio loop.
"""

from __future__ import annotations

import heapq
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(slots=True, order=True)
class Timer:
    """Something that will happen at an instant of device time."""

    when: float
    order: int
    action: Callable[[], None] = field(compare=False)
    cause: str = field(compare=False)
    is_cancelled: bool = field(default=False, compare=False)

    def cancel(self) -> None:
        """Make it never happen; harmless when it already has."""
        self.is_cancelled = True


class Timeline:
    """Device time, what is still to come, and what caused what happens now."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, speed: float = 1.0) -> None:
        self.clock = clock
        self.speed = speed
        self.cause = "start"
        """What is responsible for the present change; timers inherit it from whoever set them."""
        self.on_armed: Callable[[], None] = lambda: None
        """Called when a timer was added, so that a driver can look at ``real_delay`` again."""
        self._start = clock()
        self._heap: list[Timer] = []
        self._order = 0
        self._running_at: float | None = None

    def now(self) -> float:
        """Device seconds since the start; while a timer runs, the instant it was due."""
        if self._running_at is not None:
            return self._running_at
        return (self.clock() - self._start) * self.speed

    def after(self, seconds: float, action: Callable[[], None]) -> Timer:
        """Have something happen in so many device seconds."""
        self._order += 1
        timer = Timer(self.now() + max(0.0, seconds), self._order, action, self.cause)
        heapq.heappush(self._heap, timer)
        self.on_armed()
        return timer

    def run_due(self) -> None:
        """Let everything happen that is due, in order, each at its own instant."""
        limit = (self.clock() - self._start) * self.speed
        while self._heap and self._heap[0].when <= limit:
            timer = heapq.heappop(self._heap)
            if timer.is_cancelled:
                continue
            self._running_at = timer.when
            try:
                with self.caused_by(timer.cause):
                    timer.action()
            finally:
                self._running_at = None

    def real_delay(self) -> float | None:
        """Real seconds until the next timer is due; None when nothing is to come."""
        due = self.next_at
        if due is None:
            return None
        now = (self.clock() - self._start) * self.speed
        return max(0.0, (due - now) / self.speed)

    @property
    def next_at(self) -> float | None:
        """The device second of the next timer; None when nothing is to come."""
        while self._heap and self._heap[0].is_cancelled:
            heapq.heappop(self._heap)
        return self._heap[0].when if self._heap else None

    @contextmanager
    def caused_by(self, cause: str) -> Iterator[None]:
        """Name who is responsible for what changes inside the block."""
        before, self.cause = self.cause, cause
        try:
            yield
        finally:
            self.cause = before
