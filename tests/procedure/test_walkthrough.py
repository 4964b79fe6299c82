"""The procedure from its first look to its end, on pairs of several kinds."""

from __future__ import annotations

import pytest

from nornir_haupgrade.model import Activation
from nornir_haupgrade.procedure.plan import Question, Traits
from nornir_haupgrade.procedure.records import (
    Action,
    Choice,
    Goal,
    Kind,
    Outcome,
    Run,
    Step,
)
from tests.procedure.story import story


def actions(runs: list[Run], *, changes_only: bool = True) -> list[tuple[int, str, str]]:
    """(step, action, on whom), without the looks."""
    return [
        (int(run.step), str(run.action), "".join(run.members))
        for run in runs
        if run.action.is_change or not changes_only
    ]


def test_the_ten_steps_are_done_in_their_order() -> None:
    pair = story()
    done = pair.to_the_end()
    assert pair.finish.outcome is Outcome.DONE
    assert pair.finish.owed == frozenset()
    assert actions(done) == [
        (0, "save-original", "ab"),
        (0, "stage", "ab"),
        (0, "borrow-preemption", "ab"),
        (1, "sync-config", "a"),
        (1, "switch-over", "ab"),
        (1, "release", "a"),
        (3, "back-up", "ab"),
        (5, "install", "a"),
        (5, "activate", "a"),
        (5, "reload", "a"),
        (6, "switch-over", "ab"),
        (6, "release", "b"),
        (7, "install", "b"),
        (7, "activate", "b"),
        (7, "reload", "b"),
        (10, "return-preemption", "a"),
    ]
    assert [run.to for run in done if run.action is Action.SWITCH] == ["b", "a"]
    steps = [run.step for run in done if run.action is not Action.LOOK]
    first = {step: steps.index(step) for step in steps}
    assert sorted(first, key=lambda step: first[step]) == list(Step)[:11]


def test_baseline_and_originals_come_before_anything_is_changed() -> None:
    pair = story()
    done = [run.action for run in pair.until(lambda it: it == pair.run and pair.run.step >= 1)]
    assert done.index(Action.BASELINE) < done.index(Action.SAVE_ORIGINAL)
    assert done[-1] is Action.BORROW_PREEMPTION


def test_every_switchover_has_its_gates_passed_just_before_it() -> None:
    pair = story()
    done = [run.action for run in pair.to_the_end()]
    gates = [Action.SESSIONS, Action.SERVICES, Action.ENTRY]
    for at, action in enumerate(done):
        if action is Action.SWITCH:
            assert done[at - 1] is Action.ENTRY
            assert set(gates) <= set(done[max(0, at - 6) : at])


def test_preemption_that_was_off_is_left_off() -> None:
    pair = story(preempts=False)
    done = [run.action for run in pair.to_the_end()]
    assert pair.finish.outcome is Outcome.DONE
    assert not {Action.BORROW_PREEMPTION, Action.RETURN_PREEMPTION} & set(done)
    assert Action.PREEMPTION_IS_OFF in done


def test_a_platform_without_preemption_or_sync_or_latch_skips_what_it_does_not_have() -> None:
    traits = Traits(can_sync=False, has_preemption=False, needs_release=False)
    pair = story(traits, preempts=False)
    done = {run.action for run in pair.to_the_end()}
    assert pair.finish.outcome is Outcome.DONE
    assert not {Action.SYNC_CONFIG, Action.PREEMPTION_IS_OFF, Action.RELEASE} & done


def test_where_installing_reloads_nothing_is_installed_or_chosen_beforehand() -> None:
    pair = story(Traits(activation=Activation.INSTALL))
    done = [run.action for run in pair.to_the_end()]
    assert pair.finish.outcome is Outcome.DONE
    assert not {Action.INSTALL, Action.ACTIVATE} & set(done)
    assert done.count(Action.RELOAD) == 2


def test_each_hop_takes_both_members_before_the_next_begins() -> None:
    pair = story(hops=2)
    done = pair.to_the_end()
    reloads = [(run.members[0], run.to, run.hop) for run in done if run.action is Action.RELOAD]
    assert pair.finish.outcome is Outcome.DONE
    assert [version for _, version, _ in reloads] == ["v1", "v1", "v2", "v2"]
    assert [hop for _, _, hop in reloads] == [1, 1, 2, 2]


def test_a_second_look_after_the_end_finds_nothing_left_to_do() -> None:
    pair = story()
    pair.to_the_end()
    pair.commands(Goal.UP)
    done = pair.to_the_end()
    assert pair.finish.outcome is Outcome.DONE
    assert not {Action.RELOAD, Action.INSTALL} & {run.action for run in done}


# --- questions and adoption -----------------------------------------------------------------------


def test_named_questions_are_asked_before_the_first_write() -> None:
    pair = story(questions=(Question.NO_SERVICES, Question.NO_REPLICATION))
    for question in (Question.NO_SERVICES, Question.NO_REPLICATION):
        done = pair.until(lambda it: not isinstance(it, Run))
        assert not any(run.action.is_change for run in done)
        assert pair.ask.question is question
        assert pair.ask.safe is Choice.PARK
        pair.answers(Choice.CONTINUE)
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.DONE


