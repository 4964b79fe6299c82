"""Each fault of the PAN-OS firewalls has its effect, and is undone."""

from __future__ import annotations

import pytest

from nornir_haupgrade.lab import Fault, PanosSpec, SpecError, When
from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.lab.personalities.linux_ha.faults import FAULTS
from nornir_haupgrade.lab.personalities.paloalto_panos.faults import PANOS_FAULTS
from nornir_haupgrade.lab.spec import Platform
from tests.lab.panos_world import FUNCTIONAL, NEW, OFFERS, OLD, SUSPEND, PanosWorld

SETUP = PanosSpec(offers=OFFERS)
INSTALL = f"request system software install version {NEW}"
PUSH = "request high-availability sync-to-remote running-config"
STRAY = "set address stray ip-netmask 192.0.2.0/24"


@pytest.fixture
def world() -> PanosWorld:
    return PanosWorld(setup=SETUP)


def test_every_kind_of_the_other_firewalls_is_there() -> None:
    assert PERSONALITIES[Platform.PALOALTO_PANOS].faults is PANOS_FAULTS
    assert set(FAULTS) <= set(PANOS_FAULTS)


def test_a_fault_of_another_platform_is_an_error_at_once(world: PanosWorld) -> None:
    with pytest.raises(SpecError, match="no fault trial_ends; known are "):
        world.rig.faults.arm(Fault("trial_ends"))


@pytest.mark.parametrize("name", sorted(PANOS_FAULTS))
def test_every_fault_strikes_and_heals_without_harm_to_the_lab(
    world: PanosWorld, name: str
) -> None:
    world.strike(name)
    world.wait(1)
    world.rig.faults.heal(name)
    world.wait(60)
    for device in (world.a, world.b):
        assert world.run(device, "show high-availability all")
    assert world.entries("fault")


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("install_fails", "SWInstall failed"),
        ("software_manager_busy", "The software manager is currently in use."),
        ("content_too_old", "requires a newer content version"),
    ],
)
def test_an_install_that_fails_leaves_the_next_boot_alone(
    world: PanosWorld, fault: str, reason: str
) -> None:
    world.load(world.b, "10.2.0", NEW)
    world.strike(fault, "p1b", times=1)
    world.ask(world.b, INSTALL)
    world.wait(1)
    job = world.job(world.b, 4)
    assert job.findtext("result") == "FAIL"
    lines = [line.text or "" for line in job.iterfind("details/line")]
    assert lines[0] == f"Failed to install {NEW} with the following errors."
    assert reason in lines[2]
    text = world.ask(world.b, "show jobs id 4")
    assert f"Details:{lines[0]}" in text
    assert "FIN   FAIL" in text
    assert world.state(world.b).next_slot == "sysroot0"
    world.restart(world.b)
    assert world.state(world.b).version == OLD
    world.rig.faults.heal(fault)
    world.ask(world.b, INSTALL)
    world.wait(1)
    assert world.state(world.b).next_slot == "sysroot1"


def test_a_job_that_never_ends_keeps_others_waiting_until_it_may(world: PanosWorld) -> None:
    world.load(world.b, "10.2.0", NEW)
    world.strike("job_never_ends", "p1b", job="SWInstall")
    world.ask(world.b, INSTALL)
    world.wait(600)
    job = world.job(world.b, 4)
    assert (job.findtext("status"), job.findtext("result")) == ("ACT", "PEND")
    assert 0 < int(job.findtext("progress", "")) < 100
    assert "is in progress" in world.refused(world.b, INSTALL)
    world.rig.faults.heal("job_never_ends")
    world.wait(1)
    assert world.job(world.b, 4).findtext("result") == "OK"


def test_one_kind_of_job_fails_with_a_message_of_ones_own(world: PanosWorld) -> None:
    world.strike("job_fails", "p1b", job="Downld", message="Failed to connect to update server")
    world.load(world.b, NEW)
    job = world.job(world.b, 2)
    assert job.findtext("result") == "FAIL"
    assert job.findtext("details/line") == "Failed to connect to update server"
    world.load(world.b, NEW)
    assert world.job(world.b, 3).findtext("result") == "OK"


def test_a_commit_that_fails_changes_nothing(world: PanosWorld) -> None:
    world.strike("commit_fails", "p1a", message="zone: reference is not valid")
    said = world.commit(world.a, STRAY)
    assert "100%" in said
    assert "zone: reference is not valid\nCommit failed\n" in said
    assert "committed successfully" not in said
    world.wait(1)
    assert "stray" not in world.ask(world.a, "show config running")
    assert "stray" in world.ask(world.a, "show config candidate")
    assert len(world.b.jobs.jobs) == 1


