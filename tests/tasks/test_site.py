"""The site's own tasks: what they say is taken as it is, and what they raise is no measurement."""

from __future__ import annotations

from pathlib import Path

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory

from nornir_haupgrade.model import ServiceResult
from nornir_haupgrade.tasks.site import run_service_task

MODULE = """
from nornir.core.task import Result

def good(task):
    return Result(host=task.host, result=f"{task.host.name} is fine")

def bad(task):
    return Result(host=task.host, result=False)

def failed(task):
    return Result(host=task.host, result="the page says 503", failed=True)

def broken(task):
    raise ValueError("no such page")

NUMBER = 7
"""


@pytest.fixture
def nr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Nornir:
    (tmp_path / "sites_own_checks.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    hosts = Hosts({name: Host(name, hostname="127.0.0.1") for name in ("p1a", "p1b")})
    return Nornir(Inventory(hosts, Groups(), Defaults()))


def ask(nr: Nornir, task: str, told: list[str] | None = None) -> ServiceResult:
    said = (told if told is not None else []).append
    return run_service_task(nr, "p1a", name="own", task=f"sites_own_checks.{task}", said=said)


def test_a_task_runs_once_on_one_host_and_its_result_is_shown(nr: Nornir) -> None:
    found = ask(nr, "good")
    assert found == ServiceResult("own", is_good=True, detail="sites_own_checks.good: p1a is fine")


@pytest.mark.parametrize(("task", "word"), [("bad", "False"), ("failed", "the page says 503")])
def test_a_task_may_say_that_it_is_bad(nr: Nornir, task: str, word: str) -> None:
    found = ask(nr, task)
    assert found.is_good is False
    assert found.detail.endswith(word)
    assert nr.data.failed_hosts == set()


def test_an_exception_is_no_measurement_and_its_traceback_is_kept(nr: Nornir) -> None:
    told: list[str] = []
    found = ask(nr, "broken", told)
    assert found.is_good is None
    assert found.detail == "sites_own_checks.broken: ValueError: no such page"
    assert "Traceback" in told[0]
    assert nr.data.failed_hosts == set()


@pytest.mark.parametrize("task", ["missing", "NUMBER"])
def test_what_is_no_task_is_named(nr: Nornir, task: str) -> None:
    found = ask(nr, task)
    assert found.is_good is None
    assert f"there is no task {task} in sites_own_checks" in found.detail


def test_a_module_that_does_not_exist_is_named(nr: Nornir) -> None:
    found = run_service_task(nr, "p1a", name="own", task="nowhere_at_all.check", said=print)
    assert found.is_good is None
    assert "the task nowhere_at_all.check cannot be imported" in found.detail
