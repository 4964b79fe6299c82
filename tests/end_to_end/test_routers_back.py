"""Routers go back: on trial by giving the trial up, committed by activating the old version."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.lab import RouterSpec, SoftwareMode
from nornir_haupgrade.procedure.records import Choice, Goal, Kind, Outcome, Step
from tests.end_to_end.rig import Rig, Scenario, together
from tests.end_to_end.router_rig import NEW, OLD, routers, routers_of

ACTIVATE: Final = "install activate auto-abort-timer 120 prompt-level none"
TWICE: Final = {"reboot": 2, "take": 3, "commit": 2, "install": 2}
SHORT: Final = {"reload_timeout": 5, "settle_timeout": 1.5}


def on_trial(rig: Rig) -> None:
    """Its configuration is not whole, so it was not committed: the trial is given up."""
    rig = routers_of(rig)
    rig.is_through_nornir = True
    rig.fault("config_lines_lost", "p1a", version=NEW)
    end = rig.run(on_hold=Choice.ROLL_BACK)
    assert end.end is Outcome.ROLLED_BACK, rig.story
    assert "lost 1 line" in " ".join(rig.failures)
    rig.home_proof(runs=(OLD, OLD))
    proof = rig.audit_proof(times=TWICE)
    assert proof.effects("reboot", "commit") == [("reboot", "p1a")] * 2
    assert rig.installs("p1a")[1:] == [ACTIVATE, "install abort"]
    assert rig.installs("p1b") == []
    assert rig.router("p1a", lambda router: router.packages.inactive) == [NEW]


def committed(rig: Rig) -> None:
    """Stopped after step 6: the new active gives the role away before it is touched."""
    rig = routers_of(rig)
    rig.is_through_nornir = True
    end = rig.run(until=Step.SWITCH_OVER)
    assert end.end is Outcome.PARKED, rig.story
    assert rig.versions == (NEW, OLD)
    assert {(owed.lease.kind, owed.lease.member) for owed in end.owed} == {
        ("preemption", "p1a"),
        ("preemption", "p1b"),
    }
    assert end.owed[0].commands[:3] == (
        "configure terminal",
        "interface GigabitEthernet2",
        "standby 10 preempt",
    )
    rig.audit_proof()

    end = rig.command(Goal.BACK)
    assert end.end is Outcome.ROLLED_BACK, rig.story
    assert end.owed == ()
    rig.home_proof(runs=(OLD, OLD))
    proof = rig.audit_proof(times=TWICE)
    assert proof.effects("reboot", "take") == [
        ("take", "p1b"),
        ("reboot", "p1a"),
        ("take", "p1a"),
        ("take", "p1b"),
        ("reboot", "p1a"),
        # then p1a, which preempts, is wanted as it was
        ("take", "p1a"),
    ]
    assert rig.installs("p1a")[1:] == [ACTIVATE, "install commit", ACTIVATE, "install commit"]
    assert rig.installs("p1b") == []


def one_file(rig: Rig) -> None:
    rig = routers_of(rig)
    rig.is_through_nornir = True
    assert rig.run(until=Step.SWITCH_OVER).end is Outcome.PARKED, rig.story
    assert rig.versions == (NEW, OLD)
    end = rig.command(Goal.BACK)
    assert end.end is Outcome.ROLLED_BACK, rig.story
    rig.home_proof(runs=(OLD, OLD))
    proof = rig.audit_proof(times=TWICE)
    assert proof.effects("reboot") == [("reboot", "p1a")] * 2
    files = [
        line.removeprefix("boot system bootflash:c8000v-universalk9.").removesuffix(".SPA.bin")
        for line in rig.sent()["p1a"]
        if line.startswith("boot system ")
    ]
    assert files == [NEW, OLD, OLD, NEW]


def done(rig: Rig) -> None:
    """Both are committed: the whole way back."""
    rig = routers_of(rig)
    assert rig.run().end is Outcome.DONE, rig.story
    end = rig.command(Goal.BACK)
    assert end.end is Outcome.ROLLED_BACK, rig.story
    rig.home_proof(runs=(OLD, OLD))
    proof = rig.audit_proof(times=TWICE | {"take": 3})
    assert proof.effects("reboot", "commit")[4:] == [
        ("reboot", "p1b"),
        ("commit", "p1b"),
        ("reboot", "p1a"),
        ("commit", "p1a"),
    ]


def nothing_to_go_back_to(rig: Rig) -> None:
    """Somebody removed the old packages, and its image is nowhere: a person has to bring it."""
    rig = routers_of(rig)
    assert rig.run(until=Step.UPGRADE_STANDBY).end is Outcome.PARKED, rig.story
    assert "SUCCESS: install_remove" in rig.lab.run("p1a", "install remove inactive").stdout
    end = rig.command(Goal.BACK)
    assert end.end is Ended.HELD, rig.story
    rig.audit_proof()
    end = rig.command(Goal.BACK)
    assert end.ask is not None
    assert end.ask.kind is Kind.NO_RESTORE, rig.story
    assert rig.run(on_hold=Choice.PARK).end is Outcome.STRANDED
    assert rig.versions == (NEW, OLD)
    rig.audit_proof()


SCENARIOS: Final[dict[str, tuple[Scenario, dict[str, Any]]]] = {
    "on-trial": (on_trial, routers()),
    "committed": (committed, routers()),
}
MORE: Final[dict[str, tuple[Scenario, dict[str, Any]]]] = {
    "one-file": (one_file, routers(setup=RouterSpec(mode=SoftwareMode.BUNDLE))),
    "done": (done, routers()),
    "nothing": (nothing_to_go_back_to, routers(settings=SHORT)),
}


def test_rolled_back_in_order(tmp_path: Path) -> None:
    together(tmp_path, SCENARIOS)


@pytest.mark.prove
def test_rolled_back_from_elsewhere(tmp_path: Path) -> None:
    together(tmp_path, MORE)
