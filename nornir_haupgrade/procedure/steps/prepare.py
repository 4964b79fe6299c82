"""Prepare: everything that can be known, fetched or borrowed before anything is at risk."""

from __future__ import annotations

from nornir_haupgrade.model import MemberFacts, MemberId, Preemption
from nornir_haupgrade.procedure.ask import ask_direction, ask_preemption, ask_question
from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import Action, Decision, Lease, LeaseKind, Run, Step
from nornir_haupgrade.procedure.state import State


def prepare(plan: Plan, state: State) -> Decision | None:
    """Readiness, questions, baseline, originals saved, images staged; then preemption borrowed."""
    return (
        is_ready(plan, state)
        or _questions(plan, state)
        or baseline(plan, state)
        or _save_and_stage(plan, state)
        or borrow_preemption(plan, state, Step.PREPARE)
    )


def is_ready(plan: Plan, state: State) -> Decision | None:
    """Everything that would stop the run later, found now."""
    if state.has_passed(Action.READINESS, *plan.members):
        return None
    return Run(Action.READINESS, plan.members)


def _questions(plan: Plan, state: State) -> Decision | None:
    if state.is_adopted and not state.is_direction_known:
        return ask_direction(plan)
    if state.is_adopted and plan.traits.has_preemption and not state.is_preemption_known:
        start = state.start
        if start and all(
            facts and facts.preemption is Preemption.OFF for _, facts in start.members
        ):
            return ask_preemption(plan)
    open_questions = (question for question in plan.questions if question not in state.answered)
    question = next(open_questions, None)
    return ask_question(plan, question) if question else None


def baseline(plan: Plan, state: State) -> Decision | None:
    """Before the first write: what was broken before us is not blamed on us."""
    if state.has_passed(Action.BASELINE, *plan.members):
        return None
    return Run(Action.BASELINE, plan.members)


def _save_and_stage(plan: Plan, state: State) -> Decision | None:
    facts = state.facts
    expect = digest(facts) if facts else None
    if not state.has_passed(Action.SAVE_ORIGINAL, *plan.members):
        return Run(Action.SAVE_ORIGINAL, plan.members, expect=expect)
    for version in plan.path[1:]:
        if not state.has_passed(Action.STAGE, *plan.members, to=version):
            return Run(Action.STAGE, plan.members, to=version, expect=expect)
    return None


def borrow_preemption(plan: Plan, state: State, step: Step) -> Decision | None:
    """Before the trial: a preferred member would take the role straight back.

    Not again once giving back has begun, else the run would borrow and return for ever.
    """
    facts = state.facts
    if facts is None or state.is_settling or not plan.traits.has_preemption:
        return None
    if any(member and member.preemption is Preemption.ON for _, member in facts.members):
        return Run(Action.BORROW_PREEMPTION, plan.members, expect=digest(facts), step=step)
    unsaved = tuple(
        name for name, own in facts.members if own and _is_half_borrowed(state, name, own)
    )
    if unsaved:
        return Run(Action.BORROW_PREEMPTION, unsaved, expect=digest(facts), step=step)
    return None


def _is_half_borrowed(state: State, member: MemberId, own: MemberFacts) -> bool:
    """It is off, and a reload would not be taken, or bring it back: it was not saved.

    A latch is never saved, so that a reload lets it go.
    """
    owes = Lease(LeaseKind.PREEMPTION, member) in state.leases - state.given_up
    return owes and own.is_saved is False and not own.is_latched