def test_declining_a_question_leaves_the_pair_untouched() -> None:
    pair = story(questions=(Question.NO_ROLLBACK,))
    pair.to_the_end()
    pair.answers(Choice.PARK)
    done = pair.to_the_end()
    assert pair.finish.outcome is Outcome.NOT_STARTED
    assert not any(run.action.is_change for run in done)


def test_a_half_upgraded_pair_is_asked_forward_or_back() -> None:
    pair = story(ahead="b", preempts=False)
    pair.to_the_end()
    assert pair.ask.kind is Kind.MIXED
    assert pair.ask.options == (Choice.FORWARD, Choice.ROLL_BACK, Choice.PARK)


def test_back_is_not_offered_where_the_platform_has_no_way_back() -> None:
    pair = story(Traits(can_roll_back=False), ahead="b", preempts=False)
    pair.to_the_end()
    assert pair.ask.options == (Choice.FORWARD, Choice.PARK)


def test_in_a_half_upgraded_pair_off_now_does_not_prove_that_preemption_was_off() -> None:
    pair = story(ahead="b", preempts=False)
    pair.to_the_end()
    pair.answers(Choice.FORWARD)
    assert pair.ask.kind is Kind.PREEMPTION_BEFORE
    assert pair.ask.options == (Choice.WAS_ON, Choice.WAS_OFF, Choice.PARK)


@pytest.mark.parametrize(("was", "is_given"), [(Choice.WAS_ON, True), (Choice.WAS_OFF, False)])
def test_preemption_is_given_back_as_the_person_says_it_was(was: Choice, is_given: bool) -> None:
    pair = story(ahead="b", preempts=False)
    pair.to_the_end()
    pair.answers(Choice.FORWARD)
    pair.answers(was)
    done = pair.to_the_end()
    assert pair.finish.outcome is Outcome.DONE
    assert (Action.RETURN_PREEMPTION in {run.action for run in done}) == is_given


def test_preemption_that_is_on_in_a_half_upgraded_pair_is_not_asked_about() -> None:
    pair = story(ahead="b", preempts=True)
    pair.to_the_end()
    pair.answers(Choice.FORWARD)
    done = pair.to_the_end()
    assert pair.finish.outcome is Outcome.DONE
    assert Action.BORROW_PREEMPTION in {run.action for run in done}


def test_a_half_upgraded_pair_gets_neither_trial_nor_sync_between_versions() -> None:
    pair = story(ahead="b", preempts=False)
    pair.to_the_end()
    pair.answers(Choice.FORWARD)
    pair.answers(Choice.WAS_OFF)
    done = pair.to_the_end()
    assert not [run for run in done if run.step is Step.TRIAL]
    assert Action.SYNC_CONFIG not in {run.action for run in done}
    assert [run.members[0] for run in done if run.action is Action.RELOAD] == ["a"]


def test_a_half_upgraded_pair_whose_active_is_ahead_works_on_its_standby_first() -> None:
    pair = story(ahead="a", preempts=False)
    pair.to_the_end()
    pair.answers(Choice.FORWARD)
    pair.answers(Choice.WAS_OFF)
    done = pair.to_the_end()
    assert [run.members[0] for run in done if run.action is Action.RELOAD] == ["b"]
    assert Action.SWITCH not in {run.action for run in done}


def test_a_half_upgraded_pair_can_be_taken_back() -> None:
    pair = story(ahead="b", preempts=False)
    pair.to_the_end()
    pair.answers(Choice.ROLL_BACK)
    done = pair.to_the_end()
    assert pair.finish.outcome is Outcome.ROLLED_BACK
    assert [(r.members[0], r.to) for r in done if r.action is Action.RELOAD] == [("b", "v0")]


# --- stopping on the way --------------------------------------------------------------------------


@pytest.mark.parametrize("until", [Step.PREPARE, Step.BACK_UP, Step.SWITCH_OVER])
def test_stopping_after_a_step_does_nothing_of_a_later_one(until: Step) -> None:
    pair = story(until=until)
    done = pair.to_the_end()
    assert pair.finish.outcome is Outcome.PARKED
    at = next((n for n, run in enumerate(done) if run.step is Step.CLOSE), len(done))
    assert all(run.step <= until for run in done[:at])
    assert not {Action.INSTALL, Action.ACTIVATE, Action.RELOAD, Action.BACK_UP} & {
        run.action for run in done[at:]
    }


def test_stopping_after_the_switchover_leaves_the_fast_way_back() -> None:
    """The new version forwards, the old one stands by, and preemption stays taken and owed."""
    pair = story(until=Step.SWITCH_OVER)
    pair.to_the_end()
    assert [node.version for node in pair.world.nodes] == [1, 0]
    assert pair.world.active == 0
    assert {lease.kind.value for lease in pair.finish.owed} == {"preemption"}


def test_a_pair_that_stopped_goes_on_where_it_stopped() -> None:
    pair = story(until=Step.SWITCH_OVER)
    pair.to_the_end()
    pair.commands(Goal.UP)
    done = pair.to_the_end()
    assert pair.finish.outcome is Outcome.DONE
    assert pair.finish.owed == frozenset()
    assert [run.members[0] for run in done if run.action is Action.RELOAD] == ["b"]


def test_stopping_before_the_upgrade_gives_preemption_back() -> None:
    pair = story(until=Step.PREEMPTION_OFF)
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.PARKED
    assert pair.finish.owed == frozenset()
    assert pair.world.nodes[0].preempts
