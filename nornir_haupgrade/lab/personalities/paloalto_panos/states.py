"""A firewall's states in its own words, why it is in them, and how they changed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from nornir_haupgrade.lab.roles import HaState


class Word(StrEnum):
    """Its state in its own words, as in the prompt."""

    ACTIVE = "active"
    PASSIVE = "passive"
    INITIAL = "initial"
    SUSPENDED = "suspended"
    NON_FUNCTIONAL = "non-functional"


class Why(StrEnum):
    """Why it is suspended or not functional.

    From the vendor's lists in kA1Ki000000TN4TKAW and kA1Ki000000TOGkKAO, but for the newer peer,
    which is the lab's.
    """

    USER = "User requested"
    OLD_PEER = "Peer version too old"
    NEW_PEER = "Peer version too new"
    LINK = "Link down"


WORDS = {
    HaState.MASTER: Word.ACTIVE,
    HaState.BACKUP: Word.PASSIVE,
    HaState.FAULT: Word.NON_FUNCTIONAL,
    HaState.INIT: Word.INITIAL,
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of its state, at an instant in device seconds."""

    at: float
    before: str
    after: str
    reason: str


@dataclass(slots=True)
class History:
    """The changes of one member's state, the oldest first; a boot does not forget them."""

    entries: list[Transition] = field(default_factory=list)
    _word: Word | None = None
    """As it was last written down."""

    def note(self, at: float, before: Word, after: Word, reason: str) -> None:
        """Write a change down; ``before`` counts only while nothing was."""
        before = self._word or before
        if after is not before:
            self.entries.append(Transition(at, before, after, reason))
        self._word = after

    def since(self, start: float) -> float:
        """When the last change was; ``start`` if there was none."""
        return self.entries[-1].at if self.entries else start
