"""Why a pair is held, in one sentence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nornir_haupgrade.engines.endings import ending_of, held_of
from nornir_haupgrade.model import PairFacts
from nornir_haupgrade.procedure.records import Action, Ask, Choice, Kind, Outcome, Run
from nornir_haupgrade.procedure.state import State
from tests.cli.conftest import PLAN, facts

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
    assert held_of(PLAN, ask, State(), why, cause) == said


def test_another_hold_tells_its_own_reason_only() -> None:
    ask = Ask(Kind.GATE, SWITCH, (Choice.RETRY, Choice.PARK), Choice.PARK)
    assert held_of(PLAN, ask, State(), "not ready", "an older trouble") == "not ready"


def test_another_device_is_named_with_the_one_that_was_planned() -> None:
    """That both members have good roles is not why they are left alone."""
    seen = facts()
    state = replace(State(), facts=with_identity(seen, "p1b", "id-x"), known=seen)
    ask = Ask(Kind.WRONG_DEVICE, None, (Choice.RETRY, Choice.PARK), Choice.PARK)
    stranger = "another device answers for p1b: it is id-x, planned was id-b"
    assert held_of(PLAN, ask, state, "p1a active, p1b standby", "") == stranger
    ending = ending_of(PLAN, state, Outcome.FAILED, "p1a active, p1b standby")
    assert ending == f"p1a runs 12.15, {stranger}"


def with_identity(seen: PairFacts, member: str, identity: str) -> PairFacts:
    members = tuple(
        (name, replace(own, identity=identity) if name == member and own else own)
        for name, own in seen.members
    )
    return replace(seen, members=members)
