"""Holds: what a person may choose, and what is safe when nobody answers."""

from __future__ import annotations

from nornir_haupgrade.model import Role
from nornir_haupgrade.procedure.plan import Plan, Question
from nornir_haupgrade.procedure.records import Action, Ask, Choice, Goal, Kind, Run, Step
from nornir_haupgrade.procedure.state import State

_LOOK_FIRST = frozenset(
    {
        Kind.WRONG_DEVICE,
        Kind.UNREACHABLE,
        Kind.SPLIT,
        Kind.ROLE_UNKNOWN,
        Kind.NOBODY_FORWARDS,
    },
)
"""Then nothing can be rolled back: no reload without a peer that is known to forward."""


def hold(plan: Plan, state: State, kind: Kind, about: Run | None = None) -> Ask:
    """Ask what to do; ``continue`` only for a gate whose findings a person may accept."""
    can_continue = state.trouble is not None and state.trouble.can_continue
    options = [Choice.RETRY]
    if can_continue:
        options.append(Choice.CONTINUE)
    if can_switch_back(plan, state, kind):
        options.append(Choice.SWITCH_BACK)
    if kind not in _LOOK_FIRST and can_roll_back(plan, state):
        options.append(Choice.ROLL_BACK)
    options.append(Choice.PARK)
    is_urgent = Choice.SWITCH_BACK in options
    return Ask(
        kind=kind,
        about=about,
        options=tuple(options),
        safe=Choice.SWITCH_BACK if is_urgent else Choice.PARK,
        after=plan.switch_back_after if is_urgent else plan.decision_deadline,
        step=about.step if about else Step.PREPARE,
    )


def ask_question(plan: Plan, question: Question) -> Ask:
    """A named question before the first write."""
    return Ask(
        kind=Kind.QUESTION,
        about=None,
        options=(Choice.CONTINUE, Choice.PARK),
        safe=Choice.PARK,
        after=plan.decision_deadline,
        question=question,
    )


def ask_direction(plan: Plan) -> Ask:
    """A half-upgraded pair was found: forward or back?"""
    back = (Choice.ROLL_BACK,) if plan.traits.can_roll_back else ()
    return Ask(
        kind=Kind.MIXED,
        about=None,
        options=(Choice.FORWARD, *back, Choice.PARK),
        safe=Choice.PARK,
        after=plan.decision_deadline,
    )


def ask_preemption(plan: Plan) -> Ask:
    """Off now proves nothing about what it was before somebody else began."""
    return Ask(
        kind=Kind.PREEMPTION_BEFORE,
        about=None,
        options=(Choice.WAS_ON, Choice.WAS_OFF, Choice.PARK),
        safe=Choice.PARK,
        after=plan.decision_deadline,
    )


def can_switch_back(plan: Plan, state: State, kind: Kind) -> bool:
    """Whether the member that forwarded before is there and ready to do so again."""
    if state.came_from is None or state.facts is None or state.is_switched_back:
        return False
    about = state.trouble.about if state.trouble else None
    unproven = kind is Kind.NOT_MEASURED and about is not None and about.action is Action.SERVICES
    if kind is not Kind.SERVICES_BAD and not unproven:
        return False
    before = state.facts.of(state.came_from)
    return (
        before is not None
        and before.role is Role.STANDBY
        and before.identity == plan.identity_of(state.came_from)
    )


def can_roll_back(plan: Plan, state: State) -> bool:
    """Whether there is something to roll back, and a way to do it."""
    if state.goal is not Goal.UP or not plan.traits.can_roll_back or state.known is None:
        return False
    return any(
        facts is not None and facts.version in plan.path[1:] for _, facts in state.known.members
    )
