"""Images: on one member, on a cluster that upgrades itself, in the other partition, and back."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nornir_haupgrade.lab import FortigateSpec, UpgradeMode
from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate
from tests.lab.conftest import FortiWorld, MakeFortigates

OLD, NEW = "7.4.4", "7.4.8"
LOCAL = FortigateSpec(upgrade_mode=UpgradeMode.LOCAL_ONLY)
SERVER = "10.0.0.9"


@pytest.fixture
def local(make_fortigates: MakeFortigates) -> FortiWorld:
    """A cluster whose members are upgraded one by one, by hand."""
    return make_fortigates(setup=LOCAL)


def versions(world: FortiWorld) -> tuple[str, str]:
    return world.version(world.a), world.version(world.b)


def boots(world: FortiWorld) -> list[tuple[str, str]]:
    return [(entry["member"], entry["version"]) for entry in world.entries("boot")]


def flash(world: FortiWorld, unit: FortiGate) -> list[tuple[str, str, str]]:
    """Partition, image and whether it runs, of ``diagnose sys flash list``."""
    said = world.ask(unit, "diagnose sys flash list")
    return re.findall(r"^([12]) +(\S+) .* (Yes|No)$", said, re.MULTILINE)


def test_local_only_upgrades_the_member_that_is_told(local: FortiWorld) -> None:
    said = local.restore(local.b, NEW)
    assert "Get image from tftp server OK." in said
    assert said.endswith("Firmware upgrade in progress ...\nDone.\n\n")
    [entry] = local.entries("command")
    assert (entry["effect"], entry["state"]) == ("reboot", "BACKUP")
    local.wait(10)
    assert versions(local) == (OLD, NEW)
    assert boots(local) == [("p1b", NEW)]
    assert local.roles == ("MASTER", "BACKUP")
    assert not local.entries("gap-end")
    assert "Last reboot reason: warm reboot" in local.ask(local.b, "get system status")
    assert [row[::2] for row in flash(local, local.b)] == [("1", "No"), ("2", "Yes")]


def test_a_whole_pair_one_by_one_without_losing_a_session(local: FortiWorld) -> None:
    local.restore(local.b, NEW)
    local.wait(400)  # longer than uptimes may differ and be equal all the same
    local.ask(local.a, "execute ha failover set 1")
    local.wait(1)
    assert local.roles == ("BACKUP", "MASTER")
    local.restore(local.a, NEW)
    local.wait(10)
    assert versions(local) == (NEW, NEW)
    assert local.roles == ("BACKUP", "MASTER")
    assert local.is_in_sync()
    assert local.pair.sessions.lost == 0
    assert len(local.entries("gap-end")) == 1


def test_by_default_one_command_upgrades_both_secondary_first(
    make_fortigates: MakeFortigates,
) -> None:
    fortigates = make_fortigates(setup=FortigateSpec(uptime_margin=1))
    said = fortigates.restore(fortigates.a, NEW)
    assert "Send image to HA secondary." in said
    [entry] = fortigates.entries("command")
    assert entry["effect"] == "cluster-upgrade"
    fortigates.wait(30)
    assert boots(fortigates) == [("p1b", NEW), ("p1a", NEW)]
    assert versions(fortigates) == (NEW, NEW)
    assert fortigates.pair.sessions.lost == 0
    assert all(entry["seconds"] < 0.1 for entry in fortigates.entries("gap-end"))
    assert fortigates.roles == ("BACKUP", "MASTER")
    said = fortigates.ask(fortigates.a, "diagnose sys ha history read")
    assert "because UPGRADE_SECONDARY flag is set on peer member" in said


def test_the_old_primary_is_back_within_the_margin_and_before_its_sessions_are(
    fortigates: FortiWorld,
) -> None:
    fortigates.restore(fortigates.a, NEW)
    fortigates.wait(30)
    assert versions(fortigates) == (NEW, NEW)
    assert fortigates.roles == ("MASTER", "BACKUP")
    assert fortigates.pair.sessions.lost > 100


def test_a_cluster_is_upgraded_from_its_primary(fortigates: FortiWorld) -> None:
    assert "from its primary unit" in fortigates.restore(fortigates.b, NEW)
    fortigates.wait(30)
    assert versions(fortigates) == (OLD, OLD)
    assert fortigates.entries("command")[0]["effect"] == "none"


def test_another_image_while_a_cluster_is_upgrading(fortigates: FortiWorld) -> None:
    fortigates.restore(fortigates.a, NEW)
    fortigates.wait(1)
    assert "is in progress" in fortigates.restore(fortigates.a, "7.4.9")
    fortigates.wait(30)
    assert versions(fortigates) == (NEW, NEW)
    assert "Get image from tftp server OK." in fortigates.restore(fortigates.a, "7.4.9")


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(UpgradeMode.SECONDARY_ONLY, (OLD, NEW)), (UpgradeMode.SIMULTANEOUS, (NEW, NEW))],
)
def test_the_other_ways_to_upgrade(
    make_fortigates: MakeFortigates, mode: UpgradeMode, expected: tuple[str, str]
) -> None:
    world = make_fortigates(setup=FortigateSpec(upgrade_mode=mode))
    world.restore(world.a, NEW)
    world.wait(30)
    assert versions(world) == expected
    is_outage = mode is UpgradeMode.SIMULTANEOUS
    gaps = [entry["seconds"] for entry in world.entries("gap-end")]
    assert any(gap > 1 for gap in gaps) is is_outage
    assert world.roles == ("MASTER", "BACKUP")


@pytest.mark.parametrize(("is_smooth", "order"), [(True, ["p1b", "p1a"]), (False, ["p1a", "p1b"])])
def test_before_7_4_1_there_is_no_member_by_member(
    make_fortigates: MakeFortigates, is_smooth: bool, order: list[str]
) -> None:
    world = make_fortigates(versions=("7.2.8", "7.2.8"))
    if not is_smooth:
        world.configure_ha(world.a, "uninterruptible-upgrade disable")
    world.restore(world.a, "7.4.1")
    world.wait(30)
    assert [name for name, _ in boots(world)] == order
    mode = "uninterruptible" if is_smooth else "simultaneous"
    said = world.ask(world.a, "show full-configuration system ha")
    assert f"set upgrade-mode {mode}\n" in said


@pytest.mark.parametrize(("version", "minutes"), [("7.0.1", 12), ("7.2.8", 30)])
def test_how_long_the_primary_waits_for_a_secondary_that_does_not_come_back(
    make_fortigates: MakeFortigates, version: str, minutes: int
) -> None:
    """Article 209503, and the default of ``uninterruptible-primary-wait``."""
    world = make_fortigates(versions=(version, version))
    world.strike("never_boots", "p1b")
    world.restore(world.a, "7.4.1")
    for _ in range((minutes - 1) * 12):
        world.wait(5)
    assert world.version(world.a) == version
    for _ in range(24):
        world.wait(5)
    assert world.version(world.a) == "7.4.1"


def test_the_other_partition_and_then_a_reboot(fortigates: FortiWorld) -> None:
    name = fortigates.offer(NEW)
    line = f"execute restore secondary-image tftp {name} {SERVER}"
    assert fortigates.ask(fortigates.b, line).endswith("Restore to backup partition.\n\n")
    assert fortigates.entries("command")[-1]["effect"] == "install"
    fortigates.wait(10)
    assert versions(fortigates) == (OLD, OLD)
    assert fortigates.state(fortigates.b).next_slot == "1"
    fortigates.ask(fortigates.b, "execute set-next-reboot secondary")
    assert fortigates.entries("command")[-1]["effect"] == "boot-select"
    assert fortigates.state(fortigates.b).next_slot == "2"
    fortigates.reboot(fortigates.b)
    assert versions(fortigates) == (OLD, NEW)
    said = fortigates.ask(fortigates.b, "execute set-next-reboot secondary")
    assert said == "Image# 2 is already the default image.\n"
    assert "Image build at " in fortigates.ask(fortigates.b, "diagnose sys flash list")
    images = [image.rpartition("-build")[0] for _, image, _ in flash(fortigates, fortigates.b)]
    assert images == ["FGVMK6-7.04-FW", "FGVMK6-7.04-FW"]
    assert len(flash(fortigates, fortigates.a)) == 1


def test_the_way_back_brings_the_old_configuration_with_it(local: FortiWorld) -> None:
    local.restore(local.b, NEW)
    local.wait(10)
    lines = ("config firewall address", 'edit "new"', "set subnet 192.0.2.0 255.255.255.0", "end")
    local.configure(local.b, *lines)
    local.strike("sync_stuck", "p1b")  # so that it stays what the partition brings
    local.ask(local.b, "execute set-next-reboot primary")
    local.reboot(local.b)
    assert versions(local) == (OLD, OLD)
    assert '"new"' not in local.ask(local.b, "show firewall address")
    local.ask(local.b, "execute set-next-reboot secondary")
    local.reboot(local.b)
    assert '"new"' in local.ask(local.b, "show firewall address")


def test_a_partition_that_is_empty_cannot_be_booted(fortigates: FortiWorld) -> None:
    said = fortigates.ask(fortigates.b, "execute set-next-reboot secondary")
    assert "Return code -1" in said
    said = fortigates.ask(fortigates.b, "execute set-next-reboot third")
    assert "parse error before 'third'" in said
    assert fortigates.state(fortigates.b).next_slot == "1"


def test_a_partition_that_was_filled_before(make_fortigates: MakeFortigates) -> None:
    world = make_fortigates(other_version="7.2.8")
    assert len(flash(world, world.b)) == 2
    world.ask(world.b, "execute set-next-reboot secondary")
    world.reboot(world.b)
    assert versions(world) == (OLD, "7.2.8")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("execute restore image tftp NAME there", "Invalid tftp server address there."),
        ("execute restore image tftp other.out 10.0.0.9", "Get image from tftp server failed."),
        ("execute restore image ftp other.out 10.0.0.9 me secret", "Get image from ftp server"),
        ("execute restore image tftp NAME", "command parse error before"),
        ("execute restore image usb NAME", "command parse error before 'usb'"),
    ],
)
def test_an_image_that_cannot_be_fetched(local: FortiWorld, line: str, why: str) -> None:
    said = local.ask(local.b, line.replace("NAME", local.offer(NEW)))
    assert why in said
    assert "Return code -" in said
    local.wait(10)
    assert not local.entries("boot")


@pytest.mark.parametrize(
    "settings", [{"truncated": True}, {"size": 300 * 1024 * 1024}], ids=["truncated", "too-big"]
)
def test_an_image_that_is_not_taken(local: FortiWorld, settings: dict[str, Any]) -> None:
    if "size" in settings:
        local.strike("disk_full", "p1b")
        settings = {}
    assert "Return code -1" in local.restore(local.b, NEW, **settings)
    local.wait(10)
    assert not local.entries("boot")
    assert versions(local) == (OLD, OLD)


def test_an_image_that_is_spoilt_on_its_way(local: FortiWorld) -> None:
    local.strike("corrupt_upload", "p1b", times=1)
    assert "Check image error" in local.restore(local.b, NEW)
    assert "Check image error" not in local.restore(local.b, NEW)
    local.wait(10)
    assert versions(local) == (OLD, NEW)


def test_the_old_image_boots_once(local: FortiWorld) -> None:
    local.strike("old_image_after_reboot", "p1b")
    local.restore(local.b, NEW)
    local.wait(10)
    assert versions(local) == (OLD, OLD)
    assert local.state(local.b).boots == 1


def test_lines_that_the_new_release_drops(local: FortiWorld) -> None:
    local.restore(local.b, NEW, drop_config_lines=('edit "branch-3"', "set alias"))
    local.wait(10)
    assert '"branch-3"' not in local.ask(local.b, "show firewall address")
    assert '"branch-4"' in local.ask(local.b, "show firewall address")
    assert '"branch-3"' in local.ask(local.a, "show firewall address")
    found = local.ask(local.b, "diagnose debug config-error-log read")
    assert found == (
        '>>>  "edit" "branch-3" @ root.firewall.address:command parse error (error -61)\n'
    )
    assert local.ask(local.a, "diagnose debug config-error-log read") == ""
    # the old partition has them still
    local.ask(local.b, "execute set-next-reboot primary")
    local.reboot(local.b)
    assert '"branch-3"' in local.ask(local.b, "show firewall address")


@pytest.mark.parametrize(
    ("running", "image", "asked"),
    [
        ("7.4.4", "7.4.8", []),
        ("7.4.8", "7.4.9", []),
        ("7.4.8", "7.6.0", ["marked as a Feature image", "Feature image"]),
        ("7.0.15", "7.2.0", []),
        ("7.4.4", "7.4.1", ["This operation will downgrade the current firmware version."]),
        ("7.4.8", "7.4.4", ["This operation will downgrade the current firmware version."]),
    ],
)
def test_an_image_that_is_older_or_less_mature_is_asked_about_again(
    make_fortigates: MakeFortigates, running: str, image: str, asked: list[str]
) -> None:
    world = make_fortigates(versions=(running, running))
    name, command_line = world.offer(image), world.rig.executor.command_line
    answers: tuple[str, ...] = ()
    texts = []
    while True:
        line = Line(f"execute restore image tftp {name} {SERVER}", Terminal(), answers)
        question = command_line.question(world.pair, world.b, line)
        if question is None:
            break
        texts.append(question.text)
        answers = (*answers, "y")
    assert [word in text for word, text in zip(asked, texts[1:], strict=True)] == [True] * len(
        asked
    )
    # the image is fetched before the second question, and not again
    told = "".join(texts) + world.ask(world.a, line.text, *answers)
    assert told.count("Get image from tftp server OK.") == 1
    assert told.count("Connect to tftp server") <= 1


def test_a_release_without_ha_boots_and_takes_no_part(local: FortiWorld) -> None:
    local.restore(local.b, NEW, ha=False)
    local.wait(30)
    assert local.roles == ("MASTER", "INIT")
    assert local.word(local.b) == "standalone"
    assert "is lost @" in local.ask(local.a, "get system ha status")


def test_a_licence_that_is_not_valid_after_the_boot(local: FortiWorld) -> None:
    local.strike("licence_invalid", "p1b")
    local.restore(local.b, NEW)
    local.wait(10)
    assert "License Status: Invalid" in local.ask(local.b, "get system status")
    # nor does it synchronise
    local.strike("report_differs", "p1b")
    local.ask(local.b, "execute ha synchronize start")
    local.wait(5)
    assert not local.is_in_sync()
    local.ask(local.a, "execute ha failover set 1")
    local.wait(1)
    assert local.roles == ("BACKUP", "MASTER")
    assert local.pair.active is None


def test_a_reboot_of_the_primary_moves_the_role_at_once(fortigates: FortiWorld) -> None:
    said = fortigates.ask(fortigates.a, "execute reboot")
    assert said == "\nSystem is rebooting...\n"
    fortigates.wait(0.2)
    assert fortigates.roles == ("INIT", "MASTER")
    assert fortigates.entries("command")[-1]["effect"] == "reboot"
    fortigates.wait(10)
    assert fortigates.state(fortigates.a).boots == 1
