"""What was said beforehand answers only what it is meant for."""

from __future__ import annotations

import pytest

from nornir_haupgrade.engines.answers import Policy
from nornir_haupgrade.procedure.records import Action, Ask, Asked, Choice, Kind, Run

RETRY = Policy(Choice.RETRY, who="tester")


def held(kind: Kind, action: Action | None = None, *options: Choice) -> Asked:
    about = Run(action, ("p1b",)) if action else None
    choices = (Choice.RETRY, *options, Choice.PARK)
    safe = Choice.SWITCH_BACK if Choice.SWITCH_BACK in options else Choice.PARK
    return Asked(4, Ask(kind, about, choices, safe), None)


def chosen(asked: Asked, *, has_retried: bool = False) -> Choice | None:
    decided = RETRY.answer(asked, has_retried=has_retried)
    return decided.choice if decided else None


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (Kind.GATE, Action.READINESS),
        (Kind.NOT_MEASURED, Action.BASELINE),
        (Kind.REFUSED, Action.STAGE),
        (Kind.UNREACHABLE, None),
        (Kind.SOLO, None),
        (Kind.MEMBER_BAD, Action.WHOLE),
    ],
)
def test_what_may_have_been_mended_is_looked_at_once_more(
    kind: Kind, action: Action | None
) -> None:
    assert chosen(held(kind, action)) is Choice.RETRY
    assert chosen(held(kind, action), has_retried=True) is None


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        (Kind.CHANGED, None),
        (Kind.SPLIT, None),
        (Kind.NOBODY_FORWARDS, None),
        (Kind.ROLE_UNKNOWN, None),
        (Kind.WRONG_DEVICE, None),
        (Kind.UNCLEAR, Action.SWITCH),
        (Kind.REFUSED, Action.SWITCH),
        (Kind.REFUSED, Action.RETURN_PREEMPTION),
        (Kind.MEMBER_BAD, Action.RELOAD),
    ],
)
def test_a_person_looks_at_the_rest(kind: Kind, action: Action | None) -> None:
    assert chosen(held(kind, action)) is None


def test_services_come_before_another_look() -> None:
    asked = held(Kind.SERVICES_BAD, Action.SERVICES, Choice.SWITCH_BACK)
    assert chosen(asked) is Choice.SWITCH_BACK
    assert chosen(asked, has_retried=True) is Choice.SWITCH_BACK


def test_a_question_is_no_hold_to_retry() -> None:
    asked = Asked(4, Ask(Kind.QUESTION, None, (Choice.CONTINUE, Choice.PARK), Choice.PARK), None)
    assert chosen(asked) is None
