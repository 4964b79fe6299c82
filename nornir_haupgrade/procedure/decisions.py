"""What a person's word makes of the state: the answer to a hold, or another goal."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import (
    Action,
    Ask,
    By,
    Choice,
    Command,
    Decided,
    Goal,
    Kind,
    Lease,
    LeaseKind,
    Run,
)
from nornir_haupgrade.procedure.results import good
from nornir_haupgrade.procedure.staleness import forget
from nornir_haupgrade.procedure.state import TRIES, State, Trouble


def with_decision(plan: Plan, state: State, record: Decided) -> State:
    """A hold was answered; an answer to another hold, or not among its options, changes nothing."""
    ask = state.asked
    if ask is None or record.number != state.number or record.choice not in ask.options:
        return state
    state = replace(
        state,
        asked=None,
        trouble=None,
        tries=TRIES,
        is_disturbed=state.is_disturbed and record.by is not By.PERSON,
    )
    about = ask.about
    match record.choice:
        case Choice.RETRY:
            return _looked_again(state, ask)
        case Choice.CONTINUE:
            return _accepted(plan, state, ask)
        case Choice.SWITCH_BACK:
            return replace(state, detour=state.came_from, came_from=None, facts=None)
        case Choice.ROLL_BACK:
            # Where services are down the way back begins with the role, then comes the software.
            detour = state.came_from if Choice.SWITCH_BACK in ask.options else None
            state = replace(state, is_direction_known=True, came_from=None, detour=detour)
            return turned_back(plan, state)
        case Choice.FORWARD:
            return replace(state, is_direction_known=True)
        case Choice.WAS_ON | Choice.WAS_OFF:
            return _preemption_was(plan, state, record.choice)
        case Choice.PARK:
            return _parked(state, ask, about, record.by)
        case _:
            assert_never(record.choice)


def _looked_again(state: State, ask: Ask) -> State:
    """Decide afresh; if somebody else acted, what was settled may not be any more."""
    return replace(
        forget(state),
        facts=None,
        is_switched_back=False,
        given_up=frozenset(),
        is_settling=state.is_settling and ask.kind is not Kind.CHANGED,
    )


def _accepted(plan: Plan, state: State, ask: Ask) -> State:
    if ask.question is not None:
        return replace(state, answered=state.answered | {ask.question})
    if ask.about is None:
        return state
    return good(plan, state, ask.about)


def _preemption_was(plan: Plan, state: State, choice: Choice) -> State:
    state = replace(state, is_preemption_known=True)
    if choice is Choice.WAS_OFF:
        return state
    owed = frozenset(Lease(LeaseKind.PREEMPTION, member) for member in plan.members)
    return replace(state, leases=state.leases | owed)


def _parked(state: State, ask: Ask, about: Run | None, by: By) -> State:
    nobody_looked = ask.kind is Kind.CHANGED and by is not By.PERSON
    is_away = state.unsettled is not None and state.unsettled.action is Action.RELOAD
    return replace(
        state,
        goal=Goal.CLOSE,
        hands_off=state.goal is Goal.CLOSE or nobody_looked,
        is_stranded=ask.kind is Kind.NO_RESTORE
        or (about is not None and about.action is Action.RESTORE_POINT and state.goal is Goal.BACK),
        came_from=None,
        detour=None,
        # A member that stays away after its reload was waited for; it is not waited for again.
        facts=state.facts if is_away else None,
    )


def with_command(plan: Plan, state: State, record: Command) -> State:
    """A person sets another goal: what was asked falls, what was seen is looked at again.

    That someone else acted is not forgotten, unless it was just this that the person was shown.
    """
    was_shown = state.asked is not None and state.asked.kind is Kind.CHANGED
    is_disturbed = state.is_disturbed and not was_shown
    state = replace(
        forget(state),
        goal=record.goal,
        until=record.until,
        is_disturbed=is_disturbed,
        trouble=Trouble(Kind.CHANGED) if is_disturbed else None,
        asked=None,
        facts=None,
        tries=TRIES,
        detour=None if record.goal is Goal.UP else state.detour,
        given_up=frozenset(),
        lent=state.lent if record.goal is Goal.UP else frozenset(),
        is_settling=False,
        is_switched_back=False,
        is_stranded=False,
        hands_off=False,
        is_out_of_sync=False,
        is_synced_by_hand=False,
    )
    if record.goal is Goal.BACK:
        return turned_back(plan, state)
    if record.goal is Goal.UP:
        lasting = {Action.BASELINE, Action.WHOLE, Action.SAVE_ORIGINAL}
        kept = frozenset(passed for passed in state.passed if passed.action in lasting)
        return replace(state, passed=kept, back_to=None)
    return state


def turned_back(plan: Plan, state: State) -> State:
    """Back to the last version that both members shared, fixed at the moment it is wanted.

    Of a pair that was found more than one version apart, that is what the older one runs.
    """
    known = state.known
    reached = [
        plan.path.index(facts.version)
        for _, facts in (known.members if known else ())
        if facts is not None and facts.version in plan.path
    ]
    furthest = max(reached, default=0)
    if furthest == 0 or not plan.traits.can_roll_back:
        return replace(state, goal=Goal.CLOSE, facts=None)
    return replace(
        state,
        goal=Goal.BACK,
        back_to=plan.path[min(furthest - 1, *reached)],
        facts=None,
        is_synced_by_hand=False,
        is_out_of_sync=False,
        is_switched_back=False,
        is_settling=False,
    )
