"""A check and a dry run send nothing that changes a device."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from typer.testing import CliRunner

from nornir_haupgrade.cli.app import app
from nornir_haupgrade.engines.checking import check
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab import LabThread
from nornir_haupgrade.model import MemberFacts
from nornir_haupgrade.platforms.linux_ha import LinuxHA
from nornir_haupgrade.rehearsal.run import Wanted, prepare
from nornir_haupgrade.tasks import ha_status, sync_report
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import NEW, Rig


def files(lab: LabThread) -> dict[str, Any]:
    """What lies on the members' disks."""
    return lab.call(
        lambda it: {
            device.name: {path: bytes(content) for path, content in device.disk.files.items()}
            for device in it.rig_of("p1").pair.devices
        }
    )


def test_nothing_is_changed_by_looking(make_rig: MakeRig) -> None:
    rig = make_rig()
    before, states = files(rig.lab), rig.lab.states()

    (found,) = check(rig.project(), Errand(to=NEW))
    assert found.is_ready, found.checks
    assert found.plan is not None
    assert found.plan.path == ("12.15", NEW)
    (dry,) = rig.engine().dry_run(Errand(to=NEW))
    commands = [text for row in dry.rows for _, text in row.commands]
    for wanted in ("fwctl ha suspend", "fwctl reboot --if-state BACKUP", "fwctl ha preempt on"):
        assert wanted in commands

    sent = [entry for entry in rig.lab.audit("command") if entry["by"] == "ssh"]
    assert sent
    assert {entry["effect"] for entry in sent} == {"none"}
    assert files(rig.lab) == before
    after = rig.lab.states()
    assert [(s.role, s.config_hash, s.next_slot) for s in after.values()] == [
        (s.role, s.config_hash, s.next_slot) for s in states.values()
    ]
    assert not (rig.folder / "campaigns").exists() or not list(
        (rig.folder / "campaigns").glob("2*")
    ), "no campaign is opened"
    rig.audit_proof()


def _checks(rig: Rig) -> object:
    return check(rig.project(), Errand(to=NEW))


def _shows_a_dry_run(rig: Rig) -> object:
    return rig.engine().dry_run(Errand(to=NEW))


def _rehearses(rig: Rig) -> object:
    return prepare(rig.project(), Wanted(NEW))


def _asks_one_member(rig: Rig) -> object:
    return rig.nornir().run(task=ha_status)


def _asks_both(rig: Rig) -> object:
    return rig.nornir().run(task=sync_report)


def _lists_the_pairs(rig: Rig) -> object:
    return CliRunner().invoke(app, ["--config", str(rig.config), "pairs"])


@pytest.mark.parametrize(
    "look", [_checks, _shows_a_dry_run, _rehearses, _asks_one_member, _asks_both, _lists_the_pairs]
)
def test_what_a_driver_did_not_declare_never_leaves_when_one_only_looks(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch, look: Callable[[Rig], object]
) -> None:
    rig = make_rig()
    tried: list[str] = []

    def facts(driver: LinuxHA) -> MemberFacts:
        tried.append("fwctl ha suspend")
        driver._transport.command(tried[-1], timeout=2)
        raise AssertionError

    monkeypatch.setattr(LinuxHA, "facts", facts)
    with suppress(HAUpgradeError):  # a pair that cannot be read is told, each in its own way
        look(rig)
    assert tried
    assert [one for one in rig.lab.audit("command") if one["by"] == "ssh"] == []


def test_everything_wrong_is_found_at_once(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.fault("ha_link_down")
    rig.fault("another_login", "p1a")
    rig.lab.run("p1b", "fwctl ha suspend")
    (found,) = check(rig.project(), Errand(to=NEW))
    assert not found.is_ready
    bad = {one.name for one in found.checks if not one.verdict.is_good}
    assert {"roles", "HA links", "latches"} <= bad
    rig.fault("login_refused", "p1b")
    (found,) = check(rig.project(), Errand(to=NEW))
    assert [member for member, _ in found.errors] == ["p1b"]


def test_a_standby_without_the_critical_sessions_is_not_ready(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.fault("sessions_never_sync", "p1b")
    rig.lab.run("p1b", "fwctl reboot")  # it comes back with an empty table
    rig.lab.wait_until(
        lambda lab: lab.state("p1b").boots == 1 and lab.state("p1b").role == "BACKUP"
    )
    (found,) = check(rig.project(), Errand(to=NEW))
    verdicts = {one.name: one.verdict for one in found.checks if not one.verdict.is_good}
    assert set(verdicts) == {"sessions"}
    assert "missing on p1b" in verdicts["sessions"].reason
