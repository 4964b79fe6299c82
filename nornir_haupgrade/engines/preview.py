"""The dry run: the plan with its exact commands, and nothing sent that is not read-only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.model import MemberId, PairFacts
from nornir_haupgrade.procedure.actions.writing import orders
from nornir_haupgrade.procedure.preview import preview as walk
from nornir_haupgrade.procedure.records import Ask, Opened, Run, Step

if TYPE_CHECKING:
    from nornir_haupgrade.pair import Pair
    from nornir_haupgrade.procedure.plan import Plan


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One thing that would be done, or asked."""

    step: Step
    action: str
    members: tuple[MemberId, ...]
    to: str | None
    commands: tuple[tuple[MemberId, str], ...]


def preview(opened: Opened, facts: PairFacts, pair: Pair) -> list[PreviewRow]:
    """Every run in order, if every gate passed, of a campaign that would be opened so."""
    plan, start = opened.plan, opened.before or facts

    def marked(run: Run, before: PairFacts, after: PairFacts) -> PairFacts:
        changed = dict(after.members)
        for name, order in orders(plan, before, run, start).items():
            old, new = before.of(name), after.of(name)
            if old is not None and new is not None:
                changed[name] = pair.kind.marked(order, old, new)
        return PairFacts(tuple(changed.items()))

    return [
        _asked(decision)
        if isinstance(decision, Ask)
        else _row(plan, decision, seen, pair, start=start)
        for decision, seen in walk(plan, facts, opened.until, owed=opened.owed, marked=marked)
    ]


def _asked(ask: Ask) -> PreviewRow:
    return PreviewRow(ask.step, f"ask: {ask.question or ask.kind}", (), None, ())


def _row(plan: Plan, run: Run, facts: PairFacts, pair: Pair, *, start: PairFacts) -> PreviewRow:
    commands: list[tuple[MemberId, str]] = []
    for name, order in orders(plan, facts, run, start).items():
        own = facts.of(name)
        if own is None:
            continue
        try:
            commands += [(name, text) for text in pair.commands(name, order, own)]
        except HAUpgradeError as error:
            commands.append((name, f"({error})"))
    return PreviewRow(run.step, run.action, run.members, run.to, tuple(commands))
