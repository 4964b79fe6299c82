"""Progress on a terminal: what stands there in the end, and that nothing has to be restored."""

from __future__ import annotations

import io
import os
import pty
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from nornir.core import Nornir
from nornir.core.task import Task
from nornir.plugins.runners import SerialRunner, ThreadedRunner
from rich.console import Console

from nornir_haupgrade.processors import Progress, screen
from nornir_haupgrade.processors.mask import Mask
from nornir_haupgrade.processors.picture import picture
from nornir_haupgrade.processors.runs import Run
from nornir_haupgrade.processors.tally import Tally, Work, elapsed
from tests.nornir.samples import SECRETS, broken_on_b, good, nornir
from tests.processors.streams import Looked, Tty, terminal

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _quick_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(screen, "TICK", 0.02)


def watched(tty: Tty, *names: str) -> tuple[Nornir, Progress]:
    progress = Progress(tty.stream)
    nr = nornir(*names, runner=ThreadedRunner(3))
    return nr.with_processors([progress]), progress


def shown_on(tty: Tty) -> Callable[[Task], None]:
    """A task that ends once a picture has shown its host at work on it."""

    def slowly(task: Task) -> None:
        task.run(is_drawn)
        task.run(broken_on_b)

    def is_drawn(task: Task) -> None:
        tty.wait_for(f"  {task.host.name}  is_drawn")

    return slowly


def drawn(tty: Tty, task: Task) -> None:
    tty.wait_for(f"  {task.host.name}  ")


def without_time(line: str) -> str:
    return re.sub(r"\d+:\d\d", "T", line[line.index(" ") + 1 :])


def assert_cursor_stays_visible(seen: Looked) -> None:
    assert seen.is_cursor_visible
    # rich hides it; it is shown again in the same write.
    assert "\x1b[?25l" not in seen.raw.replace("\x1b[?25l\x1b[?25h", "")


def test_pictures_come_and_go_and_the_lines_stay() -> None:
    with terminal() as tty:
        nr, progress = watched(tty, "a", "b", "c", "d")
        nr.run(shown_on(tty))
        nr.run(good, name="quick")
        seen = tty.look()
    assert progress.errors == ()
    assert "0/4 done" in seen.raw
    failure, slow, quick = map(without_time, seen.shown)
    assert re.fullmatch(r"b  FAILED  [123]/4  broken_on_b: ValueError: b is broken", failure)
    assert slow == "slowly  4 hosts in T: 3 ok, 1 FAILED (b)"
    assert quick == "quick  3 hosts in T: 3 ok (3 changed); left out, failed before: b"
    assert_cursor_stays_visible(seen)


def test_a_quick_run_draws_nothing_but_its_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "TICK", 30.0)
    with terminal() as tty:
        watched(tty, "a")[0].run(good)
        seen = tty.look()
    assert [without_time(line) for line in seen.shown] == ["good  1 host in T: 1 ok (1 changed)"]
    assert "1 done" not in seen.raw


def test_what_tasks_print_scrolls_by_above_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    b_has_said_it = threading.Event()

    def prints(task: Task) -> None:
        drawn(tty, task)
        if task.host.name == "a":
            b_has_said_it.wait(20)
        print(f"{task.host.name} says [bold]hello[/]")
        b_has_said_it.set()
        if task.host.name == "a":
            print("[b]half a line :smile:", end="")

    with terminal() as tty:
        nr, _ = watched(tty, "a", "b")
        monkeypatch.setattr(sys, "stdout", tty.stream)
        nr.run(prints)
        assert sys.stdout is tty.stream
        print("afterwards")
        seen = tty.look()
    assert seen.shown[:2] == ["b says [bold]hello[/]", "a says [bold]hello[/]"]
    assert seen.shown[2] == "[b]half a line :smile:"
    assert without_time(seen.shown[3]) == "prints  2 hosts in T: 2 ok"
    assert seen.shown[4:] == ["afterwards"]


def test_what_goes_to_a_file_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def prints(task: Task) -> None:
        drawn(tty, task)
        print("into the file")

    elsewhere = io.StringIO()
    with terminal() as tty:
        monkeypatch.setattr(sys, "stdout", elsewhere)
        watched(tty, "a")[0].run(prints)
        seen = tty.look()
    assert elsewhere.getvalue() == "into the file\n"
    assert "file" not in seen.raw


def test_somebody_else_s_stdout_is_not_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    other = io.StringIO()

    def redirects(task: Task) -> None:
        drawn(tty, task)
        monkeypatch.setattr(sys, "stdout", other)

    with terminal() as tty:
        monkeypatch.setattr(sys, "stdout", tty.stream)
        watched(tty, "a")[0].run(redirects)
        assert sys.stdout is other


def test_a_window_that_is_closed_ends_the_picture_not_the_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_closed = threading.Event()

    def outlives_it(task: Task) -> None:
        drawn(tty, task)
        if task.host.name == "a":
            tty.hang_up()
            is_closed.set()
        is_closed.wait(20)

    with terminal() as tty:
        nr, progress = watched(tty, "a", "b")
        monkeypatch.setattr(sys, "stdout", tty.stream)
        assert set(nr.run(outlives_it)) == {"a", "b"}
        assert sys.stdout is tty.stream
        assert [type(error) for error in progress.errors] == [OSError]
        assert set(nr.run(good)) == {"a", "b"}
        assert len(progress.errors) == 1


def test_a_terminal_that_cannot_move_gets_plain_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with terminal() as tty:
        watched(tty, "a")[0].run(good)
        seen = tty.look()
    assert "\x1b" not in seen.raw
    assert [without_time(line) for line in seen.shown][:2] == [
        "good  1 host",
        "a  ok, changed  1/1",
    ]


