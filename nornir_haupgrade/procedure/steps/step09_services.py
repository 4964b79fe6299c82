"""Step 9: the services are as they were at the baseline."""

from __future__ import annotations

from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import Action, Decision, Run, Step
from nornir_haupgrade.procedure.state import State


def services(plan: Plan, state: State) -> Decision | None:
    """Through whichever member forwards now."""
    facts = state.facts
    if facts is None or facts.active is None or state.has_passed(Action.SERVICES, facts.active):
        return None
    return Run(Action.SERVICES, (facts.active,), step=Step.SERVICES)
