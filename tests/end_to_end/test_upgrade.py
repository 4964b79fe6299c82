"""A whole upgrade, over real SSH, by the real driver."""

from __future__ import annotations

import json

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.lab import simple_pair
from nornir_haupgrade.procedure.records import Action, Outcome, Step
from tests.end_to_end.compress import SPEED
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import NEW, OLD, Rig

TAKEOVER = 0.09
"""Seconds of this machine in which nobody forwards at a switchover."""


def test_a_pair_is_upgraded_by_the_ten_steps(make_rig: MakeRig) -> None:
    rig = make_rig()
    end = rig.run()

    assert end.end is Outcome.DONE, rig.story
    assert end.owed == ()
    assert rig.versions == (NEW, NEW)
    assert rig.roles == ("MASTER", "BACKUP")
    assert all(state.preempts for state in rig.lab.states().values())
    assert [found.run.step for found in rig.results() if found.run.action is Action.RELOAD] == [
        Step.UPGRADE_STANDBY,
        Step.UPGRADE_OTHER,
    ]
    proof = rig.audit_proof(times={"reboot": 1})
    assert proof.effects("suspend", "install", "reboot") == [
        ("suspend", "p1a"),  # the trial
        ("install", "p1a"),
        ("reboot", "p1a"),
        ("suspend", "p1b"),
        ("install", "p1b"),
        ("reboot", "p1b"),
    ]
    assert rig.lab.call(lambda lab: lab.rig_of("p1").pair.sessions.lost) == 0
    _evidence_is_whole(rig, end.head)


def _evidence_is_whole(rig: Rig, head: str) -> None:
    campaign = rig.campaign
    campaign.history.verify("p1", head)
    for member in ("p1a", "p1b"):
        for name in (f"original-{OLD}.tar", f"step-3-{OLD}.tar", f"after-upgrade-{NEW}.tar"):
            assert campaign.get_backup("p1", member, name), f"{name} of {member}"
    backups = list((campaign.path / "backups").rglob("*.tar"))
    assert {path.stat().st_mode & 0o777 for path in backups} == {0o600}
    for found in rig.results():
        for raw in found.raw:
            assert campaign.get_raw(raw)

    report = json.loads((campaign.path / "report.json").read_text())
    (pair,) = report["pairs"]
    assert (pair["end"], pair["path"], pair["owed"]) == ("done", [OLD, NEW], [])
    assert [(row["step"], row["to"]) for row in pair["switchovers"]] == [
        ("trial", "p1b"),
        ("switch_over", "p1a"),
        ("give_back", None),
    ]
    assert all(gap["seconds"] > 0 for row in pair["switchovers"] for gap in row["outages"])
    assert {name: row["version"] for name, row in pair["members"].items()} == {
        "p1a": NEW,
        "p1b": NEW,
    }
    steps = [row["step"] for row in pair["steps"]]
    assert set(steps) == {step.name.lower() for step in Step if step <= Step.GIVE_BACK}


def test_without_preemption_the_roles_stay_where_the_last_switchover_left_them(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(preempt=False)
    end = rig.run()
    assert end.end is Outcome.DONE, rig.story
    assert rig.roles == ("MASTER", "BACKUP")
    proof = rig.audit_proof()
    assert proof.effects("preempt") == []


def test_each_switchover_is_measured_and_a_canary_lives_through_it(make_rig: MakeRig) -> None:
    rig = make_rig(pair=simple_pair("p1", sessions=40, takeover_ms=TAKEOVER * SPEED * 1000))
    port = rig.lab.service_ports["p1"]
    rig.ha["canaries"] = [{"name": "till", "type": "tcp", "address": "127.0.0.1", "port": port}]
    rig.write()

    end = rig.run()

    assert end.end is Outcome.DONE, rig.story
    assert [one.to for one in end.switchovers] == ["p1b", "p1a"]
    for switchover in end.switchovers:
        (gap,) = switchover.outages
        assert gap.seconds is not None
        assert gap.resolution is not None
        assert gap.seconds > TAKEOVER - gap.resolution
        assert [(one.name, one.is_alive) for one in switchover.canaries] == [("till", True)]


def test_an_upgrade_that_nobody_needs_moves_no_role(make_rig: MakeRig) -> None:
    rig = make_rig(pair=simple_pair("p1", versions=(NEW, NEW), sessions=20))
    end = rig.run()
    assert end.end is Outcome.DONE
    assert end.reason == f"both members already run {NEW}; nothing was done"
    assert rig.audit_proof().ours == []
    (shown,) = rig.engine().dry_run(Errand(to=NEW))
    assert shown.rows == ()
