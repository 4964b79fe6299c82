"""What a run's result makes of the state: what was seen, who changed it, and what it proves."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from nornir_haupgrade.model import PairFacts, Status, Verdict
from nornir_haupgrade.procedure.conditions import preempts_again
from nornir_haupgrade.procedure.explain import differences, last_known
from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import (
    Action,
    Goal,
    Kind,
    Lease,
    LeaseKind,
    Result,
    Run,
    Step,
)
from nornir_haupgrade.procedure.staleness import forget
from nornir_haupgrade.procedure.state import Pass, State, Trouble


def with_result(plan: Plan, state: State, record: Result) -> State:
    """What was seen comes first, then what it proves."""
    run = record.run
    foreign = unexplained(plan, state, record)
    explained_by = _explained_by(state, record)
    state = replace(state, running=None)
    if record.seen is None:
        state = replace(
            state, facts=None, unsettled=run if run.action.is_change else state.unsettled
        )
    else:
        state = _seen(plan, state, record.seen, explained_by)
        if foreign:
            return _disturbed(state, explained_by)
    if record.is_stale:
        return _again(state, Trouble(Kind.UNCLEAR, run))
    if run.action is Action.LOOK and record.seen is not None:
        return _adopted(plan, state, explained_by)
    return _judged(plan, state, run, record.verdict)


def unexplained(plan: Plan, state: State, record: Result) -> tuple[tuple[str, str, str, str], ...]:
    """What somebody else did, by what a result shows: (member, what, before, now)."""
    if state.known is None or record.seen is None:
        return ()
    return differences(state.known, record.seen, _explained_by(state, record), plan.traits)


def _explained_by(state: State, record: Result) -> Run | None:
    """The change of ours whose traces this result may show."""
    if record.is_stale:
        return None
    return _adoptable(state.unsettled) if record.run.action is Action.LOOK else record.run


def _adoptable(unsettled: Run | None) -> Run | None:
    """Whose traces a look may take for our own.

    A synchronisation leaves none: another hash on the standby could be anybody's work.
    """
    return None if unsettled is None or unsettled.action is Action.SYNC_CONFIG else unsettled


def _adopted(plan: Plan, state: State, unsettled: Run | None) -> State:
    """A switchover whose reply was lost, found done; everything else shows in the facts."""
    if unsettled is None or unsettled.action is not Action.SWITCH or state.facts is None:
        return state
    return good(plan, state, unsettled) if state.facts.active == unsettled.to else state


def _seen(plan: Plan, state: State, seen: PairFacts, run: Run | None) -> State:
    """Take in what was seen, and which leases read back as returned."""
    start = state.start
    if start is None and plan.purpose.is_single and all(own for _, own in seen.members):
        start = seen
    kept = [lease for lease in state.leases if not _is_returned(plan, state, lease, seen)]
    is_silent = run is not None and any(seen.of(name) is None for name in run.members)
    return replace(
        state,
        start=start,
        facts=seen,
        known=last_known(state.known, seen),
        unsettled=run if is_silent and run is not None and run.action.is_change else None,
        leases=frozenset(kept),
    )


def _disturbed(state: State, about: Run | None) -> State:
    return replace(forget(state), trouble=Trouble(Kind.CHANGED, about), is_disturbed=True)


def _is_returned(plan: Plan, state: State, lease: Lease, seen: PairFacts) -> bool:
    facts = seen.of(lease.member)
    if facts is None or facts.identity != plan.identity_of(lease.member):
        return False
    match lease.kind:
        case LeaseKind.PREEMPTION:
            return preempts_again(state, lease.member, facts)
        case LeaseKind.LATCH:
            return not facts.is_latched
        case LeaseKind.BOOT:
            return facts.next_version == facts.version
        case LeaseKind.TRIAL:
            return not facts.is_on_trial
        case _:
            assert_never(lease.kind)


def _judged(plan: Plan, state: State, run: Run, verdict: Verdict) -> State:
    if verdict.is_good:
        return good(plan, state, run)
    is_check_after = run.action is Action.SERVICES and state.came_from is not None
    if state.goal is Goal.CLOSE and state.detour is None and not is_check_after:
        return _give_up(state, run)
    if verdict.status is Status.ERROR:
        return _error(state, run)
    return _failed(plan, state, run)


def good(plan: Plan, state: State, run: Run) -> State:
    """A gate passed, was accepted by a person, or a change was verified."""
    state = replace(state, passed=state.passed | {Pass(run.action, run.members, run.to)})
    match run.action:
        case Action.READINESS if state.is_adopted is None and state.facts is not None:
            versions = {facts.version for _, facts in state.facts.members if facts}
            start = state.start or state.facts
            return replace(state, start=start, is_adopted=len(versions) > 1)
        case Action.SWITCH:
            came_from = next(name for name in plan.members if name != run.to)
            return replace(
                state,
                came_from=came_from,
                detour=None if run.to == state.detour else state.detour,
            )
        case Action.SERVICES if state.came_from is not None:
            return _services_proven(state, plan)
        case _:
            return state


def _services_proven(state: State, plan: Plan) -> State:
    state = replace(state, came_from=None)
    if state.is_switched_back and state.goal is Goal.UP:
        return replace(state, trouble=Trouble(Kind.SWITCHED_BACK))
    is_old = state.known is not None and all(
        facts is not None and facts.version == plan.path[0] for _, facts in state.known.members
    )
    return replace(state, is_tried=state.is_tried or (is_old and state.goal is Goal.UP))


def _error(state: State, run: Run) -> State:
    """It could not be measured, or cannot be told whether it took effect."""
    if run.action is Action.SWITCH and state.facts is not None:
        # The roles were read and have not moved: only a person may have it sent again.
        return replace(state, trouble=Trouble(Kind.UNCLEAR, run))
    kind = Kind.UNCLEAR if run.action.is_change else Kind.NOT_MEASURED
    return _again(state, Trouble(kind, run))


def _again(state: State, trouble: Trouble) -> State:
    if state.tries:
        return replace(state, tries=state.tries - 1)
    return replace(state, trouble=trouble)


def _failed(plan: Plan, state: State, run: Run) -> State:
    match run.action:
        case Action.SERVICES if state.came_from is not None:
            if is_trial(plan, state):
                return replace(state, goal=Goal.CLOSE, detour=state.came_from, came_from=None)
            return replace(state, trouble=Trouble(Kind.SERVICES_BAD, run, can_continue=True))
        case Action.REPORT if run.step is Step.AGREE and not state.is_out_of_sync:
            if plan.traits.can_sync and not state.is_synced_by_hand:
                return replace(state, is_out_of_sync=True)
            return replace(state, trouble=Trouble(Kind.GATE, run, can_continue=True))
        case Action.WHOLE:
            return replace(state, trouble=Trouble(Kind.MEMBER_BAD, run, can_continue=True))
        case Action.RELOAD | Action.RESTORE_POINT:
            return replace(state, trouble=Trouble(Kind.MEMBER_BAD, run))
        case action if action.is_change:
            return replace(state, trouble=Trouble(Kind.REFUSED, run))
        case action:
            acceptable = {Action.REPORT, Action.SESSIONS, Action.SERVICES}
            return replace(
                state, trouble=Trouble(Kind.GATE, run, can_continue=action in acceptable)
            )


def is_trial(plan: Plan, state: State) -> bool:
    """Whether the switchover just made was the trial: nothing upgraded, nothing tried yet."""
    known = state.known
    return (
        state.goal is Goal.UP
        and not state.is_tried
        and not state.is_switched_back
        and known is not None
        and all(facts is not None and facts.version == plan.path[0] for _, facts in known.members)
    )


def _give_up(state: State, run: Run) -> State:
    """While closing, what cannot be given back now stays owed; nothing is tried for ever."""
    match run.action:
        case Action.LOOK:
            return replace(state, hands_off=True)
        case Action.RELEASE:
            kind = LeaseKind.LATCH
        case Action.ACTIVATE:
            kind = LeaseKind.BOOT
        case _:
            kind = LeaseKind.PREEMPTION
    lost = frozenset(
        lease
        for lease in state.leases
        if lease.kind is kind and (kind is LeaseKind.PREEMPTION or lease.member in run.members)
    )
    return replace(state, given_up=state.given_up | lost)
