"""Where every pair stands, summed up from the events: what the live table and the prompt show."""

from __future__ import annotations

from dataclasses import dataclass, replace

from nornir_haupgrade.engines.events import (
    Answered,
    Event,
    GoingOn,
    Held,
    PairEnd,
    RunEnded,
    RunStarted,
    Told,
)
from nornir_haupgrade.model import PairFacts, Status, Verdict
from nornir_haupgrade.report.words import action_text, ask_text, clean, end_text


@dataclass(frozen=True, slots=True)
class Row:
    """One pair; ``since`` is when its action began, in the seconds of the caller's clock."""

    pair: str
    facts: PairFacts | None = None
    step: str = ""
    action: str = ""
    told: str = ""
    verdict: Verdict | None = None
    since: float | None = None


class Board:
    """The rows of all pairs, in the order given."""

    def __init__(self, pairs: tuple[str, ...]) -> None:
        self._rows = {pair: Row(pair) for pair in pairs}

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows as they are now."""
        return tuple(self._rows.values())

    def of(self, pair: str) -> Row:
        """One pair's row."""
        return self._rows.get(pair) or Row(pair)

    def take(self, event: Event, now: float) -> None:
        """Sum up one more event."""
        self._rows[event.pair] = _next(self.of(event.pair), event, now)


def _next(row: Row, event: Event, now: float) -> Row:
    match event:
        case GoingOn():
            return row
        case RunStarted(run=run):
            step, action = run.step.title, action_text(run)
            return replace(row, step=step, action=action, told="", since=now)
        case RunEnded():
            facts = event.facts or row.facts
            return replace(row, facts=facts, verdict=event.verdict, told="", since=None)
        case Told():
            return replace(row, told=clean(event.text))
        case Held():
            action = f"HELD: {ask_text(event.ask)}"
            return replace(row, step=event.ask.step.title, action=action, since=now)
        case Answered():
            return replace(row, action=f"decided: {clean(event.choice)}", since=None)
        case PairEnd():
            verdict = Verdict(Status.SKIPPED, event.reason) if event.reason else row.verdict
            return replace(
                row,
                facts=event.facts or row.facts,
                action=end_text(event.end).upper(),
                verdict=verdict if row.verdict is None else row.verdict,
                told="",
                since=None,
            )
