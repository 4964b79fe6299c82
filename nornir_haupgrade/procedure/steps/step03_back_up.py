"""Step 3: back up the configuration of both members."""

from __future__ import annotations

from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import Action, Decision, Run, Step
from nornir_haupgrade.procedure.state import State


def back_up(plan: Plan, state: State) -> Decision | None:
    """Complete, hashed, readable back."""
    if state.has_passed(Action.BACK_UP, *plan.members) or state.facts is None:
        return None
    return Run(Action.BACK_UP, plan.members, expect=digest(state.facts), step=Step.BACK_UP)
