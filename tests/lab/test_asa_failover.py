"""Failover between two units: no preemption, a hold time, and what the failover link is for."""

from __future__ import annotations

import re

import pytest

from nornir_haupgrade.lab.command import Line, Terminal
from tests.lab.conftest import AsaWorld, MakeAsas

HOLD = 15.0
"""Seconds: the default of ``failover polltime unit``, as in the captures of ``show failover``."""
READY = 1.0
"""Seconds from joining to being ready, in the lab."""

BECAME_ACTIVE = [
    ("Standby Ready", "Just Active"),
    ("Just Active", "Active Drain"),
    ("Active Drain", "Active Applying Config"),
    ("Active Applying Config", "Active Config Applied"),
    ("Active Config Applied", "Active"),
]
"""Cisco's guide to forensic investigation of the ASA."""


def test_the_primary_is_active_and_both_say_so(asas: AsaWorld) -> None:
    assert asas.roles == ("MASTER", "BACKUP")
    assert asas.host(asas.a) == asas.host(asas.b, "Other") == "Primary - Active"
    assert asas.host(asas.b) == asas.host(asas.a, "Other") == "Secondary - Standby Ready"


def test_the_history_begins_with_the_boots(asas: AsaWorld) -> None:
    said = asas.ask(asas.a, "show failover history").splitlines()
    assert said[3] == "08:00:00 UTC Mar 1 2026"
    assert re.fullmatch("Not Detected +Negotiation +No Error", said[4])
    assert re.fullmatch("Active Config Applied +Active +No Active unit found", said[-2])
    said = asas.ask(asas.b, "show failover history").splitlines()
    assert re.fullmatch("Bulk Sync +Standby Ready +Detected an Active mate", said[-2])


@pytest.mark.parametrize(
    ("on_active", "why"),
    [(True, "Other unit wants me Active"), (False, "Set by the config command")],
)
def test_a_switchover_by_either_unit(asas: AsaWorld, *, on_active: bool, why: str) -> None:
    unit, line = (asas.a, "no failover active") if on_active else (asas.b, "failover active")
    assert asas.ask(unit, line) == ""
    asas.wait(1)
    assert asas.roles == ("BACKUP", "MASTER")
    assert asas.pair.active is asas.b
    assert asas.history(asas.b) == [(*step, why) for step in BECAME_ACTIVE]
    [(before, after, reason)] = asas.history(asas.a)
    assert (before, after) == ("Active", "Standby Ready")
    assert reason == "Set by the config command" if on_active else "Other unit wants me Standby"
    assert asas.pair.sessions.lost == 0
    [gap] = asas.entries("gap-end")
    assert gap["seconds"] == pytest.approx(0.06)


def test_the_prompt_and_the_addresses_follow_the_role(asas: AsaWorld) -> None:
    assert (asas.prompt(asas.a), asas.prompt(asas.b)) == ("p1/pri/act# ", "p1/sec/stby# ")
    asas.ask(asas.a, "no failover active")
    assert (asas.prompt(asas.a), asas.prompt(asas.b)) == ("p1/pri/stby# ", "p1/sec/act# ")
    assert "10.99.1.1 " in asas.ask(asas.b, "show interface ip brief")
    current = asas.ask(asas.a, "show ip address").partition("Current")[2]
    assert "10.99.1.2 " in current
    assert "10.99.1.1 " not in current


@pytest.mark.parametrize("line", ["failover active", "no failover active"])
def test_a_switchover_to_where_the_role_is_does_nothing(asas: AsaWorld, line: str) -> None:
    unit = asas.a if line == "failover active" else asas.b
    asas.ask(unit, line)
    asas.wait(60)
    assert asas.roles == ("MASTER", "BACKUP")
    assert asas.entries("role") == []
    assert asas.entries("command")[-1]["effect"] == "none"


def test_nobody_preempts(asas: AsaWorld) -> None:
    asas.ask(asas.a, "failover exec mate failover active")
    asas.wait(600)
    assert asas.roles == ("BACKUP", "MASTER")
    assert not asas.state(asas.a).preempts


