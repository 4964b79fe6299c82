"""Each fault has its effect; when it strikes and how it is undone."""

from __future__ import annotations

from typing import Any

import pytest

from nornir_haupgrade.lab import Fault, Moment, SpecError, When, build_image, fault_from
from nornir_haupgrade.lab.personalities.linux_ha.faults import FAULTS
from tests.lab.conftest import MakeWorld, World


def test_the_old_image_boots_once(world: World) -> None:
    world.put_image(world.b)
    world.strike("old_image_after_reboot", "p1b")
    world.reboot(world.b)
    assert (world.state(world.b).version, world.state(world.b).next_slot) == ("12.15", "B")
    world.reboot(world.b)
    assert world.state(world.b).version == "13.8"


def test_a_boot_without_ha(world: World) -> None:
    world.strike("boot_without_ha", "p1b")
    world.reboot(world.b)
    assert world.ask(world.b, "fwctl show ha")["State"] == "INIT"
    assert world.answer(world.b, "fwctl ha suspend").status == 1
    world.reboot(world.b)
    assert world.roles == ("MASTER", "BACKUP")


def test_an_image_without_ha_boots_and_never_takes_part(world: World) -> None:
    world.put_image(world.b, ha=False)
    world.reboot(world.b)
    world.wait(60)
    said = world.ask(world.b, "fwctl show version")
    assert (said["Version"], said["Keepalived"]) == ("13.8", "-")
    assert world.roles == ("MASTER", "INIT")
    assert world.answer(world.b, "fwctl show session-sync").status == 1
    world.answer(world.b, "fwctl image boot A --if-state INIT")
    world.reboot(world.b)
    assert world.roles == ("MASTER", "BACKUP")


def test_a_truncated_image_installs_and_the_loader_falls_back(world: World) -> None:
    world.put_image(world.b, truncated=True)
    before = world.state(world.b).boot_id
    world.reboot(world.b)
    state = world.state(world.b)
    assert (state.version, state.slot) == ("12.15", "A")
    assert state.boot_id != before


def test_anything_with_its_checksum_installs_and_does_not_boot(world: World) -> None:
    checksum = world.upload(world.b, "rubbish", b"no image at all")
    line = f"fwctl image install rubbish {checksum} 13.8"
    assert world.answer(world.b, line).status == 0
    world.answer(world.b, "fwctl image boot B")
    world.reboot(world.b)
    assert world.state(world.b).version == "12.15"


def test_a_slow_boot_is_slow_once(world: World) -> None:
    world.strike("slow_boot", "p1b", seconds=30)
    world.answer(world.b, "fwctl reboot")
    world.wait(20)
    assert world.state(world.b).phase == "booting"
    world.wait(15)
    assert world.roles == ("MASTER", "BACKUP")
    world.reboot(world.b)
    assert world.state(world.b).boots == 2


def test_a_member_that_never_boots(world: World) -> None:
    world.strike("never_boots", "p1b")
    world.reboot(world.b)
    world.wait(1000)
    assert world.state(world.b).phase == "booting"


def test_configuration_lines_are_lost_in_the_new_release_only(world: World) -> None:
    world.strike("config_lines_lost", "p1b", version="13.8", lines=["service 7003", "outside"])
    before = world.answer(world.b, "fwctl ha sync-report").stdout
    world.reboot(world.b)
    assert world.answer(world.b, "fwctl ha sync-report").stdout == before
    world.put_image(world.b)
    world.reboot(world.b)
    assert world.answer(world.b, "fwctl ha sync-report").stdout != before
    text = "".join(world.b.configuration.files.values())
    assert "service 7003" not in text
    assert "outside" not in text
    assert "service 7004" in text


def test_an_image_may_drop_lines_by_itself(world: World) -> None:
    world.put_image(world.b, drop_config_lines=["service 7003"])
    world.reboot(world.b)
    assert "service 7003" not in world.b.configuration.files["shared/ruleset.nft"]
    assert "service 7003" in world.a.configuration.files["shared/ruleset.nft"]


def test_an_install_that_fails_once(world: World) -> None:
    world.strike("install_fails", "p1b", times=1)
    checksum = world.upload(world.b, "image", build_image("13.8"))
    line = f"fwctl image install image {checksum} 13.8"
    reply = world.answer(world.b, line)
    assert (reply.status, reply.stderr) == (1, "% installation failed\n")
    assert world.b.slots["B"] is None
    assert world.answer(world.b, line).status == 0


def test_a_lost_reply_hides_a_command_that_worked(world: World) -> None:
    world.strike("reply_lost", "p1a", command="fwctl ha suspend")
    assert world.answer(world.a, "fwctl show ha").status == 0
    assert world.answer(world.a, "fwctl ha suspend").is_cut
    world.wait(1)
    assert world.roles == ("FAULT", "MASTER")
    assert world.entries("command")[-1]["twist"] == "cut-after"


