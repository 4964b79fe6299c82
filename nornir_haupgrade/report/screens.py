"""Where events go: plain lines, JSON lines, or a live table with the lines scrolling above it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Protocol, TextIO

from nornir_haupgrade.engines.events import Answered, Event, Held, PairEnd, RunStarted, Told
from nornir_haupgrade.report.board import Board, Row
from nornir_haupgrade.report.jsonl import json_line
from nornir_haupgrade.report.plain import lines_of

if TYPE_CHECKING:
    from rich.console import Console
    from rich.live import Live

    from nornir_haupgrade.engines.redact import Redactor


class Screen(Protocol):
    """Shows events as they come; ``take`` may be called by any thread."""

    def take(self, event: Event) -> None:
        """Show one more event."""

    def say(self, text: str) -> None:
        """Show a line of ours."""

    def close(self) -> None:
        """Leave the terminal as it was found."""


class LineScreen:
    """Plain lines, or JSON lines with nothing else among them.

    ``mark`` begins every line and stands in every object: what this is, if it is not a real run.
    """

    def __init__(
        self,
        out: TextIO,
        redactor: Redactor,
        *,
        aside: TextIO,
        is_json: bool = False,
        mark: str = "",
    ) -> None:
        self._mark = mark
        self._out = out
        self._aside = aside
        self._redactor = redactor
        self._is_json = is_json

    def take(self, event: Event) -> None:
        """Write it down at once: whoever reads a pipe wants to see it now."""
        event = redacted(event, self._redactor)
        if self._is_json:
            lines = [json_line(event, now().isoformat(timespec="milliseconds"), mark=self._mark)]
        else:
            lines = marked(lines_of(event, time_of_day()), self._mark)
        # Whoever read this may have gone; the run must not end with that.
        with suppress(OSError):
            self._out.writelines(f"{line}\n" for line in lines)
            self._out.flush()

    def say(self, text: str) -> None:
        """A line of ours is no event: it goes to stderr."""
        with suppress(OSError):
            self._aside.write(f"{marked([text], self._mark)[0]}\n")
            self._aside.flush()

    def close(self) -> None:
        """Nothing was changed."""


class LiveScreen:
    """The live table; finished runs scroll above it, and a prompt takes its place for a while."""

    def __init__(
        self,
        console: Console,
        redactor: Redactor,
        pairs: tuple[str, ...],
        clock: Callable[[], float] = monotonic,
        *,
        mark: str = "",
    ) -> None:
        from nornir_haupgrade.report.live import LiveTable

        self.mark = mark
        """What this is, if it is not a real run."""
        self._console = console
        self._redactor = redactor
        self._clock = clock
        self._board = Board(pairs)
        self._table = LiveTable(self._board, clock, mark)
        self._lock = Lock()
        self._waiting: list[str] = []
        self._is_paused = False
        self._live: Live | None = self._start()

    def row(self, pair: str) -> Row:
        """Where a pair stands."""
        return self._board.of(pair)

    def take(self, event: Event) -> None:
        """Sum it up in the table, and write its lines above; during a prompt they wait."""
        event = redacted(event, self._redactor)
        with self._lock:
            is_idle = self._board.of(event.pair).since is None
            self._board.take(event, self._clock())
            # What is under way is in the table; above it stands what came of it.
            is_under_way = isinstance(event, RunStarted) or (
                isinstance(event, Told) and not is_idle
            )
            lines = [] if is_under_way else lines_of(event, time_of_day())
            if self._is_paused and not isinstance(event, Held):
                self._waiting += lines
            else:
                self._write(lines)

    def say(self, text: str) -> None:
        """Write a line of ours above the table."""
        with self._lock:
            # Not behind a prompt that stands there.
            self._write(["", text] if self._is_paused else [text])

    @contextmanager
    def paused(self) -> Iterator[Console]:
        """Take the table away while a person is asked."""
        with self._lock:
            self._stop()
            self._is_paused = True
        try:
            yield self._console
        finally:
            with self._lock:
                self._is_paused = False
                self._write(self._waiting)
                self._waiting = []
                self._live = self._start()

    def close(self) -> None:
        """Take the table away for good."""
        with self._lock:
            self._stop()
            self._write(self._waiting)
            self._waiting = []

    def _start(self) -> Live:
        from rich.live import Live

        live = Live(self._table, console=self._console, refresh_per_second=4, transient=True)
        live.start()
        return live

    def _stop(self) -> None:
        if self._live is not None:
            with suppress(OSError):
                self._live.stop()
            self._live = None

    def _write(self, lines: list[str]) -> None:
        # A terminal that was closed must not end the run.
        with suppress(OSError):
            for line in marked(lines, self.mark):
                self._console.print(line, markup=False, highlight=False, emoji=False)


def marked(lines: Sequence[str], mark: str) -> list[str]:
    """Lines that each begin with what this is, if it is not a real run."""
    return [f"{mark} {line}" if mark and line else line for line in lines]


def redacted(event: Event, redactor: Redactor) -> Event:
    """An event without secrets."""
    clean = redactor.record(event)
    match clean:
        case Told():
            return replace(clean, text=redactor(clean.text))
        case Held() | Answered():
            return replace(clean, why=redactor(clean.why))
        case PairEnd():
            reason, advice = redactor(clean.reason), redactor(clean.advice)
            return replace(clean, reason=reason, advice=advice)
        case _:
            return clean


def now() -> datetime:
    """Now, in UTC."""
    return datetime.now(tz=UTC)


def time_of_day() -> str:
    """``HH:MM:SS`` where the engineer sits."""
    return f"{now().astimezone():%H:%M:%S}"
