"""Who is primary, by Fortinet's documents (see ``fgcp``), and what the members make of it."""

from __future__ import annotations

import re

import pytest

from nornir_haupgrade.lab import FortigateSpec
from tests.lab.conftest import FortiWorld, MakeFortigates

SET, UNSET = "execute ha failover set 1", "execute ha failover unset 1"
RESET = "diagnose sys ha reset-uptime"
FIRST, SECOND = ("MASTER", "BACKUP"), ("BACKUP", "MASTER")


def reason(world: FortiWorld) -> str:
    """Why the primary is that, as the newest line of both members' status has it."""
    found = [
        re.findall(r"<.*> (?:vcluster-1: )?\S+ is selected as the \w+ because (.*)\.", said)[0]
        for said in (world.ask(unit, "get system ha status") for unit in (world.a, world.b))
    ]
    assert found[0] == found[1]
    return str(found[0]).replace(world.a.node_id, "A").replace(world.b.node_id, "B")


def test_with_equal_uptimes_the_priority_decides(fortigates: FortiWorld) -> None:
    assert fortigates.roles == FIRST
    assert reason(fortigates) == "its override priority is larger than peer member B"


def test_who_has_been_up_longer_stays_primary(fortigates: FortiWorld) -> None:
    fortigates.reboot(fortigates.a)
    assert fortigates.roles == SECOND
    fortigates.wait(3600)
    assert fortigates.roles == SECOND


def test_uptimes_that_differ_by_less_than_the_margin_are_equal(fortigates: FortiWorld) -> None:
    fortigates.reboot(fortigates.b)
    fortigates.wait(200)
    fortigates.reboot(fortigates.a)
    # b was up for 200 s when a came back: by priority, although override is off
    assert fortigates.roles == FIRST
    assert reason(fortigates) == "its override priority is larger than peer member B"


@pytest.mark.parametrize(("seconds", "roles"), [(50, FIRST), (70, SECOND)])
def test_the_margin_is_configured(
    make_fortigates: MakeFortigates, seconds: float, roles: tuple[str, str]
) -> None:
    world = make_fortigates(setup=FortigateSpec(uptime_margin=60))
    world.reboot(world.b)
    world.wait(seconds)
    world.reboot(world.a)
    assert world.roles == roles


def test_with_all_else_equal_the_serial_number_decides(fortigates: FortiWorld) -> None:
    fortigates.strike("wrong_device", "p1b", node_id="FGVM04TM99999999")
    fortigates.configure_ha(fortigates.b, "priority 120")
    for unit in (fortigates.b, fortigates.a):
        fortigates.ask(unit, RESET)
    fortigates.wait(1)
    assert fortigates.roles == SECOND
    assert reason(fortigates) == "its serialno is larger than peer member A"


def test_with_override_the_preferred_one_takes_the_role_back(
    make_fortigates: MakeFortigates,
) -> None:
    world = make_fortigates(preempt=True)
    world.ask(world.a, "execute reboot")
    world.wait(1)
    assert world.roles == ("INIT", "MASTER")
    world.wait(4)
    assert world.roles == FIRST


def test_override_applies_at_once_and_may_move_the_role(fortigates: FortiWorld) -> None:
    fortigates.reboot(fortigates.a)
    assert fortigates.roles == SECOND
    fortigates.configure_ha(fortigates.a, "override enable")
    assert fortigates.roles == FIRST
    assert [entry["effect"] for entry in fortigates.entries("command")][-2:] == ["none", "preempt"]
    assert fortigates.state(fortigates.a).preempts
    assert not fortigates.state(fortigates.b).preempts  # it does not travel


def test_a_priority_counts_from_the_next_negotiation_on(fortigates: FortiWorld) -> None:
    fortigates.configure_ha(fortigates.b, "priority 200")
    assert fortigates.roles == FIRST
    assert fortigates.entries("command")[-1]["effect"] == "priority"
    fortigates.ask(fortigates.b, RESET)
    fortigates.wait(1)
    assert fortigates.roles == FIRST  # b is younger now by a day
    fortigates.ask(fortigates.a, RESET)
    fortigates.wait(1)
    assert fortigates.roles == SECOND
    assert reason(fortigates) == "its override priority is larger than peer member A"


