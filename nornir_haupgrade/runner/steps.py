"""From the engine's events to the steps that each member's result shows, as they happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from queue import Queue
from threading import Event as Flag
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.engines.events import (
    Answered,
    GoingOn,
    Held,
    PairEnd,
    RunEnded,
    RunStarted,
)
from nornir_haupgrade.engines.plain import plain
from nornir_haupgrade.model import MemberId, Status, Verdict
from nornir_haupgrade.procedure.records import Action, Asked, Choice, Decided, Result, Run, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nornir_haupgrade.engines.events import Event
    from nornir_haupgrade.procedure.records import Intent


_NOTHING = Verdict(Status.SKIPPED, "nothing was to be done")
_CUT_OFF = Verdict(Status.ERROR, "stopped while it was under way; what was sent may take effect")


@dataclass(slots=True)
class StepDone:
    """One step of a pair: it grows while it runs, and is read once it has ended."""

    step: Step
    is_earlier: bool = False
    """Done by an earlier run of this campaign."""
    runs: list[dict[str, Any]] = field(default_factory=list)
    holds: list[dict[str, Any]] = field(default_factory=list)
    verdict: Verdict = _NOTHING
    intents: list[Intent] = field(default_factory=list)
    written: set[MemberId] = field(default_factory=set)
    is_accepted: bool = False
    """A person accepted what the last gate named."""
    under_way: set[MemberId] | None = None
    """The members that are sent what is being done, if something is."""
    ended: Flag = field(default_factory=Flag)

    @property
    def is_good(self) -> bool:
        """Whether the run could go on from here."""
        return self.verdict.is_good or self.is_accepted

    def sent_to(self, member: MemberId) -> tuple[str, ...]:
        """The commands that one member was sent, in order."""
        if member not in self.written:
            return ()
        return tuple(c for one in self.intents if one.member == member for c in one.commands)

    def plain(self) -> dict[str, Any]:
        """As plain data: JSON knows all of it."""
        return {
            "step": self.step.title,
            "verdict": self.verdict.status.value,
            "reason": self.verdict.reason,
            "is_accepted": self.is_accepted,
            "is_earlier": self.is_earlier,
            "runs": self.runs,
            "holds": self.holds,
        }


class Feed:
    """One pair's steps, told to both of its members; ``take`` is called by the engine."""

    def __init__(self, pair: str, members: tuple[MemberId, ...]) -> None:
        self.pair = pair
        self._queues: dict[MemberId, Queue[StepDone | None]] = {name: Queue() for name in members}
        self._open: StepDone | None = None
        self.end: PairEnd | None = None
        self.is_changed: set[MemberId] = set()
        """The members that something was sent to."""
        self.has_begun = False

    def steps(self, member: MemberId) -> Iterator[StepDone]:
        """Each step as it begins, until the pair has ended."""
        queue = self._queues[member]
        while (step := queue.get()) is not None:
            yield step

    def take(self, event: Event) -> None:
        """One more event of the pair."""
        match event:
            case GoingOn():
                self._recall(event)
            case RunStarted(run=run) if run.action is not Action.LOOK:
                step = self._begin(run.step)
                step.intents += event.intents
                step.under_way = {intent.member for intent in event.intents}
            case RunEnded() if event.run.action is not Action.LOOK:
                self._take_end(event)
            case Held():
                self._begin(event.ask.step).holds.append(
                    {"about": str(event.ask.kind), "why": event.why, "due": event.due}
                )
            case Answered():
                self._take_answer(event.choice, event.by, event.why)
            case PairEnd():
                self.end = event
                self.close()

    def close(self) -> None:
        """Nothing more will come."""
        self._end_step()
        for queue in self._queues.values():
            queue.put(None)

    def _begin(self, step: Step, *, is_earlier: bool = False) -> StepDone:
        if self._open is not None and (self._open.step, self._open.is_earlier) == (
            step,
            is_earlier,
        ):
            return self._open
        self._end_step()
        self.has_begun = self.has_begun or not is_earlier
        self._open = StepDone(step, is_earlier)
        for queue in self._queues.values():
            queue.put(self._open)
        return self._open

    def _end_step(self) -> None:
        step, self._open = self._open, None
        if step is None:
            return
        if step.under_way is not None:
            # It may have been sent: what is not known to be unchanged counts as changed.
            step.verdict, step.is_accepted = _CUT_OFF, False
            step.written |= step.under_way
            self.is_changed |= step.under_way
        step.ended.set()

    def _take_end(self, event: RunEnded) -> None:
        step = self._begin(event.run.step)
        step.under_way = None
        step.written |= event.written
        self.is_changed |= event.written
        step.verdict, step.is_accepted = event.verdict, False
        step.runs.append(_row(event.id, event.run, event.verdict, event.result))

    def _take_answer(self, choice: str, by: str, why: str) -> None:
        if self._open is None:
            return
        self._open.is_accepted = choice == Choice.CONTINUE
        if self._open.holds:
            self._open.holds[-1] |= {"choice": choice, "by": by, "reason": why}

    def _recall(self, event: GoingOn) -> None:
        """The steps that an earlier run did."""
        for number, record in event.records:
            match record:
                case Result(run=run) if run.action is not Action.LOOK:
                    step = self._begin(run.step, is_earlier=True)
                    step.verdict, step.is_accepted = record.verdict, False
                    step.runs.append(
                        _row(f"{event.campaign}/{number}", run, record.verdict, record)
                    )
                case Asked(ask=ask):
                    self._begin(ask.step, is_earlier=True).holds.append(
                        {"about": str(ask.kind), "why": record.why, "due": record.due}
                    )
                case Decided():
                    self._take_answer(record.choice, record.by, record.why)
        self._end_step()


def _row(run_id: str, run: Run, verdict: Verdict, result: Result | None) -> dict[str, Any]:
    return {
        "id": run_id,
        "action": run.action.value,
        "members": list(run.members),
        "to": run.to,
        "verdict": verdict.status.value,
        "reason": verdict.reason,
        "facts": [list(fact) for fact in verdict.facts],
        "evidence": list(result.raw) if result else [],
        "outages": plain(result.outages) if result else [],
        "canaries": plain(result.canaries) if result else [],
    }
