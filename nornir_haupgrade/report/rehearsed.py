"""What is said at the end of a rehearsal: how each pair would end, in the twins' own time."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.rehearsal.telling import fate_row, is_back, said_of_all
from nornir_haupgrade.report.summary import summary_lines
from nornir_haupgrade.report.words import clean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from nornir_haupgrade.engines.switchovers import Switchover
    from nornir_haupgrade.rehearsal.fates import Fate
    from nornir_haupgrade.rehearsal.reading import Unread
    from nornir_haupgrade.rehearsal.story import Question
    from nornir_haupgrade.rehearsal.telling import Told

_MINUTE: Final = 60.0
_SHORT: Final = 0.05 * _MINUTE
"""Seconds: a step that takes less is not named."""


def rehearsal_lines(told: Sequence[Told], unread: Sequence[Unread], store: Path) -> list[str]:
    """Each pair: end, switchovers, minutes, what was asked, in what its twin is not the pair.

    Args:
        told: The pairs that were rehearsed.
        unread: Those that were not.
        store: Where the campaigns are.
    """
    lines: list[str] = []
    shared = said_of_all([one.differs for one in told]) if len(told) > 1 else []
    for one in told:
        own = [clean(line) for line in one.differs if line not in shared]
        lines += summary_lines([replace(one.end, switchovers=())], store)
        lines += [
            *_labelled("moved", [_moved(moved) for moved in one.end.switchovers]),
            *_labelled("times", [_times(one)]),
            *_labelled("asked", [_question(asked) for asked in one.asked] or ["nothing"]),
            *_labelled("faults", [_fate(fate) for fate in one.fates]),
            *_labelled("twins", own),
            "",
        ]
    lines += unread_lines(unread)
    return [*lines, "every twin", *(f"  {clean(line)}" for line in shared)] if shared else lines


def unread_lines(unread: Iterable[Unread]) -> list[str]:
    """The pairs that were not rehearsed, and why."""
    return [
        line
        for one in unread
        for line in (
            f"{clean(one.pair)}  NOT REHEARSED",
            *(f"  {clean(finding)}" for finding in one.findings),
            "",
        )
    ]


def fate_lines(told: Iterable[Told], at: str, *, mark: str) -> list[str]:
    """Each fault of each pair as a JSON line, for those who read events.

    Args:
        told: The pairs.
        at: The time in ISO 8601.
        mark: What this is.
    """
    what = {"event": "fault", "at": at, "mark": mark}
    return [
        json.dumps({**what, "pair": one.end.pair, **fate_row(fate)})
        for one in told
        for fate in one.fates
    ]


def _moved(one: Switchover) -> str:
    """Whether traffic came back; how soon says more about this machine than about the pair."""
    found = [
        f"{gap.name} came back" if is_back(gap) else f"{gap.name} {gap.detail or 'not measured'}"
        for gap in one.outages
    ]
    words = {True: "survived", False: "LOST", None: "not measured"}
    found += [f"canary {canary.name} {words[canary.is_alive]}" for canary in one.canaries]
    to = f" -> {one.to}" if one.to else ""
    return clean(f"{one.step.title}{to}: {', '.join(found) or 'nothing was measured'}")


def _times(told: Told) -> str:
    steps = ", ".join(
        f"{step.title} {seconds / _MINUTE:.1f}"
        for step, seconds in told.seconds.items()
        if seconds >= _SHORT
    )
    return (
        f"{told.total / _MINUTE:.1f} min, without what a person takes{': ' if steps else ''}{steps}"
    )


def _question(one: Question) -> str:
    how = f"{one.answer}, by {one.by}" if one.answer else "not answered"
    about = ": ".join(filter(None, (one.kind, one.why)))
    return clean(f"{one.step.title}: {about} ({', '.join(one.options)}): {how}")


def _fate(fate: Fate) -> str:
    struck = [
        f"struck {one.member} {f'in {one.step.title}' if one.step else 'before the first step'}, "
        f"{one.at:.1f} s after the twins began{f', {one.times} times' if one.times > 1 else ''}"
        for one in fate.strikes
    ]
    return clean(f"{fate.says}: {'; '.join(struck) or 'DID NOT STRIKE'}")


def _labelled(label: str, lines: Iterable[str]) -> list[str]:
    return [f"  {label if number == 0 else '':<6} {line}" for number, line in enumerate(lines)]
