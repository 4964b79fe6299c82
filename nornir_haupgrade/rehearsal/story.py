"""How long each step took on the twins' clock, and what a person was asked; heard as it happens."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import time
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from nornir_haupgrade.engines.events import Answered, Held, RunEnded, RunStarted
from nornir_haupgrade.procedure.records import Action, Run, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from nornir_haupgrade.engines.events import Event
    from nornir_haupgrade.lab import PairSpec
    from nornir_haupgrade.rehearsal.pace import Hurried

Seconds: TypeAlias = dict[Step, float]
_OURS: Final = Action.BASELINE
"""It waits until canaries are heard, whose pace is our own."""


@dataclass(frozen=True, slots=True)
class Question:
    """One hold, and how it was answered; empty: it was not."""

    step: Step
    kind: str
    why: str
    options: tuple[str, ...]
    answer: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Took:
    """One run: when, by the time of the day, and how long of it was waiting for a device."""

    run: Run
    began: float
    ended: float
    waited: float
    """Real seconds."""
    is_good: bool


@dataclass(slots=True)
class Story:
    """One pair's rehearsal."""

    took: list[Took] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)

    def seconds(self, spec: PairSpec, audit: Iterable[Mapping[str, Any]], speed: float) -> Seconds:
        """Device seconds of each step, in the order in which they began.

        What waits for a device lives on its clock; our own logging in, reading and copying takes
        as long here as anywhere.

        Args:
            spec: The twin.
            audit: The lab's records of the pair.
            speed: Device seconds per real second.
        """
        entries = [entry for entry in audit if entry["kind"] in {"boot", "command"}]
        found: Seconds = {}
        for took in self.took:
            real = took.ended - took.began
            waited = 0.0 if took.run.action is _OURS else took.waited * speed
            device = min(real * speed, waited + _known(took, spec, entries, speed))
            own = max(0.0, real - device / speed)
            step = took.run.step
            found[step] = found.get(step, 0.0) + own + device
        return found


def _known(took: Took, spec: PairSpec, entries: Iterable[Mapping[str, Any]], speed: float) -> float:
    """Device seconds that a device was at work while its port or its answer was waited for."""
    if took.run.action is Action.INSTALL:
        return spec.install_seconds
    if took.run.action not in {Action.RELOAD, Action.ACTIVATE}:
        return 0.0
    if not took.is_good:
        return (took.ended - took.began) * speed
    told: dict[str, float] = {}
    booted = 0.0
    for entry in entries:
        if not took.began <= entry["wall"] <= took.ended:
            continue
        if entry["kind"] == "command":
            told[entry["member"]] = entry["at"]
        elif entry["member"] in told:
            booted = max(booted, entry["at"] - told[entry["member"]] + spec.ha_seconds)
    return booted


class Stories:
    """Hears the events of a rehearsal; those of a pair all come from one thread."""

    def __init__(self, clock: Hurried) -> None:
        self._clock = clock
        self._began: dict[str, float] = {}
        self.of: dict[str, Story] = {}

    def take(self, event: Event) -> None:
        """One more event."""
        story = self.of.setdefault(event.pair, Story())
        match event:
            case RunStarted():
                self._clock.take_waited()
                self._began[event.pair] = time()
            case RunEnded():
                began, now = self._began.pop(event.pair, time()), time()
                waited = self._clock.take_waited()
                story.took.append(Took(event.run, began, now, waited, event.verdict.is_good))
            case Held():
                ask = event.ask
                kind = str(ask.question or ask.kind)
                options = tuple(str(option) for option in ask.options)
                story.asked.append(Question(ask.step, kind, event.why, options))
            case Answered() if story.asked:
                answer, by = str(event.choice), str(event.by)
                story.asked[-1] = replace(story.asked[-1], answer=answer, by=by)
            case _:
                pass