def test_a_dead_active_is_replaced_after_the_hold_time(asas: AsaWorld) -> None:
    asas.strike("crash", "p1a")
    asas.wait(HOLD - 0.1)
    assert asas.host(asas.b, "Other") == "Primary - Active"  # all that it knows yet
    assert asas.roles == ("INIT", "BACKUP")
    asas.wait(1.1)
    assert asas.host(asas.b) == "Secondary - Active"
    assert asas.host(asas.b, "Other") == "Primary - Failed"
    assert {why for *_, why in asas.history(asas.b)} == {"HELLO not heard from mate"}
    assert asas.pair.sessions.lost == 0


def test_a_unit_that_comes_back_finds_an_active_mate_and_joins_it(asas: AsaWorld) -> None:
    asas.strike("crash", "p1a")
    asas.wait(20)
    asas.rig.faults.heal("crash")
    asas.wait(20)
    assert asas.roles == ("BACKUP", "MASTER")
    states = ["Negotiation", "Cold Standby", "Sync Config", "Sync File System", "Bulk Sync"]
    assert [after for _, after, _ in asas.history(asas.a)] == [*states, "Standby Ready"]
    assert {why for *_, why in asas.history(asas.a)[1:]} == {"Detected an Active mate"}


def test_the_active_still_calls_a_reloading_mate_ready_and_names_its_old_version(
    make_asas: MakeAsas,
) -> None:
    asas = make_asas(boot_seconds=30)
    asas.ask(asas.b, "reload noconfirm")
    asas.wait(5)
    assert not asas.b.is_answering
    assert asas.host(asas.a, "Other") == "Secondary - Standby Ready"
    asas.wait(HOLD)
    assert asas.host(asas.a, "Other") == "Secondary - Failed"
    assert "Comm Failure" in asas.ask(asas.a, "show failover state")
    asas.wait(30)
    assert asas.host(asas.a, "Other") == "Secondary - Standby Ready"


def test_a_unit_that_boots_alone_becomes_active_and_does_not_know_its_mate(asas: AsaWorld) -> None:
    asas.strike("crash", "p1a")
    asas.wait(20)
    asas.ask(asas.b, "reload noconfirm")
    asas.wait(2.7)
    assert asas.host(asas.b) == "Secondary - Negotiation"
    asas.wait(HOLD + 1)
    said = asas.ask(asas.b, "show failover")
    assert "Mate Unknown\nSerial Number: Ours" in said
    assert asas.host(asas.b) == "Secondary - Active"
    assert {why for *_, why in asas.history(asas.b)[1:]} == {"No Active unit found"}


def test_the_primary_wins_when_both_boot(asas: AsaWorld) -> None:
    asas.ask(asas.b, "reload noconfirm")
    asas.ask(asas.a, "reload noconfirm")
    asas.wait(60)
    assert asas.roles == ("MASTER", "BACKUP")
    assert asas.host(asas.b) == "Secondary - Standby Ready"


def test_a_reload_of_the_active_moves_the_role_at_once(asas: AsaWorld) -> None:
    asas.ask(asas.a, "reload noconfirm")
    asas.wait(0.5)
    assert asas.pair.active is asas.b


# Interfaces


def test_an_interface_of_the_active_moves_the_role(asas: AsaWorld) -> None:
    asas.strike("data_port_down", "p1a")
    asas.wait(1)
    assert asas.roles == ("FAULT", "MASTER")
    assert asas.host(asas.a) == "Primary - Failed"
    assert "Interface outside (10.1.1.2): No Link (Waiting)" in asas.ask(asas.a, "show failover")
    said = asas.ask(asas.b, "show failover state")
    assert "               Failed         Ifc Failure" in said
    assert "outside: Failed" in said
    asas.rig.faults.heal("data_port_down")
    asas.wait(60)
    assert asas.host(asas.b, "Other") == "Primary - Standby Ready"


def test_a_failed_standby_keeps_the_active_where_it_is_whatever_fails_there(asas: AsaWorld) -> None:
    asas.strike("data_port_down", "p1b")
    assert asas.host(asas.a, "Other") == "Secondary - Failed"
    asas.strike("data_port_down", "p1a", port="Management0/0")
    asas.wait(60)
    assert asas.roles == ("MASTER", "FAULT")


def test_an_interface_that_is_shut_down_is_no_failure(asas: AsaWorld) -> None:
    asas.configure(asas.a, "interface Management0/0", "shutdown")
    asas.wait(60)
    assert asas.roles == ("MASTER", "BACKUP")
    assert "administratively down" in asas.ask(asas.b, "show interface ip brief")


