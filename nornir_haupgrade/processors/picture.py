"""What the runs under way look like on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.processors.tally import elapsed

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from nornir_haupgrade.processors.mask import Mask
    from nornir_haupgrade.processors.tally import Tally

_BAR: Final = 24
_SPARE: Final = 2
"""Lines of the terminal left alone: the empty last one, and one above."""
_MOST: Final = 20


def picture(tallies: Sequence[Tally], mask: Mask, now: float, height: int) -> RenderableType:
    """A bar for each run, and below it the hosts at work, the longest first.

    Ends in an empty line: whatever is written next begins on a fresh one.
    """
    from rich.console import Group
    from rich.text import Text

    room = min(_MOST, max(1, (height - _SPARE) // max(1, len(tallies)) - 1))
    parts: list[RenderableType] = []
    for tally in tallies:
        parts.append(_bar(tally, mask, now))
        if tally.working:
            parts.append(_hosts(tally, mask, now, room))
    return Group(*parts, Text(""))


def _bar(tally: Tally, mask: Mask, now: float) -> Table:
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    grid = _grid()
    grid.add_column(no_wrap=True, overflow="ellipsis")
    for _ in range(4):
        grid.add_column(no_wrap=True)
    failed = len(tally.failed)
    grid.add_row(
        Text(mask.line(tally.run.name), "bold"),
        ProgressBar(total=tally.total, completed=tally.done, width=_BAR),
        Text(f"{tally.done}/{tally.total} done"),
        Text(f"{failed} FAILED" if failed else "", "bold red"),
        Text(elapsed(now - tally.since)),
    )
    return grid


def _hosts(tally: Tally, mask: Mask, now: float, room: int) -> Table:
    from rich.text import Text

    grid = _grid()
    grid.add_column(no_wrap=True, overflow="ellipsis")
    grid.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    grid.add_column(no_wrap=True, justify="right")
    at_work = [*tally.working.items()]
    # A single one more takes the line that would say so.
    shown = at_work if len(at_work) <= room else at_work[: room - 1]
    for host, work in shown:
        doing, since = work.now()
        name = Text(f"  {mask.line(host)}")
        grid.add_row(name, Text(mask.line(doing)), elapsed(now - since))
    if len(shown) < len(at_work):
        grid.add_row(Text(f"  and {len(at_work) - len(shown)} more at work"), "", "")
    return grid


def _grid() -> Table:
    from rich.table import Table

    return Table.grid(padding=(0, 2, 0, 0))
