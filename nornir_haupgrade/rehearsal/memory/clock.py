"""A clock that nobody waits for: time passes when somebody lets it pass."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event

from nornir_haupgrade.lab.timeline import Timeline

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class VirtualClock:
    """Seconds since the start, and what is to happen in them.

    Attributes:
        now: Seconds.
        timeline: The lab's, driven by this clock.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self.timeline = Timeline(self.monotonic)

    def monotonic(self) -> float:
        """As ``time.monotonic``."""
        return self.now

    def utc_now(self) -> datetime:
        """The time of a day that is always the same."""
        return self.utc_at(self.now)

    def utc_at(self, instant: float) -> datetime:
        """The same of another instant."""
        return _EPOCH + timedelta(seconds=instant)

    def wait(self, event: Event, seconds: float) -> bool:
        """As ``Event.wait``."""
        return self.advance(seconds, event.is_set)

    def advance(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Let everything happen that is due in so many seconds, each at its own instant.

        Args:
            seconds: At most so many pass.
            until: Nothing more passes once this is so.

        Returns:
            Whether it became so.
        """
        end = self.now + seconds
        while not until():
            due = self.timeline.next_at
            if due is None or due > end:
                self.now = end
                return until()
            self.now = max(self.now, due)
            self.timeline.run_due()
        return True
