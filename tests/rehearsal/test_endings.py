"""What goes wrong on the twins ends as it would on the pair, with the same words and questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from nornir_haupgrade.engines.answers import Policy
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.events import PairEnd
from nornir_haupgrade.procedure.records import Choice, Outcome, Step
from nornir_haupgrade.rehearsal.engine import RehearsalEngine
from nornir_haupgrade.rehearsal.run import Wanted, prepare, stage
from nornir_haupgrade.rehearsal.telling import Told, told_of
from tests.end_to_end.rig import NEW, OLD, started

pytestmark = [pytest.mark.ssh, pytest.mark.prove]

SPEED = 30.0


def rehearsed(
    folder: Path, script: str, *, on_hold: Choice | None = None, until: Step | None = None
) -> tuple[PairEnd, Told]:
    """The pair p1, assumed whole, with a canary through it, and what a script does to it."""
    (folder / "faults.yaml").write_text(script)
    with started(folder) as rig:
        port = rig.lab.service_ports["p1"]
        canary = {"name": "till", "type": "tcp", "address": "127.0.0.1", "port": port}
        rig.ha = {"canaries": [canary]}
        rig.write()
        project = rig.project()
    wanted = Wanted(
        NEW, speed=SPEED, is_read=False, version=OLD, boot=12.0, faults=(folder / "faults.yaml",)
    )
    cast = prepare(project, wanted)
    with stage(project, cast, wanted) as rehearsal:
        policy = Policy(on_hold=on_hold, who="tester")
        engine = RehearsalEngine(rehearsal.project, speed=SPEED, policy=policy)
        ends = engine.run(Errand(to=NEW, until=until))
        stories = engine.stories.of
        told = told_of(ends, stories, rehearsal.twins, rehearsal.audit, speed=SPEED)
    return ends[0], told[0]


def test_a_dead_data_plane_is_noticed_and_the_role_goes_back(tmp_path: Path) -> None:
    end, told = rehearsed(tmp_path, "- {fault: data_dead, on: p1b}\n", until=Step.TRIAL)
    assert end.end is Outcome.NOT_STARTED, end.reason
    assert "services: shop: worked before" in end.reason
    assert [one.step for one in told.end.switchovers] == [Step.TRIAL, Step.SWITCH_BACK]
    assert end.facts is not None
    assert end.facts.active == "p1a"
    assert "nothing was done to it" in told.end.advice


def test_a_release_without_ha_is_asked_about_and_rolled_back(tmp_path: Path) -> None:
    script = "- {fault: boot_without_ha, on: p1a, params: {times: 1}}\n"
    end, told = rehearsed(tmp_path, script, on_hold=Choice.ROLL_BACK)
    assert end.end is Outcome.ROLLED_BACK, end.reason
    (asked,) = told.asked
    assert (asked.step, asked.answer) == (Step.UPGRADE_STANDBY, "roll-back")
    assert "HA did not come up" in asked.why
    # It is waited for as long as the site would wait, on the twins' clock.
    assert told.seconds[Step.UPGRADE_STANDBY] > 60
    (trial,) = told.end.switchovers
    (canary,) = trial.canaries
    assert canary.is_alive
    ((struck,),) = (fate.strikes for fate in told.fates)
    assert (struck.member, struck.step) == ("p1a", None)
