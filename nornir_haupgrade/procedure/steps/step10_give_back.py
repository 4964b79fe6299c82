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
    standby = facts.peer_of(facts.active)
    members = tuple(name for name in plan.members if Lease(LeaseKind.PREEMPTION, name) in owed)
    return (
        _come_home(plan, state, step)
        or entry(plan, state, standby, step)
        or Run(Action.RETURN_PREEMPTION, members, expect=digest(facts), step=step)
    )


def settle(plan: Plan, state: State) -> Decision | None:
    """The roles as they were, for its own sake; once preemption is returned, they are its affair.

    Else the role would be taken from the preferred member and come straight back, for ever.
    """
    return None if state.is_settling else _come_home(plan, state, Step.COME_HOME)


def _come_home(plan: Plan, state: State, step: Step) -> Decision | None:
    """The role goes back to the member that had it at the start; an adopted pair had no start."""
    facts = state.facts
    first = state.start.active if state.start else None
    if facts is None or facts.active is None or first is None or state.is_adopted:
        return None
    return None if facts.active == first else switch_over(plan, state, first, step)


def owed_preemption(state: State) -> frozenset[Lease]:
    """The preemption leases that may be returned now."""
    return frozenset(
        lease
        for lease in state.leases - state.given_up - state.lent
        if lease.kind is LeaseKind.PREEMPTION
    )
