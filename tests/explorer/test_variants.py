"""Each of these wrong machines was built once somewhere; the explorer must find it."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from nornir_haupgrade.procedure import apply, decisions, machine, results
from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan, Traits
from nornir_haupgrade.procedure.records import Action, Decision, Run, Step
from nornir_haupgrade.procedure.state import State
from nornir_haupgrade.procedure.steps import prepare
from nornir_haupgrade.procedure.steps.step10_give_back import owed_preemption
from tests.explorer.explore import Found, Variant, explore, plan_for, start

BOUND = 150_000
"""States; each variant is found far below it."""


def _explore(variant: Variant = Variant(), *, faults: int = 1) -> Found:  # noqa: B008 - frozen
    plan = plan_for(Traits())
    first = start(faults=faults, commands=1, preempts=True, plan=plan)
    return explore(plan, first, variant=variant, limit=BOUND)


def test_preemption_taken_after_the_trial_is_found() -> None:
    right = prepare.borrow_preemption

    def late(plan: Plan, at: State, step: Step) -> Decision | None:
        return right(plan, at, step) if at.is_tried else None

    with patch.object(prepare, "borrow_preemption", late):
        found = _explore()
    assert found.counterexample == "5: after release preemption moves a role ungated"


def test_leases_returned_on_every_exit_are_found() -> None:
    def at_once(plan: Plan, at: State) -> Decision | None:
        owed = tuple(sorted(lease.member for lease in owed_preemption(at)))
        if not owed or at.facts is None:
            return None
        return Run(Action.RETURN_PREEMPTION, owed, expect=digest(at.facts), step=Step.CLOSE)

    with patch.object(machine, "_return_rest", at_once):
        found = _explore()
    assert found.counterexample == "5: after return-preemption preemption moves a role ungated"


def test_no_expectation_is_found() -> None:
    found = _explore(Variant(has_expect=False))
    assert found.counterexample == "10: save-original after someone else acted (dies)"


def test_a_relative_switchover_target_is_found() -> None:
    found = _explore(Variant(is_absolute=False))
    assert found.counterexample == "10: switch-over after someone else acted (switched by hand)"


def test_gates_that_do_not_go_stale_are_found() -> None:
    with (
        patch.object(apply, "survives", lambda *_: True),
        patch.object(results, "forget", lambda at: at),
        patch.object(decisions, "forget", lambda at: at),
    ):
        found = _explore()
    assert found.counterexample == "3: a switchover without synchronised sessions"


def test_no_intent_is_found() -> None:
    found = _explore(Variant(has_intents=False), faults=0)
    assert found.counterexample == "5: preemption of a is forgotten"
    assert "kill" in found.trace


@pytest.mark.parametrize("faults", [0])
def test_the_right_machine_is_not_found_with_the_same_means(faults: int) -> None:
    found = _explore(faults=faults)
    assert found.counterexample is None, found.trace
