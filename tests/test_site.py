"""The site's own tasks: they are taken at their word, and what they raise is no measurement."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory

from nornir_haupgrade.site import Asking, Said, run_task

MODULE = """
from nornir.core.task import Result

def good(task):
    return Result(host=task.host, result=f"{task.host.name} is fine")

def bad(task):
    return Result(host=task.host, result=False)

def nothing(task):
    pass

def empty(task):
    return Result(host=task.host, result=[])

def failed(task):
    return Result(host=task.host, result="the page says 503", failed=True)

def broken(task):
    raise ValueError("no such page")

def subtask(task):
    task.run(task=broken)
    return Result(host=task.host, result="went on")

def long(task):
    return Result(host=task.host, result="x" * 10_000)

def is_dry(task, **given):
    return Result(host=task.host, result=f"{task.name} {task.is_dry_run()} {given}")

class Strange:
    def __bool__(self):
        raise RuntimeError("neither true nor false")

def strange(task):
    return Result(host=task.host, result=Strange())

def leaves(task):
    raise SystemExit(3)

NUMBER = 7
"""


@pytest.fixture
def nr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nornir:
    (tmp_path / "sites_own_checks.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    hosts = Hosts({name: Host(name, hostname="127.0.0.1") for name in ("p1a", "p1b")})
    return Nornir(Inventory(hosts, Groups(), Defaults()))


def ask(nr: Nornir, task: str, told: list[str] | None = None) -> Said:
    kept = (told if told is not None else []).append
    return run_task(nr, "p1a", name="own", task=f"sites_own_checks.{task}", kept=kept)


def test_what_a_task_raises_is_its_answer_whatever_the_configuration_says(nr: Nornir) -> None:
    nr.config.core.raise_on_error = True
    found = ask(nr, "broken")
    assert (found.is_good, found.has_failed) == (None, True)
    assert found.text == "sites_own_checks.broken: ValueError: no such page"


def asked(nr: Nornir, task: str) -> Said:
    """The same in a thread of its own, as gates and notifications are asked."""
    asking = Asking(lambda: ask(nr, task), f"sites_own_checks.{task}")
    assert asking.is_over(10)
    return asking.said


def test_a_task_runs_once_on_one_host_and_its_result_is_shown(nr: Nornir) -> None:
    found = ask(nr, "good")
    assert found == Said(True, "sites_own_checks.good: p1a is fine", has_failed=False)


@pytest.mark.parametrize(
    ("task", "word", "has_failed"),
    [
        ("bad", "False", False),
        ("failed", "the page says 503", True),
        ("nothing", "it said nothing", False),
        ("empty", "[]", False),
    ],
)
def test_only_a_value_that_is_true_is_good(
    nr: Nornir, task: str, word: str, has_failed: bool
) -> None:
    found = ask(nr, task)
    assert (found.is_good, found.has_failed) == (False, has_failed)
    assert found.text.endswith(word)
    assert nr.data.failed_hosts == set()


def test_an_exception_is_no_measurement_and_its_traceback_is_kept(nr: Nornir) -> None:
    told: list[str] = []
    found = ask(nr, "broken", told)
    assert found == Said(None, "sites_own_checks.broken: ValueError: no such page", has_failed=True)
    assert "Traceback" in told[0]
    assert nr.data.failed_hosts == set()


def test_a_subtask_that_raises_is_no_measurement(nr: Nornir) -> None:
    found = ask(nr, "subtask")
    assert (found.is_good, found.has_failed) == (None, True)


@pytest.mark.parametrize("task", ["missing", "NUMBER"])
def test_what_is_no_task_is_named(nr: Nornir, task: str) -> None:
    found = ask(nr, task)
    assert found.is_good is None
    assert f"there is no task {task} in sites_own_checks" in found.text


def test_a_module_that_does_not_exist_is_named(nr: Nornir) -> None:
    found = run_task(nr, "p1a", name="own", task="nowhere_at_all.check", kept=print)
    assert found.is_good is None
    assert "the task nowhere_at_all.check cannot be imported" in found.text


def test_a_long_answer_is_cut(nr: Nornir) -> None:
    assert len(ask(nr, "long").text) == 200


def test_a_task_is_a_dry_run_unless_it_is_to_write_and_gets_what_it_is_given(nr: Nornir) -> None:
    kept: list[str] = []
    said = [
        run_task(
            nr,
            "p1b",
            name="own",
            task="sites_own_checks.is_dry",
            kept=kept.append,
            is_read_only=is_read_only,
            number=4,
        ).text
        for is_read_only in (True, False)
    ]
    assert [text.partition(": ")[2] for text in said] == [
        "own True {'number': 4}",
        "own False {'number': 4}",
    ]


@pytest.mark.parametrize(("task", "words"), [("strange", "neither"), ("leaves", "SystemExit: 3")])
def test_whatever_a_task_does_in_its_thread_is_no_measurement(
    nr: Nornir, task: str, words: str
) -> None:
    found = asked(nr, task)
    assert (found.is_good, found.has_failed) == (None, True)
    assert words in found.text


def test_a_task_that_hangs_holds_up_nothing_but_itself() -> None:
    release = threading.Event()

    def hang() -> Said:
        release.wait(20)
        return Said(True, "late", has_failed=False)

    asking = Asking(hang, "own")
    assert not asking.is_over(0.05)
    (thread,) = (one for one in threading.enumerate() if one.name == "own")
    assert thread.daemon
    release.set()
    assert asking.is_over(5)
    thread.join(5)


def test_a_machine_without_a_thread_left_is_no_measurement(
    nr: Nornir, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        found = asked(nr, "good")
    assert found.is_good is None
    assert "can't start new thread" in found.text
