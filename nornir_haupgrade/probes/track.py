"""What is remembered of one service: when it answered, and when it could not be asked.

Kept are the good answers of the last 15 minutes, longer than any switchover is waited for, and the
last 9,600 at least: an hour of one a second with a minute of a hundred a second in it. That is
80 KB a service, and 730 KB when it is asked a hundred times a second all the time. As many bad ones
are kept, and the words of the newest 50.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from collections import deque

from nornir_haupgrade.model import Gap
from nornir_haupgrade.probes.gaps import Seen, longest_gap
from nornir_haupgrade.probes.outcome import Outcome

_KEPT = 9600
_KEPT_FOR = 900.0
"""Seconds."""
_TRIMMED = 400
"""So many at once, so that most answers cost nothing but themselves."""


class Track:
    """One service's past; the probing thread writes, the pairs' threads read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._goods = array("d")
        self._bads = array("d")
        self._words: deque[tuple[float, str]] = deque(maxlen=50)
        self._pauses: deque[tuple[float, float]] = deque(maxlen=100)
        self._is_cut = False

    def add(self, answered: float, outcome: Outcome) -> None:
        """One probe has ended; monotonic instants, which never run backwards."""
        with self._lock:
            if outcome.is_good:
                self._is_cut |= _keep(self._goods, answered)
                return
            self._words.append((answered, outcome.detail))
            if outcome.is_good is False:
                _keep(self._bads, answered)

    def paused(self, since: float, until: float) -> None:
        """In this time the service was not asked, or in vain: what it did then is not known."""
        with self._lock:
            if self._pauses and since <= self._pauses[-1][1]:
                before = self._pauses.pop()
                since, until = min(since, before[0]), max(until, before[1])
            self._pauses.append((since, until))

    def gap(self, since: float, until: float, now: float) -> Gap:
        """The longest gap in a window of monotonic instants."""
        with self._lock:
            first = bisect_right(self._goods, since)
            last = bisect_right(self._goods, until)
            before = self._goods[first - 1] if first else None
            bad_until_then = bisect_right(self._bads, since)
            seen = Seen(
                before=before,
                was_bad=bad_until_then > bisect_right(self._bads, before or float("-inf")),
                inside=self._goods[first:last],
                after=self._goods[last] if last < len(self._goods) else None,
                bad=bisect_right(self._bads, until) - bad_until_then,
                pauses=tuple(self._pauses),
                words=next((words for at, words in self._words if at > since), ""),
                is_cut=self._is_cut,
            )
        return longest_gap(self.name, seen, since=since, until=until, now=now)


def _keep(instants: array[float], instant: float) -> bool:
    instants.append(instant)
    if len(instants) < _KEPT + _TRIMMED:
        return False
    old = min(len(instants) - _KEPT, bisect_right(instants, instant - _KEPT_FOR))
    if old < _TRIMMED:
        return False
    del instants[:old]
    return True
