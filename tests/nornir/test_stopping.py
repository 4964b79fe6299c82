"""Ctrl-C and ``kill -9`` while Nornir runs: nothing is lost, and the next run goes on."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from nornir_haupgrade.procedure.records import Outcome
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.killing import controller, said
from tests.end_to_end.rig import NEW, OLD

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