def test_without_the_commit_of_the_boot_a_member_stays_out(world: PanosWorld) -> None:
    world.strike("auto_commit_fails", "p1b")
    world.restart(world.b, 60)
    assert world.words == ("active", "initial")
    assert world.job(world.b, 1).findtext("result") == "FAIL"
    world.restart(world.b)
    assert world.words == ("active", "passive")


def test_a_licence_that_a_boot_loses(world: PanosWorld) -> None:
    world.strike("licence_invalid", "p1b")
    said = world.ask(world.b, "request license info")
    assert "Expired?: yes" not in said
    world.restart(world.b)
    assert "Expired?: yes" in world.ask(world.b, "request license info")
    assert "vm-license: none" in world.ask(world.b, "show system info")
    world.rig.faults.heal("licence_invalid")
    assert "Expired?: no" in world.ask(world.b, "request license info")


def test_ha_that_says_nothing_for_a_while_after_a_boot(world: PanosWorld) -> None:
    world.strike("ha_state_empty", "p1b", seconds=30)
    assert "Group 1:" in world.ask(world.b, "show high-availability all")
    world.restart(world.b, 10)
    assert world.ask(world.b, "show high-availability all").strip() == ""
    assert world.xml(world.b, "show high-availability state").find("result/group") is None
    assert world.word(world.b) == "passive"
    world.wait(30)
    assert "State: passive" in world.ask(world.b, "show high-availability all")


def test_a_role_that_cannot_be_changed(world: PanosWorld) -> None:
    world.strike("switch_refused", "p1a")
    assert "Failed to change HA state" in world.refused(world.a, SUSPEND)
    response = world.xml(world.a, SUSPEND, "error")
    assert response.findtext("msg/line") == "Failed to change HA state"
    assert world.words == ("active", "passive")
    world.rig.faults.heal("switch_refused")
    world.strike("refuse_functional", "p1a", times=1)
    world.ask(world.a, SUSPEND)
    assert "Failed to change HA state" in world.refused(world.a, FUNCTIONAL)
    assert world.word(world.a) == "suspended"
    world.ask(world.a, FUNCTIONAL)
    world.wait(1)
    assert world.words == ("passive", "active")


@pytest.mark.parametrize(("is_done", "word"), [(False, "active"), (True, "suspended")])
def test_a_suspend_that_is_never_answered(is_done: bool, word: str) -> None:
    world = PanosWorld()
    world.strike("suspend_hangs", "p1a", takes_effect=is_done)
    assert world.run(world.a, SUSPEND) == []
    world.wait(600)
    assert world.word(world.a) == word


def test_a_release_that_is_never_answered(world: PanosWorld) -> None:
    world.ask(world.b, SUSPEND)
    world.strike("functional_hangs", "p1b")
    assert world.run(world.b, FUNCTIONAL) == []
    world.wait(60)
    assert world.words == ("active", "suspended")


def test_a_push_that_gets_stuck(world: PanosWorld) -> None:
    world.strike("report_differs", "p1b")
    world.strike("sync_stuck", "p1b")
    world.ask(world.a, PUSH)
    world.wait(600)
    for device in (world.a, world.b):
        text = world.ask(device, "show high-availability state")
        assert "Running Configuration: synchronization in progress" in text
    world.rig.faults.heal("sync_stuck")
    world.wait(1)
    assert "Running Configuration: synchronized" in world.ask(world.a, "show high-availability all")


def test_a_report_that_differs_once_more_after_a_push(world: PanosWorld) -> None:
    world.strike("report_differs", "p1b", after_sync=True, times=1)
    for expected in ("not synchronized", "synchronized"):
        world.ask(world.a, PUSH)
        world.wait(1)
        text = world.ask(world.a, "show high-availability state")
        assert f"Running Configuration: {expected}\n" in text


def test_sessions_that_never_come_across(world: PanosWorld) -> None:
    world.strike("sessions_never_sync", "p1b")
    world.restart(world.b, 60)
    assert world.words == ("active", "passive")
    assert world.xml(world.b, "show session info").findtext("result/num-active") == "0"
    assert "No Active Sessions" in world.ask(world.b, "show session all")
    assert "State Synchronization: Incomplete" in world.ask(world.a, "show high-availability all")
    world.ask(world.a, SUSPEND)
    world.wait(1)
    assert world.pair.sessions.lost == 200


