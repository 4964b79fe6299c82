"""Each fault of the FortiGates has its effect, and is undone."""

from __future__ import annotations

import re

import pytest

from nornir_haupgrade.lab import Fault, FortigateSpec, SpecError, UpgradeMode, When
from nornir_haupgrade.lab.personalities.fortinet.faults import FORTIGATE_FAULTS
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.lab.personalities.linux_ha.faults import FAULTS
from nornir_haupgrade.lab.spec import Platform
from tests.lab.conftest import FortiWorld, MakeFortigates

SET, UNSET = "execute ha failover set 1", "execute ha failover unset 1"
RESET = "diagnose sys ha reset-uptime"
NEW = "7.4.8"


@pytest.fixture
def local(make_fortigates: MakeFortigates) -> FortiWorld:
    return make_fortigates(setup=FortigateSpec(upgrade_mode=UpgradeMode.LOCAL_ONLY))


def test_every_kind_of_the_other_firewalls_is_there() -> None:
    assert PERSONALITIES[Platform.FORTINET].faults is FORTIGATE_FAULTS
    assert set(FAULTS) <= set(FORTIGATE_FAULTS)


def test_a_fault_of_the_other_platform_is_an_error_at_once(fortigates: FortiWorld) -> None:
    with pytest.raises(SpecError, match="no fault commit_lost; known are "):
        fortigates.rig.faults.arm(Fault("commit_lost"))


@pytest.mark.parametrize("name", sorted(FORTIGATE_FAULTS))
def test_every_fault_strikes_and_heals_without_harm_to_the_lab(
    fortigates: FortiWorld, name: str
) -> None:
    fortigates.strike(name)
    fortigates.wait(1)
    fortigates.rig.faults.heal(name)
    fortigates.wait(60)
    for unit in (fortigates.a, fortigates.b):
        assert fortigates.run(unit, "get system status")
    assert fortigates.entries("fault")


@pytest.mark.parametrize(
    ("fault", "why"),
    [("install_fails", "Check image error."), ("installer_busy", "is in progress")],
)
def test_an_image_that_is_refused_for_a_while(local: FortiWorld, fault: str, why: str) -> None:
    local.strike(fault, "p1b", lasts=30)
    said = local.restore(local.b, NEW)
    assert why in said
    assert said.endswith("Command fail. Return code -1\n")
    local.wait(31)
    assert local.version(local.b) == "7.4.4"
    assert why not in local.restore(local.b, NEW)
    local.wait(10)
    assert local.version(local.b) == NEW


@pytest.mark.parametrize("takes_effect", [False, True])
def test_an_image_that_never_ends(local: FortiWorld, takes_effect: bool) -> None:
    local.strike("install_hangs", "p1b", takes_effect=takes_effect)
    line = f"execute restore image tftp {local.offer(NEW)} 10.0.0.9"
    replies = local.run(local.b, line)
    local.wait(1)
    local.wait(60)
    assert local.version(local.b) == (NEW if takes_effect else "7.4.4")
    assert all(reply.is_cut for reply in replies)


def test_a_cluster_whose_secondary_boots_the_old_image_stays_mixed(
    make_fortigates: MakeFortigates,
) -> None:
    world = make_fortigates(setup=FortigateSpec(uptime_margin=1))
    world.configure_ha(world.a, "uninterruptible-primary-wait 15")
    world.strike("old_image_after_reboot", "p1b")
    world.restore(world.a, NEW)
    for _ in range(14 * 60):
        world.wait(1)
    assert (world.version(world.a), world.version(world.b)) == ("7.4.4", "7.4.4")
    for _ in range(2 * 60):
        world.wait(1)
    assert (world.version(world.a), world.version(world.b)) == (NEW, "7.4.4")


@pytest.mark.parametrize("line", [SET, RESET])
def test_a_switchover_that_is_refused(fortigates: FortiWorld, line: str) -> None:
    fortigates.strike("switch_refused", "p1a", lasts=60)
    assert "Return code -1" in fortigates.ask(fortigates.a, line)
    fortigates.wait(59)
    assert fortigates.roles == ("MASTER", "BACKUP")
    fortigates.wait(1)
    fortigates.ask(fortigates.a, line)
    fortigates.wait(1)
    assert fortigates.roles == ("BACKUP", "MASTER")


def test_a_flag_that_cannot_be_unset(fortigates: FortiWorld) -> None:
    fortigates.ask(fortigates.a, SET)
    fortigates.strike("refuse_functional", "p1a")
    assert "Return code -1" in fortigates.ask(fortigates.a, UNSET)
    assert "set\n" in fortigates.ask(fortigates.a, "execute ha failover status")
    fortigates.rig.faults.heal("refuse_functional")
    fortigates.ask(fortigates.a, UNSET)
    assert "unset\n" in fortigates.ask(fortigates.a, "execute ha failover status")


@pytest.mark.parametrize("takes_effect", [False, True])
def test_a_switchover_that_hangs(fortigates: FortiWorld, takes_effect: bool) -> None:
    fortigates.strike("suspend_hangs", "p1a", takes_effect=takes_effect)
    replies = fortigates.run(fortigates.a, SET)
    fortigates.wait(1000)
    assert not replies
    assert (fortigates.roles == ("BACKUP", "MASTER")) is takes_effect


