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
    was_bad: bool
    """Whether a bad one came after it and before the window."""
    inside: Sequence[float]
    after: float | None
    """The first good answer after the window, which closes the last gap."""
    bad: int
    pauses: tuple[tuple[float, float], ...]
    """When this machine itself began no probe, or could not."""
    words: str
    """Of the first bad answer in the window."""
    is_cut: bool
    """Whether older good answers are no longer known."""


def longest_gap(name: str, seen: Seen, *, since: float, until: float, now: float) -> Gap:
    """The longest distance between two good answers in a row, where that was measured.

    What was broken when the window began is counted from there on, and said: it is not all ours.
    """
    good = len(seen.inside)
    if seen.before is None:
        why = "what was before it is no longer known" if seen.is_cut else "no good answer before it"
        return Gap(name, None, None, good, seen.bad, None, _and_why(why, seen.words))
    instants = [since if seen.was_bad else seen.before, *seen.inside]
    gaps = sorted(((b - a, a) for a, b in pairwise(instants)), reverse=True)
    usual = median(length for length, _ in gaps[1:]) if gaps[1:] else None
    silence = until - instants[-1]
    is_silent = silence > max(_ORDINARY * (usual or 0.0), _SHORTEST)
    if is_silent and seen.after is not None:
        # Without a silence at its end, what comes after the window is an ordinary pause.
        gaps = sorted([*gaps, (seen.after - instants[-1], instants[-1])], reverse=True)
        is_silent = False
    longest, began = gaps[0] if gaps else (0.0, instants[0])
    seconds: float | None = longest
    details = []
    if is_silent and silence >= longest:
        seconds, began = None, instants[-1]
        details.append(_and_why(f"silent for {silence:.1f} s so far", seen.words))
    elif not gaps:
        seconds = None
        details.append("no good answer in this time yet")
    elif is_silent:
        details.append(f"and silent again for {silence:.1f} s")
    if seen.was_bad and began == since:
        details.append(f"broken before this already, for {since - seen.before:.1f} s")
    own = _unasked(seen.pauses, began, began + longest) if seconds is not None else 0.0
    resolution = max(usual or 0.0, own) or None
    words = ", ".join(details)
    return Gap(name, seconds, resolution, good, seen.bad, _date(began, now), words)


def _and_why(what: str, words: str) -> str:
    return f"{what} ({words})" if words else what


def _unasked(pauses: Sequence[tuple[float, float]], began: float, ended: float) -> float:
    """The longest time within a gap in which none was asked for.

    A machine that is too busy to probe sees a gap where the service had none.
    """
    inside = (end - start for start, end in pauses if start < ended and end > began)
    return max(inside, default=0.0)


def _date(instant: float, now: float) -> str:
    # From the two clocks as they stand now: the one of the wall may have been set meanwhile.
    return (datetime.now(UTC) - timedelta(seconds=now - instant)).isoformat(timespec="milliseconds")
