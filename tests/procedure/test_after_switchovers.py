"""Services after a switchover, and both members in agreement after the upgrade."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from nornir_haupgrade.model import Switching
from nornir_haupgrade.procedure.plan import Traits
from nornir_haupgrade.procedure.records import (
    Action,
    By,
    Choice,
    Kind,
    Outcome,
    Run,
    Step,
)
from nornir_haupgrade.procedure.state import TRIES
from tests.explorer.world import facts
from tests.procedure.story import (
    UNCLEAR,
    Story,
    after_step_6,
    is_kind,
    story,
)

# --- services after a switchover ------------------------------------------------------------------


def test_services_bad_in_the_trial_switch_back_by_themselves_and_nothing_is_upgraded() -> None:
    pair = story()
    pair.after(Action.SWITCH)
    pair.before(Action.SERVICES)
    pair.fails()
    done = pair.to_the_end()
    assert [run.to for run in done if run.action is Action.SWITCH] == ["a"]
    assert pair.world.active == 0
    assert pair.finish.outcome is Outcome.NOT_STARTED
    assert pair.finish.owed == frozenset()
    assert pair.world.nodes[0].preempts


def test_switching_back_does_not_ask_the_services_that_are_dead() -> None:
    pair = story()
    pair.after(Action.SWITCH)
    pair.before(Action.SERVICES)
    pair.fails()
    done = pair.until(lambda it: isinstance(it, Run) and it.action is Action.SWITCH)
    assert Action.SERVICES not in {run.action for run in done}
    assert Action.ENTRY in {run.action for run in done}


def test_services_bad_after_step_6_ask_and_switch_back_after_sixty_seconds() -> None:
    pair = after_step_6()
    pair.fails()
    ask = pair.ask
    assert ask.kind is Kind.SERVICES_BAD
    assert ask.safe is Choice.SWITCH_BACK
    assert ask.after == timedelta(seconds=60)
    assert {Choice.RETRY, Choice.CONTINUE, Choice.ROLL_BACK, Choice.PARK} <= set(ask.options)


def test_services_that_cannot_be_measured_after_step_6_also_have_the_way_back_as_safe() -> None:
    pair = after_step_6()
    for _ in range(TRIES + 1):
        pair.fails(UNCLEAR)
    assert (pair.ask.kind, pair.ask.safe) == (Kind.NOT_MEASURED, Choice.SWITCH_BACK)
    assert Choice.CONTINUE not in pair.ask.options


def test_a_deadline_switches_back_and_then_asks_a_person() -> None:
    pair = after_step_6()
    pair.fails()
    pair.answers(Choice.SWITCH_BACK, By.DEADLINE)
    done = pair.until(is_kind(Kind.SWITCHED_BACK))
    assert [run.to for run in done if run.action is Action.SWITCH] == ["b"]
    assert pair.world.active == 1
    assert Choice.SWITCH_BACK not in pair.ask.options
    assert pair.ask.safe is Choice.PARK


def test_the_role_is_not_switched_back_and_forth() -> None:
    """Services bad on the way back too: a person decides, and no second switch-back is offered."""
    pair = after_step_6()
    pair.fails()
    pair.answers(Choice.SWITCH_BACK)
    pair.after(Action.SWITCH)
    pair.before(Action.SERVICES)
    pair.fails()
    assert pair.ask.kind is Kind.SERVICES_BAD
    assert Choice.SWITCH_BACK not in pair.ask.options
    assert pair.ask.safe is Choice.PARK


@pytest.mark.parametrize(
    "changes", [{"power": "dead"}, {"is_wrong": True}, {"is_latched": True}, {"has_ha": False}]
)
def test_switching_back_is_not_offered_to_a_member_that_is_not_ready(
    changes: dict[str, object],
) -> None:
    pair = after_step_6()
    pair.fails()
    assert Choice.SWITCH_BACK in pair.ask.options
    pair.node("b", **changes)
    state = replace(pair.state, facts=facts(pair.world))
    assert Choice.SWITCH_BACK not in replace(pair, state=state).ask.options


def test_services_accepted_as_bad_let_the_upgrade_go_on() -> None:
    pair = after_step_6()
    pair.fails()
    pair.answers(Choice.CONTINUE)
    assert pair.run.step is Step.UPGRADE_OTHER


def test_services_bad_at_the_end_are_asked_about() -> None:
    pair = story()
    pair.before(Action.SERVICES, Step.SERVICES)
    pair.fails()
    assert pair.ask.kind is Kind.GATE
    assert Choice.CONTINUE in pair.ask.options


# --- both members agree again ---------------------------------------------------------------------


def at_step_8(pair: Story) -> Story:
    pair.before(Action.REPORT, Step.AGREE)
    pair.fails()
    return pair


def forward(*, can_sync: bool = True) -> Story:
    """A pair found half upgraded: the trial, and with it the synchronisation, is left out."""
    pair = story(Traits(can_sync=can_sync), ahead="b", preempts=False)
    pair.to_the_end()
    pair.answers(Choice.FORWARD)
    pair.answers(Choice.WAS_OFF)
    return pair


def test_a_report_that_fails_in_step_8_is_mended_by_hand() -> None:
    pair = at_step_8(story())
    assert (pair.run.action, pair.run.step) == (Action.SYNC_CONFIG, Step.AGREE)


def test_a_report_that_fails_after_it_was_mended_once_is_asked_about() -> None:
    pair = at_step_8(forward())
    assert (pair.run.action, pair.run.step) == (Action.SYNC_CONFIG, Step.AGREE)
    pair.works()
    assert pair.before(Action.REPORT).step is Step.AGREE
    pair.fails()
    assert pair.ask.kind is Kind.GATE
    assert Choice.CONTINUE in pair.ask.options


def test_where_nothing_can_be_synchronised_a_report_that_fails_is_asked_about() -> None:
    pair = at_step_8(forward(can_sync=False))
    assert pair.ask.kind is Kind.GATE


def test_a_report_that_fails_before_the_upgrade_is_never_mended_without_a_person() -> None:
    pair = story()
    pair.before(Action.REPORT, Step.TRIAL)
    pair.fails()
    assert pair.ask.kind is Kind.GATE
    pair.answers(Choice.CONTINUE)
    assert pair.run.action is Action.SESSIONS


def test_a_latch_that_took_the_role_is_released_before_the_role_moves_again() -> None:
    """It would take the role straight back."""
    pair = story(Traits(switching=Switching.TAKE), preempts=False)
    pair.after(Action.SWITCH, Step.SWITCH_OVER)
    assert (pair.run.action, pair.run.members) == (Action.RELEASE, ("a",))
    pair.fails()
    pair.answers(Choice.ROLL_BACK)
    pair.until(lambda decision: not isinstance(decision, Run) or decision.action.is_change)
    assert (pair.run.action, pair.run.members) == (Action.RELEASE, ("a",))
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.ROLLED_BACK
