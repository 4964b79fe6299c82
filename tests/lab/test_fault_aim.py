"""Which pairs faults are for, and that all of a script strike or none."""

from __future__ import annotations

import pytest

from nornir_haupgrade.lab import (
    Fault,
    LabSpec,
    LabThread,
    SpecError,
    When,
    panos_pair,
    router_pair,
    simple_pair,
)
from nornir_haupgrade.lab.command import Event

pytestmark = pytest.mark.ssh


@pytest.fixture
def mixed() -> LabThread:
    return LabThread(LabSpec((simple_pair("p1"), router_pair("r"), panos_pair("w"))))


def struck(lab: LabThread) -> list[tuple[str, str]]:
    return [(entry["fault"], entry["member"]) for entry in lab.audit("fault")]


def test_a_fault_that_names_nobody_is_for_the_pairs_that_have_its_kind(mixed: LabThread) -> None:
    with mixed as lab:
        lab.inject(Fault("clock_jump"), Fault("another_login"), Fault("commit_fails", "standby"))
        assert struck(lab) == [
            ("clock_jump", "ra"),
            ("clock_jump", "rb"),
            ("another_login", "p1a"),
            ("another_login", "ra"),
            ("another_login", "wa"),
            ("commit_fails", "rb"),
            ("commit_fails", "wb"),
        ]


def test_a_fault_that_names_somebody_is_for_that_pair(mixed: LabThread) -> None:
    with mixed as lab:
        lab.inject(
            Fault("disk_full", "p1b"),
            Fault("disk_full", "both", pair="r"),
            Fault("crash", "active", When(at=Event.RELOAD, by="wb")),
        )
        assert struck(lab) == [("disk_full", "p1b"), ("disk_full", "ra"), ("disk_full", "rb")]
        assert ("crash", "active", "waiting") in lab.call(lambda own: own.faults())


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("no_such"), r"fault no_such: no pair has it .* p1 \(linux_ha\), r \(cisco_iosxe\)"),
        (Fault("crash", "p9"), "fault crash: no pair has it and whom it names"),
        (Fault("crash", "p1a", pair="r"), "no pair has it and whom it names"),
        (Fault("crash", "p1a", When(at=Event.RELOAD, by="ra")), "no pair has it and whom it names"),
        (Fault("clock_jump", "p1a"), "no fault clock_jump; known are"),
        (Fault("data_port_down", "p1a", params={"port": "eth7"}), "p1 has no port eth7.*out, in"),
        (Fault("ha_link_down", "wa", params={"link": "ha7"}), "w has no link ha7.*ha1, ha2"),
        (Fault("one_group_moves", params={"group": 7}), "pair r has no group 7; known are 10"),
        (Fault("peer_priority_high", params={"group": 7}), "pair r has no group 7"),
        (Fault("uncommitted_changes", params={"line": "x"}), "pair w: no `set` command .* 'x'"),
    ],
)
def test_what_cannot_strike_keeps_all_others_from_striking(
    mixed: LabThread, fault: Fault, says: str
) -> None:
    with mixed as lab:
        with pytest.raises(SpecError, match=says):
            lab.inject(Fault("disk_full", "p1a"), fault)
        assert struck(lab) == []
        assert lab.call(lambda own: own.faults()) == []
