"""What became of a connection that is held open, and what that says of its survival."""

from __future__ import annotations

import threading
from array import array
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from nornir_haupgrade.model import CanaryResult, Flow

ALIVE = 3.0
"""Seconds since the last acknowledgement within which a connection counts as alive: one is asked
for every second."""
LOST = 10.0
"""Seconds of silence after which it counts as lost."""
_KEPT = 4000
"""Acknowledgements remembered: more than an hour."""


class End(Enum):
    """How a connection ended."""

    CLOSED = auto()
    """By the server, in an orderly way: no loss."""
    LOST = auto()
    """Reset, or silent for too long."""
    DROPPED = auto()
    """By ourselves, which says nothing of its survival."""


@dataclass(frozen=True, slots=True)
class _Ended:
    at: float
    how: End
    words: str


class CanaryLog:
    """One canary's past; the probing thread writes, the pairs' threads read. Monotonic instants."""

    def __init__(self, name: str, where: str) -> None:
        self._name = name
        self._where = where
        self._lock = threading.Lock()
        self._heard = array("d")
        self._ends: deque[_Ended] = deque(maxlen=50)
        self._held_since: float | None = None
        """Since when it is held; that the server closed it in between does not count."""
        self._is_open = False
        self._looked = float("-inf")
        self._tells = True
        self._trouble = "not opened yet"
        self._flow: Flow | None = None

    def opened(self, at: float, flow: Flow, *, tells: bool) -> None:
        """It was opened; ``tells``: whether this platform tells acknowledgements."""
        with self._lock:
            self._is_open, self._flow, self._tells = True, flow, tells
            if self._held_since is None:
                self._held_since = at
            self._hear(at)
            self._looked = at

    def not_opened(self, words: str) -> None:
        """It could not be opened."""
        with self._lock:
            self._trouble = words

    def heard(self, at: float) -> None:
        """The other end acknowledged something."""
        with self._lock:
            self._hear(at)

    def looked(self, at: float) -> None:
        """It was looked at: silence counts up to here, and no further."""
        with self._lock:
            self._looked = at

    def ended(self, at: float, words: str, how: End) -> None:
        """It is no longer open."""
        with self._lock:
            self._ends.append(_Ended(at, how, words))
            self._is_open = False
            self._trouble = words
            if how is not End.CLOSED:
                self._held_since = None

    def silence(self, now: float) -> float | None:
        """Seconds since the other end was last heard; None if it never was."""
        with self._lock:
            return now - self._heard[-1] if self._heard else None

    def judge(self, since: float, now: float) -> CanaryResult:
        """Whether it survived a window that ends now."""
        with self._lock:
            is_alive, silence, words = self._judge(since, now)
            detail = f"{self._where}: {words}"
            return CanaryResult(self._name, is_alive, silence, detail, self._flow)

    def _hear(self, at: float) -> None:
        self._heard.append(at)
        if len(self._heard) > _KEPT:
            del self._heard[: _KEPT // 2]

    def _judge(self, since: float, now: float) -> tuple[bool | None, float | None, str]:
        inside = [end for end in self._ends if end.at >= since]
        if lost := next((end for end in inside if end.how is End.LOST), None):
            return False, None, f"{lost.words}, {lost.at - since:.1f} s after the beginning"
        if self._held_since is None:
            return None, None, f"not open: {self._trouble}"
        if self._held_since > since:
            return None, None, "was not open at the beginning"
        if not self._is_open:
            return None, None, f"not open again yet: {self._trouble}"
        if now - self._looked > ALIVE:
            words = f"not looked at for {now - self._looked:.1f} s: this machine is too busy"
            return None, None, words
        closed = f"; {inside[-1].words}, and opened again" if inside else ""
        if not self._tells:
            words = f"no error; this platform does not tell acknowledgements{closed}"
            return True, None, words
        return self._by_silence(since, now, closed)

    def _by_silence(
        self, since: float, now: float, closed: str
    ) -> tuple[bool | None, float | None, str]:
        first = bisect_right(self._heard, since)
        instants = [*self._heard[max(first - 1, 0) :], now]
        silence = max(b - a for a, b in pairwise(instants))
        quiet = now - instants[-2]
        if quiet > ALIVE and now - max(since, instants[-2]) > LOST:
            return False, silence, f"lost: no acknowledgement for {quiet:.1f} s{closed}"
        if quiet > ALIVE:
            return None, silence, f"silent for {quiet:.1f} s so far{closed}"
        if first == len(self._heard):
            return None, silence, f"no acknowledgement asked for yet in this time{closed}"
        return True, silence, f"held, never silent for more than {silence:.1f} s{closed}"
