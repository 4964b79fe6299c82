"""What came of a rehearsal, pair by pair, as it is told and as it is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.engines.store import Store
from nornir_haupgrade.rehearsal.engine import rehearsed
from nornir_haupgrade.rehearsal.fates import Fate, fates_of
from nornir_haupgrade.rehearsal.story import Question, Seconds, Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from nornir_haupgrade.engines.events import PairEnd
    from nornir_haupgrade.model import Gap
    from nornir_haupgrade.rehearsal.run import Rehearsal
    from nornir_haupgrade.rehearsal.twins import Twin


@dataclass(frozen=True, slots=True)
class Told:
    """One pair: its end; each step's device seconds; what was asked."""

    end: PairEnd
    seconds: Seconds
    asked: tuple[Question, ...]
    differs: tuple[str, ...]
    """In what its twin is not the pair."""
    fates: tuple[Fate, ...] = ()
    """What became of the faults of its script."""

    @property
    def total(self) -> float:
        """Device seconds in all, without the time that a person took."""
        return sum(self.seconds.values())


def told_of(
    ends: Sequence[PairEnd],
    stories: Mapping[str, Story],
    twins: Iterable[Twin],
    audit: Sequence[Mapping[str, Any]],
    *,
    speed: float,
    is_interrupted: bool = False,
) -> tuple[Told, ...]:
    """All that there is to tell of each pair.

    Args:
        ends: As the engine says it.
        stories: What was heard on the way.
        twins: The pairs' twins.
        audit: The lab's own records.
        speed: Device seconds per real second.
        is_interrupted: Whether a person ended it.
    """
    twin_of = {twin.name: twin for twin in twins}
    found = []
    for end in ends:
        story, twin = stories.get(end.pair, Story()), twin_of[end.pair]
        mine = [entry for entry in audit if entry["pair"] == end.pair]
        seconds = story.seconds(twin.spec, mine, speed)
        asked = tuple(story.asked)
        # Nobody writes down the hash of a rehearsal's history to prove it by later.
        shown = rehearsed(replace(end, head=""), is_interrupted=is_interrupted)
        fates = fates_of(twin, story, mine)
        found.append(Told(shown, seconds, asked, twin.differs, fates))
    return tuple(found)


def is_back(gap: Gap) -> bool:
    """Whether a service answered again after a switchover."""
    return gap.seconds is not None


def said_of_all(differs: Sequence[Sequence[str]]) -> list[str]:
    """What stands in every list: it is enough once."""
    return [line for line in differs[0] if all(line in own for own in differs)] if differs else []


def keep(told: Sequence[Told], rehearsal: Rehearsal, store: Path) -> None:
    """Add it to the campaign's report, which says so that it is a rehearsal's."""
    wanted, redactor = rehearsal.wanted, rehearsal.redactor
    with Store(store, redactor=redactor) as campaigns:
        for name in {one.end.campaign for one in told if one.end.campaign}:
            campaign = campaigns.open(name)
            report = json.loads((campaign.path / "report.json").read_text(encoding="utf-8"))
            mine = [one for one in told if one.end.campaign == name]
            report["rehearsal"] = {
                "speed": wanted.speed,
                "is_read": wanted.is_read,
                "pairs": {one.end.pair: _row(one) for one in mine},
                "not_rehearsed": {
                    one.pair: [str(finding) for finding in one.findings] for one in rehearsal.unread
                },
            }
            campaign.write_report(report)


def _row(told: Told) -> dict[str, Any]:
    """One pair, every time in device seconds."""
    return {
        "would_end": str(told.end.end),
        "seconds": round(told.total, 1),
        "steps": [
            {"step": step.name.lower(), "seconds": round(seconds, 1)}
            for step, seconds in told.seconds.items()
        ],
        # How long traffic was away says more about this machine than about the pair.
        "switchovers": [
            {
                "step": one.step.name.lower(),
                "to": one.to,
                "services": {gap.name: is_back(gap) for gap in one.outages},
                "canaries": {canary.name: canary.is_alive for canary in one.canaries},
            }
            for one in told.end.switchovers
        ],
        "asked": [
            {
                "step": one.step.name.lower(),
                "about": one.kind,
                "why": one.why,
                "options": list(one.options),
                "answer": one.answer or None,
                "by": one.by or None,
            }
            for one in told.asked
        ],
        "faults": [fate_row(fate) for fate in told.fates],
        "differs": list(told.differs),
    }


def fate_row(fate: Fate) -> dict[str, Any]:
    """One fault, and whom it struck; times in device seconds."""
    return {
        "fault": fate.fault.name,
        "says": fate.says,
        "has_struck": bool(fate.strikes),
        "struck": [
            {
                "member": one.member,
                "seconds": one.at,
                "step": one.step.name.lower() if one.step is not None else None,
                "times": one.times,
            }
            for one in fate.strikes
        ],
    }
