"""The rules of the gates, read off a pair's history: what was proven before each change.

Written from the procedure, not from the code that decides which gate still holds: what was proven
before any later change is not proven any more. But a configuration is changed by a boot only; that
both members' are alike, and services, by what moves a role, reloads, or touches what runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nornir_haupgrade.procedure.records import (
    Action,
    Asked,
    Choice,
    Decided,
    Record,
    Result,
    Run,
    Started,
    Step,
)

_SWITCHOVER: Final = (Action.SESSIONS, Action.ENTRY)
_SILENT: Final = {
    *(Action.SAVE_ORIGINAL, Action.BACK_UP, Action.STAGE),
    *(Action.INSTALL, Action.ACTIVATE, Action.COMMIT),
}
"""What changes nothing that runs, and no service can feel."""


class Gates:
    """Hears the records of one campaign of a pair, in order.

    Attributes:
        wrong: Changes that were begun without what has to be proven first.
    """

    def __init__(self) -> None:
        self.wrong: list[str] = []
        self._lately: set[tuple[Action, tuple[str, ...]]] = set()
        """What was proven since the last change."""
        self._whole: set[str] = set()
        """Whose configuration was proven since the last boot that we ordered."""
        self._reloaded: set[str] = set()
        self._is_served = False
        """Whether services were proven since the last change that they could feel."""
        self._is_alike = False
        """Whether the members reported one configuration since the last change of what runs."""
        self._asked: Run | None = None

    def take(self, record: Record) -> None:
        """One record more."""
        match record:
            case Result(run=run, verdict=verdict, is_stale=False) if verdict.is_good:
                self._is_proven(run)
            case Asked(ask=ask):
                self._asked = ask.about
            case Decided(choice=Choice.CONTINUE) if self._asked is not None:
                self._is_proven(self._asked)
            case Started(run=run) if run.action.is_change:
                self.wrong += self._missing(run)
                self._lately.clear()
                self._is_served &= run.action in _SILENT
                self._is_alike &= run.action in _SILENT
                if run.action is Action.RELOAD:
                    self._whole -= set(run.members)
                    self._reloaded |= set(run.members)
            case _:
                pass

    @property
    def unproven(self) -> list[str]:
        """What must not be left at the end of the way, up or back."""
        return [
            f"it ended, and the configuration of {member} was not proven since its last boot"
            for member in sorted(self._reloaded - self._whole)
        ]

    def _is_proven(self, run: Run) -> None:
        if run.action is Action.WHOLE:
            self._whole |= set(run.members)
        self._is_served |= run.action is Action.SERVICES
        self._is_alike |= run.action is Action.REPORT
        if not run.action.is_change:
            self._lately.add((run.action, run.members))

    def _missing(self, run: Run) -> Iterator[str]:
        match run.action:
            case Action.SWITCH:
                for gate in _SWITCHOVER:
                    if (gate, (str(run.to),)) not in self._lately:
                        yield f"{run.step.title}: the role goes to {run.to} without a fresh {gate}"
                if not (self._is_alike or run.to in self._whole):
                    yield f"{run.step.title}: the role goes to {run.to}, its configuration unproven"
                if run.step is not Step.SWITCH_BACK and not self._is_served:
                    yield f"{run.step.title}: the role goes to {run.to}, services unproven"
            case Action.RETURN_PREEMPTION:
                if not any(action is Action.ENTRY for action, _ in self._lately):
                    yield f"{run.step.title}: preemption is given back without a fresh entry-gate"
            case Action.COMMIT:
                for member in sorted(set(run.members) - self._whole):
                    yield f"{run.step.title}: {member} is committed, its configuration unproven"
            case _:
                pass
