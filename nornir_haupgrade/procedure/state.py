"""The state of one pair's run: the sum of its records, and nothing else.

``apply`` is total and pure: replaying the records gives the state back after a crash.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import assert_never

from nornir_haupgrade.model import (
    MemberId,
    PairFacts,
    Preemption,
    Status,
    Verdict,
    Version,
)
from nornir_haupgrade.procedure.explain import differences, last_known
from nornir_haupgrade.procedure.plan import Plan, Question
from nornir_haupgrade.procedure.records import (
    Action,
    Ask,
    Asked,
    By,
    Choice,
    Command,
    Decided,
    Goal,
    Kind,
    Lease,
    LeaseKind,
    Opened,
    Record,
    Result,
    Run,
    Started,
    Step,
)

TRIES = 2
"""How often, between two decisions, something is done again without asking."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A gate that passed (or was accepted), or a change that was verified."""

    action: Action
    members: tuple[MemberId, ...] = ()
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the pair is to be held, and what it is about."""

    kind: Kind
    about: Run | None = None
    can_continue: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where one pair stands.

    ``facts`` are from the newest look and None when the next thing to do is to look; ``known``
    keeps each member's newest facts, also while it does not answer.
    """

    goal: Goal = Goal.UP
    until: Step | None = None
    start: PairFacts | None = None
    known: PairFacts | None = None
    facts: PairFacts | None = None
    running: Run | None = None
    unsettled: Run | None = None
    """A change of ours that nobody has seen the end of yet."""
    passed: frozenset[Pass] = frozenset()
    answered: frozenset[Question] = frozenset()
    leases: frozenset[Lease] = frozenset()
    given_up: frozenset[Lease] = frozenset()
    """Leases whose return failed while closing: owed, and not tried again without a person."""
    trouble: Trouble | None = None
    asked: Ask | None = None
    number: int = 0
    tries: int = TRIES
    came_from: MemberId | None = None
    """The member that we took the role from, until services are proven on the other."""
    detour: MemberId | None = None
    """The member that the role is being switched back to."""
    is_switched_back: bool = False
    is_tried: bool = False
    """The trial switchover went well."""
    is_adopted: bool | None = None
    """Mixed versions were found at the start; None until they were read."""
    is_direction_known: bool = False
    is_preemption_known: bool = False
    is_settling: bool = False
    is_out_of_sync: bool = False
    is_synced_by_hand: bool = False
    back_to: Version | None = None
    is_stranded: bool = False
    is_disturbed: bool = False
    """Someone else acted, and no person has answered for it yet."""
    hands_off: bool = False
    """Nobody looked at what happened: close without a write."""

    def has_passed(self, action: Action, *members: MemberId, to: str | None = None) -> bool:
        """Whether a gate's pass is still fresh."""
        return Pass(action, members, to) in self.passed


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
            return State(goal=record.goal, until=record.until)
        case Started():
            return _started(state, record)
        case Result():
            return _result(plan, state, record) if record.run == state.running else state
        case Asked():
            return replace(state, asked=record.ask, number=record.number)
        case Decided():
            return _decided(plan, state, record)
        case Command():
            return _commanded(plan, state, record)
        case _:
            assert_never(record)


# --- a run begins ---------------------------------------------------------------------------------


def _started(state: State, record: Started) -> State:
    run = record.run
    if state.running is not None and state.running.action.is_change:
        # Its result was never written: whoever looks next must allow for it.
        state = replace(state, unsettled=state.running)
    state = replace(state, running=run, leases=state.leases | record.borrows)
    if not run.action.is_change:
        return state
    return replace(
        state,
        passed=frozenset(passed for passed in state.passed if _survives(passed, run)),
        is_settling=state.is_settling or run.action is Action.RETURN_PREEMPTION,
        is_synced_by_hand=state.is_synced_by_hand
        or (run.action is Action.SYNC_CONFIG and run.step is Step.AGREE),
        is_out_of_sync=state.is_out_of_sync and run.action is not Action.SYNC_CONFIG,
        is_switched_back=state.is_switched_back
        or (run.action is Action.SWITCH and run.to == state.detour),
    )


