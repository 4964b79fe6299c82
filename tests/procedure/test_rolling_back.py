"""Back to the version that both members shared last."""

from __future__ import annotations

from dataclasses import replace

from nornir_haupgrade.procedure.plan import Traits
from nornir_haupgrade.procedure.records import (
    Action,
    Choice,
    Goal,
    Kind,
    Opened,
    Outcome,
    Result,
    Run,
    Step,
)
from tests.explorer.world import facts
from tests.procedure.story import (
    BAD,
    Story,
    story,
)


def test_the_way_back_is_fixed_when_it_is_wanted() -> None:
    """Two hops, the second half done: back to where both were, and no further."""
    pair = story(hops=2)
    pair.until(lambda it: isinstance(it, Run) and it.action is Action.INSTALL and it.to == "v2")
    pair.after(Action.RELOAD)
    versions = {node.version for node in pair.world.nodes}
    assert versions == {1, 2}
    pair.commands(Goal.BACK)
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.ROLLED_BACK
    assert {node.version for node in pair.world.nodes} == {1}


def test_rolling_back_works_on_the_standby_first_and_never_on_the_active() -> None:
    pair = story()
    pair.before(Action.REPORT, Step.AGREE)
    pair.commands(Goal.BACK)
    reloaded = []
    while isinstance(pair.decision, Run):
        active = "ab"[pair.world.active or 0]
        run = pair.works()
        if run.action in {Action.ACTIVATE, Action.RELOAD}:
            assert run.members != (active,)
        if run.action is Action.RELOAD:
            reloaded.append(run.to)
    assert pair.finish.outcome is Outcome.ROLLED_BACK
    assert reloaded == ["v0", "v0"]
    assert pair.finish.owed == frozenset()


def test_the_way_back_has_the_gates_of_the_way_up() -> None:
    pair = story()
    pair.before(Action.REPORT, Step.AGREE)
    pair.commands(Goal.BACK)
    done = pair.to_the_end()
    actions = [run.action for run in done]
    moves = [at for at, action in enumerate(actions) if action is Action.SWITCH]
    assert moves
    for at in moves:
        assert actions[at - 1] is Action.ENTRY
        assert {Action.SESSIONS, Action.SERVICES} <= set(actions[max(0, at - 6) : at])
    for at, run in enumerate(done):
        if run.action is Action.RELOAD:
            following = [one.action for one in done[at:] if one.members == run.members]
            assert following[1] is Action.WHOLE
    assert pair.finish.outcome is Outcome.ROLLED_BACK


def test_rolling_back_before_anything_was_upgraded_only_closes() -> None:
    pair = story()
    pair.after(Action.BORROW_PREEMPTION)
    pair.commands(Goal.BACK)
    done = pair.to_the_end()
    assert Action.RELOAD not in {run.action for run in done}
    assert pair.finish.outcome is Outcome.NOT_STARTED
    assert pair.world.nodes[0].preempts


def test_where_there_is_no_way_back_wanting_it_only_closes() -> None:
    pair = story(Traits(can_roll_back=False))
    pair.after(Action.RELOAD)
    pair.commands(Goal.BACK)
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.PARKED


def test_a_pair_opened_to_go_back_without_a_target_asks() -> None:
    pair = story()
    pair.write(Opened(pair.plan, Goal.BACK))
    pair.looks()
    assert pair.ask.kind is Kind.MIXED


def image_gone(*, has_images: bool) -> Story:
    """The old image of ``b``, the new standby, is gone when it is wanted back."""
    pair = story(has_images=has_images)
    pair.before(Action.REPORT, Step.AGREE)
    pair.node("b", installed=frozenset({1}))
    pair.commands(Goal.BACK)
    pair.looks()
    assert pair.ask.kind is Kind.CHANGED
    pair.answers(Choice.RETRY)
    pair.looks()
    return pair


def test_an_image_that_is_gone_is_staged_again_on_the_standby() -> None:
    pair = image_gone(has_images=True)
    run = pair.before(Action.STAGE)
    assert (run.members, run.to, run.step) == (("b",), "v0", Step.ROLL_BACK)
    done = [pair.works() for _ in range(2)]
    assert [run.action for run in done] == [Action.STAGE, Action.INSTALL]
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.ROLLED_BACK


def test_an_image_that_is_gone_for_good_holds_and_parking_then_is_stranded() -> None:
    pair = image_gone(has_images=False)
    pair.until(lambda it: not isinstance(it, Run))
    assert pair.ask.kind is Kind.NO_RESTORE
    assert Choice.CONTINUE not in pair.ask.options
    pair.answers(Choice.PARK)
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.STRANDED


def test_a_restore_point_that_is_not_proven_on_the_way_back_strands_too() -> None:
    pair = story()
    pair.before(Action.REPORT, Step.AGREE)
    pair.commands(Goal.BACK)
    pair.before(Action.RESTORE_POINT)
    pair.fails()
    assert pair.ask.kind is Kind.MEMBER_BAD
    pair.answers(Choice.PARK)
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.STRANDED


def test_a_member_whose_ha_never_came_up_is_still_taken_back() -> None:
    pair = story()
    pair.before(Action.RELOAD)
    run = pair.starts()
    pair.world = replace(pair.world, no_ha_image=True)
    pair.happens(run)
    pair.write(Result(run, BAD, facts(pair.world)))
    assert pair.ask.kind is Kind.MEMBER_BAD
    pair.answers(Choice.ROLL_BACK)
    pair.world = replace(pair.world, no_ha_image=False)
    done = pair.to_the_end()
    assert [(r.members, r.to) for r in done if r.action is Action.RELOAD] == [(("a",), "v0")]
    assert pair.finish.outcome is Outcome.ROLLED_BACK


def test_upward_a_member_whose_ha_is_down_is_not_worked_on() -> None:
    pair = story()
    pair.before(Action.RELOAD)
    run = pair.starts()
    pair.world = replace(pair.world, no_ha_image=True)
    pair.happens(run)
    pair.write(Result(run, BAD, facts(pair.world)))
    pair.answers(Choice.RETRY)
    done = pair.until(lambda it: not isinstance(it, Run))
    assert not any(run.action.is_change for run in done)
    assert pair.ask.kind is Kind.SOLO


def test_going_up_again_after_a_rollback_begins_with_the_trial_s_successors() -> None:
    pair = story()
    pair.after(Action.RELOAD)
    pair.commands(Goal.BACK)
    pair.to_the_end()
    pair.commands(Goal.UP)
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.DONE
    assert {node.version for node in pair.world.nodes} == {1}