def test_a_lost_reply_hides_a_switchover_that_was_made(fortigates: FortiWorld) -> None:
    fortigates.strike("reply_lost", "p1a", command="execute ha failover")
    assert fortigates.answer(fortigates.a, SET).is_cut
    fortigates.wait(1)
    assert fortigates.roles == ("BACKUP", "MASTER")
    assert not fortigates.answer(fortigates.a, "execute ha failover status").is_cut


def test_a_cut_line_means_that_nothing_happened(fortigates: FortiWorld) -> None:
    fortigates.strike("cut_line", "p1a", command=SET)
    assert fortigates.answer(fortigates.a, SET).is_cut
    fortigates.wait(1)
    assert fortigates.roles == ("MASTER", "BACKUP")


def test_an_output_that_is_slow(fortigates: FortiWorld) -> None:
    fortigates.strike("slow_output", "p1a", seconds=20)
    replies = fortigates.run(fortigates.a, "get system status")
    fortigates.wait(19)
    assert not replies
    fortigates.wait(1)
    assert replies[0].stdout.startswith("Version: ")


def test_sessions_that_never_come_and_those_that_come_late(fortigates: FortiWorld) -> None:
    def known() -> int:
        said = fortigates.ask(fortigates.b, "diagnose sys session stat")
        return int(re.findall(r"session_count=(\d+)", said)[0])

    fortigates.strike("sessions_never_sync", "p1b", lasts=20)
    fortigates.reboot(fortigates.b)
    assert known() == 0
    fortigates.strike("sessions_slow", "p1b", seconds=100)
    fortigates.wait(16)
    assert known() < 10
    fortigates.wait(50)
    assert 80 < known() < 120


def test_the_report_differs_until_somebody_synchronises(fortigates: FortiWorld) -> None:
    fortigates.strike("report_differs")
    said = fortigates.ask(fortigates.a, "get system ha status")
    assert f"{fortigates.b.node_id}(updated 4 seconds ago): out-of-sync\n" in said
    assert f"{fortigates.a.node_id}(updated 3 seconds ago): in-sync\n" in said
    fortigates.ask(fortigates.b, "execute ha synchronize start")
    fortigates.wait(1)
    assert fortigates.is_in_sync()


def test_a_configuration_that_is_not_taken(fortigates: FortiWorld) -> None:
    fortigates.strike("config_refused", "p1a", times=1)
    said = fortigates.ask(fortigates.a, "set override enable")
    assert said.endswith("Command fail. Return code -1\n")


def test_no_licence_and_nothing_passes(fortigates: FortiWorld) -> None:
    fortigates.strike("licence_expired", "p1a", lasts=30)
    fortigates.wait(1)
    assert fortigates.roles == ("MASTER", "BACKUP")
    assert fortigates.pair.active is None
    assert "License Status: Invalid" in fortigates.ask(fortigates.a, "get system status")
    fortigates.wait(30)
    assert fortigates.pair.active is fortigates.a


def test_an_ha_that_says_nothing_for_a_while_after_a_boot(fortigates: FortiWorld) -> None:
    fortigates.strike("ha_state_empty", "p1b", seconds=30)
    fortigates.reboot(fortigates.b)
    line = "get system ha status"
    assert "number of vcluster: 0" in fortigates.ask(fortigates.b, line)
    assert fortigates.b.node_id in fortigates.ask(fortigates.a, line)
    fortigates.wait(30)
    assert "number of vcluster: 1" in fortigates.ask(fortigates.b, line)


def test_somebody_else_at_work(fortigates: FortiWorld) -> None:
    before = fortigates.state(fortigates.a).config_hash
    fortigates.strike("hand_config_change", lasts=1)
    fortigates.wait(5)
    assert fortigates.state(fortigates.a).config_hash != before
    assert 'edit "by-hand"' in fortigates.ask(fortigates.b, "show firewall address")
    fortigates.strike("preempt_turned_on")
    fortigates.wait(5)
    assert fortigates.state(fortigates.a).preempts
    assert fortigates.state(fortigates.b).preempts
    effects = {entry["effect"] for entry in fortigates.entries("command") if entry["by"] == "hand"}
    assert effects == {"none", "config", "preempt"}
    fortigates.strike("another_login", "p1a", login="operator pts/9 192.0.2.7")
    said = fortigates.ask(fortigates.a, "get system admin list")
    assert re.search(r"^operator +sshv2 +mgmt:10\.99\.1\.2:22 +192\.0\.2\.7:", said, re.MULTILINE)


def test_a_switchover_by_hand_when_somebody_else_works(fortigates: FortiWorld) -> None:
    fortigates.arm("hand_switchover", None, When(on="get system performance", by="p1b"))
    fortigates.ask(fortigates.b, "get system performance status")
    fortigates.wait(1)
    assert fortigates.roles == ("BACKUP", "MASTER")
    assert fortigates.a.is_suspended
    assert {entry["by"] for entry in fortigates.entries("command")} == {"ssh", "hand"}


def test_how_the_console_pages_is_changed_by_somebody_else(fortigates: FortiWorld) -> None:
    fortigates.strike("output_set")
    fortigates.wait(1)
    for unit in (fortigates.a, fortigates.b):
        assert "output              : standard\n" in fortigates.ask(unit, "get system console")


def test_another_serial_number(fortigates: FortiWorld) -> None:
    fortigates.strike("wrong_device", "p1b", node_id="FGVM04TM00000001")
    assert "Serial-Number: FGVM04TM00000001\n" in fortigates.ask(fortigates.b, "get system status")
