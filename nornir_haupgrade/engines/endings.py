"""How a pair ended and why it is held, said in one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from nornir_haupgrade.engines.errand import said
from nornir_haupgrade.model import MemberId, PairFacts
from nornir_haupgrade.procedure.actions.look import describe
from nornir_haupgrade.procedure.plan import Plan, Purpose
from nornir_haupgrade.procedure.records import (
    Action,
    Ask,
    Asked,
    Choice,
    Command,
    Goal,
    Kind,
    Outcome,
)
from nornir_haupgrade.procedure.state import State


def ending_of(plan: Plan, state: State, outcome: Outcome, cause: str) -> str:
    """How it ended, in one sentence: what runs, who is active, and why it is not done."""
    known = state.known
    if known is None:
        return cause
    strangers = dict(_strangers(plan, state.facts))
    runs = ", ".join(
        strangers.get(name) or _runs(state, name, own.version) for name, own in known.members if own
    )
    first = state.start.active if state.start else None
    if outcome is Outcome.DONE and plan.member is not None:
        return f"{said(plan.purpose)} on {plan.member} is done; {runs}; {known.active} is active"
    if outcome is Outcome.DONE:
        moved = "" if known.active == first else f" (before: {first})"
        return f"{_DONE[plan.purpose]} {plan.path[-1]}; {known.active} is active{moved}"
    if outcome is Outcome.ROLLED_BACK:
        return f"both members run {state.back_to} again, because: {cause}"
    if is_planned(state, outcome):
        return f"{runs}; stopped after step {state.until}, as asked"
    return "; ".join(part for part in (runs, "" if strangers else cause) if part)


def _strangers(plan: Plan, facts: PairFacts | None) -> Iterator[tuple[MemberId, str]]:
    """Whom another device than the planned one answers for, and what it is."""
    for name, own in facts.members if facts is not None else ():
        if own is not None and own.identity != plan.identity_of(name):
            planned = plan.identity_of(name)
            text = f"another device answers for {name}: it is {own.identity}, planned was {planned}"
            yield name, text


def is_planned(state: State, outcome: Outcome) -> bool:
    """Whether it stopped after the step that was named beforehand."""
    return outcome is Outcome.PARKED and state.goal is Goal.UP and state.until is not None


_DONE = {
    Purpose.UPGRADE: "both members run",
    Purpose.REBOOT: "both members were rebooted and run",
    Purpose.DRILL: "the role went to the other member and came back; both members run",
}


def _runs(state: State, member: MemberId, version: str) -> str:
    if member in silent_in(state.facts):
        return f"{member} does not answer, it ran {version}"
    return f"{member} runs {version}"


def held_of(plan: Plan, ask: Ask, state: State, why: str, cause: str) -> str:
    """Why a pair is held; the last verdict may be a good one, and what it showed is the reason.

    A named question is its own reason.
    """
    facts = state.facts
    if ask.question is not None:
        return ""
    if ask.kind is Kind.UNCLEAR and cause not in {"", why}:
        # our own latch was let go since: that this went well is not why a person is asked
        return f"{cause}; {why}"
    if facts is None or ask.about is not None:
        return why
    if ask.kind is Kind.WRONG_DEVICE:
        return "; ".join(text for _, text in _strangers(plan, facts))
    if ask.kind is Kind.SWITCHED_BACK:
        return f"the role is back on {facts.active}, because: {cause}"
    if ask.kind is Kind.NO_RESTORE:
        return "the version to go back to is not on the device, and there is no image of it"
    if ask.kind is Kind.UNREACHABLE:
        silent = [name for name, own in facts.members if own is None]
        is_said = all(name in why for name in silent)
        return why if is_said else describe(facts, {})
    if ask.kind in {Kind.NOBODY_FORWARDS, Kind.SPLIT, Kind.ROLE_UNKNOWN, Kind.SOLO}:
        return describe(facts, {})
    return why


def question_of(ask: Ask) -> str:
    """A named question and what it says; empty for any other hold."""
    return "" if ask.question is None else f"{ask.question}: {ask.question.text}"


def is_over_for_services(ask: Ask | None, choice: Choice) -> bool:
    """Whether a person leaves it at what a switchover cost; what comes next is measured anew."""
    about = ask.about.action if ask is not None and ask.about is not None else None
    return about is Action.SERVICES and choice in {Choice.CONTINUE, Choice.PARK}


def is_question(record: Asked | Command) -> bool:
    """Whether it is a named question, which is the cause of nothing."""
    return isinstance(record, Asked) and record.ask.question is not None


def said_of(foreign: tuple[tuple[str, str, str, str], ...], seen: PairFacts | None) -> str:
    """What somebody else changed, for a person; a member that is silent may be why."""
    said = [f"{who}: {what} was {before}, is {now}" for who, what, before, now in foreign]
    said += [f"{name} does not answer" for name in silent_in(seen)]
    return f"someone else acted: {'; '.join(said)}"


def silent_in(seen: PairFacts | None) -> tuple[MemberId, ...]:
    """Who did not answer when both were asked."""
    return tuple(name for name, own in seen.members if own is None) if seen else ()