def test_at_a_prompt_what_stands_there_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(task: Task) -> None:
        drawn(tty, task)
        if task.host.name == "b":
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    with terminal() as tty:
        nr, progress = watched(tty, "a", "b", "c")
        monkeypatch.setattr(sys, "stdout", tty.stream)
        with pytest.raises(KeyboardInterrupt):
            nr.with_runner(SerialRunner()).run(interrupted)
        for thread in threading.enumerate():
            if thread.name == "nornir_haupgrade.progress":
                thread.join(5)
        assert sys.stdout is tty.stream
        print(">>> ", end="", flush=True)
        seen = tty.look()
    assert progress.errors == ()
    assert "1/3 done" in seen.shown[0]
    assert seen.shown[-1] == ">>>"
    assert_cursor_stays_visible(seen)


def test_a_stdout_that_only_claims_to_be_a_terminal_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Claims(io.StringIO):
        def isatty(self) -> bool:
            return True

    claims = Claims()
    with terminal() as tty:
        nr, progress = watched(tty, "a")
        monkeypatch.setattr(sys, "stdout", claims)
        nr.run(shown_on(tty))
        assert sys.stdout is claims
    assert progress.errors == ()


SCRIPT = """
import os, signal, sys, time
from nornir.plugins.runners import SerialRunner, ThreadedRunner
from nornir_haupgrade.processors import Progress
from tests.nornir.samples import nornir

def waits(task):
    time.sleep(0.6)
    if task.host.name == "b":
        os.kill(os.getpid(), signal.{signal})
        time.sleep(0.6)

progress = Progress()
try:
    nornir("a", "b", "c", runner={runner}).with_processors([progress]).run(waits)
finally:
    print("errors:", progress.errors)
"""


def on_a_terminal(script: str) -> tuple[int, Looked]:
    """Run a script as a person would, and what the terminal shows once it is over."""
    master, slave = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdin=slave, stdout=slave, stderr=slave, env=environment
    )
    os.close(slave)
    raw = bytearray()
    while True:
        try:
            raw += os.read(master, 65536)
        except OSError:  # nobody has it open any more
            break
    os.close(master)
    return process.wait(30), Looked(raw.decode())


@pytest.mark.parametrize("runner", ["SerialRunner()", "ThreadedRunner(2)"])
def test_ctrl_c_leaves_the_terminal_as_it_was_and_says_how_far_it_came(runner: str) -> None:
    code, seen = on_a_terminal(SCRIPT.format(runner=runner, signal="SIGINT"))
    assert code in {130, -signal.SIGINT}
    shown = "\n".join(seen.shown)
    assert "errors: ()" in shown
    assert seen.shown[-2] == "KeyboardInterrupt"
    last = without_time(seen.shown[-1])
    if runner == "SerialRunner()":
        assert last == "waits  broken off after T: 1 of 3 hosts done; not ended: b"
    else:
        # Nornir's threads are not stopped by it: every host was worked on.
        assert last == "waits  3 hosts in T: 3 ok"
    assert " done " not in shown.replace("hosts done", "")
    assert_cursor_stays_visible(seen)


def test_a_program_that_is_killed_leaves_nothing_to_restore() -> None:
    code, seen = on_a_terminal(SCRIPT.format(runner="SerialRunner()", signal="SIGKILL"))
    assert code == -signal.SIGKILL
    assert "1/3 done" in "\n".join(seen.shown)
    assert_cursor_stays_visible(seen)
    # Whatever is written next begins on a line of its own.
    assert seen.lines[seen.at] == ""


def tallies(hosts: int, runs: int = 1) -> list[Tally]:
    nr = nornir(*(f"[i]h{number:03}" for number in range(hosts)))
    task = Task(good, nr, global_dry_run=False, processors=nr.processors, name="a long name " * 9)
    found = []
    for _ in range(runs):
        tally = Tally(Run(task, []), 0.0)
        for name in nr.inventory.hosts:
            tally.working[name] = Work(10.0, {1: (f"[bold]{SECRETS['host']}\x1b[2J " * 9, 20.0)})
        found.append(tally)
    return found


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (40, 10), (20, 4), (200, 80), (10, 2)])
@pytest.mark.parametrize(("hosts", "runs"), [(1, 1), (5, 1), (300, 1), (30, 3)])
def test_the_picture_fits(columns: int, lines: int, hosts: int, runs: int) -> None:
    out = io.StringIO()
    console = Console(file=out, width=columns, height=lines, force_terminal=True, color_system=None)
    mask = Mask([SECRETS["host"]])
    console.print(picture(tallies(hosts, runs), mask, 95.0, lines), end="")
    shown = out.getvalue().splitlines()
    assert all(len(line) <= columns for line in shown)
    assert len(shown) <= max(lines, 2 * runs + 1)
    assert "\x1b" not in out.getvalue()
    assert SECRETS["host"][:8] not in out.getvalue()
    if (columns, lines, runs) == (200, 80, 1):
        assert re.search(r"  \[i\]h000 +\[bold\]\*\*\*\\x1b\[2J", out.getvalue())
        assert "0/" in shown[0]
        assert "1:35" in shown[0]
        assert shown[1].rstrip().endswith("1:15")
        assert len([line for line in shown if "more at work" in line]) == (hosts > 20)


def test_how_long_it_took() -> None:
    assert [elapsed(seconds) for seconds in (-1, 0, 59.9, 60, 3599, 3600, 90061)] == [
        "0:00", "0:00", "0:59", "1:00", "59:59", "1:00:00", "25:01:01",
    ]  # fmt: skip
