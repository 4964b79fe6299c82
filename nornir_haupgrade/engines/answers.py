"""Who answers a hold: a person, the command line beforehand, or the deadline."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from nornir_haupgrade.procedure.records import Action, Ask, Asked, By, Choice, Decided, Kind

Person = Callable[[str, Asked], tuple[Choice, str] | None]
"""Asked with the pair and the hold; answers with a choice and why, or None for "leave it held"."""

_MENDED = frozenset(
    {Kind.GATE, Kind.NOT_MEASURED, Kind.REFUSED, Kind.UNREACHABLE, Kind.SOLO, Kind.MEMBER_BAD}
)
"""What may have been mended outside. That somebody else acted, or that it cannot be told what was
done or who forwards, is for a person to look at."""
_SENT_ONCE = frozenset({Action.SWITCH, Action.RELOAD, Action.RETURN_PREEMPTION})
"""Only a person has these sent again."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What was said beforehand.

    ``on_hold`` None waits; RETRY looks again once in a run, where a hold may have been mended
    outside; ``is_yes`` answers named questions and nothing else.
    """

    on_hold: Choice | None = None
    is_yes: bool = False
    who: str = ""

    def answer(self, asked: Asked, *, has_retried: bool = False) -> Decided | None:
        """The answer to a hold, if the command line gave one.

        Args:
            asked: The hold.
            has_retried: It was answered with RETRY before, in this run.
        """
        ask = asked.ask
        if ask.kind is Kind.QUESTION and self.is_yes:
            return self._decided(asked, Choice.CONTINUE, "--yes")
        if self.on_hold is None:
            return None
        # Services come first: parking or rolling back is for the pair that carries traffic again.
        choice = ask.safe if ask.safe is Choice.SWITCH_BACK else self.on_hold
        if choice not in ask.options:
            return None
        if choice is Choice.RETRY and (has_retried or not _may_be_mended(ask)):
            return None
        return self._decided(asked, choice, f"--on-hold {self.on_hold}")

    def _decided(self, asked: Asked, choice: Choice, why: str) -> Decided:
        return Decided(asked.number, choice, By.POLICY, self.who, why)


def _may_be_mended(ask: Ask) -> bool:
    about = ask.about.action if ask.about is not None else None
    return ask.kind in _MENDED and about not in _SENT_ONCE


def due_at(ask: Ask, now: datetime) -> str | None:
    """When a hold falls to its safe option, stamped once."""
    return None if ask.after is None else (now + ask.after).isoformat(timespec="milliseconds")


def is_due(asked: Asked, now: datetime) -> bool:
    """Whether the deadline has passed, also while nobody was running."""
    return asked.due is not None and datetime.fromisoformat(asked.due) <= now


def by_deadline(asked: Asked) -> Decided:
    """The safe option, because nobody answered in time."""
    return Decided(asked.number, asked.ask.safe, By.DEADLINE, "", f"nobody answered by {asked.due}")


def user_name() -> str:
    """Who decides, for the record."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return f"uid {os.getuid()}"


def is_urgent(ask: Ask, within: timedelta) -> bool:
    """Whether the running process waits for the deadline itself: services are down meanwhile."""
    return ask.after is not None and ask.after <= within
