"""Telling the site's own tasks what happens to a pair: in the background, and heard of if it fails.

A notification changes nothing: it is never waited for but at the very end, and then not for long.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from nornir_haupgrade.engines.endings import question_of
from nornir_haupgrade.engines.events import Ended, Event, Held, Listener, PairEnd, RunEnded, Told
from nornir_haupgrade.procedure.records import Action
from nornir_haupgrade.site import Asking, Said, run_task
from nornir_haupgrade.world import utc_now

if TYPE_CHECKING:
    from nornir_haupgrade.engines.redact import Redactor
    from nornir_haupgrade.engines.store import Campaign
    from nornir_haupgrade.settings import PairConfig, Project

WITHIN: Final = 10.0
"""Seconds that a task has for one notification."""
AT_THE_END: Final = 15.0
"""Seconds that the end of a run waits for what is still on its way."""


class Notifier:
    """Hands what matters to each pair's ``ha.notify``, in order for each task.

    Args:
        project: The pairs, and Nornir with their hosts.
        clean: Takes the secrets out of what is handed on.
        tell: Told what could not be delivered.
        campaign_of: The campaign that a pair is worked on in, if there is one already.
    """

    def __init__(
        self,
        project: Project,
        *,
        clean: Redactor,
        tell: Listener,
        campaign_of: Callable[[str], Campaign | None],
    ) -> None:
        self._nr = project.nr
        self._pairs = {pair.name: pair for pair in project.pairs if pair.notify}
        self._clean = clean
        self._tell = tell
        self._campaign_of = campaign_of
        self._newest: dict[str, Event] = {}
        self._last: dict[tuple[str, str], Thread] = {}
        self._lock = Lock()

    def take(self, event: Event) -> None:
        """Begin to tell of an event, if it is one that is told of; returns at once."""
        pair = self._pairs.get(event.pair)
        if pair is None or isinstance(event, Told) or event == self._newest.get(pair.name):
            return  # a hold is shown again when somebody looked at it
        self._newest[pair.name] = event
        said = plain(event)
        if said is None:
            return
        campaign = self._campaign_of(pair.name)
        said |= {
            "at": utc_now().isoformat(timespec="milliseconds"),
            "pair": pair.name,
            "site": pair.site,
            "campaign": campaign.id if campaign else None,
        }
        for task in pair.notify:
            self._send(pair, task, self._clean.data(said))

    def close(self) -> None:
        """Wait for what is on its way, but not for long; what is left behind is told."""
        end = monotonic() + AT_THE_END
        for (pair, task), thread in self._last.items():
            thread.join(max(0.0, end - monotonic()))
            if thread.is_alive():
                self._tell(Told(pair, f"not waited for any longer: {task} still notifies"))

    def _send(self, pair: PairConfig, task: str, event: dict[str, Any]) -> None:
        with self._lock:
            before = self._last.get((pair.name, task))
            thread = Thread(
                target=self._deliver,
                args=(pair, task, event, before),
                name=f"notify {task}",
                daemon=True,
            )
            try:
                thread.start()
            except RuntimeError as error:  # this machine has no thread left
                self._tell(Told(pair.name, f"not notified: {task}: {error}"))
            else:
                self._last[pair.name, task] = thread

    def _deliver(
        self, pair: PairConfig, task: str, event: dict[str, Any], before: Thread | None
    ) -> None:
        if before is not None:
            before.join()
        traces: list[str] = []

        def ask() -> Said:
            return run_task(
                self._nr,
                pair.members[0].name,
                name=f"notify: {event['event']}",
                task=task,
                kept=traces.append,
                is_read_only=False,
                event=event,
            )

        asking = Asking(ask, task)
        if not asking.is_over(WITHIN):
            self._failed(pair.name, f"{task}: no answer within {WITHIN:g} s", [])
        elif asking.said.has_failed:
            self._failed(pair.name, asking.said.text, traces)

    def _failed(self, pair: str, text: str, traces: list[str]) -> None:
        """Keep why as evidence, and tell it; what cannot be kept is told all the same."""
        what = f"not notified: {self._clean(text)}"
        campaign = self._campaign_of(pair)
        try:
            if campaign is not None:
                kept = campaign.put_raw("\n".join([f"notify: {text}", *traces]))
                what += f"; kept as raw/{kept}"
        except Exception as error:  # noqa: BLE001 - a full disk changes nothing here
            what += f"; could not be kept: {error}"
        with suppress(Exception):  # whoever listened may be gone
            self._tell(Told(pair, what))


def plain(event: Event) -> dict[str, Any] | None:
    """The event as plain data, if it is one that a person is told of."""
    match event:
        case Held():
            return {
                "event": "held",
                "step": event.ask.step.name.lower(),
                "about": str(event.ask.kind),
                "reason": event.why or question_of(event.ask),
                "options": [str(option) for option in event.ask.options],
                "safe": str(event.ask.safe),
                "due": event.due,
            }
        case RunEnded() if event.run.action is Action.SWITCH and event.verdict.is_good:
            return {
                "event": "switched-over",
                "step": event.run.step.name.lower(),
                "to": event.run.to,
                "reason": event.verdict.reason,
            }
        case PairEnd() if event.end is not Ended.HELD:  # which was told when it was held
            return {
                "event": "ended",
                "end": str(event.end),
                "reason": event.reason,
                "advice": event.advice,
                "members": _members(event),
                "owed": [f"{one.lease.member}: {one.lease.kind}" for one in event.owed],
                "head": event.head,
            }
        case _:
            return None


def _members(end: PairEnd) -> dict[str, dict[str, str] | None]:
    """Both members as each was last seen."""
    members = end.facts.members if end.facts else ()
    return {
        name: {"role": str(own.role), "version": own.version} if own else None
        for name, own in members
    }
