"""Asking the person at the terminal at a hold: one pair at a time, and never past its deadline."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final, Protocol

from nornir_haupgrade.engines.answers import is_due
from nornir_haupgrade.procedure.records import Asked, Choice
from nornir_haupgrade.report.hold import LATER, WAIT, hold_lines
from nornir_haupgrade.report.screens import marked
from nornir_haupgrade.world import utc_now

if TYPE_CHECKING:
    from rich.console import Console

    from nornir_haupgrade.report.screens import LiveScreen

_TICK: Final = 0.2
_LOOK: Final = 1.0
"""Seconds between two looks whether somebody else has decided meanwhile."""


class Lines:
    """Lines of a terminal, read so that a deadline or a signal ends the wait."""

    def __init__(self, file: int) -> None:
        self._file = file
        self._held = b""

    def forget(self) -> None:
        """Drop what was typed before the question was there to be read."""
        self._held = b""
        with suppress(ImportError, OSError):
            import termios

            with suppress(termios.error):
                termios.tcflush(self._file, termios.TCIFLUSH)

    def read(self, is_over: Callable[[], bool]) -> str | None:
        """The next line, or None when it is over before one was there.

        Raises:
            EOFError: The input has ended.
        """
        while b"\n" not in self._held:
            if is_over():
                return None
            if select.select([self._file], [], [], _TICK)[0]:
                more = os.read(self._file, 4096)
                if not more:
                    raise EOFError
                self._held += more
        line, _, self._held = self._held.partition(b"\n")
        return line.decode(errors="replace").strip()


class Desk(Protocol):
    """What the prompt must know of the run."""

    def interrupt(self) -> None:
        """Act as on Ctrl-C."""

    @property
    def is_cancelled(self) -> bool:
        """Whether a signal came."""

    def has_moved_on(self, pair: str) -> bool:
        """Whether the hold was answered from elsewhere."""

    def evidence(self, pair: str) -> str:
        """Where the evidence is."""


class Person:
    """What the engine calls at a hold: answers with a choice and why, or None to leave it held."""

    def __init__(self, screen: LiveScreen, lines: Lines, *, later: str = LATER) -> None:
        self._screen = screen
        self._later = later
        self._lines = lines
        self._desk: Desk | None = None
        self._turn = Lock()

    def connect(self, desk: Desk) -> None:
        """Say whose run it is; before the first question."""
        self._desk = desk

    def __call__(self, pair: str, asked: Asked) -> tuple[Choice, str] | None:
        """Ask; the end of input is a Ctrl-C."""
        desk = self._desk
        if desk is None:
            return None
        is_over = _over(desk, pair, asked)
        with self._my_turn(is_over) as is_mine:
            if not is_mine:
                return None
            with self._screen.paused() as console:
                row = self._screen.row(pair)
                evidence = desk.evidence(pair)
                lines = hold_lines(pair, asked, row, evidence, later=self._later)
                for line in lines:
                    self._print(console, line)
                self._lines.forget()
                try:
                    return self._ask(console, pair, asked, is_over)
                except EOFError:
                    desk.interrupt()
                    return None

    def _ask(
        self, console: Console, pair: str, asked: Asked, is_over: Callable[[], bool]
    ) -> tuple[Choice, str] | None:
        options = asked.ask.options
        while True:
            self._print(console, f"{pair}> ", end="")
            said = self._lines.read(is_over)
            if said is None:
                _print(console, "")
                self._print(console, "not answered here")
                return None
            if said == WAIT:
                return None
            if said not in options:
                if said:
                    self._print(console, f"type one of: {', '.join([*options, WAIT])}")
                continue
            choice = Choice(said)
            why = self._why(console, choice, is_over)
            return None if why is None else (choice, why)

    def _why(self, console: Console, choice: Choice, is_over: Callable[[], bool]) -> str | None:
        is_needed = choice is Choice.CONTINUE
        while True:
            self._print(console, "why? " if is_needed else "why (may be empty)? ", end="")
            said = self._lines.read(is_over)
            if said is None or said or not is_needed:
                return said
            self._print(console, "continue needs a reason: it is recorded with your name")

    def _print(self, console: Console, text: str, end: str = "\n") -> None:
        _print(console, marked([text], self._screen.mark)[0], end)

    @contextmanager
    def _my_turn(self, is_over: Callable[[], bool]) -> Iterator[bool]:
        """Wait while another pair is asked about; a deadline does not wait for that."""
        while not self._turn.acquire(timeout=_TICK):
            if is_over():
                yield False
                return
        try:
            yield True
        finally:
            self._turn.release()


def _over(desk: Desk, pair: str, asked: Asked) -> Callable[[], bool]:
    """Whether there is nothing to answer any more: cancelled, too late, or answered elsewhere."""
    looked = monotonic()

    def is_over() -> bool:
        nonlocal looked
        if desk.is_cancelled or is_due(asked, utc_now()):
            return True
        if monotonic() - looked < _LOOK:
            return False
        looked = monotonic()
        return desk.has_moved_on(pair)

    return is_over


def _print(console: Console, text: str, end: str = "\n") -> None:
    console.print(text, end=end, markup=False, highlight=False, emoji=False)
