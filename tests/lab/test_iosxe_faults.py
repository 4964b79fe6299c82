"""Each fault of the routers has its effect, and is undone."""

from __future__ import annotations

import re

import pytest

from nornir_haupgrade.lab import Fault, SpecError, When
from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.personalities.cisco_iosxe.faults import ROUTER_FAULTS
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.lab.personalities.linux_ha.faults import FAULTS
from nornir_haupgrade.lab.spec import Platform
from nornir_haupgrade.platforms.cisco_iosxe_texts import parse_licences
from tests.lab.conftest import MakeRouters, RouterWorld

NEW = "17.09.04a"
OUT = "GigabitEthernet2 standby 10"
NOT_OF_A_ROUTER = {
    *("sessions_never_sync", "sessions_slow", "sync_stuck", "report_differs"),
    *("ha_link_down", "ha_link_one_way"),
}
"""It has no sessions, pushes no configuration and has no link of its own to the other one."""


def on_trial(world: RouterWorld) -> None:
    name = world.upload(world.b, NEW)
    world.ask(world.b, f"install add file flash:{name}")
    world.ask(world.b, "install activate auto-abort-timer 30 prompt-level none")
    world.wait(3)


def test_every_kind_that_makes_sense_is_there() -> None:
    assert PERSONALITIES[Platform.CISCO_IOSXE].faults is ROUTER_FAULTS
    assert set(FAULTS) - set(ROUTER_FAULTS) == NOT_OF_A_ROUTER


def test_a_fault_of_the_other_platform_is_an_error_at_once(routers: RouterWorld) -> None:
    with pytest.raises(SpecError, match="no fault sync_stuck; known are "):
        routers.rig.faults.arm(Fault("sync_stuck"))


@pytest.mark.parametrize("name", sorted(ROUTER_FAULTS))
def test_every_fault_strikes_and_heals_without_harm_to_the_lab(
    routers: RouterWorld, name: str
) -> None:
    routers.strike(name)
    routers.wait(1)
    routers.rig.faults.heal(name)
    routers.wait(60)
    for device in (routers.a, routers.b):
        assert routers.run(device, "show version")
    assert routers.entries("fault")


def test_a_trial_that_ends_boots_what_was_committed(routers: RouterWorld) -> None:
    on_trial(routers)
    routers.strike("trial_ends")
    routers.wait(3)
    assert routers.state(routers.b).version == "17.06.03a"
    assert (routers.state(routers.a).boots, routers.state(routers.b).boots) == (0, 2)


def test_lines_that_a_boot_loses_are_no_change_that_has_to_be_saved(routers: RouterWorld) -> None:
    on_trial(routers)
    routers.strike("config_lines_lost", "p1b")
    routers.type(routers.b, "reload")
    routers.wait(3)
    assert not routers.b.configuration.is_saved
    assert not routers.b.configuration.is_modified
    assert routers.state(routers.b).boots == 2


def test_a_commit_that_is_lost_leaves_the_software_on_trial(routers: RouterWorld) -> None:
    on_trial(routers)
    routers.strike("commit_lost", "p1b", times=1)
    assert "SUCCESS: install_commit" in routers.ask(routers.b, "install commit")
    assert f"IMG   U    {NEW}" in routers.ask(routers.b, "show install summary")
    assert routers.state(routers.b).is_on_trial
    assert "SUCCESS: install_commit" in routers.ask(routers.b, "install commit")
    assert f"IMG   C    {NEW}" in routers.ask(routers.b, "show install summary")


def test_the_old_image_boots_once(routers: RouterWorld) -> None:
    routers.strike("old_image_after_reboot", "p1b")
    on_trial(routers)
    assert not routers.state(routers.b).is_on_trial
    assert routers.state(routers.b).version == "17.06.03a"
    assert "Auto abort timer: inactive" in routers.ask(routers.b, "show install summary")


def test_a_boot_that_finds_no_licence(routers: RouterWorld) -> None:
    assert parse_licences(routers.ask(routers.b, "show version")) == (
        "license level network-advantage",
        "throughput 1000000 kbps",
    )
    routers.strike("licence_lost", "p1b")
    routers.type(routers.b, "reload")
    routers.wait(60)
    said = routers.ask(routers.b, "show version")
    assert parse_licences(said) == ("throughput 2000 kbps",)
    assert "License Level:\n" in said


def test_a_boot_without_redundancy(routers: RouterWorld) -> None:
    routers.strike("boot_without_ha", "p1b")
    routers.type(routers.b, "reload")
    routers.wait(60)
    assert routers.word(routers.b, OUT) == "Init"
    assert "Standby router is unknown" in routers.ask(routers.a, "show standby")


def test_lines_that_a_release_does_not_know_are_gone_and_unsaved(routers: RouterWorld) -> None:
    routers.strike("config_lines_lost", "p1b", version=NEW, lines=["192.0.2.", "standby 10 pri"])
    routers.configure(routers.b, "logging host 192.0.2.9")
    routers.set_group(routers.b, OUT, "priority 90")
    routers.ask(routers.b, "write memory")
    on_trial(routers)
    said = routers.ask(routers.b, "show running-config")
    assert "192.0.2.9" not in said
    assert "standby 10 priority" not in said
    assert "standby 10 ip 10.1.1.1" in said
    assert "standby 10 priority 90" in routers.ask(routers.b, "show startup-config")


def test_an_install_that_fails_once(routers: RouterWorld) -> None:
    name = routers.upload(routers.b, NEW)
    routers.strike("install_fails", "p1b", times=1)
    assert "FAILED: install_add" in routers.ask(routers.b, f"install add file flash:{name}")
    assert "SUCCESS" in routers.ask(routers.b, f"install add file flash:{name}")