def test_giving_up_the_role_with_nobody_to_take_it_is_an_outage(asas: AsaWorld) -> None:
    asas.strike("data_port_down", "p1b")
    asas.ask(asas.a, "no failover active")
    asas.wait(HOLD - 1)
    assert asas.pair.active is None
    asas.wait(3)
    assert asas.pair.active is asas.a


# The failover link


def test_without_the_failover_link_the_standby_stays_and_cannot_take_over(asas: AsaWorld) -> None:
    asas.strike("ha_link_down")
    asas.wait(60)
    assert asas.roles == ("MASTER", "BACKUP")
    assert "GigabitEthernet0/2 (down)" in asas.ask(asas.a, "show failover")
    asas.strike("crash", "p1a")
    asas.wait(60)
    assert asas.roles == ("INIT", "BACKUP")


def test_a_unit_that_boots_without_the_failover_link_becomes_active_too(asas: AsaWorld) -> None:
    asas.strike("ha_link_down")
    asas.ask(asas.b, "reload noconfirm")
    asas.wait(60)
    assert asas.roles == ("MASTER", "MASTER")
    asas.rig.faults.heal("ha_link_down")
    asas.wait(5)
    assert asas.roles == ("MASTER", "BACKUP")
    assert asas.host(asas.b) == "Secondary - Standby Ready"


def test_taking_the_role_without_the_failover_link_makes_two_active_units(asas: AsaWorld) -> None:
    asas.strike("ha_link_down")
    asas.ask(asas.b, "failover active")
    assert asas.roles == ("MASTER", "MASTER")


def test_without_any_hello_both_are_active(asas: AsaWorld) -> None:
    asas.strike("adverts_lost")
    asas.wait(HOLD + 1)
    assert asas.roles == ("MASTER", "MASTER")


# Failover switched off


def test_failover_that_is_switched_off_leaves_the_roles_until_a_boot(asas: AsaWorld) -> None:
    asas.configure(asas.a, "no failover")
    asas.wait(60)
    assert asas.roles == ("MASTER", "BACKUP")
    assert asas.ask(asas.b, "show failover").startswith("Failover Off (pseudo-Standby)\n")
    assert asas.ask(asas.a, "show failover").startswith("Failover Off\n")
    assert asas.prompt(asas.b) == "p1/sec/stbyNoFailover# "
    asas.ask(asas.b, "write memory")
    asas.ask(asas.b, "reload noconfirm")
    asas.wait(60)
    assert asas.roles == ("MASTER", "MASTER")
    assert asas.prompt(asas.b) == "p1/sec/actNoFailover# "


def test_failover_that_is_switched_on_again_joins(asas: AsaWorld) -> None:
    asas.configure(asas.a, "no failover")
    asas.wait(1)
    for unit in (asas.a, asas.b):
        asas.configure(unit, "failover")
    asas.wait(10)
    assert asas.host(asas.a, "Other") == "Secondary - Standby Ready"


# Commands for the mate


def test_what_is_executed_on_the_mate_is_written_down_as_what_it_changes(asas: AsaWorld) -> None:
    asas.ask(asas.a, "failover exec mate reload noconfirm")
    entry = asas.entries("command")[-1]
    assert (entry["member"], entry["via"], entry["effect"]) == ("p1b", "p1a", "reboot")
    assert (entry["state"], entry["forwards"]) == ("BACKUP", False)
    asas.wait(20)
    assert (asas.state(asas.a).boots, asas.state(asas.b).boots) == (0, 1)
    asas.ask(asas.a, "failover reload-standby")
    asas.wait(20)
    assert asas.state(asas.b).boots == 2


def test_a_command_for_the_mate_is_answered_by_it(asas: AsaWorld) -> None:
    assert asas.b.node_id in asas.ask(asas.a, "failover exec mate show version | include Serial")
    for which, unit in (("active", asas.a), ("standby", asas.b)):
        said = asas.ask(asas.a, f"failover exec {which} show inventory")
        assert unit.node_id in said
    assert "would ask" in asas.ask(asas.a, "failover exec mate reload")
    assert asas.state(asas.b).boots == 0
    asas.strike("ha_link_down")
    assert asas.ask(asas.a, "failover exec mate show version").startswith("ERROR: ")


