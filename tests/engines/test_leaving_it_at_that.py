"""What a person accepts of a switchover is over: no later measurement brings it up again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from nornir_haupgrade.engines.endings import is_over_for_services
from nornir_haupgrade.procedure.records import Action, Ask, Choice, Kind, Run

ALL = (Choice.RETRY, Choice.CONTINUE, Choice.SWITCH_BACK, Choice.ROLL_BACK, Choice.PARK)


def asked(action: Action | None) -> Ask:
    about = Run(action, ("p1a", "p1b"), None, None) if action is not None else None
    return Ask(Kind.SERVICES_BAD, about, ALL, Choice.PARK, timedelta(seconds=60))


@pytest.mark.parametrize("choice", ALL)
def test_only_leaving_it_at_that_ends_the_measurement(choice: Choice) -> None:
    is_left = choice in {Choice.CONTINUE, Choice.PARK}
    assert is_over_for_services(asked(Action.SERVICES), choice) is is_left


@pytest.mark.parametrize("ask", [None, asked(None), asked(Action.RELEASE), asked(Action.SESSIONS)])
def test_what_else_is_accepted_says_nothing_of_the_services(ask: Ask | None) -> None:
    assert not is_over_for_services(ask, Choice.CONTINUE)
