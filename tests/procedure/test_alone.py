"""One thing by itself: what is done for it in which order, and what it leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nornir_haupgrade.model import Verdict
from nornir_haupgrade.procedure.alone import alone
from nornir_haupgrade.procedure.apply import apply
from nornir_haupgrade.procedure.plan import Purpose, Question, Traits
from nornir_haupgrade.procedure.records import (
    Action,
    Ask,
    Choice,
    Finish,
    Goal,
    Kind,
    Opened,
    Outcome,
    Run,
)
from nornir_haupgrade.procedure.state import State
from tests.procedure.story import BAD, PREEMPTION, Story, story

ALL = tuple(Question)


def one(purpose: Purpose, member: str, traits: Traits = Traits(), **settings: Any) -> Story:  # noqa: ANN401, B008 - any field; frozen
    """A pair that is taken in hand for one thing; nobody preempts unless it is said."""
    given: dict[str, Any] = {"preempts": False, "purpose": purpose, "member": member} | settings
    return story(traits, **given)


def done(pair: Story) -> list[Action]:
    """What is done to the end, if all works, without the looks in between."""
    runs = pair.to_the_end()
    assert pair.finish.outcome is Outcome.DONE
    return [run.action for run in runs if run.action is not Action.LOOK]


def parked(pair: Story) -> Finish:
    """Nobody is asked: what is held is parked, to its end."""
    pair.until(lambda decision: isinstance(decision, Ask))
    pair.answers(Choice.PARK)
    pair.to_the_end()
    return pair.finish


ENTRY = [Action.REPORT, Action.SESSIONS, Action.SERVICES, Action.ENTRY]
"""Before every switchover of a pair of one version."""
SWITCH = [*ENTRY, Action.SWITCH, Action.RELEASE, Action.SERVICES]
BEFORE = [Action.READINESS, Action.BASELINE, Action.PREEMPTION_IS_OFF]
BOOT = [Action.RESTORE_POINT, Action.ACTIVATE, Action.RELOAD, Action.WHOLE]
DONE = {
    "sync": (Purpose.SYNC_CONFIG, "a", {}, [Action.SYNC_CONFIG, Action.REPORT]),
    "sync on the standby": (Purpose.SYNC_CONFIG, "b", {}, []),
    "sync where none is": (Purpose.SYNC_CONFIG, "a", {"traits": Traits(can_sync=False)}, []),
    "back up": (Purpose.BACK_UP, "a", {}, [Action.BACK_UP]),
    "stage": (Purpose.STAGE, "b", {}, [Action.STAGE]),
    "off": (Purpose.PREEMPTION_OFF, "a", {"preempts": True}, [Action.BORROW_PREEMPTION]),
    "off already": (Purpose.PREEMPTION_OFF, "a", {}, []),
    "on": (Purpose.PREEMPTION_ON, "a", {}, [*ENTRY, Action.RETURN_PREEMPTION, Action.SERVICES]),
    "on already": (Purpose.PREEMPTION_ON, "a", {"preempts": True}, []),
    "switch": (Purpose.SWITCH_OVER, "b", {}, [*BEFORE, *SWITCH]),
    "switch where none is to be": (Purpose.SWITCH_OVER, "a", {}, []),
    "upgrade": (
        Purpose.UPGRADE_MEMBER,
        "b",
        {},
        [*BEFORE, Action.SAVE_ORIGINAL, Action.STAGE, Action.INSTALL, *BOOT],
    ),
    "upgrade of one that is there": (Purpose.UPGRADE_MEMBER, "b", {"ahead": "b"}, []),
    "back": (Purpose.ROLL_BACK_MEMBER, "b", {"ahead": "b"}, [Action.PREEMPTION_IS_OFF, *BOOT]),
    "back of one that is there": (Purpose.ROLL_BACK_MEMBER, "b", {}, []),
    "back without preemption": (
        Purpose.ROLL_BACK_MEMBER,
        "b",
        {"ahead": "b", "traits": Traits(has_preemption=False)},
        BOOT,
    ),
}


@pytest.mark.parametrize(("purpose", "member", "settings", "expected"), DONE.values(), ids=DONE)
def test_what_is_done_for_it_in_order(
    purpose: Purpose, member: str, settings: dict[str, Any], expected: list[Action]
) -> None:
    assert done(one(purpose, member, **settings)) == expected


def test_what_is_switched_off_is_owed() -> None:
    pair = one(Purpose.PREEMPTION_OFF, "a", preempts=True)
    done(pair)
    assert pair.finish.owed == {PREEMPTION}


def test_nothing_is_synchronised_between_versions() -> None:
    pair = one(Purpose.SYNC_CONFIG, "a", ahead="b")
    pair.looks()
    assert pair.ask.kind is Kind.MIXED


def test_it_is_decided_on_facts_of_the_member() -> None:
    plan = one(Purpose.BACK_UP, "a").plan
    for wrong, state in ((plan, State()), (replace(plan, member=None), State())):
        with pytest.raises(ValueError, match="facts of the member"):
            alone(wrong, state)


ASKED = {
    Purpose.SWITCH_OVER: {Question.NO_SERVICES, Question.NO_REPLICATION},
    Purpose.UPGRADE_MEMBER: {Question.NO_ROLLBACK},
    Purpose.BACK_UP: set(),
    Purpose.ROLL_BACK_MEMBER: set(),
}


@pytest.mark.parametrize("purpose", ASKED)
def test_only_the_questions_that_are_about_it_are_asked(purpose: Purpose) -> None:
    ahead = "b" if purpose is Purpose.ROLL_BACK_MEMBER else None
    pair = one(purpose, "b", questions=ALL, ahead=ahead)
    asked = set()
    while not isinstance(pair.decision, Finish):
        if isinstance(pair.decision, Run):
            pair.works()
            continue
        asked.add(pair.ask.question)
        pair.answers(Choice.CONTINUE)
    assert asked == ASKED[purpose]


# --- preemption that was lent before it -----------------------------------------------------------


def lent(purpose: Purpose, member: str) -> Story:
    """The preferred member's preemption was lent by an earlier task, and the role was moved."""
    pair = one(purpose, member)
    pair.moves_to("b")
    pair.state = apply(pair.plan, State(), Opened(pair.plan, Goal.UP, owed=frozenset({PREEMPTION})))
    return pair


