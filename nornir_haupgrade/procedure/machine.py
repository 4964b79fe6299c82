"""The machine: from a plan and a state to the next thing to do. Pure: no clock, no device.

Read ``upgrade`` for the procedure, ``back`` for rolling back, ``close`` for stopping safely.
"""

from __future__ import annotations

from nornir_haupgrade.model import MemberFacts, MemberId, Role
from nornir_haupgrade.procedure.alone import alone
from nornir_haupgrade.procedure.ask import ask_direction, hold
from nornir_haupgrade.procedure.conditions import (
    condition,
    forwards_nobody,
    has_begun,
    has_moved,
    own_latch,
    versions,
)
from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan, Purpose
from nornir_haupgrade.procedure.records import (
    Action,
    Decision,
    Finish,
    Goal,
    Kind,
    Lease,
    LeaseKind,
    Outcome,
    Run,
    Step,
)
from nornir_haupgrade.procedure.state import State
from nornir_haupgrade.procedure.steps.prepare import borrow_preemption, prepare
from nornir_haupgrade.procedure.steps.step01_trial import trial
from nornir_haupgrade.procedure.steps.step02_report import report
from nornir_haupgrade.procedure.steps.step03_back_up import back_up
from nornir_haupgrade.procedure.steps.step04_preemption_off import preemption_off
from nornir_haupgrade.procedure.steps.step07_upgrade_other import walk
from nornir_haupgrade.procedure.steps.step08_agree import agree
from nornir_haupgrade.procedure.steps.step09_services import services
from nornir_haupgrade.procedure.steps.step10_give_back import give_back, settle
from nornir_haupgrade.procedure.switchover import after_switchover, switch_over


def decide(plan: Plan, state: State) -> Decision:
    """The next run, question or end."""
    if state.asked is not None:
        return state.asked
    if state.hands_off:
        return finish(plan, state)
    if state.facts is None or state.running is not None:
        return _look(plan, state)
    latched = own_latch(plan, state)
    if latched is not None and forwards_nobody(state.facts) and not _is_stuck(state):
        # The one write allowed while nobody forwards: let our own latch go.
        return Run(Action.RELEASE, (latched,), expect=digest(state.facts), step=Step.CLOSE)
    if state.trouble is not None:
        return hold(plan, state, state.trouble.kind, state.trouble.about)
    if state.goal is Goal.CLOSE and state.detour is None and state.came_from is None:
        return close(plan, state)
    wrong = condition(plan, state.facts)
    if wrong is not None:
        return hold(plan, state, wrong)
    if state.came_from is not None:
        return after_switchover(plan, state, state.came_from, _label(state))
    if state.detour is not None:
        return switch_over(plan, state, state.detour, Step.SWITCH_BACK)
    if state.goal is Goal.BACK:
        return back(plan, state)
    return _until(plan, state, up(plan, state))


def up(plan: Plan, state: State) -> Decision:
    """What the pair was taken in hand for."""
    match plan.purpose:
        case Purpose.UPGRADE:
            return upgrade(plan, state)
        case Purpose.REBOOT:
            return reboot(plan, state)
        case Purpose.DRILL:
            return drill(plan, state)
        case _:
            return alone(plan, state)


def upgrade(plan: Plan, state: State) -> Decision:
    """The procedure."""
    return (
        prepare(plan, state)
        or trial(plan, state)  # 1
        or report(plan, state)  # 2
        or back_up(plan, state)  # 3
        or preemption_off(plan, state)  # 4
        or _hops(plan, state)  # 5, 6, 7
        or agree(plan, state)  # 8
        or services(plan, state)  # 9
        or give_back(plan, state)  # 10
        or services(plan, state)
        or Finish(Outcome.DONE, state.leases)
    )


def reboot(plan: Plan, state: State) -> Decision:
    """The same ten steps; the members are reloaded with the software that they run."""
    return (
        prepare(plan, state)
        or trial(plan, state)  # 1
        or report(plan, state)  # 2
        or back_up(plan, state)  # 3
        or preemption_off(plan, state)  # 4
        or walk(plan, state, plan.path[0])  # 5, 6, 7
        or agree(plan, state)  # 8
        or services(plan, state)  # 9
        or give_back(plan, state)  # 10
        or services(plan, state)
        or Finish(Outcome.DONE, state.leases)
    )


def drill(plan: Plan, state: State) -> Decision:
    """The trial switchover and the way home, and nothing else."""
    return (
        prepare(plan, state)
        or trial(plan, state)
        or settle(plan, state)
        or services(plan, state)
        or give_back(plan, state)
        or services(plan, state)
        or Finish(Outcome.DONE, state.leases)
    )