_LASTING = frozenset(
    {Action.READINESS, Action.BASELINE, Action.SAVE_ORIGINAL, Action.BACK_UP, Action.STAGE}
)
_QUIET = frozenset(
    {
        Action.SAVE_ORIGINAL,
        Action.BACK_UP,
        Action.STAGE,
        Action.INSTALL,
        Action.ACTIVATE,
        Action.BORROW_PREEMPTION,
    },
)
"""Changes that touch no role, no forwarding and no running configuration that is compared."""


def _survives(passed: Pass, change: Run) -> bool:
    """A gate goes stale as soon as a change starts that could make it untrue."""
    if passed.action in _LASTING:
        return True
    if passed.action is Action.WHOLE:
        touches = {Action.INSTALL, Action.ACTIVATE, Action.RELOAD}
        return change.action is not Action.SYNC_CONFIG and not (
            change.action in touches and passed.members[0] in change.members
        )
    if passed.action is Action.RESTORE_POINT:
        return change.action is Action.ACTIVATE
    if passed.action in {Action.SYNC_CONFIG, Action.REPORT}:
        return change.action in _QUIET | {Action.RETURN_PREEMPTION}
    if passed.action in {Action.SERVICES, Action.PREEMPTION_IS_OFF}:
        return change.action in _QUIET - {Action.BORROW_PREEMPTION}
    return False


# --- a run ended ----------------------------------------------------------------------------------


def _result(plan: Plan, state: State, record: Result) -> State:
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
    latch = plan.traits.needs_release
    explained_by = _explained_by(state, record)
    return differences(state.known, record.seen, explained_by, leaves_latch=latch)


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
    return _good(plan, state, unsettled) if state.facts.active == unsettled.to else state


def _seen(plan: Plan, state: State, seen: PairFacts, run: Run | None) -> State:
    """Take in what was seen, and which leases read back as returned."""
    is_silent = run is not None and any(seen.of(name) is None for name in run.members)
    return replace(
        state,
        facts=seen,
        known=last_known(state.known, seen),
        unsettled=run if is_silent and run is not None and run.action.is_change else None,
        leases=frozenset(lease for lease in state.leases if not _is_returned(plan, lease, seen)),
    )


def _disturbed(state: State, about: Run | None) -> State:
    return replace(_forget(state), trouble=Trouble(Kind.CHANGED, about), is_disturbed=True)


def _forget(state: State) -> State:
    """The pair is not what the gates were asked about: only what lasts is kept."""
    kept = frozenset(passed for passed in state.passed if passed.action in _LASTING)
    return replace(state, passed=kept)


def _is_returned(plan: Plan, lease: Lease, seen: PairFacts) -> bool:
    facts = seen.of(lease.member)
    if facts is None or facts.identity != plan.identity_of(lease.member):
        return False
    match lease.kind:
        case LeaseKind.PREEMPTION:
            return facts.preemption is Preemption.ON
        case LeaseKind.LATCH:
            return not facts.is_latched
        case LeaseKind.BOOT:
            return facts.next_version == facts.version
        case _:
            assert_never(lease.kind)


def _judged(plan: Plan, state: State, run: Run, verdict: Verdict) -> State:
    if verdict.is_good:
        return _good(plan, state, run)
    is_check_after = run.action is Action.SERVICES and state.came_from is not None
    if state.goal is Goal.CLOSE and state.detour is None and not is_check_after:
        return _give_up(state, run)
    if verdict.status is Status.ERROR:
        return _error(state, run)
    return _failed(plan, state, run)


