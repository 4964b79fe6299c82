"""The configuration: synchronised, reported, backed up, and whole after an upgrade."""

from __future__ import annotations

import hashlib

import pytest

from nornir_haupgrade.errors import CommandRefused, HAUpgradeError
from nornir_haupgrade.model import Capabilities, PairFacts, Preemption, Role, Status, SyncModel
from nornir_haupgrade.platforms.archive import read_archive
from nornir_haupgrade.procedure.actions.registry import do
from nornir_haupgrade.procedure.records import Action
from tests.actions.conftest import Bench
from tests.actions.memory import FILES, NEW, Device, archive, unreadable

UP = "eth1=up,eth2=up"

# --- synchronised and reported --------------------------------------------------------------------


def test_the_actives_configuration_is_pushed_to_its_peer(bench: Bench) -> None:
    bench.b.items = (("rules", "r0"),)
    assert bench.do(Action.SYNC_CONFIG, "p1a").verdict.status is Status.PASS
    assert bench.b.items == bench.a.items
    assert bench.sent == [("p1a", "sync-config")]


def test_a_refused_synchronisation_is_a_failure(bench: Bench) -> None:
    bench.a.goes_wrong("sync-config", CommandRefused("peer is busy"))
    assert bench.do(Action.SYNC_CONFIG, "p1a").verdict.status is Status.FAIL


def test_members_that_agree_item_by_item_are_in_sync(bench: Bench) -> None:
    result = bench.do(Action.REPORT)
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "p1a and p1b agree on all 2 items"


def test_a_difference_is_named_from_the_actives_side(bench: Bench) -> None:
    bench.a.becomes(role=Role.STANDBY)
    bench.b.becomes(role=Role.ACTIVE)
    bench.a.items = (("rules", "r1"),)
    result = bench.do(Action.REPORT)
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "not in sync, 1 item: nat missing on p1a"


def test_a_platform_without_sync_is_skipped_with_a_reason(bench: Bench) -> None:
    bench.a.capable = bench.b.capable = Capabilities(sync_model=SyncModel.NONE)
    result = bench.do(Action.REPORT)
    assert result.verdict.status is Status.SKIPPED
    assert result.verdict.reason == "the platform does not synchronise configurations"


def test_a_report_that_cannot_be_read_is_an_error(bench: Bench) -> None:
    bench.b.goes_wrong("sync_report", unreadable())
    result = bench.do(Action.REPORT)
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == "p1/p1b: cannot make sense of the answer"


def test_without_an_active_member_there_is_no_report(bench: Bench) -> None:
    bench.a.becomes(role=Role.STANDBY)
    result = bench.do(Action.REPORT)
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == "no active member to read the report on"


@pytest.mark.parametrize(
    ("action", "members", "to"),
    [
        (Action.REPORT, (), None),
        (Action.PREEMPTION_IS_OFF, (), None),
        (Action.WHOLE, ("p1b",), None),
        (Action.READINESS, (), None),
        (Action.BASELINE, (), None),
        (Action.RESTORE_POINT, ("p1b",), NEW),
        (Action.ENTRY, ("p1b",), None),
    ],
)
def test_a_gate_does_not_pass_when_a_member_cannot_be_read(
    bench: Bench, action: Action, members: tuple[str, ...], to: str | None
) -> None:
    ctx, run = bench.context(), bench.run(action, *members, to=to)
    bench.a.goes_wrong("facts", unreadable())
    result = do(ctx, run)
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == "p1/p1a: cannot make sense of the answer"
    assert result.seen == PairFacts((("p1a", None), ("p1b", bench.b.facts_held)))


# --- preemption -----------------------------------------------------------------------------------


def test_preemption_that_is_on_again_is_found(bench: Bench) -> None:
    bench.b.becomes(preemption=Preemption.OFF)
    assert bench.do(Action.PREEMPTION_IS_OFF).verdict.status is Status.FAIL
    bench.a.becomes(preemption=Preemption.OFF)
    assert bench.do(Action.PREEMPTION_IS_OFF).verdict.status is Status.PASS


