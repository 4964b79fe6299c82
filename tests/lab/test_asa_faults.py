"""Each fault of a failover pair has its effect, and is undone."""

from __future__ import annotations

import hashlib

import pytest

from nornir_haupgrade.lab import AsaSpec, Fault, SpecError, When, build_image
from nornir_haupgrade.lab.command import Line, Terminal
from nornir_haupgrade.lab.personalities.cisco_asa.faults import ASA_FAULTS
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.lab.personalities.linux_ha.faults import FAULTS
from nornir_haupgrade.lab.spec import Platform
from tests.lab.conftest import AsaWorld, MakeAsas

OLD, NEW = "9.16(3)19", "9.18(4)5"
NEW_FILE = "asa9-18-4-5-smp-k8.bin"
URL = f"tftp://192.0.2.1/{NEW_FILE}"
HOLD = 15.0


def reload_standby(asas: AsaWorld) -> None:
    asas.ask(asas.a, "failover reload-standby")
    asas.wait(10)


def test_every_kind_that_makes_sense_is_there() -> None:
    assert PERSONALITIES[Platform.CISCO_ASA].faults is ASA_FAULTS
    # active/standby failover does not preempt
    assert set(FAULTS) - set(ASA_FAULTS) == {"preempt_turned_on"}


def test_a_fault_of_another_platform_is_an_error_at_once(asas: AsaWorld) -> None:
    with pytest.raises(SpecError, match="no fault preempt_turned_on; known are "):
        asas.rig.faults.arm(Fault("preempt_turned_on"))


@pytest.mark.parametrize("name", sorted(ASA_FAULTS))
def test_every_fault_strikes_and_heals_without_harm_to_the_lab(asas: AsaWorld, name: str) -> None:
    asas.strike(name)
    asas.wait(1)
    asas.rig.faults.heal(name)
    asas.wait(120)
    for unit in (asas.a, asas.b):
        assert asas.run(unit, "show version")
    assert asas.entries("fault")


# Software


def test_the_old_image_boots_once(asas: AsaWorld) -> None:
    asas.strike("old_image_after_reboot", "p1b")
    asas.upgrade_standby(NEW)
    assert asas.state(asas.b).version == OLD
    reload_standby(asas)
    assert asas.state(asas.b).version == NEW


def test_a_unit_that_never_boots_is_failed_to_its_mate(asas: AsaWorld) -> None:
    asas.strike("never_boots", "p1b")
    reload_standby(asas)
    asas.wait(HOLD + 1)
    assert not asas.b.is_answering
    assert asas.host(asas.a, "Other") == "Secondary - Failed"
    asas.wait(600)
    assert asas.roles == ("MASTER", "INIT")


def test_a_boot_without_failover_leaves_a_unit_that_answers_and_takes_no_part(
    asas: AsaWorld,
) -> None:
    asas.strike("boot_without_ha", "p1b")
    reload_standby(asas)
    asas.wait(HOLD + 1)
    assert asas.b.is_answering
    assert asas.host(asas.b) == "Secondary - Negotiation"
    assert asas.host(asas.a, "Other") == "Secondary - Failed"
    assert asas.ask(asas.a, "failover exec mate show version").startswith("ERROR: ")


def test_a_licence_that_is_gone_after_a_boot_switches_failover_off(asas: AsaWorld) -> None:
    asas.strike("licence_lost", "p1b")
    reload_standby(asas)
    asas.wait(HOLD + 1)
    said = asas.ask(asas.b, "show version")
    assert "ASAv Platform License State: Unlicensed\n" in said
    assert "Failover                          : Disabled" in said
    assert asas.ask(asas.b, "show failover").startswith("Failover Off")
    assert asas.host(asas.a, "Other") == "Secondary - Failed"
    assert asas.roles[0] == "MASTER"
    assert asas.ask(asas.a, "failover reload-standby").startswith("ERROR: ")  # it hears nobody
    asas.ask(asas.b, "reload noconfirm")
    asas.wait(20)
    assert asas.host(asas.a, "Other") == "Secondary - Standby Ready"


def test_failover_says_nothing_for_a_while_after_a_boot(asas: AsaWorld) -> None:
    asas.strike("ha_state_empty", "p1b")
    assert "Failover On" in asas.ask(asas.b, "show failover")
    reload_standby(asas)
    assert asas.ask(asas.b, "show failover") == ""
    assert asas.ask(asas.b, "show failover state") == ""
    assert asas.host(asas.a, "Other") == "Secondary - Standby Ready"
    asas.rig.faults.heal("ha_state_empty")
    assert asas.host(asas.b) == "Secondary - Standby Ready"


