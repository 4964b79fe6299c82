"""What each switchover of a pair cost, read from its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nornir_haupgrade.model import CanaryResult, Gap, MemberId
from nornir_haupgrade.procedure.records import Action, Record, Result, Step


@dataclass(frozen=True, slots=True)
class Switchover:
    """One change of roles of ours, or the return of preemption, which may be one."""

    step: Step
    to: MemberId | None
    """Who became active; None for the return of preemption."""
    outages: tuple[Gap, ...]
    canaries: tuple[CanaryResult, ...]


def switchovers_of(records: Iterable[Record]) -> tuple[Switchover, ...]:
    """In their order; of several checks after one of them the last one counts."""
    found: list[Switchover] = []
    begun: tuple[Step, MemberId | None] | None = None
    is_measured = False
    for record in records:
        if not isinstance(record, Result) or record.is_stale:
            continue
        run = record.run
        if run.action in {Action.SWITCH, Action.RETURN_PREEMPTION}:
            begun = run.step, run.to if run.action is Action.SWITCH else None
            is_measured = False
        elif run.action is Action.SERVICES and begun is not None:
            if is_measured:
                found.pop()
            found.append(Switchover(*begun, record.outages, record.canaries))
            is_measured = True
            if record.verdict.is_good:
                begun = None
                is_measured = False
    return tuple(found)