def test_sessions_that_come_slowly(world: PanosWorld) -> None:
    world.strike("sessions_slow", "p1b", seconds=100)
    world.restart(world.b, 30)
    before = int(world.xml(world.b, "show session info").findtext("result/num-active", ""))
    assert 0 < before < 100
    world.wait(100)
    assert world.xml(world.b, "show session info").findtext("result/num-active") == "200"
    assert "State Synchronization: Complete" in world.ask(world.a, "show high-availability all")


def test_a_switchover_by_hand(world: PanosWorld) -> None:
    world.strike("hand_switchover")
    world.wait(5)
    assert world.words == ("passive", "active")
    by = [(entry["by"], entry["effect"]) for entry in world.entries("command")]
    assert by == [("hand", "suspend"), ("hand", "functional")]


def test_a_change_by_hand_on_the_active_goes_to_both(world: PanosWorld) -> None:
    before = world.state(world.b).config_hash
    world.strike("hand_config_change")
    world.wait(5)
    for device in (world.a, world.b):
        assert "192.0.2.0/24" in world.ask(device, "show config running")
    assert world.state(world.b).config_hash != before


def test_preemption_that_somebody_turns_on(world: PanosWorld) -> None:
    world.ask(world.a, SUSPEND)
    world.wait(1)
    world.ask(world.a, FUNCTIONAL)
    world.wait(1)
    world.strike("preempt_turned_on")
    world.wait(70)
    assert world.words == ("active", "passive")
    effects = {entry["effect"] for entry in world.entries("command") if entry["by"] == "hand"}
    assert effects == {"none", "candidate", "preempt"}


def test_a_draft_of_somebody_else(world: PanosWorld) -> None:
    world.strike("uncommitted_changes", "p1a")
    assert world.ask(world.a, "check pending-changes").strip() == "yes"
    assert "draft" in world.ask(world.a, "show config diff")
    world.rig.faults.heal("uncommitted_changes")
    assert world.ask(world.a, "check pending-changes").strip() == "no"


def test_lines_that_a_release_does_not_know(world: PanosWorld) -> None:
    world.strike("config_lines_lost", "p1b", version=NEW)
    world.install(world.b)
    world.restart(world.b)
    assert "branch" in world.ask(world.a, "show config running")
    routes = world.xml(world.b, "show routing route").findall("result/entry")
    assert "198.51.100.128/25" not in [route.findtext("destination") for route in routes]


def test_the_old_image_boots_once_more(world: PanosWorld) -> None:
    world.install(world.b)
    world.strike("old_image_after_reboot", "p1b")
    world.restart(world.b)
    assert world.state(world.b).version == OLD
    assert "RUNNING-ACTIVE    10.1.9" in world.ask(world.b, "debug swm status")


def test_a_boot_without_ha(world: PanosWorld) -> None:
    world.strike("boot_without_ha", "p1b")
    world.restart(world.b, 60)
    assert world.words == ("active", "initial")


def test_a_full_repository_and_a_spoilt_download(world: PanosWorld) -> None:
    world.strike("corrupt_upload", "p1b", times=1)
    world.load(world.b, NEW)
    assert "Failed to verify the image" in world.job(world.b, 2).findtext("details/line", "")
    world.strike("disk_full", "p1b", free=1000)
    world.load(world.b, NEW)
    assert "No space left" in world.job(world.b, 3).findtext("details/line", "")
    world.rig.faults.heal("disk_full")
    world.load(world.b, NEW)
    assert world.job(world.b, 4).findtext("result") == "OK"


def test_another_device_answers(world: PanosWorld) -> None:
    world.strike("wrong_device", "p1b", node_id="007900000000001")
    assert world.xml(world.b, "show system info").findtext(".//serial") == "007900000000001"


def test_a_fault_waits_for_a_command_in_any_mode(world: PanosWorld) -> None:
    world.arm("commit_fails", "p1a", When(on="configure", by="p1a"))
    terminal = Terminal(length=0)
    world.ask(world.a, "configure", terminal)
    world.ask(world.a, STRAY, terminal)
    assert "Commit failed" in world.configure(world.a, "commit")[0]


def test_a_commit_that_a_crash_interrupts_is_cut(world: PanosWorld) -> None:
    terminal = Terminal(length=0)
    world.ask(world.a, "configure", terminal)
    world.ask(world.a, STRAY, terminal)
    replies = world.run(world.a, Line("commit", terminal))
    world.wait(0.2)
    world.strike("crash", "p1a")
    assert [reply.is_cut for reply in replies] == [True]
    world.strike("power_on", "p1a")
    world.wait(10)
    assert "stray" not in world.ask(world.a, "show config running")
