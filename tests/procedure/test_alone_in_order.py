"""One thing by itself: in what order, and where it is not even begun."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nornir_haupgrade.model import Activation
from nornir_haupgrade.procedure.alone import alone
from nornir_haupgrade.procedure.plan import Purpose, Question, Traits
from nornir_haupgrade.procedure.records import Action, Ask, Choice, Finish, Kind, Outcome
from nornir_haupgrade.procedure.state import State
from tests.procedure.story import Story, story

SINGLE = [purpose for purpose in Purpose if purpose.is_single]


def one(purpose: Purpose, member: str = "b", *, traits: Traits = Traits(), **plan: Any) -> Story:  # noqa: ANN401, B008 - frozen
    pair = story(traits, preempts=False, purpose=purpose, member=member, **plan)
    pair.looks()
    return pair


def actions(pair: Story) -> list[Action]:
    """What is done to the end, in order."""
    done = [run.action for run in pair.to_the_end()]
    assert pair.finish.outcome is Outcome.DONE
    return done


def test_an_upgrade_of_one_member_is_step_5_with_what_it_needs() -> None:
    assert actions(one(Purpose.UPGRADE_MEMBER)) == [
        Action.READINESS,
        Action.BASELINE,
        Action.PREEMPTION_IS_OFF,
        Action.SAVE_ORIGINAL,
        Action.STAGE,
        Action.INSTALL,
        Action.RESTORE_POINT,
        Action.ACTIVATE,
        Action.RELOAD,
        Action.WHOLE,
    ]


def test_software_that_runs_on_trial_is_kept_in_the_end() -> None:
    traits = Traits(activation=Activation.RELOAD, needs_commit=True)
    assert actions(one(Purpose.UPGRADE_MEMBER, traits=traits))[-3:] == [
        Action.RELOAD,
        Action.WHOLE,
        Action.COMMIT,
    ]


def test_a_switchover_passes_every_gate_of_one() -> None:
    assert actions(one(Purpose.SWITCH_OVER)) == [
        Action.READINESS,
        Action.BASELINE,
        Action.PREEMPTION_IS_OFF,
        Action.REPORT,
        Action.SESSIONS,
        Action.SERVICES,
        Action.ENTRY,
        Action.SWITCH,
        Action.RELEASE,
        Action.SERVICES,
    ]


def test_nothing_is_done_that_is_done_already() -> None:
    assert actions(one(Purpose.SWITCH_OVER, "a")) == []
    assert actions(one(Purpose.SYNC_CONFIG, "b")) == []
    assert actions(one(Purpose.PREEMPTION_OFF)) == []
    pair = one(Purpose.UPGRADE_MEMBER, ahead="b")
    assert isinstance(pair.decision, Finish)
    assert isinstance(one(Purpose.ROLL_BACK_MEMBER).decision, Finish)


def test_nothing_is_synchronised_between_versions() -> None:
    pair = one(Purpose.SYNC_CONFIG, "a", ahead="b")
    assert pair.ask.kind is Kind.MIXED
    assert Choice.CONTINUE not in pair.ask.options


@pytest.mark.parametrize(
    ("purpose", "question"),
    [
        (Purpose.SWITCH_OVER, Question.NO_SERVICES),
        (Purpose.SWITCH_OVER, Question.NO_REPLICATION),
        (Purpose.UPGRADE_MEMBER, Question.NO_ROLLBACK),
    ],
)
def test_only_what_matters_is_asked(purpose: Purpose, question: Question) -> None:
    pair = one(purpose, questions=tuple(Question))
    pair.until(lambda decision: isinstance(decision, Ask))
    asked = []
    while isinstance(pair.decision, Ask):
        asked.append(pair.ask.question)
        pair.answers(Choice.CONTINUE, number=len(asked))
    assert question in asked
    assert Question.DESTRUCTIVE_SYNC not in asked


@pytest.mark.parametrize("purpose", SINGLE)
def test_it_is_decided_on_facts_of_its_member(purpose: Purpose) -> None:
    plan = replace(story().plan, purpose=purpose, member="b")
    with pytest.raises(ValueError, match="on facts of the member"):
        alone(plan, State())
