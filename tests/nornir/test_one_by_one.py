"""Any other task under the runner: the standby first, and not on past a failure."""

from __future__ import annotations

import time
from pathlib import Path
from threading import Lock

import pytest
from nornir.core.inventory import Host
from nornir.core.task import Result, Task

from nornir_haupgrade import HAPairs
from nornir_haupgrade.errors import BadInput, HAUpgradeError, Unreachable
from nornir_haupgrade.tasks import ha_status, set_preemption, switch_over
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import Rig


class Diary:
    """Who was worked on when."""

    def __init__(self, fails: str = "") -> None:
        self.order: list[str] = []
        self._fails = fails
        self._lock = Lock()

    def task(self, task: Task) -> Result:
        """One that takes a moment."""
        with self._lock:
            self.order.append(task.host.name)
        time.sleep(0.05)
        if task.host.name == self._fails:
            raise ValueError("it does not work")
        return Result(task.host, result="done")


@pytest.fixture
def rig(make_rig: MakeRig) -> Rig:
    return make_rig()


def test_the_standby_comes_first_whatever_the_inventory_s_order(rig: Rig) -> None:
    diary = Diary()
    nr = rig.nornir().with_runner(HAPairs())
    assert not nr.run(task=diary.task, name="diary").failed
    assert diary.order == ["p1b", "p1a"]
    rig.lab.run("p1a", "fwctl ha suspend")
    rig.lab.run("p1a", "fwctl ha functional")
    rig.lab.run("p1b", "fwctl ha preempt off")
    rig.lab.run("p1a", "fwctl ha preempt off")
    time.sleep(1)
    diary.order.clear()
    assert not nr.run(task=diary.task, name="diary").failed
    first = "p1a" if rig.roles == ("BACKUP", "MASTER") else "p1b"
    assert diary.order[0] == first


def test_the_second_member_is_left_alone_after_a_failure(rig: Rig) -> None:
    diary = Diary(fails="p1b")
    result = rig.nornir().with_runner(HAPairs()).run(task=diary.task, name="diary")
    assert diary.order == ["p1b"]
    assert isinstance(result["p1b"][0].exception, ValueError)
    left = result["p1a"][0]
    assert isinstance(left.exception, HAUpgradeError)
    assert str(left.result) == (
        "p1/p1a: not run, since it failed on p1b. Next: mend that member first"
    )
    assert set(result.failed_hosts) == {"p1a", "p1b"}


def test_a_host_of_no_pair_runs_by_itself(rig: Rig) -> None:
    diary = Diary()
    nr = rig.nornir()
    nr.inventory.hosts["switch"] = Host("switch", defaults=nr.inventory.defaults)
    result = nr.with_runner(HAPairs()).run(task=diary.task, name="diary")
    assert not result.failed
    assert set(diary.order) == {"p1a", "p1b", "switch"}
    assert list(result) == ["p1a", "p1b", "switch"], "in the inventory's order"


def test_one_member_alone_needs_no_order_and_no_login(rig: Rig) -> None:
    diary = Diary()
    nr = rig.nornir().filter(name="p1a").with_runner(HAPairs())
    assert not nr.run(task=diary.task, name="diary").failed
    assert diary.order == ["p1a"]
    assert [entry for entry in rig.lab.audit() if entry["kind"] == "command"] == []


def test_nothing_is_run_where_the_standby_cannot_be_told(rig: Rig) -> None:
    diary = Diary()
    rig.lab.run("p1b", "fwctl ha suspend")
    result = rig.nornir().with_runner(HAPairs()).run(task=diary.task, name="diary")
    assert diary.order == []
    for multi in result.values():
        assert isinstance(multi[0].exception, BadInput)
        assert "p1b suspended" in str(multi[0].result)


def test_nothing_is_run_where_a_member_does_not_answer(rig: Rig) -> None:
    diary = Diary()
    rig.fault("crash", "p1b")
    result = rig.nornir().with_runner(HAPairs()).run(task=diary.task, name="diary")
    assert diary.order == []
    assert all(isinstance(multi[0].exception, Unreachable) for multi in result.values())


def test_tasks_of_ours_run_under_it_too(rig: Rig) -> None:
    nr = rig.nornir().with_runner(HAPairs())
    found = nr.run(task=ha_status)
    assert {name: multi[0].result["role"] for name, multi in found.items()} == {
        "p1a": "active",
        "p1b": "standby",
    }
    assert not nr.run(task=set_preemption, on=False).failed
    assert not any(state.preempts for state in rig.lab.states().values())
    refused = nr.run(task=switch_over)
    assert "are selected" in str(refused["p1b"][0].result)


def test_another_folder_is_no_matter(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    diary = Diary()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path / "elsewhere")
        assert not rig.nornir().with_runner(HAPairs()).run(task=diary.task, name="diary").failed