def test_a_full_disk_and_a_wrong_device(routers: RouterWorld) -> None:
    routers.strike("disk_full", "p1b", free=1000)
    assert "(1000 bytes free)" in routers.ask(routers.b, "dir")
    routers.strike("wrong_device", "p1b", node_id="9ABCDEF0123")
    assert "Processor board ID 9ABCDEF0123\n" in routers.ask(routers.b, "show version")


@pytest.mark.parametrize("line", ["standby 10 priority 254", "standby 10 preempt"])
def test_a_switchover_that_is_refused(routers: RouterWorld, line: str) -> None:
    routers.strike("switch_refused", "p1b")
    said = routers.type(routers.b, "configure terminal", "interface Gi2", line, "end")
    assert said[2].startswith("Command authorization failed.")
    routers.wait(60)
    assert routers.roles == ("MASTER", "BACKUP")
    assert routers.b.configuration.is_saved


def test_a_release_that_is_refused(routers: RouterWorld) -> None:
    routers.set_group(routers.b, OUT, "priority 254", "preempt")
    routers.strike("refuse_functional", "p1b")
    lines = ("interface Gi2", "no standby 10 preempt")
    assert "failed" in routers.type(routers.b, "configure terminal", *lines)[2]
    routers.wait(0)
    assert "P Active" in routers.ask(routers.b, "show standby brief")


@pytest.mark.parametrize("takes_effect", [False, True])
def test_a_switchover_that_hangs(routers: RouterWorld, takes_effect: bool) -> None:
    routers.strike("suspend_hangs", "p1b", takes_effect=takes_effect)
    terminal = Terminal(context="interface GigabitEthernet2")
    replies = routers.run(routers.b, Line("standby 10 priority 254", terminal))
    routers.wait(1000)
    assert not replies
    assert routers.b.stance(OUT).priority == (254 if takes_effect else 100)


def test_a_lost_reply_hides_a_reload_that_was_confirmed(routers: RouterWorld) -> None:
    routers.strike("reply_lost", "p1b", command="reload")
    assert routers.answer(routers.b, "reload").is_cut
    routers.wait(10)
    assert routers.state(routers.b).boots == 1
    assert routers.entries("command")[-1]["effect"] == "reboot"


def test_a_cut_line_means_that_nothing_happened(routers: RouterWorld) -> None:
    routers.strike("cut_line", "p1b", command="write")
    routers.configure(routers.b, "logging host 192.0.2.9")
    assert routers.answer(routers.b, "write memory").is_cut
    assert not routers.b.configuration.is_saved


def test_unsaved_changes_by_somebody_else(routers: RouterWorld) -> None:
    routers.strike("unsaved_changes", "p1b", lasts=5)
    said = routers.ask(routers.b, "show archive config differences")
    assert said == "!Contextual Config Diffs:\n+logging buffered 65536\n"
    assert "by operator" in routers.ask(routers.b, "show running-config | include ^! Last")
    routers.wait(5)
    assert routers.b.configuration.is_saved


def test_scp_switched_off_by_somebody_else(routers: RouterWorld) -> None:
    routers.strike("scp_disabled", "p1b", lasts=5)
    assert routers.ask(routers.b, "show running-config | include ^ip scp server enable") == ""
    assert routers.b.configuration.is_saved
    routers.wait(5)
    assert "ip scp" in routers.ask(routers.b, "show startup-config | include scp")


def test_a_peer_whose_priority_cannot_be_beaten(routers: RouterWorld) -> None:
    routers.strike("peer_priority_high", lasts=60)
    assert "GigabitEthernet4 - Group 30" in routers.ask(routers.a, "show vrrp")
    assert "  Priority is 254 \n" in routers.ask(routers.a, "show vrrp")
    assert re.findall(r"Priority (\d+) ", routers.ask(routers.a, "show standby")) == ["255"] * 2
    assert routers.a.configuration.is_saved
    routers.set_group(routers.b, OUT, "priority 254", "preempt")
    routers.wait(30)
    assert routers.word(routers.b, OUT) == "Standby"
    routers.wait(31)
    assert routers.word(routers.b, OUT) == "Active"
    assert "standby 10 priority 120" in routers.ask(routers.a, "show startup-config")


def test_a_switchover_by_hand_when_somebody_else_works(routers: RouterWorld) -> None:
    routers.arm("hand_switchover", None, When(on="show boot", by="p1b"))
    routers.ask(routers.b, "show boot")
    routers.wait(15)
    assert routers.roles == ("BACKUP", "MASTER")
    assert {entry["by"] for entry in routers.entries("command")} == {"ssh", "hand"}


def test_changes_by_hand_show_in_the_configuration(routers: RouterWorld) -> None:
    before = routers.state(routers.a).config_hash
    routers.strike("hand_config_change")
    routers.wait(5)
    changed = routers.state(routers.a).config_hash
    assert changed != before
    assert routers.a.configuration.is_saved
    assert not routers.state(routers.a).preempts
    routers.strike("preempt_turned_on", "p1a")
    routers.wait(10)
    assert routers.state(routers.a).preempts
    assert routers.roles == ("MASTER", "BACKUP")


def test_a_fault_at_the_start(make_routers: MakeRouters) -> None:
    routers = make_routers(faults=(Fault("one_group_moves", params={"group": 20}),))
    assert routers.state(routers.b).groups["GigabitEthernet3 standby 20"] == "MASTER"
    assert routers.roles == ("MIXED", "MIXED")