# --- backed up ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "name"),
    [(Action.SAVE_ORIGINAL, "original-12.15.tar"), (Action.BACK_UP, "step-3-12.15.tar")],
)
def test_both_configurations_are_kept_with_the_devices_hash(
    bench: Bench, action: Action, name: str
) -> None:
    result = bench.do(action)
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == (
        f"2 files of p1a in backups/p1a/{name}; 2 files of p1b in backups/p1b/{name}"
    )
    sha256 = hashlib.sha256(bench.a.content).hexdigest()
    assert ("p1a: sha256", sha256) in result.verdict.facts
    assert bench.evidence.backups["p1b", name] == bench.b.content


def test_a_backup_that_cannot_be_read_back_fails(bench: Bench) -> None:
    bench.b.content = b"not an archive"
    result = bench.do(Action.BACK_UP)
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == (
        "p1b: the backup cannot be read back: file could not be opened successfully."
        " Next: take it by hand and look at it"
    )
    assert list(bench.evidence.backups) == [("p1a", "step-3-12.15.tar")]


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("part", [0.02, 0.2, 0.5])
def test_a_backup_that_ends_too_early_is_an_error_however_it_is_packed(
    mode: str, part: float
) -> None:
    noise = "".join(hashlib.sha256(bytes([n])).hexdigest() for n in range(200))
    whole = archive({"rules": noise}, mode)
    assert read_archive(whole) == {"rules": noise}
    with pytest.raises(HAUpgradeError, match="cannot be read back"):
        read_archive(whole[: int(len(whole) * part)])


def test_a_backup_that_is_damaged_inside_is_an_error() -> None:
    whole = bytearray(archive({"rules": "allow 80\n" * 5000}, "w:gz"))
    whole[20:60] = bytes(40)
    with pytest.raises(HAUpgradeError, match="cannot be read back"):
        read_archive(bytes(whole))


def test_a_backup_without_a_file_fails(bench: Bench) -> None:
    bench.a.content = archive({})
    result = bench.do(Action.BACK_UP)
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1a: the backup of p1a holds no file"


def test_a_backup_that_the_device_refuses_is_a_failure(bench: Bench) -> None:
    bench.a.goes_wrong("back_up", CommandRefused("disk full"))
    result = bench.do(Action.BACK_UP)
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1a: p1/p1a: disk full"


def test_a_member_that_falls_silent_after_its_backup_is_an_error(bench: Bench) -> None:
    bench.b.goes_wrong("facts", None, unreadable())
    result = bench.do(Action.BACK_UP)
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == "p1/p1b: cannot make sense of the answer"


def test_a_member_that_changed_is_not_backed_up_as_if_it_had_not(bench: Bench) -> None:
    ctx, run = bench.context(), bench.run(Action.BACK_UP)
    bench.a.becomes(config="c2")
    assert do(ctx, run).is_stale
    assert bench.evidence.backups == {}


# --- whole after an upgrade -----------------------------------------------------------------------


def upgraded(bench: Bench, **kept: dict[str, str]) -> None:
    """p1b runs the new version; what was kept of it before, by the name of the backup."""
    bench.b.boots()
    for name, files in kept.items():
        bench.evidence.backups["p1b", f"{name.replace('_', '-')}-12.15.tar"] = archive(files)
    bench.baseline = {"interfaces:p1b": UP}


def test_a_configuration_without_a_lost_line_is_whole(bench: Bench) -> None:
    upgraded(bench, step_3=FILES)
    result = bench.do(Action.WHOLE, "p1b")
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "p1b: no line lost; p1b: all as before"
    assert bench.evidence.backups["p1b", "after-upgrade-13.8.tar"] == bench.b.content


def test_every_lost_line_is_named(bench: Bench) -> None:
    upgraded(bench, step_3={**FILES, "rules": "allow 80\nallow 443\nallow 22\n"})
    result = bench.do(Action.WHOLE, "p1b")
    assert result.verdict.status is Status.FAIL
    assert "p1b lost 1 line: rules:3: allow 22" in result.verdict.reason


def test_the_newest_backup_from_before_is_compared_with(bench: Bench) -> None:
    upgraded(bench, original={"rules": "allow 8080\n"}, step_3=FILES)
    assert bench.do(Action.WHOLE, "p1b").verdict.status is Status.PASS


