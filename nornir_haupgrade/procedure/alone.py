"""One thing by itself, on one member, with the care that the procedure takes when it does it.

Each of these reads like the part of the procedure that it is.
"""

from __future__ import annotations

from nornir_haupgrade.model import MemberFacts, MemberId, PairFacts, Preemption
from nornir_haupgrade.procedure.ask import ask_question, hold
from nornir_haupgrade.procedure.conditions import has_moved, versions
from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan, Purpose, Question
from nornir_haupgrade.procedure.records import Action, Decision, Finish, Kind, Outcome, Run, Step
from nornir_haupgrade.procedure.state import State
from nornir_haupgrade.procedure.steps.prepare import baseline, is_ready
from nornir_haupgrade.procedure.steps.step05_upgrade_standby import change_software, prove_whole
from nornir_haupgrade.procedure.steps.step09_services import services
from nornir_haupgrade.procedure.switchover import entry, switch_over

_OF_A_SWITCHOVER = frozenset({Question.NO_SERVICES, Question.NO_REPLICATION})
_OF_AN_UPGRADE = frozenset({Question.NO_ROLLBACK})


def alone(plan: Plan, state: State) -> Decision:
    """The next part of the one thing that the plan names, or its end."""
    facts, member = state.facts, plan.member
    own = facts.of(member) if facts is not None and member is not None else None
    if facts is None or member is None or own is None:
        msg = "one thing is done on facts of the member that the plan names"
        raise ValueError(msg)
    return _PARTS[plan.purpose](plan, state, member) or Finish(Outcome.DONE, state.leases)


def _sync_config(plan: Plan, state: State, member: MemberId) -> Decision | None:
    """From the active to its peer; the standby has nothing to push. Never between versions."""
    facts = _facts(state)
    if facts.active != member or not plan.traits.can_sync:
        return None
    if len(versions(facts)) > 1:
        return hold(plan, state, Kind.MIXED)
    if not state.has_passed(Action.SYNC_CONFIG, member):
        return Run(Action.SYNC_CONFIG, (member,), expect=digest(facts), step=Step.TRIAL)
    if not state.has_passed(Action.REPORT, *plan.members):
        return Run(Action.REPORT, plan.members, step=Step.REPORT)
    return None


def _back_up(_: Plan, state: State, member: MemberId) -> Decision | None:
    return _once(state, Action.BACK_UP, member, step=Step.BACK_UP)


def _stage(plan: Plan, state: State, member: MemberId) -> Decision | None:
    return _once(state, Action.STAGE, member, to=plan.path[-1], step=Step.PREPARE)


def _preemption_off(_: Plan, state: State, member: MemberId) -> Decision | None:
    """Borrowed: owed from now on, until it is on again."""
    facts = _facts(state)
    if _own(state, member).preemption is not Preemption.ON:
        return None
    expect = digest(facts)
    return Run(Action.BORROW_PREEMPTION, (member,), expect=expect, step=Step.PREEMPTION_OFF)


def _preemption_on(plan: Plan, state: State, member: MemberId) -> Decision | None:
    """It may move the role, so it passes a switchover's gate, and services are proven after it."""
    facts = _facts(state)
    if facts.active is not None and _own(state, member).preemption is Preemption.OFF:
        standby = facts.peer_of(facts.active)
        return entry(plan, state, standby, Step.GIVE_BACK) or Run(
            Action.RETURN_PREEMPTION, (member,), expect=digest(facts), step=Step.GIVE_BACK
        )
    return services(plan, state) if state.is_settling else None


def _switch_over(plan: Plan, state: State, member: MemberId) -> Decision | None:
    """The member becomes active, unless it is already."""
    if _facts(state).active == member:
        # One that was moved here and found bad is not good because it is asked for again.
        return services(plan, state) if has_moved(plan, state) else None
    return (
        is_ready(plan, state)
        or _questions(plan, state, _OF_A_SWITCHOVER)
        or baseline(plan, state)
        or _no_preemption(plan, state)
        or switch_over(plan, state, member, Step.SWITCH_OVER)
    )


def _upgrade(plan: Plan, state: State, member: MemberId) -> Decision | None:
    """The member, which stands by, is taken to the plan's target and proven whole there."""
    target = plan.path[-1]
    if _was_there(state, member, target):
        return None
    if _own(state, member).version == target:
        return prove_whole(state, member, Step.UPGRADE_STANDBY)
    return (
        is_ready(plan, state)
        or _questions(plan, state, _OF_AN_UPGRADE)
        or baseline(plan, state)
        or _no_preemption(plan, state)
        or _once(state, Action.SAVE_ORIGINAL, member, step=Step.BACK_UP)
        or _once(state, Action.STAGE, member, to=target, step=Step.PREPARE)
        or change_software(plan, state, member, target, Step.UPGRADE_STANDBY)
    )


def _roll_back(plan: Plan, state: State, member: MemberId) -> Decision | None:
    """The member, which does not forward, is taken to where the plan's path begins.

    It may be broken, so nothing is asked of it beforehand but what every reload asks.
    """
    target = plan.path[0]
    if _was_there(state, member, target):
        return None
    if _own(state, member).version == target:
        return prove_whole(state, member, Step.ROLL_BACK)
    return _no_preemption(plan, state) or change_software(
        plan, state, member, target, Step.ROLL_BACK
    )


_PARTS = {
    Purpose.SYNC_CONFIG: _sync_config,
    Purpose.BACK_UP: _back_up,
    Purpose.STAGE: _stage,
    Purpose.PREEMPTION_OFF: _preemption_off,
    Purpose.PREEMPTION_ON: _preemption_on,
    Purpose.SWITCH_OVER: _switch_over,
    Purpose.UPGRADE_MEMBER: _upgrade,
    Purpose.ROLL_BACK_MEMBER: _roll_back,
}


def _once(
    state: State, action: Action, member: MemberId, *, step: Step, to: str | None = None
) -> Decision | None:
    if state.has_passed(action, member, to=to):
        return None
    return Run(action, (member,), to, digest(_facts(state)), step=step)


def _questions(plan: Plan, state: State, asked: frozenset[Question]) -> Decision | None:
    for question in plan.questions:
        if question in asked - state.answered:
            return ask_question(plan, question)
    return None


def _no_preemption(plan: Plan, state: State) -> Decision | None:
    """It would take the role back, ungated; borrowing it is a thing of its own."""
    is_proven = state.has_passed(Action.PREEMPTION_IS_OFF, *plan.members)
    if not plan.traits.has_preemption or is_proven:
        return None
    return Run(Action.PREEMPTION_IS_OFF, plan.members, step=Step.PREEMPTION_OFF)


def _was_there(state: State, member: MemberId, version: str) -> bool:
    """Whether it ran the version before anything was done: then nothing is."""
    first = state.start.of(member) if state.start else None
    return first is not None and first.version == version


def _facts(state: State) -> PairFacts:
    assert state.facts is not None  # noqa: S101 - asked by the caller of all of these
    return state.facts


def _own(state: State, member: MemberId) -> MemberFacts:
    own = _facts(state).of(member)
    assert own is not None  # noqa: S101 - asked by the caller of all of these
    return own