def test_what_was_lent_is_owed_and_not_returned_when_it_fails() -> None:
    pair = lent(Purpose.STAGE, "a")
    pair.before(Action.STAGE)
    pair.fails()
    assert parked(pair).owed == {PREEMPTION}
    assert not pair.world.nodes[0].preempts


def test_a_person_who_asks_for_it_gets_it_back() -> None:
    pair = lent(Purpose.STAGE, "a")
    pair.before(Action.STAGE)
    pair.fails()
    parked(pair)
    pair.commands(Goal.CLOSE)
    assert Action.RETURN_PREEMPTION in [run.action for run in pair.to_the_end()]
    assert pair.finish.owed == set()


def test_begun_again_it_stays_lent_all_the_same() -> None:
    pair = lent(Purpose.STAGE, "a")
    pair.before(Action.STAGE)
    pair.fails()
    parked(pair)
    pair.commands(Goal.UP)
    pair.before(Action.STAGE)
    pair.fails()
    assert parked(pair).owed == {PREEMPTION}


# --- a role that has moved ------------------------------------------------------------------------


def moved_and_bad(verdict: Verdict = BAD) -> Story:
    """Services are bad on the new active, and switching back is refused."""
    pair = one(Purpose.SWITCH_OVER, "b")
    pair.before(Action.SWITCH)
    pair.works()
    pair.before(Action.SERVICES)
    pair.fails(verdict)
    pair.before(Action.SWITCH)
    pair.fails()
    return pair


def test_a_role_that_could_not_be_brought_back_was_moved() -> None:
    pair = moved_and_bad()
    assert parked(pair).outcome is Outcome.PARKED


def test_asked_for_again_its_services_are_measured_again() -> None:
    pair = moved_and_bad()
    parked(pair)
    pair.commands(Goal.UP)
    pair.before(Action.SERVICES)
    pair.fails()
    assert pair.ask.kind is Kind.GATE
    pair.answers(Choice.RETRY)
    assert done(pair) == [Action.SERVICES]