def test_a_cut_line_means_that_nothing_happened(world: World) -> None:
    world.strike("cut_line", "p1a", command="fwctl ha suspend")
    assert world.answer(world.a, "fwctl ha suspend").is_cut
    world.wait(1)
    assert world.roles == ("MASTER", "BACKUP")
    assert world.entries("command")[-1]["effect"] == "none"


def test_slow_output_is_late_and_the_effect_is_not(world: World) -> None:
    world.strike("slow_output", "p1a", command="fwctl ha suspend", seconds=4)
    replies = world.run(world.a, "fwctl ha suspend")
    world.wait(1)
    assert world.roles == ("FAULT", "MASTER")
    world.wait(2)
    assert not replies
    world.wait(1)
    assert replies[0].status == 0


@pytest.mark.parametrize("takes_effect", [False, True])
def test_a_suspend_that_hangs(world: World, takes_effect: bool) -> None:
    world.strike("suspend_hangs", "p1a", takes_effect=takes_effect)
    replies = world.run(world.a, "fwctl ha suspend")
    world.wait(1000)
    assert not replies
    assert world.roles[0] == ("FAULT" if takes_effect else "MASTER")


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("switch_refused", "fwctl ha suspend", "% cannot suspend\n"),
        ("refuse_functional", "fwctl ha functional", "% cannot leave"),
        ("sync_stuck", "fwctl ha sync-config", "% peer does not answer\n"),
    ],
)
def test_refusals(world: World, name: str, line: str, message: str) -> None:
    if name == "refuse_functional":
        world.answer(world.a, "fwctl ha suspend")
        world.wait(1)
    before = world.roles
    world.strike(name, "p1a")
    reply = world.answer(world.a, line)
    assert reply.status == 1
    assert reply.stderr.startswith(message)
    assert world.roles == before
    world.rig.faults.heal(name)
    assert world.answer(world.a, line).status == 0


def test_a_report_that_differs_until_it_is_synced(world: World) -> None:
    world.strike("report_differs")
    report = world.answer(world.a, "fwctl ha sync-report").stdout
    assert world.answer(world.b, "fwctl ha sync-report").stdout != report
    world.answer(world.a, "fwctl ha sync-config")
    assert world.answer(world.b, "fwctl ha sync-report").stdout == report


def test_a_report_that_differs_after_every_sync(world: World) -> None:
    world.strike("report_differs", "p1b", after_sync=True)
    for _ in range(3):
        world.answer(world.a, "fwctl ha sync-config")
        report = world.answer(world.a, "fwctl ha sync-report").stdout
        assert world.answer(world.b, "fwctl ha sync-report").stdout != report


def test_a_full_disk(world: World) -> None:
    world.strike("disk_full", "p1b", free=1000)
    assert world.ask(world.b, "fwctl show images")["Free"] == "1000"
    with pytest.raises(OSError, match="No space left on device"):
        world.upload(world.b, "x", bytes(1001))
    world.rig.faults.heal("disk_full", "p1b")
    world.upload(world.b, "x", bytes(1001))


def test_a_wrong_device(world: World) -> None:
    world.strike("wrong_device", "p1b", node_id="f" * 32)
    assert world.ask(world.b, "fwctl show version")["Node-id"] == "f" * 32
    assert world.ask(world.a, "fwctl show version")["Node-id"] != "f" * 32


def test_a_crash_that_boots_again_and_one_that_does_not(world: World) -> None:
    world.strike("crash", "p1b", reboots=True)
    world.wait(10)
    assert world.roles == ("MASTER", "BACKUP")
    world.strike("crash", "p1b")
    world.wait(100)
    assert world.state(world.b).phase == "down"
    world.strike("power_on", "p1b")
    world.wait(10)
    assert world.roles == ("MASTER", "BACKUP")


def test_changes_by_somebody_else_show_in_the_hash_and_the_settings(world: World) -> None:
    before = world.ask(world.a, "fwctl show boot")["Config-hash"]
    world.strike("hand_config_change")
    changed = world.ask(world.a, "fwctl show boot")["Config-hash"]
    assert changed != before
    world.strike("preempt_turned_on", "p1a")
    assert world.ask(world.a, "fwctl show ha")["Preempt"] == "yes"
    assert world.ask(world.a, "fwctl show boot")["Config-hash"] != changed


def test_somebody_else_logged_in(world: World) -> None:
    world.strike("another_login", "p1a", login="root pts/7 192.0.2.1", lasts=5)
    assert world.answer(world.a, "fwctl show users").stdout == "root pts/7 192.0.2.1\n"
    world.wait(5)
    assert world.answer(world.a, "fwctl show users").stdout == ""


