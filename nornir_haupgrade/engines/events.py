"""What a run tells while it runs, for whoever shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from nornir_haupgrade.engines.switchovers import Switchover
from nornir_haupgrade.model import MemberId, PairFacts, Verdict
from nornir_haupgrade.procedure.records import Ask, Intent, Lease, Outcome, Record, Result, Run


class Ended(StrEnum):
    """Why a pair is not worked on any more; an outcome, or one of these."""

    HELD = "held"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Owed:
    """Something still to be given back: why it was not, and the exact commands that do it."""

    lease: Lease
    reason: str
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairEnd:
    """How one pair's part of a run ended."""

    pair: str
    end: Outcome | Ended
    reason: str
    campaign: str | None = None
    facts: PairFacts | None = None
    """Both members as each was last seen."""
    owed: tuple[Owed, ...] = ()
    ask: Ask | None = None
    advice: str = ""
    head: str = ""
    """The hash of the history's last record."""
    switchovers: tuple[Switchover, ...] = ()
    is_planned: bool = False
    """It stopped where it was asked to stop."""
    silent: tuple[MemberId, ...] = ()
    """Those of them that did not answer when both were last asked."""


@dataclass(frozen=True, slots=True)
class GoingOn:
    """A campaign that was begun earlier is gone on with; its records so far, by number."""

    pair: str
    campaign: str
    records: tuple[tuple[int, Record], ...]


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run begins; ``id`` is the campaign's and the number of its record in the pair's history."""

    pair: str
    run: Run
    id: str = ""
    intents: tuple[Intent, ...] = ()


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run ended; ``facts`` are both members as last seen."""

    pair: str
    run: Run
    verdict: Verdict
    facts: PairFacts | None
    id: str = ""
    written: frozenset[MemberId] = frozenset()
    """The members that something was sent to."""
    result: Result | None = None
    """As it stands in the history: with what was measured, and where what was said is kept."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line about what is going on inside a run."""

    pair: str
    text: str


@dataclass(frozen=True, slots=True)
class Held:
    """The pair waits for a decision."""

    pair: str
    ask: Ask
    why: str
    due: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A decision was made."""

    pair: str
    choice: str
    by: str
    why: str


Event: TypeAlias = GoingOn | RunStarted | RunEnded | Told | Held | Answered | PairEnd
Listener: TypeAlias = Callable[[Event], None]
