"""From the instants of good answers to an outage and what it can be told apart from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

from nornir_haupgrade.model import Gap

_ORDINARY = 3
"""So many ordinary pauses without an answer are no silence yet."""
_SHORTEST = 0.1
"""Seconds; less is no silence, since a busy machine may be late."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen of one service around a window; monotonic instants, in their order."""

    before: float | None
    """The last good answer before the window."""
    inside: Sequence[float]
    after: float | None
    """The first good answer after the window, which closes the last gap."""
    bad: int
    pauses: tuple[tuple[float, float], ...]
    """When this machine itself began no probe."""
    words: str
    """Of the first bad answer in the window."""
    is_cut: bool
    """Whether older good answers are no longer known."""


def longest_gap(name: str, seen: Seen, *, until: float, now: float) -> Gap:
    """The longest distance between two good answers in a row, where that was measured."""
    good = len(seen.inside)
    if seen.before is None:
        why = "what was before it is no longer known" if seen.is_cut else _never(seen)
        return Gap(name, None, None, good, seen.bad, None, why)
    instants = [seen.before, *seen.inside]
    if seen.after is not None:
        instants.append(seen.after)
    gaps = sorted(((b - a, a) for a, b in pairwise(instants)), reverse=True)
    longest, began = gaps[0] if gaps else (0.0, seen.before)
    usual = median(length for length, _ in gaps[1:]) if gaps[1:] else None
    silence = until - instants[-1]
    is_silent = seen.after is None and silence > max(_ORDINARY * (usual or 0.0), _SHORTEST)
    if is_silent and silence >= longest:
        return Gap(
            name,
            None,
            usual,
            good,
            seen.bad,
            _date(instants[-1], now),
            _and_why(f"silent for {silence:.1f} s so far", seen.words),
        )
    if not gaps:
        return Gap(name, None, None, good, seen.bad, None, "no good answer in this time yet")
    detail = f"and silent again for {silence:.1f} s" if is_silent else ""
    resolution = _resolution(usual, seen.pauses, began, began + longest)
    return Gap(name, longest, resolution, good, seen.bad, _date(began, now), detail)


def _never(seen: Seen) -> str:
    return _and_why("no good answer before it", seen.words)


def _and_why(what: str, words: str) -> str:
    return f"{what} ({words})" if words else what


def _resolution(
    usual: float | None, pauses: Sequence[tuple[float, float]], began: float, ended: float
) -> float | None:
    """The usual distance of good answers, or the time within the gap in which none was asked for.

    A machine that is too busy to probe sees a gap where the service had none.
    """
    own = max((end - start for start, end in pauses if start < ended and end > began), default=0.0)
    return max(usual or 0.0, own) or None


def _date(instant: float, now: float) -> str:
    # From the two clocks as they stand now: the one of the wall may have been set meanwhile.
    return (datetime.now(UTC) - timedelta(seconds=now - instant)).isoformat(timespec="milliseconds")
