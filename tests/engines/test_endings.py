"""Why a pair is held, in one sentence."""

from __future__ import annotations

import pytest

from nornir_haupgrade.engines.endings import held_of
from nornir_haupgrade.procedure.records import Action, Ask, Choice, Kind, Run
from nornir_haupgrade.procedure.state import State

SWITCH = Run(Action.SWITCH, ("p1a", "p1b"), "p1b")


@pytest.mark.parametrize(
    ("why", "cause", "said"),
    [
        # The latch was released since, and its verdict is the last one.
        (
            "p1a is active again",
            "p1b did not become active; active: nobody",
            "p1b did not become active; active: nobody; p1a is active again",
        ),
        ("the line dropped", "the line dropped", "the line dropped"),
        ("the line dropped", "", "the line dropped"),
    ],
)
def test_what_cannot_be_told_is_told_with_what_made_it_so(why: str, cause: str, said: str) -> None:
    ask = Ask(Kind.UNCLEAR, SWITCH, (Choice.RETRY, Choice.PARK), Choice.PARK)
    assert held_of(ask, State(), why, cause) == said


def test_another_hold_tells_its_own_reason_only() -> None:
    ask = Ask(Kind.GATE, SWITCH, (Choice.RETRY, Choice.PARK), Choice.PARK)
    assert held_of(ask, State(), "not ready", "an older trouble") == "not ready"
