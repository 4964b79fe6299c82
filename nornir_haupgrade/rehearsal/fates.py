"""What became of the faults of a script: where and when each struck, by the lab's own log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from nornir_haupgrade.lab import Moment
from nornir_haupgrade.rehearsal.faults import renamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from nornir_haupgrade.lab import Fault
    from nornir_haupgrade.model import MemberId
    from nornir_haupgrade.procedure.records import Step
    from nornir_haupgrade.rehearsal.story import Story
    from nornir_haupgrade.rehearsal.twins import Twin

Entry: TypeAlias = "Mapping[str, Any]"


@dataclass(frozen=True, slots=True)
class Strike:
    """A member that a fault struck."""

    member: MemberId
    at: float
    """When first: device seconds since the twins began, as in the lab's log."""
    step: Step | None
    """In which step of the procedure that was; None: before the first."""
    times: int = 1


@dataclass(frozen=True, slots=True)
class Fate:
    """A fault of a script, in the inventory's names, and whom it struck."""

    fault: Fault
    strikes: tuple[Strike, ...] = ()
    """Each member once; empty: it did not strike."""

    @property
    def says(self) -> str:
        """The fault as its script has it, in a line."""
        fault, params = self.fault, dict(self.fault.params)
        lasts = params.pop("lasts", None)
        named = "".join(f" {key}={value}" for key, value in params.items())
        whom = f" on {fault.member}" if fault.member else ""
        words = [f"{fault.name}{named}{whom}", *_moment(fault)]
        return ", ".join(words + ([] if lasts is None else [f"for {lasts:g} s"]))


def fates_of(twin: Twin, story: Story, audit: Sequence[Entry]) -> tuple[Fate, ...]:
    """What became of each fault of a pair.

    Args:
        twin: The pair's.
        story: What was heard of its rehearsal.
        audit: The lab's records of the pair.
    """
    names = {lab: own for own, lab in twin.names}
    found = []
    for number, fault in enumerate(twin.spec.faults, start=1):
        struck: dict[str, list[Entry]] = {}
        for entry in audit:
            if entry.get("armed") == number and _is_strike(entry):
                struck.setdefault(entry.get("via", entry["member"]), []).append(entry)
        strikes = (
            Strike(names[member], own[0]["at"], _step(story, own[0]["wall"]), len(own))
            for member, own in struck.items()
        )
        found.append(Fate(renamed(fault, names), tuple(strikes)))
    return tuple(found)


def _is_strike(entry: Entry) -> bool:
    """A fault of commands has struck when it meets one, any other when it sets in."""
    return entry["kind"] == "command" or not entry["is_of_commands"]


def _step(story: Story, wall: float) -> Step | None:
    begun = [took.run.step for took in story.took if took.began <= wall]
    return begun[-1] if begun else None


def _moment(fault: Fault) -> Iterable[str]:
    when = fault.when
    if when.waits:
        what = str(when.at) if when.at is not None else f"`{when.on}`"
        count = f" no. {when.nth}" if when.nth > 1 else ""
        yield f"at {what}{count}" + (f" on {when.by}" if when.by else "")
    if when.waits and when.moment is Moment.AFTER:
        yield "after its effect"
    if when.after:
        yield f"{when.after:g} s later"
