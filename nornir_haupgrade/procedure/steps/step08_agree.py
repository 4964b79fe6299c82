"""Step 8: the report on the active again; on failure synchronise by hand and read it again."""

from __future__ import annotations

from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import Action, Decision, Run, Step
from nornir_haupgrade.procedure.state import State


def agree(plan: Plan, state: State) -> Decision | None:
    """Both run one version again: their configurations must agree."""
    facts = state.facts
    if facts is None or facts.active is None or state.has_passed(Action.REPORT, *plan.members):
        return None
    if state.is_out_of_sync:
        return Run(Action.SYNC_CONFIG, (facts.active,), expect=digest(facts), step=Step.AGREE)
    return Run(Action.REPORT, plan.members, step=Step.AGREE)
