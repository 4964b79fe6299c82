"""Step 4: preemption is off on both members. It was taken in prepare; here it is proven."""

from __future__ import annotations

from nornir_haupgrade.model import Preemption
from nornir_haupgrade.procedure.conditions import has_begun
from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import Action, Decision, Run, Step
from nornir_haupgrade.procedure.state import State
from nornir_haupgrade.procedure.steps.prepare import borrow_preemption


def preemption_off(plan: Plan, state: State) -> Decision | None:
    """Read back from both, before every change that a returning role would undo."""
    if not plan.traits.has_preemption or state.is_settling or state.facts is None:
        return None
    is_on = any(facts and facts.preemption is Preemption.ON for _, facts in state.facts.members)
    if is_on:
        return borrow_preemption(plan, state, Step.PREEMPTION_OFF)
    # Later, every look reads the setting again: the step itself is done once.
    is_later = has_begun(plan, state) and not state.is_adopted
    if is_later or state.has_passed(Action.PREEMPTION_IS_OFF, *plan.members):
        return None
    return Run(Action.PREEMPTION_IS_OFF, plan.members, step=Step.PREEMPTION_OFF)
