"""The state is the sum of its records: replayed, ignored, lent and given back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nornir_haupgrade.model import Status, Verdict
from nornir_haupgrade.procedure.apply import apply, replay
from nornir_haupgrade.procedure.borrowing import borrows
from nornir_haupgrade.procedure.plan import Traits
from nornir_haupgrade.procedure.records import (
    Action,
    Choice,
    Goal,
    Kind,
    Lease,
    Opened,
    Outcome,
    Record,
    Result,
    Run,
    Started,
    Step,
)
from nornir_haupgrade.procedure.state import State
from tests.explorer.world import facts
from tests.procedure.story import (
    GOOD,
    PREEMPTION,
    UNCLEAR,
    after_proof,
    boot_of,
    latch,
    story,
)

# --- replaying ------------------------------------------------------------------------------------


def test_replaying_a_history_gives_the_state_back() -> None:
    pair = story()
    records: list[Record] = [Opened(pair.plan, Goal.UP)]
    state = apply(pair.plan, State(), records[0])
    for _ in range(12):
        run = pair.run
        records.append(Started(run, borrows(pair.plan, pair.state, run)))
        pair.works()
        records.append(Result(run, GOOD, facts(pair.world)))
    for record in records[1:]:
        state = apply(pair.plan, state, record)
    assert replay(pair.plan, tuple(records)) == state == pair.state


def test_a_result_of_another_run_is_ignored() -> None:
    pair = story()
    run = pair.starts()
    before = pair.state
    pair.write(Result(replace(run, step=Step.CLOSE), GOOD, facts(pair.world)))
    assert pair.state == before


def test_opening_remembers_where_to_go_and_where_to_stop() -> None:
    pair = story()
    state = apply(pair.plan, State(), Opened(pair.plan, Goal.BACK, Step.TRIAL))
    assert (state.goal, state.until) == (Goal.BACK, Step.TRIAL)


# --- leases ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "lease"),
    [
        (Action.BORROW_PREEMPTION, PREEMPTION),
        (Action.SWITCH, latch("a")),
        (Action.ACTIVATE, boot_of("a")),
    ],
)
def test_a_lease_is_owed_from_the_moment_before_it_is_sent(action: Action, lease: Lease) -> None:
    pair = story()
    pair.before(action)
    assert lease not in pair.state.leases
    pair.starts()
    assert lease in pair.state.leases


def test_a_lease_that_was_never_taken_after_all_is_not_owed_once_that_is_read() -> None:
    pair = story()
    pair.before(Action.BORROW_PREEMPTION)
    pair.fails()
    assert pair.state.leases == frozenset()


def test_a_lease_stays_owed_while_its_member_does_not_answer() -> None:
    pair = story()
    pair.after(Action.BORROW_PREEMPTION)
    pair.node("a", preempts=True, power="dead")
    pair.fails()
    assert pair.state.leases == {PREEMPTION}


def test_another_device_s_word_returns_no_lease() -> None:
    pair = story()
    pair.after(Action.BORROW_PREEMPTION)
    pair.node("a", preempts=True, is_wrong=True)
    pair.fails()
    assert pair.state.leases == {PREEMPTION}


@pytest.mark.parametrize("traits", [Traits(), Traits(needs_release=False)])
def test_only_a_switchover_that_leaves_a_latch_borrows_one(traits: Traits) -> None:
    pair = story(traits)
    pair.before(Action.SWITCH)
    pair.starts()
    assert (latch("a") in pair.state.leases) == traits.needs_release


def test_nothing_is_borrowed_of_a_pair_that_was_not_read() -> None:
    pair = story()
    run = Run(Action.BORROW_PREEMPTION, ("a", "b"))
    assert borrows(pair.plan, State(), run) == frozenset()


def test_parking_in_the_middle_leaves_preemption_owed_and_says_so() -> None:
    """The versions are mixed: giving it back could move the role ungated."""
    pair = after_proof()
    pair.node("b", is_wrong=True)
    pair.fails()
    pair.answers(Choice.PARK)
    pair.to_the_end()
    assert PREEMPTION in pair.finish.owed


def test_parking_with_an_image_chosen_chooses_the_running_one_again() -> None:
    pair = story()
    pair.after(Action.ACTIVATE)
    pair.fails(Verdict(Status.FAIL, "no room"))
    pair.until(lambda it: not isinstance(it, Run))
    pair.answers(Choice.PARK)
    done = pair.to_the_end()
    assert [(r.members, r.to) for r in done if r.action is Action.ACTIVATE] == [(("a",), "v0")]
    assert pair.world.nodes[0].next == 0
    assert pair.finish.outcome is Outcome.NOT_STARTED
    assert pair.finish.owed == frozenset()


@pytest.mark.parametrize("action", [Action.ACTIVATE, Action.RETURN_PREEMPTION])
def test_what_cannot_be_given_back_while_closing_stays_owed_and_is_tried_once(
    action: Action,
) -> None:
    pair = story()
    pair.after(Action.ACTIVATE)
    pair.commands(Goal.CLOSE)
    pair.before(action)
    lease = boot_of("a") if action is Action.ACTIVATE else PREEMPTION
    pair.fails()
    done = pair.to_the_end()
    assert action not in {run.action for run in done}
    assert lease in pair.finish.owed


def test_a_latch_that_cannot_be_released_while_closing_stays_owed() -> None:
    pair = story()
    pair.after(Action.SWITCH)
    pair.node("b", data_dead=True)
    pair.before(Action.RELEASE)
    pair.fails()
    assert pair.ask.kind is Kind.REFUSED
    pair.answers(Choice.PARK)
    pair.before(Action.RELEASE)
    pair.fails()
    pair.to_the_end()
    assert latch("a") in pair.finish.owed


def test_a_look_that_fails_while_closing_ends_it_without_a_write() -> None:
    pair = story()
    pair.after(Action.BORROW_PREEMPTION)
    pair.commands(Goal.CLOSE)
    run = pair.starts()
    assert run.action is Action.LOOK
    pair.write(Result(run, UNCLEAR, None))
    assert pair.finish.owed == {PREEMPTION}