def test_the_original_is_compared_with_where_there_is_no_later_backup(bench: Bench) -> None:
    upgraded(bench, original={**FILES, "vpn": "peer 192.0.2.1\n"})
    result = bench.do(Action.WHOLE, "p1b")
    assert result.verdict.status is Status.FAIL
    assert "vpn: the whole file (1 lines)" in result.verdict.reason


def test_without_a_backup_from_before_a_person_has_to_look(bench: Bench) -> None:
    upgraded(bench)
    result = bench.do(Action.WHOLE, "p1b")
    assert result.verdict.status is Status.WARN
    assert "no backup of the old version to compare with" in result.verdict.reason


def test_an_interface_that_was_up_and_is_down_is_lost(bench: Bench) -> None:
    upgraded(bench, step_3=FILES)
    bench.b.ports = (("eth1", True), ("eth2", False))
    result = bench.do(Action.WHOLE, "p1b")
    assert result.verdict.status is Status.FAIL
    assert "p1b: eth2 is down; up before the upgrade" in result.verdict.reason


def test_an_interface_that_was_down_before_is_not_blamed_on_the_upgrade(bench: Bench) -> None:
    upgraded(bench, step_3=FILES)
    bench.baseline = {"interfaces:p1b": "eth1=up,eth2=down"}
    bench.b.ports = (("eth1", True), ("eth2", False))
    assert bench.do(Action.WHOLE, "p1b").verdict.status is Status.PASS


def test_interfaces_that_were_never_recorded_are_a_warning(bench: Bench) -> None:
    upgraded(bench, step_3=FILES)
    bench.baseline = {}
    assert bench.do(Action.WHOLE, "p1b").verdict.status is Status.WARN


def test_nothing_is_left_on_another_device_than_the_planned(bench: Bench) -> None:
    upgraded(bench, step_3=FILES)
    bench.b.becomes(identity="SN-other")
    bench.b.goes_wrong("back_up", unreadable())  # it is not even asked
    result = bench.do(Action.WHOLE, "p1b")
    assert result.verdict.status is Status.ERROR
    assert "p1b is SN-other, planned was" in result.verdict.reason
    assert result.seen == bench.facts


def test_a_licence_that_the_boot_lost_is_named(bench: Bench) -> None:
    upgraded(bench, step_3=FILES)
    bench.baseline["licences:p1b"] = '["level b", "throughput 9 kbps"]'
    bench.b.licensed = ("level b",)
    result = bench.do(Action.WHOLE, "p1b")
    assert result.verdict.status is Status.FAIL
    assert "p1b is no longer licensed for throughput 9 kbps" in result.verdict.reason
    bench.b.licensed = ("throughput 9 kbps", "level b")
    result = bench.do(Action.WHOLE, "p1b")
    assert result.verdict.status is Status.PASS
    assert ("licences", "pass: p1b: licensed as before") in result.verdict.facts


def test_licences_that_cannot_be_read_any_more_are_an_error(bench: Bench) -> None:
    upgraded(bench, step_3=FILES)
    bench.baseline["licences:p1b"] = '["level b"]'
    bench.b.goes_wrong("licences", unreadable())
    assert bench.do(Action.WHOLE, "p1b").verdict.status is Status.ERROR


@pytest.mark.parametrize("read", ["back_up", "interfaces"])
def test_what_cannot_be_read_after_the_upgrade_is_an_error(bench: Bench, read: str) -> None:
    upgraded(bench, step_3=FILES)
    bench.b.goes_wrong(read, unreadable())
    result = bench.do(Action.WHOLE, "p1b")
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == "p1/p1b: cannot make sense of the answer"
    assert result.seen == bench.facts


@pytest.mark.parametrize(
    ("read_only", "written"), [((), {"p1a", "p1b"}), ((r"back-up .*",), set())]
)
def test_a_backup_that_only_reads_changes_nothing(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
    read_only: tuple[str, ...],
    written: set[str],
) -> None:
    monkeypatch.setattr(Device, "READ_ONLY", read_only)
    context = bench.context()
    assert do(context, bench.run(Action.BACK_UP)).verdict.status is Status.PASS
    assert context.written == written
