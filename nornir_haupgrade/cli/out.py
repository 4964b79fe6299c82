"""Writing to the terminal, or to whatever stands in its place."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from nornir_haupgrade.cli.shell import Shell

_WIDE = 500
"""Columns where there is no terminal: a reason stays on its line, for grep."""


def console() -> Console:
    """A console on stdout that takes no text for markup."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _WIDE
    return Console(highlight=False, markup=False, emoji=False, width=width)


def emit(shell: Shell, lines: Iterable[str], out: TextIO | None = None) -> None:
    """Write lines that are safe for a terminal, without secrets."""
    out = out or sys.stdout
    try:
        out.writelines(f"{shell.redact(line)}\n" for line in lines)
        out.flush()
    except BrokenPipeError:
        # Nobody reads any more; the exit code still counts.
        mute()


def mute() -> None:
    """Send the rest nowhere, so that Python does not complain when it flushes at the end."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())


def emit_table(shell: Shell, titles: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> None:
    """Write a table, without secrets; the texts may be a device's."""
    from rich.text import Text

    from nornir_haupgrade.report.tables import table

    def safe(cell: str | Text) -> str | Text:
        return cell if isinstance(cell, Text) else shell.redact(cell)

    console().print(table(titles, [[safe(cell) for cell in row] for row in rows]))