def back(plan: Plan, state: State) -> Decision:
    """The same walk towards the version that both members shared last."""
    if state.back_to is None:
        return ask_direction(plan)
    return (
        borrow_preemption(plan, state, Step.ROLL_BACK)
        or walk(plan, state, state.back_to)
        or agree(plan, state)
        or services(plan, state)
        or give_back(plan, state)
        or services(plan, state)
        or Finish(Outcome.ROLLED_BACK, state.leases)
    )


def close(plan: Plan, state: State) -> Decision:
    """Stop safely: give back what can be given back without moving a role ungated, and end."""
    return _return_latch(plan, state) or _return_rest(plan, state) or finish(plan, state)


def finish(plan: Plan, state: State) -> Finish:
    """How it ended, judged by what was last known of both members."""
    return Finish(_outcome(plan, state), state.leases)


def _is_stuck(state: State) -> bool:
    """Whether releasing our latch was tried and did not work: then it is for a person."""
    if state.trouble is None or state.trouble.kind not in {Kind.REFUSED, Kind.UNCLEAR}:
        return False
    return state.trouble.about is not None and state.trouble.about.action is Action.RELEASE


# --- parts of the above ---------------------------------------------------------------------------


def _look(plan: Plan, state: State) -> Run:
    """Observe first; say what may still be under way."""
    running = state.running if state.running and state.running.action.is_change else None
    under_way = running or state.unsettled
    return Run(
        Action.LOOK,
        plan.members,
        after=under_way.action if under_way else None,
        step=under_way.step if under_way else _look_label(state),
    )


def _look_label(state: State) -> Step:
    labels = {Goal.BACK: Step.ROLL_BACK, Goal.CLOSE: Step.CLOSE}
    return labels.get(state.goal, Step.PREPARE)


def _hops(plan: Plan, state: State) -> Decision | None:
    for target in plan.path[1:]:
        next_thing = walk(plan, state, target)
        if next_thing:
            return next_thing
    return None


def _until(plan: Plan, state: State, decision: Decision) -> Decision:
    """Stopping after a step is a planned ending."""
    if state.until is None or not isinstance(decision, Run) or decision.step <= state.until:
        return decision
    return close(plan, state)


def _label(state: State) -> Step:
    match state.goal:
        case Goal.BACK:
            return Step.ROLL_BACK
        case Goal.CLOSE:
            return Step.CLOSE
        case Goal.UP if not (state.is_tried or state.is_adopted):
            return Step.TRIAL
        case _:
            return Step.SWITCH_OVER


def _return_latch(plan: Plan, state: State) -> Decision | None:
    """A latch of ours on a member that stands by; releasing it moves no role."""
    member = own_latch(plan, state)
    if member is None or state.facts is None:
        return None
    return Run(Action.RELEASE, (member,), expect=digest(state.facts), step=Step.CLOSE)


def _return_rest(plan: Plan, state: State) -> Decision | None:
    """The boot selection, then preemption: only in a pair whose facts are all good."""
    facts = state.facts
    if facts is None or condition(plan, facts) is not None:
        return None
    for name, own in facts.members:
        if _is_boot_owed(state, name, own) and own is not None:
            return Run(Action.ACTIVATE, (name,), own.version, digest(facts), step=Step.CLOSE)
    is_whole = len(versions(facts)) == 1 and len(facts.with_role(Role.STANDBY)) == 1
    return give_back(plan, state, Step.CLOSE) if is_whole else None


def _is_boot_owed(state: State, member: MemberId, facts: MemberFacts | None) -> bool:
    lease = Lease(LeaseKind.BOOT, member)
    return (
        facts is not None
        and lease in state.leases - state.given_up
        and facts.role in {Role.STANDBY, Role.FAILED}
        and facts.slot_of(facts.version) is not None
    )


def _outcome(plan: Plan, state: State) -> Outcome:
    known = state.known
    if known is None:
        return Outcome.NOT_STARTED
    wrong = condition(plan, state.facts or known)
    is_reloading = state.unsettled is not None and state.unsettled.action is Action.RELOAD
    is_untouched = not (has_begun(plan, state) or is_reloading or has_moved(plan, state))
    if state.is_stranded or wrong is Kind.NOBODY_FORWARDS:
        return Outcome.STRANDED
    if wrong is Kind.WRONG_DEVICE or (state.facts and not any(f for _, f in state.facts.members)):
        return Outcome.FAILED
    if plan.purpose is Purpose.DRILL:
        return _drilled(state)
    if is_untouched and not _is_until(state):
        return Outcome.NOT_STARTED
    return Outcome.PARKED


def _drilled(state: State) -> Outcome:
    """A drill that did not come to its end."""
    is_home = state.start is None or state.known is None or state.known.active == state.start.active
    if not is_home:
        return Outcome.PARKED
    return Outcome.FAILED if state.is_tried or state.is_switched_back else Outcome.NOT_STARTED


def _is_until(state: State) -> bool:
    return state.goal is Goal.UP and state.until is not None
