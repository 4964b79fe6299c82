"""Prepare: all that would stop the upgrade later, and the baseline before the first write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nornir_haupgrade.model import (
    Preemption,
    Role,
    Session,
    SessionCount,
    StagedImage,
    Status,
)
from nornir_haupgrade.procedure.records import Action, Lease, LeaseKind
from nornir_haupgrade.settings import ManagementPath, TaskService, TcpService
from tests.actions.conftest import Bench
from tests.actions.memory import Port, unreadable

# --- readiness ------------------------------------------------------------------------------------


def test_a_pair_that_is_ready_passes_and_every_check_is_recorded(bench: Bench) -> None:
    result = bench.do(Action.READINESS)
    assert result.verdict.status is Status.PASS
    assert bench.sent == []
    labels = [label for label, _ in result.verdict.facts]
    assert {
        "identity",
        "roles",
        "HA links",
        "versions",
        "next boot",
        "latches",
        "preemption",
        "administrators",
        "image 13.8",
        "space on p1a",
        "space on p1b",
    } <= set(labels)


def test_only_a_trial_of_ours_is_gone_on_with(bench: Bench) -> None:
    bench.b.facts_held = replace(bench.b.facts_held, is_on_trial=True)
    assert bench.do(Action.READINESS).verdict.status is Status.FAIL
    bench.state = {"leases": frozenset({Lease(LeaseKind.TRIAL, "p1b")})}
    assert bench.do(Action.READINESS).verdict.status is Status.WARN


def _carried_by_the_active(bench: Bench) -> None:
    """The active holds our session to its peer, as MemoryPair says that it looks."""
    ours, theirs = ("10.9.0.1:40001", "10.9.0.2:22")
    bench.a.table = (Session("tcp", (ours, theirs), (theirs, ours), "ESTABLISHED", 5),)


def test_management_through_the_pair_that_was_not_declared_is_refused(bench: Bench) -> None:
    _carried_by_the_active(bench)
    result = bench.do(Action.READINESS)
    assert result.verdict.status is Status.FAIL
    assert "runs through p1a, but is declared out_of_band" in result.verdict.reason


def test_management_through_the_pair_that_was_declared_is_proven(bench: Bench) -> None:
    _carried_by_the_active(bench)
    bench.config = {"management_path": ManagementPath.THROUGH_PAIR}
    result = bench.do(Action.READINESS)
    assert result.verdict.status is Status.PASS
    said = dict(result.verdict.facts)["management path"]
    assert "runs through p1a, as declared" in said


def test_the_way_of_our_own_session_must_be_told(bench: Bench) -> None:
    bench.a.goes_wrong("sessions", unreadable())
    result = bench.do(Action.READINESS)
    assert result.verdict.status is Status.ERROR
    assert "management path: " in result.verdict.reason


def test_without_an_active_member_our_own_way_cannot_be_told(bench: Bench) -> None:
    bench.a.becomes(role=Role.STANDBY)
    said = dict(bench.do(Action.READINESS).verdict.facts)
    assert said["management path"] == "error: no active member to look for our own session on"


def test_no_finding_hides_another(bench: Bench) -> None:
    bench.a.becomes(next_version="13.8", others=2)
    bench.b.becomes(identity="another", is_peer_link_up=False, is_latched=True)
    bench.b.free = 1
    Path(bench.image.path).write_bytes(b"something else")
    result = bench.do(Action.READINESS)
    assert result.verdict.status is Status.FAIL
    for reason in (
        "another device",
        "HA link is down",
        "its next boot runs 13.8",
        "kept out of its role by a latch",
        "other administrators logged in: 2",
        "fw-13.img has sha256",
        "1 bytes free, 13 needed",
    ):
        assert reason in result.verdict.reason


def test_preemption_that_cannot_be_read_is_an_error(bench: Bench) -> None:
    bench.a.becomes(preemption=Preemption.UNKNOWN)
    assert bench.do(Action.READINESS).verdict.status is Status.ERROR


def test_an_image_of_the_path_that_is_not_configured_fails(bench: Bench) -> None:
    bench.images = ()
    result = bench.do(Action.READINESS)
    assert result.verdict.status is Status.FAIL
    assert "no image of 13.8 is configured" in result.verdict.reason


def test_an_image_that_is_not_on_the_controller_fails(bench: Bench) -> None:
    Path(bench.image.path).unlink()
    result = bench.do(Action.READINESS)
    assert result.verdict.status is Status.FAIL
    assert "fw-13.img cannot be read: No such file or directory" in result.verdict.reason


def test_a_member_that_holds_the_image_needs_no_space(bench: Bench) -> None:
    image = bench.image
    bench.a.free = bench.b.free = 0
    bench.a.disk[image.name] = StagedImage(image.name, image.size, image.sha256)
    bench.b.becomes(installed=(("slot1", "12.15"), ("slot2", "13.8")))
    assert bench.do(Action.READINESS).verdict.status is Status.PASS


def test_space_that_cannot_be_read_is_an_error_and_the_other_is_still_checked(
    bench: Bench,
) -> None:
    bench.a.goes_wrong("free_space", unreadable())
    bench.b.free = 1
    result = bench.do(Action.READINESS)
    assert result.verdict.status is Status.ERROR
    assert "space on p1a: p1/p1a: cannot make sense of the answer" in result.verdict.reason
    assert "space on p1b: p1b: 1 bytes free, 13 needed" in result.verdict.reason


# --- the baseline ---------------------------------------------------------------------------------


@pytest.fixture
def measured(bench: Bench, port: Port) -> Port:
    """A pair with a service behind it and sessions on it."""
    shop = TcpService(name="shop", type="tcp", address="127.0.0.1", port=port.number)
    bench.config = {"services": (shop,)}
    bench.a.count = SessionCount(100, 0, 100)
    bench.b.count = SessionCount(0, 96, 96)
    bench.b.ports = (("eth1", True), ("eth2", False))
    return port


def test_the_baseline_holds_services_sessions_and_interfaces(bench: Bench, measured: Port) -> None:
    result = bench.do(Action.BASELINE)
    # The member in memory carries no probe of ours, and that is all that is remarkable.
    assert result.verdict.status is Status.WARN
    assert result.verdict.reason.startswith("probes: not proven through this pair")
    facts = dict(result.facts)
    assert facts.pop("service:shop").startswith("good: ")
    assert facts == {
        "sessions:ratio": "0.960000",
        "interfaces:p1a": "eth1=up,eth2=up",
        "interfaces:p1b": "eth1=up,eth2=down",
    }
    assert bench.sent == []


def test_a_service_that_is_broken_before_us_is_recorded_as_such(
    bench: Bench, measured: Port
) -> None:
    measured.close()
    result = bench.do(Action.BASELINE)
    assert result.verdict.status is Status.WARN
    assert dict(result.facts)["service:shop"].startswith("bad: ")


def test_a_service_that_cannot_be_measured_is_unknown(bench: Bench) -> None:
    bench.config = {"services": (TaskService(name="own", type="task", task="nowhere.check"),)}
    result = bench.do(Action.BASELINE)
    assert result.verdict.status is Status.ERROR
    assert dict(result.facts)["service:own"].startswith("unknown: ")


@pytest.mark.parametrize(
    ("held", "usual"),
    [
        ((96, 10, 10), "0.960000"),  # as expected: read once
        ((116, 100, 101), "1.010000"),  # the first was read late
        ((80, 100, 82), "0.820000"),  # the second was
        ((200, 201, 199), "2.000000"),  # a standby that counts each twice
    ],
)
def test_a_share_that_surprises_is_measured_three_times(
    bench: Bench, measured: Port, held: tuple[int, ...], usual: str
) -> None:
    bench.b.next_counts = [SessionCount(0, count, count) for count in held]
    assert dict(bench.do(Action.BASELINE).facts)["sessions:ratio"] == usual


def test_a_second_reading_that_fails_is_an_error(bench: Bench, measured: Port) -> None:
    bench.b.count = SessionCount(0, 50, 50)
    bench.b.goes_wrong("session_count", None, unreadable())
    result = bench.do(Action.BASELINE)
    assert result.verdict.status is Status.ERROR
    assert "sessions:ratio" not in dict(result.facts)


def test_without_sessions_there_is_no_ratio(bench: Bench) -> None:
    result = bench.do(Action.BASELINE)
    assert result.verdict.status is Status.WARN
    assert "no ratio: no session to compare, or none counted" in result.verdict.reason
    assert "sessions:ratio" not in dict(result.facts)


def test_sessions_that_cannot_be_compared_are_an_error(bench: Bench, measured: Port) -> None:
    bench.a.becomes(role=Role.STANDBY)
    result = bench.do(Action.BASELINE)
    assert result.verdict.status is Status.ERROR
    assert "no active member to compare with" in result.verdict.reason


def test_the_way_of_the_probes_must_be_told(bench: Bench, measured: Port) -> None:
    bench.a.goes_wrong("sessions", unreadable())
    result = bench.do(Action.BASELINE)
    assert result.verdict.status is Status.ERROR
    assert "probes: p1/p1a: cannot make sense of the answer" in result.verdict.reason


def test_the_baseline_holds_what_is_licensed(bench: Bench, measured: Port) -> None:
    bench.b.licensed = ("level b", "throughput 9 kbps")
    result = bench.do(Action.BASELINE)
    facts = {label: value for label, value in result.facts if label.startswith("licences:")}
    assert facts == {"licences:p1b": '["level b", "throughput 9 kbps"]'}


def test_licences_that_cannot_be_read_are_an_error(bench: Bench, measured: Port) -> None:
    bench.b.goes_wrong("licences", unreadable())
    result = bench.do(Action.BASELINE)
    assert result.verdict.status is Status.ERROR
    assert "p1/p1b: cannot make sense of the answer" in result.verdict.reason


def test_interfaces_of_which_some_cannot_be_read_are_not_recorded(
    bench: Bench, measured: Port
) -> None:
    bench.b.goes_wrong("interfaces", unreadable())
    result = bench.do(Action.BASELINE)
    assert result.verdict.status is Status.ERROR
    assert "p1/p1b: cannot make sense of the answer" in result.verdict.reason
    assert not [label for label, _ in result.facts if label.startswith("interfaces:")]
