"""The plan in advance: what the machine would do if every gate passed and every change worked.

Pure: the machine is asked as it will be asked later, and its runs are carried out on the facts
alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from nornir_haupgrade.model import (
    MemberFacts,
    MemberId,
    PairFacts,
    Preemption,
    Role,
    Status,
    Verdict,
)
from nornir_haupgrade.procedure.apply import apply
from nornir_haupgrade.procedure.borrowing import borrows
from nornir_haupgrade.procedure.machine import decide
from nornir_haupgrade.procedure.plan import Plan, Purpose
from nornir_haupgrade.procedure.records import (
    Action,
    Ask,
    Asked,
    By,
    Choice,
    Decided,
    Finish,
    Goal,
    Lease,
    Opened,
    Result,
    Run,
    Started,
    Step,
)
from nornir_haupgrade.procedure.state import State

Marked: TypeAlias = Callable[[Run, PairFacts, PairFacts], PairFacts]

_GOOD = Verdict(Status.PASS, "assumed")


def preview(
    plan: Plan,
    facts: PairFacts,
    until: Step | None = None,
    *,
    owed: frozenset[Lease] = frozenset(),
    marked: Marked = lambda _run, _before, after: after,
) -> Iterator[tuple[Run | Ask, PairFacts]]:
    """Each run and question in order, with the facts that it would be decided on.

    Args:
        plan: The pair's plan.
        facts: Both members now.
        until: Stop after this step.
        owed: What an earlier campaign has left to be given back.
        marked: Adds what only the members' platform knows to the facts after a run.
    """
    state = apply(plan, State(), Opened(plan, Goal.UP, until, owed=owed))
    while True:
        decision = decide(plan, state)
        if isinstance(decision, Finish):
            return
        yield decision, facts
        if isinstance(decision, Ask):
            state = _answered(plan, state, decision)
            continue
        state = apply(plan, state, Started(decision, borrows(plan, state, decision)))
        facts = marked(decision, facts, carried_out(plan, decision, facts))
        state = apply(plan, state, Result(decision, _GOOD, facts))


def _answered(plan: Plan, state: State, ask: Ask) -> State:
    """Questions are answered so that the run goes on; they are shown, not hidden."""
    onward = (Choice.CONTINUE, Choice.FORWARD, Choice.WAS_OFF)
    choice = next((option for option in onward if option in ask.options), ask.safe)
    state = apply(plan, state, Asked(0, ask, None))
    return apply(plan, state, Decided(0, choice, By.PERSON))


def carried_out(plan: Plan, run: Run, facts: PairFacts) -> PairFacts:
    """The facts after a run that did what it should."""
    changes = {
        name: _change(plan, run, name, own) for name, own in facts.members if own is not None
    }
    return PairFacts(tuple((name, changes.get(name)) for name, _ in facts.members))


def _change(plan: Plan, run: Run, name: MemberId, own: MemberFacts) -> MemberFacts:
    is_named = name in run.members
    match run.action:
        case Action.SWITCH:
            return _switched(plan, str(run.to), name, own)
        case Action.RELEASE if is_named:
            role = Role.STANDBY if own.role is Role.SUSPENDED else own.role
            return replace(own, role=role, is_latched=False)
        case Action.COMMIT if is_named:
            return replace(own, is_on_trial=False)
        case Action.BORROW_PREEMPTION if is_named:
            return replace(own, preemption=Preemption.OFF)
        case Action.RETURN_PREEMPTION if is_named:
            return replace(own, preemption=Preemption.ON)
        case Action.INSTALL if is_named:
            return replace(own, installed=_held(own, str(run.to)))
        case Action.ACTIVATE if is_named:
            return replace(own, next_version=str(run.to))
        case Action.RELOAD if is_named:
            version = str(run.to)
            held = own.installed if own.slot_of(version) else _held(own, version)
            boot_id = f"after {version}"
            return replace(
                own,
                version=version,
                next_version=version,
                boot_id=boot_id,
                installed=held,
                is_on_trial=plan.traits.needs_commit and plan.purpose is not Purpose.REBOOT,
            )
        case _:
            return own


def _switched(plan: Plan, to: MemberId, name: MemberId, own: MemberFacts) -> MemberFacts:
    is_latched = plan.traits.needs_release and name == plan.told(to)
    if name == to:
        return replace(own, role=Role.ACTIVE, is_forwarding=True, is_latched=is_latched)
    role = Role.SUSPENDED if is_latched else Role.STANDBY
    return replace(own, role=role, is_forwarding=False, is_latched=is_latched)


def _held(own: MemberFacts, version: str) -> tuple[tuple[str, str], ...]:
    """The slots with a version put where the running one is not."""
    kept = [(slot, held) for slot, held in own.installed if held == own.version]
    taken = {slot for slot, _ in kept}
    other = next((slot for slot, _ in own.installed if slot not in taken), "other")
    return tuple(sorted([*kept, (other, version)]))
