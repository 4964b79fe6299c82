"""What is wrong with a pair by its facts, or by what somebody else did."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nornir_haupgrade.model import Role, Verdict
from nornir_haupgrade.procedure.records import (
    Action,
    By,
    Choice,
    Goal,
    Kind,
    Outcome,
    Result,
    Run,
)
from tests.explorer.world import facts
from tests.procedure.story import (
    BAD,
    GOOD,
    PREEMPTION,
    UNCLEAR,
    Story,
    after_proof,
    found,
    latch,
    story,
)

# --- conditions -----------------------------------------------------------------------------------


def test_a_standby_that_dies_after_step_6_is_waited_for_and_nothing_is_reloaded() -> None:
    pair = after_proof()
    pair.node("b", power="dead")
    found(pair)
    assert pair.ask.kind is Kind.UNREACHABLE
    assert Choice.CONTINUE not in pair.ask.options
    assert pair.ask.safe is Choice.PARK


def test_a_member_out_of_reach_that_still_forwards_holds_the_pair() -> None:
    pair = after_proof()
    pair.node("a", power="dead")
    found(pair)
    assert pair.ask.kind is Kind.UNREACHABLE
    assert Choice.CONTINUE not in pair.ask.options


def test_parked_with_a_dead_standby_nothing_is_written() -> None:
    pair = after_proof()
    pair.node("b", power="dead")
    found(pair)
    pair.answers(Choice.PARK)
    done = pair.to_the_end()
    assert not any(run.action.is_change for run in done)
    assert pair.finish.outcome is Outcome.PARKED
    assert PREEMPTION in pair.finish.owed


def test_a_wrong_device_is_held_and_the_end_says_failed() -> None:
    pair = story()
    pair.node("b", is_wrong=True)
    pair.looks()
    assert pair.ask.kind is Kind.WRONG_DEVICE
    assert Choice.CONTINUE not in pair.ask.options
    pair.answers(Choice.PARK)
    done = pair.to_the_end()
    assert not any(run.action.is_change for run in done)
    assert pair.finish.outcome is Outcome.FAILED


def test_no_member_that_ever_answers_is_not_started() -> None:
    pair = story()
    pair.node("a", power="dead")
    pair.node("b", power="dead")
    pair.moves_to(None)
    pair.looks()
    assert pair.ask.kind is Kind.UNREACHABLE
    pair.answers(Choice.PARK)
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.FAILED


@pytest.mark.parametrize("role", [Role.UNKNOWN, Role.MIXED, Role.NEGOTIATING])
def test_a_role_that_cannot_be_told_holds(role: Role) -> None:
    pair = story()
    run = pair.starts()
    seen = facts(pair.world)
    standby = seen.of("b")
    assert standby is not None
    unclear = (seen.members[0], ("b", replace(standby, role=role)))
    pair.write(Result(run, GOOD, replace(seen, members=unclear)))
    assert pair.ask.kind is Kind.ROLE_UNKNOWN
    assert Choice.CONTINUE not in pair.ask.options


def test_closing_before_anything_could_be_read_is_not_started() -> None:
    pair = story()
    pair.commands(Goal.CLOSE)
    run = pair.starts()
    pair.write(Result(run, UNCLEAR, None))
    assert pair.finish.outcome is Outcome.NOT_STARTED


def test_both_active_holds() -> None:
    pair = story()
    run = pair.starts()
    both = facts(pair.world)
    active = both.of("a")
    assert active is not None
    split = replace(both, members=(("a", active), ("b", replace(active, identity="id-b"))))
    pair.write(Result(run, GOOD, split))
    assert pair.ask.kind is Kind.SPLIT
    assert Choice.CONTINUE not in pair.ask.options
    assert pair.ask.safe is Choice.PARK


def test_nobody_forwarding_and_no_latch_of_ours_holds_and_ends_stranded() -> None:
    pair = story()
    pair.node("a", is_latched=True)
    pair.node("b", is_latched=True)
    pair.moves_to(None)
    pair.looks()
    assert pair.ask.kind is Kind.NOBODY_FORWARDS
    assert Choice.CONTINUE not in pair.ask.options
    pair.answers(Choice.PARK)
    done = pair.to_the_end()
    assert not any(run.action.is_change for run in done)
    assert pair.finish.outcome is Outcome.STRANDED


def nobody_forwards(*, is_wrong: bool = False) -> Story:
    """The new active failed while the old one is still kept out by our latch."""
    pair = story()
    pair.after(Action.SWITCH)
    pair.node("b", has_ha=False)
    pair.moves_to(None)
    pair.node("a", is_wrong=is_wrong)
    return found(pair)


def test_when_nobody_forwards_our_own_latch_is_the_one_thing_let_go() -> None:
    pair = nobody_forwards()
    run = pair.run
    assert (run.action, run.members) == (Action.RELEASE, ("a",))
    pair.works()
    assert pair.world.active == 0
    assert not isinstance(pair.decision, Run)


def asks_in_the_end(pair: Story, verdict: Verdict) -> bool:
    """Whether what fails again and again comes to a person, or to an end."""
    for _ in range(10):
        if not isinstance(pair.decision, Run):
            return True
        pair.fails(verdict)
    return False


@pytest.mark.parametrize("verdict", [BAD, UNCLEAR])
def test_a_latch_that_is_not_let_go_while_nobody_forwards_comes_to_a_person(
    verdict: Verdict,
) -> None:
    assert asks_in_the_end(nobody_forwards(), verdict)


@pytest.mark.parametrize("verdict", [BAD, UNCLEAR])
def test_a_latch_that_is_not_let_go_after_the_trial_switched_back_is_not_tried_for_ever(
    verdict: Verdict,
) -> None:
    pair = story()
    pair.after(Action.SWITCH)
    pair.before(Action.SERVICES)
    pair.fails()
    pair.before(Action.RELEASE)
    assert asks_in_the_end(pair, verdict)


def test_an_end_while_nobody_forwards_is_stranded_and_the_latch_owed() -> None:
    pair = nobody_forwards()
    pair.commands(Goal.CLOSE)
    pair.looks()
    pair.fails()
    pair.answers(Choice.PARK)
    pair.to_the_end()
    assert latch("a") in pair.finish.owed
    assert pair.finish.outcome is Outcome.STRANDED


def test_the_latch_of_another_device_is_not_ours_to_release() -> None:
    pair = nobody_forwards(is_wrong=True)
    assert not isinstance(pair.decision, Run)


def test_a_member_that_is_not_standing_by_is_neither_worked_on_nor_switched_to() -> None:
    pair = story(preempts=False)
    pair.after(Action.BACK_UP)
    pair.node("a", has_ha=False)
    state = replace(pair.state, facts=facts(pair.world), known=facts(pair.world))
    pair = replace(pair, state=state)
    pair.before(Action.PREEMPTION_IS_OFF)
    pair.works()
    assert pair.ask.kind is Kind.SOLO


# --- someone else acted ---------------------------------------------------------------------------


def changed_by_hand() -> Story:
    pair = story()
    pair.after(Action.BORROW_PREEMPTION)
    pair.node("a", hand=1)
    pair.fails(GOOD)
    assert pair.ask.kind is Kind.CHANGED
    return pair


def test_what_we_did_not_do_holds_the_pair_and_cannot_be_continued() -> None:
    pair = changed_by_hand()
    assert Choice.CONTINUE not in pair.ask.options
    assert pair.ask.safe is Choice.PARK


def test_a_deadline_on_someone_else_acted_closes_without_a_write() -> None:
    pair = changed_by_hand()
    pair.answers(Choice.PARK, By.DEADLINE)
    assert pair.finish.owed == {PREEMPTION}


def test_a_person_who_parks_knows_and_leases_are_given_back() -> None:
    pair = changed_by_hand()
    pair.answers(Choice.PARK, By.PERSON)
    done = pair.to_the_end()
    assert Action.RETURN_PREEMPTION in {run.action for run in done}
    assert pair.finish.owed == frozenset()


def test_after_someone_else_acted_every_gate_is_asked_again() -> None:
    pair = story()
    pair.before(Action.SWITCH)
    pair.node("b", hand=1)
    pair.is_stale()
    assert pair.ask.kind is Kind.CHANGED
    pair.answers(Choice.RETRY)
    done = pair.until(lambda it: isinstance(it, Run) and it.action is Action.SWITCH)
    gates = {Action.REPORT, Action.SESSIONS, Action.SERVICES, Action.ENTRY}
    assert gates <= {run.action for run in done}


def test_a_command_does_not_silence_what_nobody_was_shown() -> None:
    pair = changed_by_hand()
    pair.commands(Goal.CLOSE)
    pair.looks()
    assert pair.ask.kind is Kind.CHANGED


def test_a_command_given_at_the_hold_that_showed_it_is_a_person_s_word() -> None:
    pair = changed_by_hand()
    pair.shows()
    pair.commands(Goal.CLOSE)
    done = pair.to_the_end()
    assert Action.RETURN_PREEMPTION in {run.action for run in done}
