"""What is said at the end of a run: each pair, what to do next, what is owed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.events import Owed, PairEnd
from nornir_haupgrade.procedure.actions.services import outage_text
from nornir_haupgrade.procedure.records import Ask, Outcome
from nornir_haupgrade.report.words import (
    CHOICES,
    NEXT,
    ask_text,
    clean,
    end_text,
    lease_text,
    member_text,
)

if TYPE_CHECKING:
    from pathlib import Path

    from nornir_haupgrade.engines.switchovers import Switchover

OPTION = 18
"""Columns for a choice: ``switch-back (safe)`` is the longest of them."""


def summary_lines(ends: Iterable[PairEnd], store: Path) -> list[str]:
    """All pairs, and the evidence folders; every text is safe for a terminal."""
    lines: list[str] = []
    for end in ends:
        lines += [*_end_lines(end, store), ""]
    return lines[:-1]


def owed_lines(owed: Iterable[Owed]) -> list[str]:
    """What is owed, why, and the exact commands."""
    lines = []
    for item in owed:
        lines.append(f"owed   {lease_text(item.lease)} ({clean(item.reason)})")
        if item.commands:
            lines += [
                f"         {clean(item.lease.member)}$ {clean(text)}" for text in item.commands
            ]
        else:
            lines.append("         no command can be told: look at the member first")
    return lines


def _end_lines(end: PairEnd, store: Path) -> Iterator[str]:
    # A good ending needs no reason; the last gate's would only puzzle.
    is_good = end.end in {Outcome.DONE, Outcome.ROLLED_BACK}
    reason = f": {clean(end.reason)}" if end.reason and not is_good else ""
    yield f"{clean(end.pair)}  {end_text(end.end).upper()}{reason}"
    yield from (f"  {line}" for line in _details(end, store))


def _details(end: PairEnd, store: Path) -> Iterator[str]:
    if end.facts is not None:
        members = [
            f"{name} does not answer, was {text.removeprefix(name).strip()}"
            if name in end.silent
            else text
            for name, text in ((name, member_text(name, own)) for name, own in end.facts.members)
        ]
        yield f"now    {', '.join(members)}"
    yield from switchover_lines(end.switchovers)
    if end.ask is not None:
        yield f"held   {ask_text(end.ask)}"
    yield f"next   {clean(end.advice or NEXT[end.end])}"
    if end.ask is not None:
        yield from (f"         {line}" for line in option_lines(end.ask))
    yield from owed_lines(end.owed)
    if end.campaign is not None:
        yield f"found  {clean(store / end.campaign)}"
    if end.head:
        yield f"head   {clean(end.head)}"


def switchover_lines(switchovers: Iterable[Switchover]) -> Iterator[str]:
    """What each switchover cost: how long each service was silent, and which canaries lived."""
    for at, one in enumerate(switchovers):
        to = f" -> {clean(one.to)}" if one.to else ""
        costs = [outage_text(gap) for gap in one.outages] or ["not measured"]
        for is_alive, word in ((False, "LOST"), (None, "not measured"), (True, "survived")):
            names = [canary.name for canary in one.canaries if canary.is_alive is is_alive]
            costs += [f"canary {name} {word}" for name in names]
        label = "outage" if at == 0 else "      "
        yield f"{label} {one.step.title}{to}: {clean(', '.join(costs))}"


def option_lines(ask: Ask) -> Iterator[str]:
    """Each choice with its consequence; the safe one is marked."""
    for option in ask.options:
        mark = f"{option} (safe)" if option is ask.safe else str(option)
        yield f"{mark:<{OPTION}} {CHOICES[option]}"