def test_a_priority_counts_at_once_with_override(make_fortigates: MakeFortigates) -> None:
    world = make_fortigates(preempt=True)
    world.configure_ha(world.b, "priority 200")
    assert world.roles == SECOND


def test_resetting_the_uptime_hands_the_role_over_unless_override_is_on(
    make_fortigates: MakeFortigates,
) -> None:
    world = make_fortigates()
    world.ask(world.a, RESET)
    world.wait(1)
    assert world.roles == SECOND
    assert world.entries("command")[-1]["effect"] == "switch"
    assert reason(world) == "its uptime is larger than peer member A"
    world = make_fortigates(preempt=True)
    world.ask(world.a, RESET)
    world.wait(1)
    assert world.roles == FIRST


def test_the_failover_flag_stands_above_everything(make_fortigates: MakeFortigates) -> None:
    world = make_fortigates(preempt=True)
    world.ask(world.a, SET)
    world.wait(1)
    assert world.roles == SECOND
    assert reason(world) == "EXE_FAIL_OVER flag is set on peer member A"
    assert world.ask(world.a, "execute ha failover status") == "failover status: set\n"
    assert world.ask(world.b, "execute ha failover status") == "failover status: unset\n"
    world.wait(3600)
    assert world.roles == SECOND
    world.ask(world.a, UNSET)
    world.wait(1)
    assert world.roles == FIRST
    effects = [entry["effect"] for entry in world.entries("command")]
    assert [effect for effect in effects if effect != "none"] == ["suspend", "functional"]


def test_unsetting_the_flag_leaves_the_role_where_uptime_has_it(fortigates: FortiWorld) -> None:
    fortigates.reboot(fortigates.a)
    fortigates.ask(fortigates.b, SET)
    fortigates.wait(1)
    assert fortigates.roles == FIRST
    fortigates.ask(fortigates.b, UNSET)
    fortigates.wait(1)
    assert fortigates.roles == SECOND


def test_the_flag_of_one_takes_away_that_of_the_other(fortigates: FortiWorld) -> None:
    fortigates.ask(fortigates.a, SET)
    fortigates.wait(1)
    fortigates.ask(fortigates.b, SET)
    fortigates.wait(1)
    assert fortigates.roles == FIRST
    assert fortigates.ask(fortigates.a, "execute ha failover status") == "failover status: unset\n"


def test_a_flagged_member_stands_in_for_one_that_is_gone_until_it_is_back(
    fortigates: FortiWorld,
) -> None:
    """Article 196696."""
    fortigates.ask(fortigates.a, SET)
    fortigates.wait(1)
    fortigates.ask(fortigates.b, "execute reboot")
    fortigates.wait(1)
    assert fortigates.roles == ("MASTER", "INIT")
    fortigates.wait(4)
    assert fortigates.roles == SECOND


@pytest.mark.parametrize("keeps", [False, True])
def test_whether_the_flag_outlives_a_boot_is_a_setting(
    make_fortigates: MakeFortigates, keeps: bool
) -> None:
    world = make_fortigates(preempt=True, setup=FortigateSpec(keeps_flag=keeps))
    world.ask(world.a, SET)
    world.wait(1)
    world.reboot(world.a)
    assert world.roles == (SECOND if keeps else FIRST)


def test_the_flag_needs_a_cluster_and_a_number(make_fortigates: MakeFortigates) -> None:
    world = make_fortigates()
    assert "command parse error before '2'" in world.ask(world.a, "execute ha failover set 2")
    assert "command parse error before 'set'" in world.ask(world.a, "execute ha failover set")
    world.strike("crash", "p1b")
    world.wait(10)
    assert "not in the cluster" in world.ask(world.a, SET)
    world = make_fortigates(versions=("7.6.0", "7.6.0"))
    world.ask(world.a, "execute ha failover set")  # docs.fortinet.com, CLI reference of 7.6
    world.wait(1)
    assert world.roles == SECOND


def test_a_monitored_interface_that_fails_moves_the_role(fortigates: FortiWorld) -> None:
    fortigates.strike("data_port_down", "p1a")
    fortigates.wait(1)
    assert fortigates.roles == SECOND
    assert reason(fortigates) == ("its link-failure + pingsvr-failure is less than peer member A")
    fortigates.strike("data_port_down", "p1b", port="port2")
    fortigates.wait(1)
    # as many have failed on both, and the one that failed first is not younger by the margin
    assert fortigates.roles == FIRST


