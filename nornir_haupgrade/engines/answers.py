"""Who answers a hold: a person, the command line beforehand, or the deadline."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from nornir_haupgrade.procedure.records import Ask, Asked, By, Choice, Decided, Kind

Person = Callable[[str, Asked], tuple[Choice, str] | None]
"""Asked with the pair and the hold; answers with a choice and why, or None for "leave it held"."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What was said beforehand.

    ``on_hold`` None waits; ``is_yes`` answers named questions and nothing else.
    """

    on_hold: Choice | None = None
    is_yes: bool = False
    who: str = ""

    def answer(self, asked: Asked) -> Decided | None:
        """The answer to a hold, if the command line gave one."""
        ask = asked.ask
        if ask.kind is Kind.QUESTION and self.is_yes:
            return self._decided(asked, Choice.CONTINUE, "--yes")
        if self.on_hold is None:
            return None
        # Services come first: parking or rolling back is for the pair that carries traffic again.
        choice = ask.safe if ask.safe is Choice.SWITCH_BACK else self.on_hold
        if choice not in ask.options:
            return None
        return self._decided(asked, choice, f"--on-hold {self.on_hold}")

    def _decided(self, asked: Asked, choice: Choice, why: str) -> Decided:
        return Decided(asked.number, choice, By.POLICY, self.who, why)


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