def test_only_the_active_reloads_the_standby_by_that_name(asas: AsaWorld) -> None:
    assert asas.ask(asas.b, "failover reload-standby").startswith("ERROR: ")
    asas.wait(20)
    assert (asas.state(asas.a).boots, asas.state(asas.b).boots) == (0, 0)


# Sessions


def test_both_count_the_connections_and_name_them(asas: AsaWorld) -> None:
    for unit in (asas.a, asas.b):
        assert asas.ask(unit, "show conn count") == "200 in use, 200 most used\n"
    [row] = [row for row in asas.ask(asas.b, "show conn").splitlines() if ":40007 " in row]
    assert row.startswith("TCP outside 10.1.1.100:40007 inside 10.2.1.100:7000, idle 0:00:")
    assert asas.ask(asas.a, "show conn address 10.1.1.100").count("TCP ") == 200
    assert asas.ask(asas.a, "show conn address 10.1.1.9").count("TCP ") == 0
    assert asas.ask(asas.a, "show conn port 40003").count("TCP ") == 1


def test_connections_by_protocol(asas: AsaWorld) -> None:
    assert asas.ask(asas.a, "show conn protocol tcp").startswith("200 in use")
    assert asas.ask(asas.a, "show conn protocol udp").startswith("0 in use")
    assert asas.ask(asas.a, "show conn address nowhere").startswith("ERROR: ")


def test_a_unit_that_is_told_to_take_the_role_while_it_joins_joins_no_more(
    make_asas: MakeAsas,
) -> None:
    asas = make_asas(sync_seconds=30)
    asas.ask(asas.b, "reload noconfirm")
    asas.wait(10)
    assert asas.host(asas.b) == "Secondary - Sync Config"
    assert "Sync Config\n" in asas.ask(asas.b, "show failover state")
    asas.ask(asas.b, "failover active")
    asas.wait(60)
    assert asas.roles == ("BACKUP", "MASTER")
    assert asas.history(asas.b)[-1][1] == "Active"
    assert asas.pair.sessions.lost > 0


def test_a_unit_is_ready_before_it_knows_slow_connections(asas: AsaWorld) -> None:
    asas.strike("sessions_slow", "p1b", seconds=60)
    asas.ask(asas.b, "reload noconfirm")
    asas.wait(12)
    assert asas.host(asas.b) == "Secondary - Standby Ready"
    assert asas.ask(asas.b, "show conn count").startswith("31 in use")  # 9.4 of 60 s
    asas.ask(asas.a, "no failover active")
    asas.wait(0)
    assert asas.pair.sessions.lost > 100


def test_writing_the_standby_throws_its_logins_out_and_takes_the_configuration(
    asas: AsaWorld,
) -> None:
    asas.b.logins[1] = "admin pts/1 127.0.0.1"
    asas.strike("report_differs")
    assert asas.ask(asas.a, "write standby") == "Building configuration...\n[OK]\n"
    assert asas.b.logins == {}
    assert asas.host(asas.a, "Other") == "Secondary - Cold Standby"
    assert asas.ask(asas.b, "show conn count").startswith("0 in use")
    asas.wait(READY)
    assert asas.host(asas.b) == "Secondary - Standby Ready"
    assert {why for *_, why in asas.history(asas.b)} == {"Configuration mismatch"}
    assert asas.ask(asas.b, "show running-config snmp-server") == ""
    assert asas.entries("command")[-6]["effect"] == "config-sync"
    assert asas.ask(asas.b, "write standby").startswith("ERROR: ")


def test_an_unsettled_pair_shows_where_it_is(make_asas: MakeAsas) -> None:
    asas = make_asas(sync_seconds=10)
    asas.ask(asas.b, "reload noconfirm")
    words = set()
    for _ in range(200):
        asas.wait(0.1)
        words.add(asas.host(asas.a, "Other").removeprefix("Secondary - "))
    assert {"Cold Standby", "Sync Config", "Bulk Sync", "Standby Ready"} <= words
    reply = asas.answer(asas.b, Line("show failover state", Terminal()))
    assert "Sync Done - STANDBY" in reply.stdout
