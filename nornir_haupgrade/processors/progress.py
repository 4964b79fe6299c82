"""Watching a run: hosts done and at work, what each is doing, failures by name."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING, Final, TextIO

from nornir_haupgrade.processors.mask import Mask
from nornir_haupgrade.processors.picture import picture
from nornir_haupgrade.processors.quiet import Quiet, quiet
from nornir_haupgrade.processors.runs import Runs, path_of
from nornir_haupgrade.processors.screen import Line, Lines, Out, Screen
from nornir_haupgrade.processors.tally import Tally, Work, failure_of, hosts_text, word_of
from nornir_haupgrade.processors.terminal import Terminal, can_move

if TYPE_CHECKING:
    from nornir.core.inventory import Host
    from nornir.core.task import AggregatedResult, MultiResult, Task
    from rich.console import RenderableType

    from nornir_haupgrade.processors.runs import Run

_WIDTH: Final = 400
"""Characters of a failure that are shown."""


class Progress(Quiet):
    """A Nornir processor that shows how a run goes: live on a terminal, else as plain lines.

    One object serves any number of runs, one after the other or at once. A run that a task starts
    on the hosts that it is at work on is shown as what these hosts are doing. Nothing is shown
    before a run begins. It never raises: what went wrong with the stream is in ``errors``, and
    nothing more is shown after that.

    Args:
        stream: Where to; ``sys.stderr``, as it is when a run begins, if not given.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self._stream = stream
        self._runs = Runs()
        self._mask = Mask()
        self._tallies: dict[Run, Tally] = {}
        self._screen: Screen | None = None
        self._is_broken = False
        self._lock = RLock()

    @quiet
    def task_started(self, task: Task) -> None:
        """A run begins."""
        run = self._runs.begin(task)
        if run.inside is not None or run.is_stray:
            return
        with self._lock:
            for line in self._last_words():
                self._say(line)
            self._tallies[run] = Tally(run, monotonic())
            screen = self._open()
            if screen is not None and not screen.is_live:
                screen.say(self._line(run.name, hosts_text(len(run.good))))

    @quiet
    def task_instance_started(self, task: Task, host: Host) -> None:
        """A host begins."""
        run = self._runs.start(task, host)
        with self._lock:
            if run is not None and run in self._tallies:
                self._tallies[run].working[host.name] = Work(monotonic())
            else:
                self._begin(run, task, host)

    @quiet
    def subtask_instance_started(self, task: Task, host: Host) -> None:
        """A host begins a subtask."""
        with self._lock:
            run = self._runs.find(task, host)
            self._begin(run, task, host)
            self._tell_step(run, task, None)

    @quiet
    def subtask_instance_completed(
        self,
        task: Task,
        host: Host,
        result: MultiResult,
    ) -> None:
        """A host ended a subtask."""
        with self._lock:
            run = self._runs.find(task, host)
            self._end(run, task, host)
            self._tell_step(run, task, result)

    @quiet
    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """A host is done."""
        run = self._runs.finish(task, host)
        with self._lock:
            tally = self._tallies.get(run) if run is not None else None
            if tally is None:
                self._end(run, task, host)
                return
            self._mask.learn([host])
            self._done(tally, host.name, result)

    @quiet
    def task_completed(self, task: Task, result: AggregatedResult) -> None:
        """A run is over."""
        run = self._runs.end(task)
        with self._lock:
            tally = self._tallies.pop(run, None) if run is not None else None
            if tally is None:
                return
            for name in [name for name in result if name not in tally.run.finished]:
                # A runner that makes results by itself tells nothing before.
                self._done(tally, name, result[name])
            summary = self._summary(tally, result)
            if self._tallies:
                self._say(summary)
                return
            screen, self._screen = self._screen, None
        if screen is not None:
            screen.close(summary)

    def _done(self, tally: Tally, host: str, result: MultiResult) -> None:
        tally.end(host, result)
        count = f"{tally.done}/{tally.total}"
        if result.failed:
            self._say(self._line(host, f"FAILED  {count}  {self._cut(failure_of(result))}", "red"))
        elif self._screen is not None and not self._screen.is_live:
            word = "ok, changed" if result.changed else "ok"
            self._say(self._line(host, f"{word}  {count}"))

    def _tell_step(self, run: Run | None, task: Task, result: MultiResult | None) -> None:
        """A line where a step of a pair begins or ends, if no picture shows it; once for both."""
        pair_step = getattr(task.task, "pair_step", None)
        tally = self._tallies.get(run.inside or run) if run is not None else None
        if pair_step is None or tally is None or self._screen is None or self._screen.is_live:
            return
        pair, step = pair_step
        if result is None:
            if tally.begins(step, monotonic()):
                self._say(self._line(pair, task.name))
            return
        took = tally.ends(step, monotonic())
        if took is not None:
            word = f"FAILED  {self._cut(word_of(result[0].result))}" if result.failed else "ok"
            self._say(self._line(pair, f"{task.name}  {took}  {word}"))

    def _cut(self, text: str) -> str:
        line = self._mask.line(text)
        return line if len(line) <= _WIDTH else f"{line[:_WIDTH]} ..."

    def _begin(self, run: Run | None, task: Task, host: Host) -> None:
        work = self._work(run, host)
        if run is not None and work is not None:
            # The name of the run itself stands above; that of a run inside it does not.
            path = path_of(task)[0 if run.inside else 1 :]
            work.doing[id(task)] = (" > ".join(path), monotonic())

    def _end(self, run: Run | None, task: Task, host: Host) -> None:
        work = self._work(run, host)
        if work is not None:
            work.doing.pop(id(task), None)

    def _work(self, run: Run | None, host: Host) -> Work | None:
        tally = self._tallies.get(run.inside or run) if run is not None else None
        return tally.working.get(host.name) if tally is not None else None

    def _open(self) -> Screen | None:
        if self._is_broken or (self._screen is not None and not self._screen.is_over):
            return self._screen
        stream = sys.stderr if self._stream is None else self._stream
        if stream is None:  # no console at all, as under a service manager
            return None
        try:
            out: Out = Terminal(stream, self._picture) if can_move(stream) else Lines(stream)
            self._screen = Screen(
                out, is_needed=self._is_needed, last_words=self._last_words, failed=self._broken
            )
        except Exception as error:  # noqa: BLE001 - a closed stream, or no more threads
            self._broken(error)
        return self._screen

    def _say(self, line: Line) -> None:
        if self._screen is not None:
            self._screen.say(line)

    def _is_needed(self) -> bool:
        with self._lock:
            return any(run.is_alive() for run in self._tallies)

    def _last_words(self) -> list[Line]:
        """Runs that ended without a word, by Ctrl-C or ``raise_on_error``."""
        with self._lock:
            left = [tally for run, tally in self._tallies.items() if not run.is_alive()]
            for tally in left:
                del self._tallies[tally.run]
            return [self._summary(tally, None) for tally in left]

    def _picture(self, height: int) -> RenderableType:
        with self._lock:
            return picture([*self._tallies.values()], self._mask, monotonic(), height)

    def _broken(self, error: Exception) -> None:
        self.remember(error)
        with self._lock:
            self._is_broken = True
            self._screen = None

    def _summary(self, tally: Tally, result: AggregatedResult | None) -> Line:
        text = tally.summary(monotonic(), result)
        if tally.failed or tally.done < tally.total:
            style = "bold red"
        else:
            style = "yellow" if tally.run.left_out or not tally.done else "green"
        return self._line(tally.run.name, text, style)

    def _line(self, who: str, text: str, style: str = "") -> Line:
        at = f"{datetime.now(tz=UTC).astimezone():%H:%M:%S}"
        return Line(f"{at} {self._mask.line(f'{who}  {text}')}", style)
