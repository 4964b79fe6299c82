"""Step 6: wait, compare the sessions, switch over, check the services on the new active."""

from __future__ import annotations

from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import Decision, Step
from nornir_haupgrade.procedure.state import State
from nornir_haupgrade.procedure.switchover import switch_over


def move_role(plan: Plan, state: State, step: Step) -> Decision:
    """Let the member that is done forward, so that the other can be worked on."""
    facts = state.facts
    if facts is None or facts.active is None:
        msg = "the role is moved on facts that name an active member"
        raise ValueError(msg)
    return switch_over(plan, state, facts.peer_of(facts.active), step)
