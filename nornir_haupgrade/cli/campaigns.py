"""Commands on the history alone, which contact no device: status, decide, owed, verify."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.cli.out import emit, emit_table
from nornir_haupgrade.cli.project import the_project, the_store
from nornir_haupgrade.cli.shell import Exit, Shell
from nornir_haupgrade.engines.answers import user_name
from nornir_haupgrade.engines.evidence import plan_and_state
from nornir_haupgrade.engines.store import Store
from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.procedure.machine import decide as next_of
from nornir_haupgrade.procedure.records import Ask, Asked, By, Choice, Decided, Finish, Run
from nornir_haupgrade.rehearsal.place import store_of
from nornir_haupgrade.report.summary import option_lines, owed_lines
from nornir_haupgrade.report.words import (
    action_text,
    ask_text,
    clean,
    end_text,
    local_time,
    member_text,
    purpose_text,
)

if TYPE_CHECKING:
    from nornir_haupgrade.engines.history import Entry
    from nornir_haupgrade.engines.store import Campaign

_STATUS = ("campaign", "pair", "for", "path", "members", "stands", "last")


def status(shell: Shell, campaign: str | None) -> int:
    """Where each pair of each campaign stands, the newest campaign last."""
    store = the_store(shell)
    names = (campaign,) if campaign else store.campaigns()
    if not names:
        emit(shell, [f"there are no campaigns in {store.root}"])
        return Exit.DONE
    stands = [stand for name in names for stand in _stands_in(store.open(name))]
    emit_table(shell, _STATUS, [stand.row for stand in stands])
    for stand in stands:
        emit(shell, stand.lines)
    return Exit.DONE


def decide(shell: Shell, campaign: str, pair: str, choice: str, *, why: str) -> int:
    """Append a decision; whoever runs the pair next, or now, acts on it.

    Raises:
        BadInput: The pair is not held, or this is not offered.
    """
    opened = the_store(shell).open(campaign)
    entries = _entries(opened, pair)
    asked = _asked(entries)
    where = f"{pair} ({campaign})"
    if asked is None:
        raise BadInput(
            f"{where} is not held: {_stand(opened, pair).word}",
            advice="haupgrade status shows what is",
        )
    if choice not in asked.ask.options:
        offered = "; ".join(f"{option}" for option in asked.ask.options)
        finding = Finding(where, f"{choice!r} is not offered here", f"decide one of: {offered}")
        raise BadInput.from_findings([finding])
    if not why.strip():
        raise BadInput(f"{where}: the reason is empty", advice="say why: it is recorded")
    decided = Decided(asked.number, Choice(choice), By.PERSON, user_name(), why)
    opened.history.append(pair, decided, after=entries[-1].seq)
    emit(
        shell,
        [
            f"{clean(pair)}  decided: {choice} ({ask_text(asked.ask)})",
            "next   haupgrade run acts on it; one that waits for it does so at once",
            f"head   {opened.history.head(pair)}",
        ],
    )
    return Exit.DONE


def owed(shell: Shell, names: Sequence[str]) -> int:
    """What each pair's newest campaign still owes, with the commands that return it."""
    from nornir_haupgrade.engines.local import LocalEngine

    project = the_project(shell, names, is_contacted=False)
    found = LocalEngine(project).owed()
    for config in project.pairs:
        leases = found.get(config.name, ())
        said = "nothing is owed" if config.name in found else "no campaign yet: nothing is owed"
        emit(shell, [f"{clean(config.name)}  {f'{len(leases)} owed' if leases else said}"])
        emit(shell, [f"  {line}" for line in owed_lines(leases)])
    return Exit.DONE


def verify(shell: Shell, campaign: str, *, head: str | None, pair: str | None) -> int:
    """Check the hash chain of a campaign's pairs; it may be the campaign of a rehearsal.

    Raises:
        HistoryDamaged: It does not hold.
        BadInput: A head, and several pairs that it could belong to.
    """
    opened = Store(store_of(the_store(shell).root, campaign)).open(campaign)
    names = (pair,) if pair else opened.history.pairs()
    if head is not None and len(names) > 1:
        message = f"--head belongs to one pair, and this campaign has {', '.join(names)}"
        raise BadInput(message, advice="say which with --pair")
    for name in names:
        entries = _entries(opened, name)
        opened.history.verify(name, head)
        emit(
            shell,
            [f"{clean(name)}  holds: {len(entries)} records, head {opened.history.head(name)}"],
        )
    return Exit.DONE


def _entries(campaign: Campaign, pair: str) -> tuple[Entry, ...]:
    known = campaign.history.pairs()
    if pair not in known:
        message = f"campaign {campaign.id} has no pair {pair!r}"
        raise BadInput(message, advice=f"it has: {', '.join(known) or 'none'}")
    return campaign.history.entries(pair)


def _asked(entries: Sequence[Entry]) -> Asked | None:
    """The hold that waits for an answer."""
    _, state = plan_and_state(tuple(entry.record for entry in entries))
    if state.asked is None:
        return None
    records = (entry.record for entry in reversed(entries))
    return next((record for record in records if isinstance(record, Asked)), None)


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a pair stands: a word, a table's row, and what a person can do about it."""

    word: str
    row: list[str]
    lines: list[str]


def _stands_in(campaign: Campaign) -> Iterator[_Stand]:
    for pair in campaign.history.pairs():
        yield _stand(campaign, pair)


def _stand(campaign: Campaign, pair: str) -> _Stand:
    entries = campaign.history.entries(pair)
    plan, state = plan_and_state(tuple(entry.record for entry in entries))
    decision, asked = next_of(plan, state), _asked(entries)
    where = f"{clean(campaign.id)} {clean(pair)}"
    match decision:
        case Finish():
            word, lines = end_text(decision.outcome), []
        case Ask() if asked is not None:
            word = f"held at {asked.ask.step.title}"
            lines = ["", f"{where} is held: {ask_text(asked.ask)}", *_held_lines(asked)]
            lines.append(
                f"  next     haupgrade decide {where} CHOICE --reason TEXT, then run again"
            )
        case Ask():
            word, lines = "unfinished", ["", f"{where}: haupgrade run asks: {ask_text(decision)}"]
        case Run():
            following = f"{decision.step.title}, {action_text(decision)}"
            word, lines = "unfinished", ["", f"{where}: haupgrade run goes on with {following}"]
    owed = f", {len(state.leases)} owed" if state.leases else ""
    members = state.known.members if state.known else ()
    row = [
        campaign.id,
        pair,
        purpose_text(plan, state.goal),
        " -> ".join(plan.path),
        ", ".join(member_text(name, facts) for name, facts in members),
        f"{word}{owed}",
        local_time(entries[-1].at),
    ]
    return _Stand(word, row, lines)


def _held_lines(asked: Asked) -> Iterator[str]:
    if asked.why:
        yield f"  because  {clean(asked.why)}"
    yield from (f"  {line}" for line in option_lines(asked.ask))
    if asked.due is not None:
        yield f"  due      {local_time(asked.due)}: the next run takes {asked.ask.safe}"
