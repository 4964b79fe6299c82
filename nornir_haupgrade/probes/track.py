"""What is remembered of one service: when it answered well, and how it stands now.

Kept are 9,600 instants of good answers: 60 s of a hundred a second and an hour of one a second
(77 KB a service at the most); as many of bad ones, and the words of the newest 50.
"""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

from nornir_haupgrade.model import Gap, ServiceResult
from nornir_haupgrade.probes.gaps import Seen, longest_gap
from nornir_haupgrade.probes.outcome import Outcome

_KEPT = 9600
_TRIMMED_AT = _KEPT + 400
"""Trimmed now and then, so that most answers cost nothing but themselves."""
_OVERTAKEN = 15.0
"""Seconds; no probe takes longer, so no bad answer can be older news than these good ones."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a service stands.

    Attributes:
        result: The newest one.
        good_for: Seconds from the first to the newest of the good answers that came on end; zero
            if the newest answer is not good.
    """

    result: ServiceResult
    good_for: float


class Track:
    """One service's past; the probing thread writes, the pairs' threads read."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._goods = array("d")
        self._bads = array("d")
        self._words: deque[tuple[float, str]] = deque(maxlen=50)
        self._pauses: deque[tuple[float, float]] = deque(maxlen=100)
        self._recent: deque[tuple[float, float]] = deque()
        """(begun, answered) of good probes which a bad one may still contradict."""
        self._is_cut = False
        self._newest = ServiceResult(name, None, "not probed yet")
        self._newest_begun = float("-inf")
        self._bad_begun = float("-inf")
        """When the youngest probe began that was not answered well."""
        self._good_from: float | None = None

    def paused(self, since: float, until: float) -> None:
        """No probe was begun in a time in which several should have been."""
        with self._lock:
            self._pauses.append((since, until))

    def add(self, begun: float, answered: float, outcome: Outcome) -> None:
        """One probe has ended; monotonic instants, ``answered`` never runs backwards."""
        with self._lock:
            if outcome.is_good:
                self._good(begun, answered)
            else:
                self._not_good(begun, answered, outcome)
            # Probes overlap: one that was begun earlier and waited longer is older news.
            if begun >= self._newest_begun:
                self._newest_begun = begun
                flow = outcome.flow or self._newest.flow
                self._newest = ServiceResult(self.name, outcome.is_good, outcome.detail, flow)

    def _good(self, begun: float, answered: float) -> None:
        self._is_cut |= _keep(self._goods, answered)
        self._recent.append((begun, answered))
        while self._recent[0][0] < begun - _OVERTAKEN:
            self._recent.popleft()
        if self._good_from is None and begun > self._bad_begun:
            self._good_from = answered

    def _not_good(self, begun: float, answered: float, outcome: Outcome) -> None:
        self._words.append((answered, outcome.detail))
        if outcome.is_good is False:
            _keep(self._bads, answered)
        if begun > self._bad_begun:
            self._bad_begun = begun
            later = (answer for start, answer in self._recent if start > begun)
            self._good_from = next(later, None)

    def standing(self) -> Standing:
        """The newest result, and since when it is good."""
        with self._lock:
            if not self._newest.is_good or self._good_from is None:
                return Standing(self._newest, 0.0)
            return Standing(self._newest, self._goods[-1] - self._good_from)

    def gap(self, since: float, until: float, now: float) -> Gap:
        """The longest gap in a window of monotonic instants."""
        with self._lock:
            first = bisect_right(self._goods, since)
            last = bisect_right(self._goods, until)
            seen = Seen(
                before=self._goods[first - 1] if first else None,
                inside=self._goods[first:last],
                after=self._goods[last] if last < len(self._goods) else None,
                bad=bisect_right(self._bads, until) - bisect_right(self._bads, since),
                pauses=tuple(self._pauses),
                words=next((words for at, words in self._words if at > since), ""),
                is_cut=self._is_cut,
            )
        return longest_gap(self.name, seen, until=until, now=now)


def _keep(instants: array[float], instant: float) -> bool:
    instants.append(instant)
    is_full = len(instants) > _TRIMMED_AT
    if is_full:
        del instants[: len(instants) - _KEPT]
    return is_full