def test_an_interface_of_the_secondary_fails_and_nothing_moves(fortigates: FortiWorld) -> None:
    fortigates.strike("data_port_down", "p1b")
    fortigates.wait(1)
    assert fortigates.roles == FIRST
    assert not fortigates.entries("gap-end")


def test_set_status_down_is_a_failure_too(fortigates: FortiWorld) -> None:
    lines = ("config system interface", "edit port1", "set status down", "end")
    fortigates.configure(fortigates.b, *lines)
    assert "port1: physical/00, down" in fortigates.ask(fortigates.b, "get system ha status")
    fortigates.wait(1)  # it travels
    assert "port1: physical/00, down" in fortigates.ask(fortigates.a, "get system ha status")


@pytest.mark.parametrize(("version", "lost"), [("6.2.6", 6), ("7.4.4", 20)])
def test_a_crash_is_noticed_after_so_many_heartbeats_of_200_ms(
    make_fortigates: MakeFortigates, version: str, lost: int
) -> None:
    world = make_fortigates(versions=(version, version))
    world.strike("crash", "p1a")
    world.wait((lost - 1) * 0.2)
    assert world.roles == ("INIT", "BACKUP")
    world.wait(0.4)
    assert world.roles == ("INIT", "MASTER")
    assert "it's the only member in the cluster" in world.ask(world.b, "get system ha status")


def test_without_the_heartbeat_both_are_primary_until_it_is_back(fortigates: FortiWorld) -> None:
    fortigates.strike("ha_link_down", "p1a", lasts=60)
    fortigates.wait(5)
    assert fortigates.roles == ("MASTER", "MASTER")
    assert (fortigates.word(fortigates.a), fortigates.word(fortigates.b)) == (
        *("a-p, primary", "a-p, primary"),
    )
    fortigates.wait(60)
    assert fortigates.roles == FIRST


def test_a_switchover_with_synchronised_sessions_loses_none(fortigates: FortiWorld) -> None:
    fortigates.ask(fortigates.a, SET)
    fortigates.wait(0.5)
    assert fortigates.pair.sessions.lost == 0
    [gap] = fortigates.entries("gap-end")
    assert gap["seconds"] == 0.06
    assert gap["cause"].endswith(f"p1a: {SET} (by ssh)")


def test_a_switchover_before_sessions_are_there_breaks_them(
    make_fortigates: MakeFortigates,
) -> None:
    world = make_fortigates(sync_seconds=30.0)
    world.reboot(world.b)
    said = world.ask(world.a, "get system ha status")
    first, second = (int(number) for number in re.findall(r"sessions=(\d+)", said))
    assert first == 200
    assert 0 < second < 60
    world.ask(world.a, SET)
    world.wait(0.5)
    assert world.pair.sessions.lost > 140


def test_without_session_pickup_every_session_breaks(make_fortigates: MakeFortigates) -> None:
    world = make_fortigates(setup=FortigateSpec(has_pickup=False))
    world.wait(60)
    assert "ses_pickup: disable\noverride: disable\n" in world.ask(world.a, "get system ha status")
    world.reboot(world.b)
    assert "session_count=0 " in world.ask(world.b, "diagnose sys session stat")
    world.configure_ha(world.a, "session-pickup enable")
    world.wait(5)
    assert "session_count=200 " in world.ask(world.b, "diagnose sys session stat")


def test_history_outlives_a_boot_and_names_what_happened(fortigates: FortiWorld) -> None:
    fortigates.reboot(fortigates.b)
    said = fortigates.ask(fortigates.b, "diagnose sys ha history read")
    rows = [row.partition("> ")[2] for row in said.splitlines()]
    assert rows[-2] == "hatalk exited"
    assert rows[-1] == (
        f"vcluster-1: {fortigates.a.node_id} is selected as the primary because its override "
        f"priority is larger than peer member {fortigates.b.node_id}."
    )
    assert "hatalk started" in rows
    [row] = [
        row
        for row in fortigates.ask(fortigates.a, "diagnose sys ha dump-by vcluster").splitlines()
        if fortigates.a.node_id in row
    ]
    assert "flag=0x00000001" in row
