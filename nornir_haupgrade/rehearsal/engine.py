"""The engine of every run, on the twins' clock."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from nornir_haupgrade.engines.events import Ended, Event, PairEnd
from nornir_haupgrade.engines.local import LocalEngine
from nornir_haupgrade.procedure.records import Outcome
from nornir_haupgrade.rehearsal.pace import Hurried
from nornir_haupgrade.rehearsal.story import Stories

if TYPE_CHECKING:
    from nornir_haupgrade.engines.answers import Person, Policy
    from nornir_haupgrade.engines.events import Listener
    from nornir_haupgrade.settings import Project

E = TypeVar("E", bound=Event)

_AGAIN: Final = "rehearse again: it was interrupted, and says nothing of the pair itself"
_LIKE_THIS: Final = "the pair itself would end like this if each device did as its twin"


class RehearsalEngine(LocalEngine):
    """Waits in device seconds, and sends nobody to a real device."""

    def __init__(
        self,
        project: Project,
        *,
        speed: float,
        policy: Policy | None = None,
        listener: Listener = lambda _: None,
        person: Person | None = None,
    ) -> None:
        self.stories = Stories(hurried := Hurried(speed))

        def hear(event: Event) -> None:
            self.stories.take(event)
            listener(rehearsed(event, is_interrupted=self.cancel.is_set()))

        super().__init__(project, policy=policy, listener=hear, person=person)
        self.stop = hurried


def rehearsed(event: E, *, is_interrupted: bool) -> E:
    """An event whose advice is a rehearsal's."""
    if isinstance(event, PairEnd):
        return replace(event, advice=_advice(event, is_interrupted=is_interrupted))
    return event


def _advice(end: PairEnd, *, is_interrupted: bool) -> str:
    if end.end is Ended.HELD:
        how = "--yes" if end.ask is not None and end.ask.question is not None else "--on-hold"
        what = "the pair itself would wait here for a person"
        return f"{what}; to see what follows, rehearse on a terminal or with {how}"
    if end.end is Outcome.DONE:
        return _LIKE_THIS
    if is_interrupted or end.end is Ended.INTERRUPTED:
        return _AGAIN
    return f"{_LIKE_THIS}; nothing was done to it"
