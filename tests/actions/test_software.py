"""Images on the members' disks, and the way back before a reload."""

from __future__ import annotations

from pathlib import Path

from nornir_haupgrade.errors import CommandRefused, LineDropped
from nornir_haupgrade.model import Activation, StagedImage, Status
from nornir_haupgrade.procedure.actions.registry import do
from nornir_haupgrade.procedure.plan import Traits
from nornir_haupgrade.procedure.records import Action
from tests.actions.conftest import Bench
from tests.actions.memory import NEW, OLD, unreadable

BOTH = (("slot1", OLD), ("slot2", NEW))


def test_the_image_is_staged_on_both_and_measured_by_the_members(bench: Bench) -> None:
    result = bench.do(Action.STAGE, to=NEW)
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == (
        "p1a: fw-13.img is whole on the device; p1b: fw-13.img is whole on the device"
    )
    assert bench.sent == [("p1a", "stage"), ("p1b", "stage")]
    assert sorted(bench.told) == [
        "p1a: uploading fw-13.img, 13 bytes",
        "p1b: uploading fw-13.img, 13 bytes",
    ]


def test_an_image_that_is_there_already_does_not_travel_again(bench: Bench) -> None:
    image = bench.image
    bench.a.disk[image.name] = StagedImage(image.name, image.size, image.sha256)
    bench.b.becomes(installed=BOTH)
    assert bench.do(Action.STAGE, to=NEW).verdict.status is Status.PASS
    assert bench.sent == []


def test_another_file_of_that_name_on_the_device_is_replaced(bench: Bench) -> None:
    image = bench.image
    bench.b.disk[image.name] = StagedImage(image.name, image.size, "0" * 64)
    assert bench.do(Action.STAGE, "p1b", to=NEW).verdict.status is Status.PASS
    assert bench.b.disk[image.name].sha256 == image.sha256


def test_an_image_that_differs_from_its_checksum_never_travels(bench: Bench) -> None:
    Path(bench.image.path).write_bytes(b"something else")
    result = bench.do(Action.STAGE, to=NEW)
    assert result.verdict.status is Status.FAIL
    assert "fw-13.img has sha256" in result.verdict.reason
    assert bench.sent == []
    assert bench.a.disk == bench.b.disk == {}


def test_an_image_that_is_gone_never_travels(bench: Bench) -> None:
    Path(bench.image.path).unlink()
    result = bench.do(Action.STAGE, "p1b", to=NEW)
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1b: fw-13.img cannot be read: No such file or directory"
    assert bench.sent == []


def test_an_image_that_arrived_damaged_fails(bench: Bench) -> None:
    image = bench.image
    damaged = StagedImage(image.name, image.size, "0" * 64)
    bench.b.on_change = lambda _: bench.b.disk.update({image.name: damaged})
    result = bench.do(Action.STAGE, to=NEW)
    assert result.verdict.status is Status.FAIL
    assert "p1b: fw-13.img is damaged or another file" in result.verdict.reason


def test_a_member_that_does_not_take_the_image_is_named_and_the_other_has_it(bench: Bench) -> None:
    bench.a.goes_wrong("stage", CommandRefused("disk full"))
    result = bench.do(Action.STAGE, to=NEW)
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1a: p1/p1a: disk full"
    assert bench.image.name in bench.b.disk


def test_members_that_fall_silent_after_staging_are_an_error(bench: Bench) -> None:
    bench.a.goes_wrong("facts", None, LineDropped("the line broke"))
    assert bench.do(Action.STAGE, to=NEW).verdict.status is Status.ERROR


def test_nothing_is_staged_when_someone_else_acted(bench: Bench) -> None:
    ctx, run = bench.context(), bench.run(Action.STAGE, to=NEW)
    bench.a.becomes(next_version=NEW)
    assert do(ctx, run).is_stale
    assert bench.sent == []


def test_the_way_back_is_proven_before_a_reload(bench: Bench) -> None:
    bench.b.becomes(installed=BOTH)
    result = bench.do(Action.RESTORE_POINT, "p1b", to=NEW)
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "p1b: 12.15 stays in slot slot1, 13.8 is in slot slot2"


def test_without_a_slot_to_come_back_to_there_is_no_restore_point(bench: Bench) -> None:
    bench.b.becomes(installed=(("slot2", NEW),))
    result = bench.do(Action.RESTORE_POINT, "p1b", to=NEW)
    assert result.verdict.status is Status.FAIL
    assert "there would be no way back" in result.verdict.reason


def test_where_the_reload_installs_only_the_way_back_must_be_there(bench: Bench) -> None:
    assert bench.do(Action.RESTORE_POINT, "p1b", to=NEW).verdict.status is Status.FAIL
    bench.traits = Traits(activation=Activation.INSTALL)
    assert bench.do(Action.RESTORE_POINT, "p1b", to=NEW).verdict.status is Status.PASS


def test_the_entry_gate_lets_a_ready_standby_take_over(bench: Bench) -> None:
    result = bench.do(Action.ENTRY, "p1b")
    assert result.verdict.status is Status.PASS
    assert result.seen == bench.facts


def test_the_entry_gate_keeps_out_a_target_with_an_interface_down(bench: Bench) -> None:
    bench.b.ports = (("eth1", True), ("eth2", False))
    result = bench.do(Action.ENTRY, "p1b")
    assert result.verdict.status is Status.FAIL
    assert "p1b: 1 of 2 down: eth2" in result.verdict.reason


def test_the_entry_gate_does_not_pass_when_the_interfaces_cannot_be_read(bench: Bench) -> None:
    bench.b.goes_wrong("interfaces", unreadable())
    result = bench.do(Action.ENTRY, "p1b")
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == "p1/p1b: cannot make sense of the answer"


def test_software_on_trial_is_kept_once_committed(bench: Bench) -> None:
    bench.b.becomes(version=NEW, is_on_trial=True)
    result = bench.do(Action.COMMIT, "p1b", to=NEW)
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == f"p1b keeps {NEW}"
    assert bench.sent == [("p1b", "commit")]


def test_a_commit_that_changes_nothing_is_a_failure(bench: Bench) -> None:
    bench.b.becomes(version=NEW, is_on_trial=True)
    bench.b.is_deaf = True
    result = bench.do(Action.COMMIT, "p1b", to=NEW)
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == f"p1b does not keep {NEW}: it runs {NEW}, on trial"


def test_software_that_went_back_is_not_kept(bench: Bench) -> None:
    bench.b.becomes(version=NEW, is_on_trial=True)
    bench.b.on_change = lambda _: bench.b.becomes(version=OLD)
    result = bench.do(Action.COMMIT, "p1b", to=NEW)
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == f"p1b does not keep {NEW}: it runs {OLD}"
