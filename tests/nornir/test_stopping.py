"""Ctrl-C and ``kill -9`` while Nornir runs: nothing is lost, and the next run goes on."""

from __future__ import annotations

import _thread
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from nornir.core.inventory import Host
from nornir.core.task import Task
from nornir.plugins.runners import SerialRunner

from nornir_haupgrade import HAPairs, upgrade_pair
from nornir_haupgrade.engines.events import Event, RunStarted
from nornir_haupgrade.errors import AnotherController, Interrupted
from nornir_haupgrade.procedure.records import Action, Outcome
from nornir_haupgrade.tasks import drive, switch_over
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.killing import controller, said
from tests.end_to_end.rig import NEW, OLD, Rig
from tests.nornir.test_alone import one, run
from tests.nornir.test_upgrade_pair import Watching, named

ONCE_MORE = {"reboot": 1, "suspend": 3}


@pytest.mark.parametrize("at", ["borrow-preemption", "install"])
def test_ctrl_c_reaches_a_safe_point_and_hands_back_what_there_is(
    make_rig: MakeRig, at: str
) -> None:
    rig = make_rig()
    end: dict[str, Any] = {}
    result: dict[str, Any] = {}
    with controller(rig, "--nornir") as process:
        for line in said(process):
            if line.get("run") == at:
                process.send_signal(signal.SIGINT)
            end = line if "end" in line else end
            result = line if "steps" in line else result
    assert end["end"] in {Outcome.NOT_STARTED, Outcome.PARKED}, end
    assert end["owed"] == [], "nothing is installed yet, so everything could be given back"
    assert result["failed"] == ["p1a", "p1b"]
    assert result["steps"]["p1a"] == result["steps"]["p1b"]
    assert result["steps"]["p1a"][0] == "0 prepare"
    assert result["steps"]["p1a"][-1] == "close"
    assert rig.versions == (OLD, OLD)
    assert all(state.preempts for state in rig.lab.states().values())

    rig.is_through_nornir = True
    assert rig.run().end is Outcome.DONE, rig.story
    assert rig.versions == (NEW, NEW)
    rig.audit_proof(times=ONCE_MORE)


def test_a_run_that_was_killed_goes_on_by_nornir(make_rig: MakeRig) -> None:
    rig = make_rig()
    with controller(rig, "--nornir") as process:
        for line in said(process):
            if line.get("run") == "reload":
                process.kill()
    rig.is_through_nornir = True
    assert rig.run().end is Outcome.DONE, rig.story
    assert rig.result is not None
    earlier = [one.result["step"] for one in rig.result["p1a"][1:] if one.result["is_earlier"]]
    assert "1 trial" in earlier
    assert rig.versions == (NEW, NEW)
    rig.audit_proof(times={"reboot": 1})


# --- in this process ------------------------------------------------------------------------------


def alive(*names: str) -> list[str]:
    """Threads of ours that still run."""
    return [one.name for one in threading.enumerate() if one.name.startswith(names)]


def wait_until(is_so: Callable[[], object]) -> None:
    """At most for as long as a pair takes."""
    until = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


def interrupt_at(rig: Rig, effect: str, *, times: int) -> None:
    """Ctrl-C as soon as the lab has seen a command, so often."""

    def watch() -> None:
        wait_until(lambda: any(entry.get("effect") == effect for entry in rig.lab.audit()))
        for _ in range(times):
            _thread.interrupt_main()
            time.sleep(0.4)

    threading.Thread(target=watch, daemon=True).start()


class Interrupting(Watching):
    """Ctrl-C as soon as the first member begins."""

    def task_instance_started(self, task: Task, host: Host) -> None:
        is_first = not any(what == "begins" for what, _, _ in self.seen)
        super().task_instance_started(task, host)
        if is_first:
            _thread.interrupt_main()


def test_ctrl_c_while_members_begin_leaves_no_thread_waiting(make_rig: MakeRig) -> None:
    rig = make_rig()
    nr = rig.nornir().with_processors([Interrupting()]).with_runner(HAPairs())
    try:
        result = nr.run(task=upgrade_pair, to=NEW)
    except KeyboardInterrupt:
        pass  # nothing had begun
    else:
        assert set(result.failed_hosts) == {"p1a", "p1b"}
    wait_until(lambda: not alive("member", "engine", "pair"))
    assert rig.versions == (OLD, OLD)


def test_what_is_left_behind_is_not_said_not_to_have_begun(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drive, "_PATIENCE", 0.4)
    rig = make_rig()
    goes_on = threading.Event()

    def hang(event: Event) -> None:
        """As a device does that does not answer."""
        if isinstance(event, RunStarted) and event.run.action is Action.SWITCH:
            for _ in range(2):
                _thread.interrupt_main()
                time.sleep(0.4)
            goes_on.wait(30)

    nr = rig.nornir().with_runner(HAPairs(listener=hang))
    result = nr.run(task=upgrade_pair, to=NEW)
    try:
        for multi in result.values():
            own, *steps = multi
            assert isinstance(own.exception, Interrupted)
            assert "left behind while it was worked on" in str(own.result)
            assert own.changed
            assert (named(steps[-1]), steps[-1].failed) == ("1 trial", True)
            assert "what was sent may take effect" in steps[-1].result["reason"]
        nr.data.reset_failed_hosts()
        refused = nr.run(task=upgrade_pair, to=NEW)["p1a"][0]
        assert isinstance(refused.exception, AnotherController), "its thread holds the pair"
    finally:
        goes_on.set()
        wait_until(lambda: not alive("engine", "pair"))


@pytest.mark.parametrize("times", [1, 2])
def test_ctrl_c_takes_the_pair_from_no_single_task(make_rig: MakeRig, times: int) -> None:
    rig = make_rig(preempt=False)
    nr = rig.nornir().filter(name="p1b").with_runner(SerialRunner())
    interrupt_at(rig, "suspend", times=times)

    def interrupted() -> None:
        run(nr, switch_over)
        time.sleep(1)  # it was over before the last Ctrl-C

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not alive("engine", "pair"), "the lock is let go of, and somebody works on"
    found = one(rig, "p1b", switch_over)
    assert not found.failed, found.result
    assert rig.roles == ("BACKUP", "MASTER")
    rig.audit_proof(times={"suspend": 1})