@pytest.mark.parametrize("name", ["login_refused", "mute", "host_key_changed", "corrupt_upload"])
def test_faults_of_the_line_are_quirks_that_can_be_healed(world: World, name: str) -> None:
    world.strike(name, "p1a", lasts=5)
    assert world.a.has(name) is not None
    assert world.b.has(name) is None
    world.wait(5)
    assert world.a.has(name) is None


def test_a_fault_waits_for_its_command_its_member_its_count_and_its_delay(world: World) -> None:
    world.arm("crash", "p1a", When(after=2, on="fwctl show ha", by="p1b", nth=2))
    world.answer(world.a, "fwctl show ha")
    world.answer(world.b, "fwctl show ha")
    world.answer(world.b, "fwctl show version")
    world.wait(10)
    assert world.state(world.a).phase == "running"
    world.answer(world.b, "fwctl show ha")
    world.wait(1.9)
    assert world.state(world.a).phase == "running"
    world.wait(0.1)
    assert world.state(world.a).phase == "down"


def test_a_fault_may_strike_just_before_or_just_after_a_command(world: World) -> None:
    world.arm("data_dead", "p1a", When(on="fwctl show ha", moment=Moment.AFTER))
    world.answer(world.a, "fwctl show ha")
    assert world.entries("command")[-1]["forwards"] is True
    world.rig.faults.heal("data_dead")
    world.arm("data_dead", "p1a", When(on="fwctl show ha"))
    world.answer(world.a, "fwctl show ha")
    assert world.entries("command")[-1]["forwards"] is False


def test_a_fault_at_the_start(make_world: MakeWorld) -> None:
    world = make_world(faults=(Fault("data_port_down", "p1b"),))
    assert world.roles == ("MASTER", "FAULT")


def test_a_fault_and_its_healing_are_written_down(world: World) -> None:
    world.strike("ha_link_down")
    world.rig.faults.heal("ha_link_down")
    assert [(entry["kind"], entry["fault"]) for entry in world.log.entries] == [
        ("fault", "ha_link_down"),
        ("heal", "ha_link_down"),
    ]


@pytest.mark.parametrize(
    "when", [When(on="fwctl show ha"), When(after=6), When(on="fwctl show ha", after=6)]
)
@pytest.mark.parametrize("member", [None, "p1a"])
def test_a_fault_that_waits_is_listed_and_can_be_forgotten(
    world: World, when: When, member: str | None
) -> None:
    world.arm("crash", "p1a", when)
    if when.after:
        world.answer(world.a, "fwctl show ha")
    assert world.rig.faults.listed() == [("crash", "p1a", "waiting")]
    world.rig.faults.heal("mute", member)
    world.rig.faults.heal("crash", "p1b")
    assert world.rig.faults.listed() == [("crash", "p1a", "waiting")]
    world.rig.faults.heal("crash", member)
    assert world.rig.faults.listed() == []
    world.answer(world.a, "fwctl show ha")
    world.wait(7)
    assert world.state(world.a).phase == "running"


def test_a_fault_that_waited_for_seconds_strikes_once(world: World) -> None:
    world.arm("mute", "p1a", When(on="fwctl show ha", after=6))
    for _ in range(3):
        world.answer(world.a, "fwctl show ha")
    world.wait(6)
    assert world.rig.faults.listed() == [("mute", "p1a", "at work")]
    world.wait(10)
    assert len(world.entries("fault")) == 1


def test_the_end_of_one_fault_is_not_that_of_the_next(world: World) -> None:
    world.strike("mute", "p1a", lasts=5)
    world.arm("mute", "p1a", When(on="fwctl show ha"))
    world.wait(5)
    assert world.rig.faults.listed() == [("mute", "p1a", "waiting")]
    world.answer(world.a, "fwctl show ha")
    world.strike("mute", "p1b", lasts=5)
    world.rig.faults.heal("mute", "p1b")
    world.strike("mute", "p1b")
    world.wait(5)
    assert [item[1] for item in world.rig.faults.listed()] == ["p1a", "p1b"]


@pytest.mark.parametrize(
    "data",
    [
        {"fault": "no_such_fault"},
        {"fault": "crash", "on": "p9a"},
        {"fault": "crash", "when": {"command": "fwctl", "by": "p9a"}},
    ],
)
def test_a_fault_that_cannot_be_meant_is_an_error_at_once(
    world: World, data: dict[str, Any]
) -> None:
    with pytest.raises(SpecError):
        world.rig.faults.arm(fault_from(data))


@pytest.mark.parametrize("data", [{"falt": "crash"}, {"fault": "crash", "when": {"at": 1}}])
def test_unknown_keys_are_errors(data: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match="unknown"):
        fault_from(data)


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_every_fault_strikes_and_heals_without_harm_to_the_lab(world: World, name: str) -> None:
    world.strike(name)
    world.wait(1)
    world.rig.faults.heal(name)
    world.wait(60)
    for device in (world.a, world.b):
        assert world.run(device, "fwctl show version")
    assert world.entries("fault")
