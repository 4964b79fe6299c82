"""What each switchover of a pair cost, read from its history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nornir_haupgrade.model import CanaryResult, Gap, MemberId
from nornir_haupgrade.procedure.records import (
    Action,
    Choice,
    Decided,
    Record,
    Result,
    Run,
    Started,
    Step,
)


@dataclass(frozen=True, slots=True)
class Switchover:
    """One change of roles of ours, or the return of preemption, which may be one."""

    step: Step
    to: MemberId | None
    """Who became active; None for the return of preemption."""
    outages: tuple[Gap, ...] = ()
    """Empty where nothing was measured."""
    canaries: tuple[CanaryResult, ...] = ()


def switchovers_of(records: Iterable[Record]) -> tuple[Switchover, ...]:
    """In their order, each with the worst that was measured of it.

    A switchover is over when a check after it is good, when a person accepts that it is not, or
    when something else was changed. Until then every check is about the same one.
    """
    reading = _Reading()
    for record in records:
        match record:
            case Started() if record.run.action.is_change:
                reading.sent = record.run
            case Result():
                reading.take(record)
            case Decided(choice=Choice.CONTINUE | Choice.PARK):
                reading.now = None
            case _:
                pass
    return tuple(reading.found)


@dataclass(slots=True)
class _Reading:
    """A history so far."""

    found: list[Switchover] = field(default_factory=list)
    now: Switchover | None = None
    """What the next check is about."""
    sent: Run | None = None
    """The change of ours whose end nobody has seen yet."""

    def take(self, record: Result) -> None:
        """One more result."""
        run = record.run
        moved = _moved(record, self.sent)
        if moved is not None:
            self.now = Switchover(moved.step, str(moved.to))
            self.found.append(self.now)
        elif record.is_stale:
            pass
        elif run.action is Action.RETURN_PREEMPTION:
            # Whether this moves a role nobody says; it counts once services were checked after it.
            self.now = Switchover(run.step, None)
        elif run.action is Action.SERVICES:
            self._checked(record)
        elif run.action.is_change and run.action not in {Action.SWITCH, Action.RELEASE}:
            # Neither a refused switchover nor the latch of the last one ends what is measured.
            self.now = None
        if moved is not None or record.is_stale or _has_answers(record):
            self.sent = None

    def _checked(self, record: Result) -> None:
        if self.now is None:
            return
        if self.found and self.found[-1] is self.now:
            self.found.pop()
        self.now = Switchover(
            self.now.step,
            self.now.to,
            _worst_gaps(self.now.outages, record.outages),
            _worst_canaries(self.now.canaries, record.canaries),
        )
        self.found.append(self.now)
        if record.verdict.is_good:
            self.now = None


def _moved(record: Result, sent: Run | None) -> Run | None:
    """The switchover that a result shows done: its own, or a lost one that a look found."""
    run = sent if record.run.action is Action.LOOK else record.run
    if record.is_stale or record.seen is None or run is None or run.action is not Action.SWITCH:
        return None
    return run if record.seen.active == run.to else None


def _has_answers(record: Result) -> bool:
    """Whether both members said what they are now."""
    return record.seen is not None and all(own is not None for _, own in record.seen.members)


def _worst_gaps(before: tuple[Gap, ...], now: tuple[Gap, ...]) -> tuple[Gap, ...]:
    """Each service's longest gap; what was measured is not lost by a check that could not."""
    worst = {gap.name: gap for gap in before}
    for gap in now:
        worst[gap.name] = max(gap, worst.get(gap.name, gap), key=_length)
    return tuple(worst.values())


def _length(gap: Gap) -> float:
    return -1.0 if gap.seconds is None else gap.seconds


def _worst_canaries(
    before: tuple[CanaryResult, ...], now: tuple[CanaryResult, ...]
) -> tuple[CanaryResult, ...]:
    """As they are now; but a canary that was lost stays lost, whatever took its place."""
    worst = {canary.name: canary for canary in (*before, *now)}
    worst |= {canary.name: canary for canary in before if canary.is_alive is False}
    return tuple(worst.values())