def test_copies_that_fail_or_come_out_wrong(make_asas: MakeAsas) -> None:
    asas = make_asas(setup=AsaSpec(server=(NEW,)))
    line = f"copy /noconfirm {URL} disk0:/{NEW_FILE}"
    asas.strike("install_fails", "p1b", times=1)
    assert asas.ask(asas.b, line).startswith("%Error writing ")
    assert NEW not in str(asas.ask(asas.b, "dir"))
    asas.strike("corrupt_upload", "p1b", times=1)
    asas.ask(asas.b, line)
    good = hashlib.md5(build_image(NEW), usedforsecurity=False).hexdigest()
    assert good not in asas.ask(asas.b, f"verify /md5 disk0:/{NEW_FILE}")
    asas.ask(asas.b, line)
    assert good in asas.ask(asas.b, f"verify /md5 disk0:/{NEW_FILE}")


def test_a_full_disk_and_a_wrong_device(make_asas: MakeAsas) -> None:
    asas = make_asas(setup=AsaSpec(server=(NEW,)))
    asas.strike("disk_full", "p1b", free=1000)
    assert "(1000 bytes free/0% free)" in asas.ask(asas.b, "dir")
    said = asas.ask(asas.b, f"copy /noconfirm {URL} disk0:/{NEW_FILE}")
    assert "No space left on device" in said
    said = asas.ask(asas.b, "copy /noconfirm running-config disk0:/before.cfg")
    assert "No space left on device" in said
    asas.strike("wrong_device", "p1b", node_id="9AWRONGONE0")
    assert "Serial Number: 9AWRONGONE0\n" in asas.ask(asas.b, "show version")
    assert "Mate 9AWRONGONE0\n" in asas.ask(asas.a, "show failover")


# Configuration


def test_lines_that_a_release_does_not_know_are_lost_on_that_unit(asas: AsaWorld) -> None:
    asas.strike("config_lines_lost", "p1b", lines=["OUTSIDE"], version=NEW)
    reload_standby(asas)
    assert "OUTSIDE" in asas.ask(asas.b, "show running-config")
    asas.upgrade_standby(NEW)
    assert "OUTSIDE" not in asas.ask(asas.b, "show running-config")
    assert "OUTSIDE" in asas.ask(asas.a, "show running-config")
    assert "OUTSIDE" in asas.ask(asas.b, "show startup-config errors")


def test_a_replication_that_is_stuck_leaves_the_standby_on_its_way(asas: AsaWorld) -> None:
    asas.strike("sync_stuck", "p1b")
    asas.configure(asas.a, "logging enable")
    assert asas.ask(asas.b, "show running-config logging") == ""
    asas.ask(asas.a, "write standby")
    asas.wait(300)
    assert asas.host(asas.a, "Other") == "Secondary - Sync Config"
    asas.rig.faults.heal("sync_stuck")
    asas.wait(5)
    assert asas.host(asas.a, "Other") == "Secondary - Standby Ready"
    assert "logging enable" in asas.ask(asas.b, "show running-config logging")


@pytest.mark.parametrize("comes_back", [False, True])
def test_a_line_that_only_the_standby_has(asas: AsaWorld, *, comes_back: bool) -> None:
    asas.strike("report_differs", after_sync=comes_back, times=1)
    line = "snmp-server location stray\n"
    assert asas.ask(asas.b, "show running-config snmp-server") == line
    assert asas.ask(asas.a, "show running-config snmp-server") == ""
    assert asas.ask(asas.a, "show checksum") != asas.ask(asas.b, "show checksum")
    asas.ask(asas.a, "write standby")
    asas.wait(5)
    found = asas.ask(asas.b, "show running-config snmp-server")
    assert found == (line if comes_back else "")
    asas.ask(asas.a, "write standby")
    asas.wait(5)
    assert asas.ask(asas.b, "show running-config snmp-server") == ""


def test_a_save_that_fails_and_one_that_is_lost(asas: AsaWorld) -> None:
    asas.configure(asas.a, "logging enable")
    asas.strike("save_fails", "p1a", times=1)
    assert "No space left" in asas.ask(asas.a, "write memory")
    assert not asas.a.configuration.is_saved
    asas.strike("save_lost", "p1b")
    assert "[OK]" in asas.ask(asas.a, "write memory")
    assert [unit.configuration.is_saved for unit in (asas.a, asas.b)] == [True, False]


def test_unsaved_changes_and_a_missing_copy_server(asas: AsaWorld) -> None:
    asas.strike("unsaved_changes", "p1a", lasts=5)
    assert "logging buffered debugging" in asas.ask(asas.a, "show running-config logging")
    assert "by operator at" in asas.ask(asas.a, "show version")
    asas.strike("scp_disabled", "p1a", lasts=5)
    assert asas.ask(asas.a, "show running-config ssh scopy") == ""
    assert not asas.a.configuration.is_saved
    asas.wait(5)
    assert asas.ask(asas.a, "show running-config ssh scopy") == "ssh scopy enable\n"
    assert asas.a.configuration.is_saved


