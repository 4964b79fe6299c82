"""A reboot and a drill: the same care as an upgrade, and no software touched."""

from __future__ import annotations

import pytest

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.procedure.records import Action, Outcome, Step
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import OLD


@pytest.mark.parametrize("preempt", [True, False])
def test_a_drill_switches_over_and_comes_home(make_rig: MakeRig, preempt: bool) -> None:
    rig = make_rig(preempt=preempt)
    end = rig.without_software(Purpose.DRILL)

    assert end.end is Outcome.DONE, rig.story
    assert end.owed == ()
    assert rig.roles == ("MASTER", "BACKUP")
    assert rig.versions == (OLD, OLD)
    assert rig.lab.state("p1a").preempts is preempt
    proof = rig.audit_proof()
    assert proof.effects("suspend", "install", "boot", "reboot") == [
        ("suspend", "p1a"),
        ("suspend", "p1b"),
    ]
    assert rig.lab.call(lambda lab: lab.rig_of("p1").pair.sessions.lost) == 0


def test_a_reboot_reloads_the_standby_then_the_other(make_rig: MakeRig) -> None:
    rig = make_rig()
    end = rig.without_software(Purpose.REBOOT)

    assert end.end is Outcome.DONE, rig.story
    assert end.owed == ()
    assert rig.roles == ("MASTER", "BACKUP")
    assert rig.versions == (OLD, OLD)
    assert [found.run.step for found in rig.results() if found.run.action is Action.RELOAD] == [
        Step.REBOOT_STANDBY,
        Step.REBOOT_OTHER,
    ]
    proof = rig.audit_proof(times={"reboot": 1})
    assert proof.effects("suspend", "install", "boot", "reboot") == [
        ("suspend", "p1a"),
        ("reboot", "p1a"),
        ("suspend", "p1b"),
        ("reboot", "p1b"),
    ]


def test_a_drill_whose_services_fail_switches_back_and_says_so(make_rig: MakeRig) -> None:
    rig = make_rig(preempt=False)
    rig.fault("data_dead", "p1b")
    end = rig.without_software(Purpose.DRILL)

    assert end.end is Outcome.FAILED, rig.story
    assert rig.roles == ("MASTER", "BACKUP")
    rig.audit_proof(is_dead=True)


def test_another_errand_does_not_go_on_with_an_unfinished_upgrade(make_rig: MakeRig) -> None:
    rig = make_rig()
    assert rig.run(until=Step.UPGRADE_STANDBY).end is Outcome.PARKED
    with pytest.raises(BadInput, match="the unfinished campaign is an upgrade, not a drill"):
        rig.without_software(Purpose.DRILL)
