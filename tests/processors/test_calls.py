"""Whether some thread is still inside a call: the only trace of a run that was broken off."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from nornir_haupgrade.processors.calls import Call

ROOT = Path(__file__).parents[2]


def inside(then: Callable[[], Call]) -> Call:
    return then()


def around(then: Callable[[], Call]) -> Call:
    return inside(then)


def test_a_call_lives_as_long_as_its_thread_is_inside_of_it() -> None:
    seen: list[bool] = []

    def looks() -> Call:
        call = Call(inside)
        seen.append(call.is_alive())
        return call

    call = inside(looks)
    assert seen == [True]
    assert not call.is_alive()
    # Nor does it come to life again by the next call of the same function.
    assert inside(looks).is_alive() is call.is_alive() is False


def test_it_is_the_innermost_and_knows_what_it_was_made_from() -> None:
    one = around(lambda: Call(inside))
    assert one.is_inside(around)
    assert one.is_inside(inside)
    assert not one.is_inside(Call)


def test_without_such_a_call_the_thread_stands_for_it() -> None:
    found: list[Call] = []
    thread = threading.Thread(target=lambda: found.append(Call(inside)))
    assert Call(inside).is_alive()
    thread.start()
    thread.join()
    assert not found[0].is_alive()
    assert not found[0].is_inside(inside)


def test_another_thread_in_the_same_function_is_another_call() -> None:
    begun, end = threading.Event(), threading.Event()
    found: list[Call] = []

    def waits() -> Call:
        found.append(Call(inside))
        begun.set()
        end.wait(10)
        return found[0]

    thread = threading.Thread(target=inside, args=(waits,))
    thread.start()
    begun.wait(10)
    mine = inside(lambda: Call(inside))
    assert (found[0].is_alive(), mine.is_alive()) == (True, False)
    end.set()
    thread.join()
    assert not found[0].is_alive()


DAEMON = """
import threading, time
from nornir_haupgrade.processors import Progress
from tests.nornir.samples import nornir

def stays(task):
    begun.set()
    time.sleep(600)

begun = threading.Event()
nr = nornir("a").with_processors([Progress()])
threading.Thread(target=nr.run, args=(stays,), daemon=True).start()
begun.wait(10)
"""


def test_a_run_in_a_daemon_thread_does_not_keep_the_program_alive() -> None:
    done = subprocess.run(
        [sys.executable, "-c", DAEMON],
        capture_output=True, text=True, timeout=30, check=True, cwd=ROOT,
    )  # fmt: skip
    last = done.stderr.splitlines()[-1]
    assert re.search(r"stays  broken off after \d:\d\d: 0 of 1 host done; not ended: a$", last)