def test_changes_by_hand_are_replicated_and_written_down(asas: AsaWorld) -> None:
    before = asas.state(asas.a).config_hash
    asas.strike("hand_config_change")
    asas.wait(5)
    assert asas.state(asas.a).config_hash != before
    for unit in (asas.a, asas.b):
        assert "192.0.2.9" in asas.ask(unit, "show startup-config")
    assert {entry["by"] for entry in asas.entries("command") if entry["effect"] != "none"} == {
        "hand"
    }


# Sessions


def test_sessions_that_never_arrive_die_in_a_switchover(asas: AsaWorld) -> None:
    asas.strike("sessions_never_sync", "p1b")
    reload_standby(asas)
    assert asas.host(asas.b) == "Secondary - Standby Ready"
    assert asas.ask(asas.b, "show conn count") == "0 in use, 200 most used\n"
    asas.ask(asas.a, "no failover active")
    asas.wait(1)
    assert asas.pair.sessions.lost == 200


# Roles


@pytest.mark.parametrize("line", ["failover active", "no failover active"])
def test_a_switchover_that_is_refused(asas: AsaWorld, line: str) -> None:
    unit = asas.b if line == "failover active" else asas.a
    asas.strike("switch_refused", unit.name)
    assert asas.ask(unit, line) == "ERROR: Command authorization failed\n"
    asas.wait(60)
    assert asas.roles == ("MASTER", "BACKUP")


@pytest.mark.parametrize("takes_effect", [False, True])
def test_a_switchover_that_hangs(asas: AsaWorld, *, takes_effect: bool) -> None:
    asas.strike("suspend_hangs", "p1a", takes_effect=takes_effect)
    replies = asas.run(asas.a, "no failover active")
    asas.wait(1000)
    assert not replies
    assert asas.roles == (("BACKUP", "MASTER") if takes_effect else ("MASTER", "BACKUP"))


def test_a_way_back_that_is_refused(asas: AsaWorld) -> None:
    asas.ask(asas.a, "no failover active")
    asas.strike("refuse_functional", "p1a")
    for line in ("failover active", "failover reset"):
        assert asas.ask(asas.a, line).startswith("ERROR: ")
    asas.wait(60)
    assert asas.roles == ("BACKUP", "MASTER")


def test_an_active_whose_data_plane_is_dead_says_that_all_is_well(asas: AsaWorld) -> None:
    asas.strike("data_dead", "p1a")
    asas.wait(60)
    assert asas.host(asas.a) == "Primary - Active"
    assert asas.pair.active is None
    asas.ask(asas.b, "failover active")
    asas.wait(1)
    assert asas.pair.active is asas.b


def test_a_switchover_by_hand_when_somebody_else_works(asas: AsaWorld) -> None:
    asas.arm("hand_switchover", None, When(on="show bootvar", by="p1b"))
    asas.ask(asas.b, "show bootvar")
    asas.wait(1)
    assert asas.roles == ("BACKUP", "MASTER")
    assert {entry["by"] for entry in asas.entries("command")} == {"ssh", "hand"}


def test_failover_that_somebody_switches_off_shows_on_both(asas: AsaWorld) -> None:
    asas.strike("failover_turned_off")
    asas.wait(5)
    assert asas.ask(asas.a, "show failover").startswith("Failover Off\n")
    assert asas.prompt(asas.b) == "p1/sec/stbyNoFailover# "
    assert asas.roles == ("MASTER", "BACKUP")


# The line


def test_a_lost_reply_hides_a_switchover_that_worked(asas: AsaWorld) -> None:
    asas.strike("reply_lost", "p1a", command="no failover active")
    assert asas.answer(asas.a, "no failover active").is_cut
    asas.wait(1)
    assert asas.roles == ("BACKUP", "MASTER")
    assert asas.entries("command")[-1]["effect"] == "switch"


def test_a_cut_line_means_that_nothing_happened(asas: AsaWorld) -> None:
    asas.strike("cut_line", "p1a", command="no failover active")
    assert asas.answer(asas.a, "no failover active").is_cut
    asas.wait(60)
    assert asas.roles == ("MASTER", "BACKUP")


def test_output_that_comes_late(asas: AsaWorld) -> None:
    asas.strike("slow_output", "p1a", seconds=8)
    replies = asas.run(asas.a, "show failover")
    asas.wait(7.9)
    assert not replies
    asas.wait(0.2)
    assert "Failover On" in replies[0].stdout


def test_a_fault_at_the_start(make_asas: MakeAsas) -> None:
    asas = make_asas(faults=(Fault("data_port_down", "p1b"),))
    assert asas.host(asas.a, "Other") == "Secondary - Failed"


def test_another_login_shows(asas: AsaWorld) -> None:
    asas.strike("another_login", "p1a", login="operator pts/9 192.0.2.7")
    said = asas.answer(asas.a, Line("show ssh sessions", Terminal())).stdout
    assert "192.0.2.7" in said
    assert said.splitlines()[1].endswith("operator")