def _good(plan: Plan, state: State, run: Run) -> State:
    state = replace(state, passed=state.passed | {Pass(run.action, run.members, run.to)})
    match run.action:
        case Action.READINESS if state.start is None and state.facts is not None:
            versions = {facts.version for _, facts in state.facts.members if facts}
            return replace(state, start=state.facts, is_adopted=len(versions) > 1)
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


# --- a person speaks ------------------------------------------------------------------------------


def _decided(plan: Plan, state: State, record: Decided) -> State:
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
            state = _forget(state)
            return replace(state, facts=None, is_switched_back=False, given_up=frozenset())
        case Choice.CONTINUE:
            return _accepted(plan, state, ask)
        case Choice.SWITCH_BACK:
            return replace(state, detour=state.came_from, came_from=None, facts=None)
        case Choice.ROLL_BACK:
            # Where services are down the way back begins with the role, then comes the software.
            detour = state.came_from if Choice.SWITCH_BACK in ask.options else None
            state = replace(state, is_direction_known=True, came_from=None, detour=detour)
            return _roll_back(plan, state)
        case Choice.FORWARD:
            return replace(state, is_direction_known=True)
        case Choice.WAS_ON | Choice.WAS_OFF:
            return _preemption_was(plan, state, record.choice)
        case Choice.PARK:
            return _parked(state, ask, about, record.by)
        case _:
            assert_never(record.choice)


def _accepted(plan: Plan, state: State, ask: Ask) -> State:
    if ask.question is not None:
        return replace(state, answered=state.answered | {ask.question})
    if ask.about is None:
        return state
    return _good(plan, state, ask.about)


def _preemption_was(plan: Plan, state: State, choice: Choice) -> State:
    state = replace(state, is_preemption_known=True)
    if choice is Choice.WAS_OFF:
        return state
    owed = frozenset(Lease(LeaseKind.PREEMPTION, member) for member in plan.members)
    return replace(state, leases=state.leases | owed)


def _parked(state: State, ask: Ask, about: Run | None, by: By) -> State:
    nobody_looked = ask.kind is Kind.CHANGED and by is not By.PERSON
    return replace(
        state,
        goal=Goal.CLOSE,
        hands_off=state.goal is Goal.CLOSE or nobody_looked,
        is_stranded=ask.kind is Kind.NO_RESTORE
        or (about is not None and about.action is Action.RESTORE_POINT and state.goal is Goal.BACK),
        came_from=None,
        detour=None,
        facts=None,
    )


def _commanded(plan: Plan, state: State, record: Command) -> State:
    """A person sets another goal: what was asked falls, what was seen is looked at again.

    That someone else acted is not forgotten, unless it was just this that the person was shown.
    """
    was_shown = state.asked is not None and state.asked.kind is Kind.CHANGED
    is_disturbed = state.is_disturbed and not was_shown
    state = replace(
        _forget(state),
        goal=record.goal,
        until=record.until,
        is_disturbed=is_disturbed,
        trouble=Trouble(Kind.CHANGED) if is_disturbed else None,
        asked=None,
        facts=None,
        tries=TRIES,
        detour=None if record.goal is Goal.UP else state.detour,
        given_up=frozenset(),
        is_settling=False,
        is_switched_back=False,
        is_stranded=False,
        hands_off=False,
        is_out_of_sync=False,
        is_synced_by_hand=False,
    )
    if record.goal is Goal.BACK:
        return _roll_back(plan, state)
    if record.goal is Goal.UP:
        lasting = {Action.BASELINE, Action.WHOLE, Action.SAVE_ORIGINAL}
        kept = frozenset(passed for passed in state.passed if passed.action in lasting)
        return replace(state, passed=kept, back_to=None)
    return state


def _roll_back(plan: Plan, state: State) -> State:
    """Back to the last version that both members shared, fixed at the moment it is wanted."""
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
        back_to=plan.path[furthest - 1],
        facts=None,
        is_synced_by_hand=False,
        is_out_of_sync=False,
        is_switched_back=False,
        is_settling=False,
    )
