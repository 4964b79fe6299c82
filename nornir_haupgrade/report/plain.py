"""Plain lines: what is told where there is no terminal, and what scrolls by above the table."""

from __future__ import annotations

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
from nornir_haupgrade.report.words import (
    action_text,
    ask_text,
    clean,
    end_text,
    local_time,
)

_STEP = 18
"""Columns for a step: ``5 upgrade standby`` and a space."""


def lines_of(event: Event, at: str) -> list[str]:
    """The lines that an event is worth; a read that begins is worth none.

    Args:
        event: What happened.
        at: The time of day, as it is to be shown.
    """
    match event:
        case GoingOn():
            return [_line(at, event.pair, "", f"going on with campaign {clean(event.campaign)}")]
        case RunStarted() if event.run.action.is_change:
            return [_line(at, event.pair, event.run.step.title, f"{action_text(event.run)} ...")]
        case RunStarted():
            return []
        case RunEnded():
            verdict = event.verdict
            text = f"{action_text(event.run)}  {verdict.status.upper()} {clean(verdict.reason)}"
            return [_line(at, event.pair, event.run.step.title, text)]
        case Told():
            return [_line(at, event.pair, "", clean(event.text))]
        case Held():
            return _held(event, at)
        case Answered():
            text = f"decided: {clean(event.choice)} by {clean(event.by)}"
            return [
                _line(at, event.pair, "", f"{text} ({clean(event.why)})" if event.why else text)
            ]
        case PairEnd():
            return [
                _line(at, event.pair, "", f"{end_text(event.end).upper()} {clean(event.reason)}")
            ]


def _held(event: Held, at: str) -> list[str]:
    step = event.ask.step.title
    options = ", ".join(
        f"{option} (safe)" if option is event.ask.safe else option for option in event.ask.options
    )
    due = f"; {event.ask.safe} by itself at {local_time(event.due)}" if event.due else ""
    why = f": {clean(event.why)}" if event.why else ""
    return [
        _line(at, event.pair, step, f"HELD {ask_text(event.ask)}{why}"),
        _line(at, event.pair, step, f"options: {options}{due}"),
    ]


def _line(at: str, pair: str, step: str, text: str) -> str:
    return f"{at} {clean(pair)}  {step:<{_STEP}} {text}".rstrip()
