"""What people decide, what they cannot, and what is done of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from nornir_haupgrade.model import Verdict
from nornir_haupgrade.procedure.records import (
    Action,
    Asked,
    By,
    Choice,
    Decided,
    Kind,
    Outcome,
    Run,
    Step,
)
from nornir_haupgrade.procedure.state import TRIES
from tests.procedure.story import (
    BAD,
    UNCLEAR,
    Story,
    story,
)


def held() -> Story:
    pair = story()
    pair.before(Action.READINESS)
    pair.fails()
    assert pair.ask.kind is Kind.GATE
    return pair


def test_a_decision_before_anything_was_asked_is_ignored() -> None:
    pair = held()
    before = pair.state
    pair.write(Decided(0, Choice.RETRY, By.PERSON))
    assert pair.state == before


def test_a_decision_with_another_number_is_ignored() -> None:
    pair = held()
    pair.shows(3)
    before = pair.state
    pair.write(Decided(2, Choice.RETRY, By.PERSON))
    assert pair.state == before


def test_an_option_that_was_not_offered_is_ignored() -> None:
    pair = held()
    assert Choice.CONTINUE not in pair.shows().options
    before = pair.state
    pair.write(Decided(1, Choice.CONTINUE, By.PERSON))
    assert pair.state == before


def test_a_hold_stays_as_it_was_shown_until_it_is_answered() -> None:
    pair = held()
    shown = pair.shows()
    assert pair.decision == shown


def test_a_second_answer_to_one_hold_is_ignored() -> None:
    pair = held()
    pair.answers(Choice.RETRY)
    before = pair.state
    pair.write(Decided(1, Choice.PARK, By.PERSON))
    assert pair.state == before


def test_retrying_looks_first_and_asks_the_gate_again() -> None:
    pair = held()
    pair.answers(Choice.RETRY)
    pair.looks()
    assert pair.run.action is Action.READINESS


def test_continuing_accepts_what_the_gate_named_and_nothing_else() -> None:
    pair = story()
    pair.before(Action.SESSIONS)
    pair.fails()
    assert pair.ask.kind is Kind.GATE
    assert Choice.CONTINUE in pair.ask.options
    pair.answers(Choice.CONTINUE)
    assert pair.run.action in {Action.SERVICES, Action.ENTRY}
    assert pair.run.step is Step.TRIAL


def test_a_gate_that_was_accepted_goes_stale_like_one_that_passed() -> None:
    pair = story()
    pair.before(Action.SESSIONS)
    pair.fails()
    pair.answers(Choice.CONTINUE)
    pair.after(Action.SERVICES, Step.TRIAL)
    pair.after(Action.SWITCH)
    assert pair.before(Action.SESSIONS).step is Step.SWITCH_OVER


def test_a_hold_without_urgency_has_its_deadline_from_the_plan() -> None:
    pair = story(decision_deadline=timedelta(hours=2))
    pair.before(Action.READINESS)
    pair.fails()
    assert (pair.ask.safe, pair.ask.after) == (Choice.PARK, timedelta(hours=2))


@pytest.mark.parametrize(
    ("verdict", "kind", "can_continue"),
    [(BAD, Kind.MEMBER_BAD, True), (UNCLEAR, Kind.NOT_MEASURED, False)],
)
def test_lost_lines_can_be_accepted_and_lines_that_were_not_compared_cannot(
    verdict: Verdict,
    kind: Kind,
    can_continue: bool,
) -> None:
    pair = story()
    pair.before(Action.WHOLE)
    while pair.decision == pair.run if isinstance(pair.decision, Run) else False:
        pair.fails(verdict)
    assert pair.ask.kind is kind
    assert (Choice.CONTINUE in pair.ask.options) == can_continue
    assert Choice.ROLL_BACK in pair.ask.options


def test_lost_lines_that_were_accepted_stay_accepted() -> None:
    pair = story()
    pair.before(Action.WHOLE)
    pair.fails()
    pair.answers(Choice.CONTINUE)
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.DONE


@pytest.mark.parametrize(
    "action",
    [
        Action.READINESS,
        Action.BASELINE,
        Action.PREEMPTION_IS_OFF,
        Action.RESTORE_POINT,
        Action.ENTRY,
        Action.RELOAD,
        Action.BACK_UP,
        Action.SWITCH,
    ],
)
@pytest.mark.parametrize("verdict", [BAD, UNCLEAR])
def test_continue_is_never_offered_for_what_must_be_true(action: Action, verdict: Verdict) -> None:
    pair = story()
    pair.before(action)
    for _ in range(TRIES + 1):
        if isinstance(pair.decision, Run):
            pair.fails(verdict)
    assert Choice.CONTINUE not in pair.ask.options


@pytest.mark.parametrize("action", [Action.REPORT, Action.SESSIONS, Action.SERVICES, Action.WHOLE])
def test_continue_is_never_offered_for_what_could_not_be_measured(action: Action) -> None:
    pair = story()
    pair.before(action)
    for _ in range(TRIES + 1):
        pair.fails(UNCLEAR)
    assert pair.ask.kind is Kind.NOT_MEASURED
    assert Choice.CONTINUE not in pair.ask.options


def test_continuing_a_hold_that_is_about_nothing_accepts_nothing() -> None:
    pair = held()
    shown = replace(pair.ask, about=None, options=(Choice.CONTINUE,))
    pair.write(Asked(1, shown, None))
    before = pair.state.passed
    pair.write(Decided(1, Choice.CONTINUE, By.PERSON))
    assert pair.state.passed == before
    assert pair.run.action is Action.READINESS
