"""Step 2: the synchronisation report on the active; on failure the differences are shown."""

from __future__ import annotations

from nornir_haupgrade.procedure.conditions import versions
from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import Action, Decision, Run, Step
from nornir_haupgrade.procedure.state import State


def report(plan: Plan, state: State) -> Decision | None:
    """In sync, or a person accepts the named differences; once software changes, it is done."""
    if state.has_passed(Action.BACK_UP, *plan.members) or state.facts is None:
        return None
    if versions(state.facts) != {plan.path[0]}:
        return None
    if state.has_passed(Action.REPORT, *plan.members):
        return None
    return Run(Action.REPORT, plan.members, step=Step.REPORT)
