"""The plan in advance is what the machine will do, and it changes nothing."""

from __future__ import annotations

import pytest

from nornir_haupgrade.model import Activation, PairFacts, Switching
from nornir_haupgrade.procedure.plan import Question, Traits
from nornir_haupgrade.procedure.preview import carried_out, preview
from nornir_haupgrade.procedure.records import Action, Ask, Choice, Kind, Run, Step
from tests.explorer.world import facts
from tests.procedure.story import Story, story


def shown(pair: Story, until: Step | None = None) -> list[Run | Ask]:
    return [decision for decision, _ in preview(pair.plan, facts(pair.world), until)]


def changes(decisions: list[Run | Ask]) -> list[tuple[str, tuple[str, ...], str | None]]:
    return [
        (str(run.action), run.members, run.to)
        for run in decisions
        if isinstance(run, Run) and run.action.is_change
    ]


def test_it_shows_the_ten_steps_in_their_order() -> None:
    steps = [one.step for one in shown(story()) if one.step is not Step.PREPARE]
    assert list(dict.fromkeys(steps)) == list(Step)[1:11]


@pytest.mark.parametrize(
    "traits",
    [
        Traits(),
        Traits(needs_release=False),
        Traits(has_preemption=False),
        Traits(can_sync=False),
        Traits(activation=Activation.INSTALL),
        Traits(activation=Activation.RELOAD, needs_commit=True),
        Traits(switching=Switching.TAKE),
    ],
)
@pytest.mark.parametrize("hops", [1, 2])
def test_it_shows_what_is_then_done(traits: Traits, hops: int) -> None:
    pair = story(traits, hops=hops, preempts=traits.has_preemption)
    told = changes(shown(pair))
    done: list[Run | Ask] = list(pair.to_the_end())
    assert told == changes(done)


def test_it_stops_where_the_run_will_stop() -> None:
    told = shown(story(), until=Step.BACK_UP)
    assert Action.RELOAD not in {one.action for one in told if isinstance(one, Run)}


def test_questions_are_shown_and_not_hidden() -> None:
    pair = story(questions=(Question.NO_SERVICES,))
    asked = [one for one in shown(pair) if isinstance(one, Ask)]
    assert [one.question for one in asked] == [Question.NO_SERVICES]


def test_a_half_upgraded_pair_is_shown_on_its_way_forward() -> None:
    told = shown(story(ahead="b", preempts=False))
    assert [one.kind for one in told if isinstance(one, Ask)] == [
        Kind.MIXED,
        Kind.PREEMPTION_BEFORE,
    ]
    reloads = [run for run in changes(told) if run[0] == "reload"]
    assert reloads == [("reload", ("a",), "v1")]


def test_a_pair_that_must_be_held_is_shown_as_held_and_then_ended() -> None:
    pair = story()
    pair.node("b", is_wrong=True)
    told = shown(pair)
    assert changes(told) == []
    last = told[-1]
    assert isinstance(last, Run)
    asked = [one for one in told if isinstance(one, Ask)]
    assert [(one.kind, one.safe) for one in asked] == [(Kind.WRONG_DEVICE, Choice.PARK)]


def test_a_member_that_does_not_answer_stays_silent() -> None:
    pair = story()
    pair.node("b", power="dead")
    before = facts(pair.world)
    after = carried_out(pair.plan, Run(Action.SWITCH, ("a", "b"), "b"), before)
    assert after.of("b") is None


def test_an_image_goes_where_the_running_one_is_not() -> None:
    pair = story()
    for wanted in ("v1", "v2"):
        after = carried_out(pair.plan, Run(Action.INSTALL, ("b",), wanted), facts(pair.world))
        own = after.of("b")
        assert own is not None
        assert own.slot_of("v0") != own.slot_of(wanted)
        assert own.slot_of("v0") is not None


def test_only_the_named_member_is_changed() -> None:
    plan, before = story().plan, facts(story().world)
    for action in (
        Action.RELEASE,
        Action.BORROW_PREEMPTION,
        Action.RETURN_PREEMPTION,
        Action.INSTALL,
        Action.ACTIVATE,
        Action.RELOAD,
        Action.COMMIT,
    ):
        after = carried_out(plan, Run(action, ("b",), "v1"), before)
        assert after.of("a") == before.of("a")
    looked: PairFacts = carried_out(plan, Run(Action.LOOK, ("a", "b")), before)
    assert looked == before
