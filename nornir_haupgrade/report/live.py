"""The live table of a run on a terminal: one row a pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich import box
from rich.cells import cell_len
from rich.table import Table
from rich.text import Text

from nornir_haupgrade.model import Role
from nornir_haupgrade.report.words import COLOURS, clean, member_text

if TYPE_CHECKING:
    from nornir_haupgrade.report.board import Board, Row

_MINUTE = 60
_NAME = 20
"""Columns: a pair's name is not broken unless it is longer."""


class LiveTable:
    """Renders the board anew each time it is drawn, so that the elapsed time runs.

    All texts are ``Text``: markup that a device sends is shown, never followed.
    """

    def __init__(self, board: Board, clock: Callable[[], float], mark: str = "") -> None:
        self._mark = mark
        self._board = board
        self._clock = clock

    def __rich__(self) -> Table:
        table = Table(
            box=box.SIMPLE_HEAD,
            expand=True,
            show_edge=False,
            pad_edge=False,
            title=Text(self._mark, "bold") if self._mark else None,
        )
        longest = max((cell_len(row.pair) for row in self._board.rows), default=0)
        width = min(max(longest, len("pair")), _NAME)
        table.add_column("pair", width=width, overflow="fold")
        for title, ratio in (("members", 4), ("step", 3), ("action", 6)):
            table.add_column(title, ratio=ratio, overflow="fold")
        table.add_column("verdict", ratio=6, overflow="fold")
        table.add_column("elapsed", justify="right", min_width=7)
        now = self._clock()
        for row in self._board.rows:
            table.add_row(
                Text(clean(row.pair)),
                members(row),
                Text(row.step),
                Text(f"{row.action}\n{row.told}".strip()),
                verdict(row),
                Text("" if row.since is None else elapsed(now - row.since)),
            )
        return table


def members(row: Row) -> Text:
    """Both members, one a line, the active one in bold."""
    text = Text()
    for name, facts in row.facts.members if row.facts else ():
        style = "bold" if facts and facts.role is Role.ACTIVE else ""
        text.append("\n" if text else "").append(member_text(name, facts), style)
    return text


def verdict(row: Row) -> Text:
    """The last verdict: its word in colour, and why."""
    if row.verdict is None:
        return Text()
    text = Text(row.verdict.status.upper(), COLOURS[row.verdict.status])
    return text.append(f" {clean(row.verdict.reason)}", "not bold")


def elapsed(seconds: float) -> str:
    """``m:ss``."""
    minutes, rest = divmod(int(max(0, seconds)), _MINUTE)
    return f"{minutes}:{rest:02}"
