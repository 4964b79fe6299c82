"""Steps 5 and 7: change the software of one member, the one that does not forward.

The facts say how far it is: installed, chosen for the next boot, running, proven whole. Doing it
again after a crash therefore begins where it stopped.
"""

from __future__ import annotations

from nornir_haupgrade.model import Activation, Digest, MemberId, Role, Version
from nornir_haupgrade.procedure.ask import hold
from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan, Purpose
from nornir_haupgrade.procedure.records import Action, Decision, Goal, Kind, Run, Step
from nornir_haupgrade.procedure.state import State


def change_software(
    plan: Plan,
    state: State,
    member: MemberId,
    target: Version,
    step: Step,
) -> Decision:
    """The next thing that takes a member which does not forward to another version."""
    facts = state.facts
    own = facts.of(member) if facts else None
    if facts is None or own is None:
        msg = "software is changed on facts of the member"
        raise ValueError(msg)
    is_back = state.goal is Goal.BACK or plan.purpose is Purpose.ROLL_BACK_MEMBER
    is_fit = own.role is Role.STANDBY or (is_back and own.role is not Role.ACTIVE)
    if not is_fit:
        return hold(plan, state, Kind.SOLO)

    def run(action: Action) -> Run:
        return Run(action, (member,), target, digest(facts), step=step, hop=_hop(plan, target))

    activation = plan.traits.activation
    if own.slot_of(target) is None and activation is not Activation.INSTALL:
        return _bring(plan, state, member, target, step) or run(Action.INSTALL)
    is_other = own.version != target
    if is_other and not state.has_passed(Action.RESTORE_POINT, member, to=target):
        return Run(Action.RESTORE_POINT, (member,), target, step=step, hop=_hop(plan, target))
    if own.next_version != target and activation is Activation.SELECT:
        return run(Action.ACTIVATE)
    return run(Action.RELOAD)


def choose_boot(state: State, member: MemberId, version: Version, step: Step) -> Decision:
    """Its next boot would run what is left over from a change of direction: set it right."""
    return Run(Action.ACTIVATE, (member,), version, _expected(state), step=step)


def prove_whole(state: State, member: MemberId, step: Step) -> Decision | None:
    """It runs the version: is its configuration whole? Only then the software is to stay."""
    if not state.has_passed(Action.WHOLE, member):
        return Run(Action.WHOLE, (member,), step=step)
    own = state.facts.of(member) if state.facts else None
    if own is not None and own.is_on_trial:
        return Run(Action.COMMIT, (member,), own.version, _expected(state), step=step)
    return None


def _bring(
    plan: Plan,
    state: State,
    member: MemberId,
    target: Version,
    step: Step,
) -> Decision | None:
    """Staged in prepare; an old image that is gone is staged again, or there is no way back."""
    if state.has_passed(Action.STAGE, *plan.members, to=target):
        return None
    if state.has_passed(Action.STAGE, member, to=target):
        return None
    if plan.image_of(target) is None:
        return hold(plan, state, Kind.NO_RESTORE)
    return Run(Action.STAGE, (member,), target, _expected(state), step=step)


def _expected(state: State) -> Digest | None:
    return digest(state.facts) if state.facts else None


def _hop(plan: Plan, target: Version) -> int:
    return plan.path.index(target)
