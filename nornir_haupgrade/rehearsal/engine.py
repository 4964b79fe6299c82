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

_NEXT: Final[dict[Outcome | Ended, str]] = {
    Outcome.DONE: "the pair itself would end like this if each device did as its twin",
    Ended.HELD: "the pair itself would wait here for a person; to see what follows, rehearse on a "
    "terminal or with --on-hold",
    Ended.INTERRUPTED: "rehearse again",
}
_OTHERWISE: Final = (
    "the pair itself would end like this if each device did as its twin; nothing was done to it"
)


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
            listener(rehearsed(event))

        super().__init__(project, policy=policy, listener=hear, person=person)
        self.stop = hurried


def rehearsed(event: E) -> E:
    """An event whose advice is a rehearsal's."""
    if isinstance(event, PairEnd):
        return replace(event, advice=_NEXT.get(event.end, _OTHERWISE))
    return event
