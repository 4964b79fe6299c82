"""Tables of what was found: pairs, readiness, and the plan of a dry run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.table import Table
from rich.text import Text

from nornir_haupgrade.model import MemberFacts, Status
from nornir_haupgrade.report.words import COLOURS, clean

if TYPE_CHECKING:
    from nornir_haupgrade.engines.checking import PairCheck
    from nornir_haupgrade.engines.preview import PreviewRow


def table(titles: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """A table of device texts: shown as they are, never followed as markup."""
    result = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for title in titles:
        result.add_column(title, overflow="fold")
    for row in rows:
        result.add_row(*(cell if isinstance(cell, Text) else Text(clean(cell)) for cell in row))
    return result


def member_row(pair: str, name: str, address: str, facts: MemberFacts | None) -> list[str]:
    """One member: pair, member, address, identity, role, version, preemption."""
    if facts is None:
        return [pair, name, address, "not read", "", "", ""]
    return [pair, name, address, facts.identity, facts.role, facts.version, facts.preemption]


def check_rows(checked: PairCheck) -> Iterable[list[str | Text]]:
    """One pair's findings: pair, check, verdict, reason; what could not be read comes first."""
    for member, error in checked.errors:
        yield [checked.pair, f"read {member}", status_text(Status.ERROR), str(error)]
    for check in checked.checks:
        verdict = check.verdict
        yield [checked.pair, check.name, status_text(verdict.status), verdict.reason]


def preview_rows(rows: Iterable[PreviewRow]) -> Iterable[list[str | Text]]:
    """The runs of a dry run in order: step, what, on, to, commands."""
    for row in rows:
        commands = "\n".join(f"{clean(who)}$ {clean(text)}" for who, text in row.commands)
        yield [
            row.step.title,
            row.action,
            " ".join(row.members),
            row.to or "",
            Text(commands),
        ]


def status_text(status: Status) -> Text:
    """A verdict's word in its colour."""
    return Text(status.upper(), COLOURS[status])
