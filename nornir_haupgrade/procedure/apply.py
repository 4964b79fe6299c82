"""The state after one more record. Total and pure: replaying a history gives the state back."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from nornir_haupgrade.procedure.decisions import turned_back, with_command, with_decision
from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import (
    Action,
    Asked,
    Command,
    Decided,
    Goal,
    Lease,
    LeaseKind,
    Opened,
    Record,
    Result,
    Started,
    Step,
)
from nornir_haupgrade.procedure.results import with_result
from nornir_haupgrade.procedure.staleness import survives
from nornir_haupgrade.procedure.state import State


def replay(plan: Plan, records: tuple[Record, ...]) -> State:
    """The state after a history."""
    state = State()
    for record in records:
        state = apply(plan, state, record)
    return state


def apply(plan: Plan, state: State, record: Record) -> State:
    """The state after one more record."""
    match record:
        case Opened():
            return _opened(plan, record)
        case Started():
            return with_start(state, record)
        case Result():
            return with_result(plan, state, record) if record.run == state.running else state
        case Asked():
            return replace(state, asked=record.ask, number=record.number)
        case Decided():
            return with_decision(plan, state, record)
        case Command():
            return with_command(plan, state, record)
        case _:
            assert_never(record)


def _opened(plan: Plan, record: Opened) -> State:
    state = State(
        goal=record.goal,
        until=record.until,
        leases=record.owed,
        lent=_lent(plan, record),
        before=record.before,
        start=record.start or record.found,
        known=record.found,
    )
    is_known_back = record.goal is Goal.BACK and record.found is not None
    return turned_back(plan, state) if is_known_back else state


def _lent(plan: Plan, record: Opened) -> frozenset[Lease]:
    """What a single thing leaves as it finds it; a procedure for the pair gives all of it back."""
    if not plan.purpose.is_single:
        return frozenset()
    return frozenset(lease for lease in record.owed if lease.kind is LeaseKind.PREEMPTION)


def with_start(state: State, record: Started) -> State:
    """A run is about to be done: what it borrows is owed, and what it touches is stale."""
    run = record.run
    if state.running is not None and state.running.action.is_change:
        # Its result was never written: whoever looks next must allow for it.
        state = replace(state, unsettled=state.running)
    state = replace(state, running=run, leases=state.leases | record.borrows)
    if not run.action.is_change:
        return state
    return replace(
        state,
        passed=frozenset(passed for passed in state.passed if survives(passed, run)),
        is_settling=state.is_settling or run.action is Action.RETURN_PREEMPTION,
        is_synced_by_hand=state.is_synced_by_hand
        or (run.action is Action.SYNC_CONFIG and run.step is Step.AGREE),
        is_out_of_sync=state.is_out_of_sync and run.action is not Action.SYNC_CONFIG,
        is_switched_back=state.is_switched_back
        or (run.action is Action.SWITCH and run.to == state.detour),
    )
