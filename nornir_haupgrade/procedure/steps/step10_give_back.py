"""Step 10: preemption is given back as it was found, as a possible switchover with its gate."""

from __future__ import annotations

from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import Action, Decision, Lease, LeaseKind, Run, Step
from nornir_haupgrade.procedure.state import State
from nornir_haupgrade.procedure.switchover import entry, switch_over


def give_back(plan: Plan, state: State, step: Step = Step.GIVE_BACK) -> Decision | None:
    """First the roles as they were, so that returning preemption cannot move one ungated."""
    facts = state.facts
    owed = owed_preemption(state)
    if not owed or facts is None or facts.active is None:
        return None
    first = state.start.active if state.start else None
    if first is not None and not state.is_adopted and facts.active != first:
        return switch_over(plan, state, first, step)
    standby = facts.peer_of(facts.active)
    members = tuple(name for name in plan.members if Lease(LeaseKind.PREEMPTION, name) in owed)
    return entry(plan, state, standby, step) or Run(
        Action.RETURN_PREEMPTION,
        members,
        expect=digest(facts),
        step=step,
    )


def owed_preemption(state: State) -> frozenset[Lease]:
    """The preemption leases that may be returned now."""
    return frozenset(
        lease for lease in state.leases - state.given_up if lease.kind is LeaseKind.PREEMPTION
    )
