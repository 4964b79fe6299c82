"""Every switchover passes one entry gate, and is not over before services are proven after it."""

from __future__ import annotations

from nornir_haupgrade.model import MemberId, Role, Switching
from nornir_haupgrade.procedure.ask import hold
from nornir_haupgrade.procedure.conditions import own_latch, versions
from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import (
    Action,
    Decision,
    Kind,
    Lease,
    LeaseKind,
    Run,
    Step,
)
from nornir_haupgrade.procedure.state import State


def switch_over(plan: Plan, state: State, to: MemberId, step: Step) -> Decision:
    """Move the active role to a member: its gates first, freshly passed, then the switchover."""
    facts = state.facts
    if facts is None or facts.active is None:
        msg = "a switchover is decided on facts that name an active member"
        raise ValueError(msg)
    latched = own_latch(plan, state)
    if latched is not None and (latched != to or plan.traits.switching is Switching.TAKE):
        # A latch with which a member took the role would take it back; one that stands by with it
        # was stopped while it took the role, and begins anew.
        return Run(Action.RELEASE, (latched,), expect=digest(facts), step=step)
    return entry(plan, state, to, step) or Run(
        Action.SWITCH,
        plan.members,
        to=to,
        expect=digest(facts),
        step=step,
    )


def entry(plan: Plan, state: State, to: MemberId, step: Step) -> Decision | None:
    """The entry gate: configuration, sessions, services, and last the member's own readiness."""
    facts = state.facts
    target = facts.of(to) if facts else None
    if facts is None or target is None or target.role is not Role.STANDBY:
        return hold(plan, state, Kind.SOLO)
    if len(versions(facts)) > 1:
        # In a mixed pair the members' configurations differ by release: each is held against its
        # own.
        if not state.has_passed(Action.WHOLE, to):
            return Run(Action.WHOLE, (to,), step=step)
    elif not state.has_passed(Action.REPORT, *plan.members):
        return Run(Action.REPORT, plan.members, step=step)
    if not state.has_passed(Action.SESSIONS, to):
        return Run(Action.SESSIONS, (to,), step=step)
    active = facts.peer_of(to)
    if state.detour is None and not state.has_passed(Action.SERVICES, active):
        return Run(Action.SERVICES, (active,), step=step)
    if not state.has_passed(Action.ENTRY, to):
        return Run(Action.ENTRY, (to,), step=step)
    return None


def after_switchover(plan: Plan, state: State, came_from: MemberId, step: Step) -> Decision:
    """Release the latch that the switchover left, then prove services through the new active."""
    facts = state.facts
    if facts is None or facts.of(came_from) is None:
        return hold(plan, state, Kind.UNREACHABLE)
    now_active = facts.peer_of(came_from)
    told = plan.told(now_active)
    own = facts.of(told)
    is_ours = Lease(LeaseKind.LATCH, told) in state.leases - state.given_up
    if own is not None and own.is_latched and is_ours:
        return Run(Action.RELEASE, (told,), expect=digest(facts), step=step)
    return Run(Action.SERVICES, (now_active,), step=step)
