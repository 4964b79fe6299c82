"""Step 1: synchronise the configuration by hand, try a switchover, check the services."""

from __future__ import annotations

from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import Action, Decision, Run, Step
from nornir_haupgrade.procedure.state import State
from nornir_haupgrade.procedure.switchover import switch_over


def trial(plan: Plan, state: State) -> Decision | None:
    """Once, and never in a half-upgraded pair."""
    facts = state.facts
    if state.is_tried or state.is_adopted or facts is None or facts.active is None:
        return None
    if plan.traits.can_sync and not state.has_passed(Action.SYNC_CONFIG, facts.active):
        return Run(Action.SYNC_CONFIG, (facts.active,), expect=digest(facts), step=Step.TRIAL)
    return switch_over(plan, state, facts.peer_of(facts.active), Step.TRIAL)
