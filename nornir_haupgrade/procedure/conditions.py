"""What is wrong with a pair by its facts alone, and what may still be written then."""

from __future__ import annotations

from nornir_haupgrade.model import MemberFacts, MemberId, PairFacts, Preemption, Role
from nornir_haupgrade.procedure.plan import Plan, Purpose
from nornir_haupgrade.procedure.records import Kind, Lease, LeaseKind
from nornir_haupgrade.procedure.state import State


def condition(plan: Plan, facts: PairFacts) -> Kind | None:
    """Why this pair must be held, or None while exactly one member forwards and both are ours.

    A standby that is not ready is no condition here: whether it matters depends on what comes next.
    """
    read = [(name, member) for name, member in facts.members if member is not None]
    if any(member.identity != plan.identity_of(name) for name, member in read):
        return Kind.WRONG_DEVICE
    if len(read) < len(facts.members):
        return Kind.UNREACHABLE
    roles = [member.role for _, member in read]
    if roles.count(Role.ACTIVE) > 1:
        return Kind.SPLIT
    if any(role in {Role.UNKNOWN, Role.MIXED, Role.NEGOTIATING} for role in roles):
        return Kind.ROLE_UNKNOWN
    if Role.ACTIVE not in roles:
        return Kind.NOBODY_FORWARDS
    return None


def forwards_nobody(facts: PairFacts) -> bool:
    """Whether no member that answers carries traffic; a silent one is not counted on."""
    return any(member for _, member in facts.members) and all(
        member is None or member.role.is_known_not_to_forward for _, member in facts.members
    )


def own_latch(plan: Plan, state: State) -> MemberId | None:
    """A member that our own latch keeps out, if it is ours, answers and may be released."""
    if state.facts is None:
        return None
    for name in plan.members:
        facts = state.facts.of(name)
        lease = Lease(LeaseKind.LATCH, name)
        if (
            facts is not None
            and facts.is_latched
            and facts.identity == plan.identity_of(name)
            and lease in state.leases - state.given_up
        ):
            return name
    return None


def preempts_again(state: State, member: MemberId, own: MemberFacts) -> bool:
    """Whether it preempts, in every group in which it did before our first write, for good."""
    first = state.original.of(member) if state.original else None
    lines = first.preempting if first else ()
    is_whole = own.preemption is Preemption.ON and set(lines) <= set(own.preempting)
    return is_whole and own.is_saved is not False


def versions(facts: PairFacts) -> frozenset[str]:
    """The versions that the members run, as far as they were read."""
    return frozenset(member.version for _, member in facts.members if member is not None)


def has_begun(plan: Plan, state: State) -> bool:
    """Whether a member was taken to other software, or for a reboot to another boot."""
    if plan.member is not None:
        return has_rebooted(state, plan.member)
    known = state.known
    if known is not None and versions(known) - {plan.path[0]}:
        return True
    return plan.purpose is Purpose.REBOOT and has_rebooted(state)


def has_moved(plan: Plan, state: State) -> bool:
    """Whether a single thing found the role on one member and leaves it on the other."""
    if not plan.purpose.is_single or state.start is None or state.known is None:
        return False
    return state.known.active not in {None, state.start.active}


def has_rebooted(state: State, *members: MemberId) -> bool:
    """Whether one of the members, or of both, runs another boot than at the start of the run."""
    if state.start is None or state.known is None:
        return False
    for name in members or state.known.names:
        before, now = state.start.of(name), state.known.of(name)
        if before is not None and now is not None and before.boot_id != now.boot_id:
            return True
    return False
