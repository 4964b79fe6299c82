"""HSRP and VRRP between the routers: whoever is preferred *and* preempts takes the role."""

from __future__ import annotations

import pytest

from nornir_haupgrade.lab import Fault, GroupProtocol, GroupSpec, RouterSpec
from tests.lab.conftest import MakeRouters, RouterWorld

OUT, IN, SERVERS = (
    "GigabitEthernet2 standby 10",
    "GigabitEthernet3 standby 20",
    "GigabitEthernet4 vrrp 30",
)
HOLD = 10.0
"""Seconds: HSRP's default hold time, RFC 2281."""


def take(world: RouterWorld) -> None:
    """What a switchover by taking is made of, in all groups of the standby."""
    for group in (OUT, IN, SERVERS):
        world.set_group(world.b, group, "priority 254", "preempt")


def test_the_preferred_router_is_active_in_every_group(routers: RouterWorld) -> None:
    assert routers.roles == ("MASTER", "BACKUP")
    assert [routers.word(routers.a, group) for group in (OUT, IN, SERVERS)] == [
        "Active", "Active", "Master",
    ]  # fmt: skip
    assert [routers.word(routers.b, group) for group in (OUT, IN, SERVERS)] == [
        "Standby", "Standby", "Backup",
    ]  # fmt: skip
    assert routers.pair.active is routers.a


def test_a_higher_priority_alone_moves_nothing(routers: RouterWorld) -> None:
    for group in (OUT, IN, SERVERS):
        routers.set_group(routers.b, group, "priority 254")
    routers.wait(60)
    assert routers.roles == ("MASTER", "BACKUP")


def test_preempting_without_a_higher_priority_moves_nothing(routers: RouterWorld) -> None:
    for group in (OUT, IN, SERVERS):
        routers.set_group(routers.b, group, "preempt")
    routers.wait(60)
    assert routers.roles == ("MASTER", "BACKUP")


def test_both_take_the_role_at_once(routers: RouterWorld) -> None:
    routers.set_group(routers.b, OUT, "priority 254", "preempt")
    routers.wait(0)
    assert routers.state(routers.b).groups == {OUT: "MASTER", IN: "BACKUP", SERVERS: "BACKUP"}
    assert routers.roles == ("MIXED", "MIXED")
    routers.set_group(routers.b, IN, "priority 254", "preempt")
    routers.set_group(routers.b, SERVERS, "priority 254", "preempt")
    routers.wait(2)
    assert routers.roles == ("BACKUP", "MASTER")
    assert routers.pair.active is routers.b


def test_the_member_that_lost_the_role_speaks_for_a_hold_time(routers: RouterWorld) -> None:
    take(routers)
    routers.wait(1)
    assert [routers.word(routers.a, group) for group in (OUT, IN, SERVERS)] == [
        "Speak", "Speak", "Backup",
    ]  # fmt: skip
    assert "  Standby router is unknown\n" in routers.ask(routers.b, "show standby")
    routers.wait(HOLD)
    assert routers.word(routers.a, OUT) == "Standby"
    assert "Standby router is 10.1.1.2, priority 120" in routers.ask(routers.b, "show standby")


def test_lowering_the_priority_of_the_active_moves_nothing_without_preemption(
    routers: RouterWorld,
) -> None:
    for group in (OUT, IN, SERVERS):
        routers.set_group(routers.a, group, "priority 1")
    routers.wait(60)
    assert routers.roles == ("MASTER", "BACKUP")


def test_lowering_it_hands_the_role_to_a_peer_that_preempts(routers: RouterWorld) -> None:
    routers.set_group(routers.b, OUT, "preempt")
    routers.set_group(routers.a, OUT, "priority 90")
    routers.wait(0)
    assert routers.word(routers.b, OUT) == "Active"


def test_a_role_that_was_taken_stays_when_the_priority_goes_back(routers: RouterWorld) -> None:
    take(routers)
    routers.wait(HOLD + 1)
    for group in (OUT, IN, SERVERS):
        routers.set_group(routers.b, group, "no preempt", "no priority")
    routers.wait(60)
    assert routers.roles == ("BACKUP", "MASTER")


def test_a_delay_is_waited_for_before_the_role_is_taken(make_routers: MakeRouters) -> None:
    group = GroupSpec(GroupProtocol.HSRP, "GigabitEthernet2", 50, version=2, delay=120)
    routers = make_routers(preempt=True, setup=RouterSpec(groups=(group,)))
    assert "  Preemption enabled, delay min 120 secs\n" in routers.ask(routers.a, "show standby")
    routers.set_group(routers.b, group.name, "priority 200")
    routers.wait(119)
    assert routers.roles == ("MASTER", "BACKUP")
    routers.wait(1)
    assert routers.roles == ("BACKUP", "MASTER")


def test_vrrp_preempts_unless_it_is_told_not_to(make_routers: MakeRouters) -> None:
    group = GroupSpec(GroupProtocol.VRRP, "GigabitEthernet2", 1)
    routers = make_routers(preempt=True, setup=RouterSpec(groups=(group,)))
    assert "preempt" not in routers.ask(routers.b, "show running-config | section ^interface")
    routers.set_group(routers.b, group.name, "priority 130")
    routers.wait(1)
    assert routers.roles == ("BACKUP", "MASTER")


def test_a_reload_hands_every_role_over_and_none_comes_back(routers: RouterWorld) -> None:
    routers.type(routers.a, "reload")
    routers.wait(0.1)
    assert routers.roles == ("INIT", "MASTER")
    [gap] = routers.entries("gap-end")
    assert gap["seconds"] == 0.06
    routers.wait(60)
    assert routers.roles == ("BACKUP", "MASTER")


def test_a_router_that_came_up_listens_before_it_is_the_standby(routers: RouterWorld) -> None:
    routers.type(routers.b, "reload")
    routers.wait(2.7)
    assert routers.word(routers.b, OUT) == "Speak"
    routers.wait(HOLD)
    assert routers.word(routers.b, OUT) == "Standby"


def test_a_preferred_router_that_preempts_takes_the_role_back_when_it_is_up(
    make_routers: MakeRouters,
) -> None:
    routers = make_routers(preempt=True)
    routers.type(routers.a, "reload")
    routers.wait(2.0)
    assert routers.roles == ("INIT", "MASTER")
    routers.wait(3.0)
    assert routers.roles == ("MASTER", "BACKUP")
    assert routers.entries("role")[-1]["cause"].startswith("p1a preempts")


def test_a_crash_is_noticed_when_the_hold_time_is_over(routers: RouterWorld) -> None:
    routers.strike("crash", "p1a")
    routers.wait(HOLD - 0.1)
    assert routers.word(routers.b, OUT) == "Standby"
    assert routers.word(routers.b, SERVERS) == "Master"  # after 3 adverts and a bit
    routers.wait(3)
    assert routers.roles == ("INIT", "MASTER")


def test_an_interface_that_is_down_is_in_its_initial_state(routers: RouterWorld) -> None:
    routers.strike("data_port_down", "p1a", port="GigabitEthernet3")
    routers.wait(1)
    assert routers.word(routers.a, IN) == "Init (interface down)"
    assert routers.roles == ("MIXED", "MIXED")
    assert routers.pair.active is not None  # through the other member
    assert "GigabitEthernet3       10.2.1.2        YES NVRAM  down                  down" in (
        routers.ask(routers.a, "show ip interface brief")
    )


def test_shutting_an_interface_down_is_the_same(routers: RouterWorld) -> None:
    routers.configure(routers.a, "interface Gi2", "shutdown")
    routers.wait(1)
    assert routers.word(routers.b, OUT) == "Active"
    assert "administratively down down" in routers.ask(routers.a, "show ip int br")
    routers.configure(routers.a, "interface gigabitEthernet 2", "no shutdown")
    assert routers.word(routers.a, OUT) == "Speak"


def test_lost_hellos_make_two_actives_and_their_return_one(routers: RouterWorld) -> None:
    routers.strike("adverts_lost", lasts=30)
    routers.wait(20)
    assert routers.roles == ("MASTER", "MASTER")
    routers.wait(11)
    assert routers.roles == ("MASTER", "BACKUP")


def test_of_two_actives_with_one_priority_the_higher_address_stays(
    make_routers: MakeRouters,
) -> None:
    group = GroupSpec(GroupProtocol.HSRP, "GigabitEthernet2", 1)
    routers = make_routers(setup=RouterSpec(groups=(group,)))
    routers.set_group(routers.b, group.name, "priority 120")
    routers.strike("adverts_lost", lasts=30)
    routers.wait(31)
    assert routers.roles == ("BACKUP", "MASTER")


@pytest.mark.parametrize("group", [OUT, SERVERS])
def test_the_role_of_one_group_alone_moves(routers: RouterWorld, group: str) -> None:
    number = int(group.rsplit(maxsplit=1)[-1])
    routers.strike("one_group_moves", group=number)
    routers.wait(1)
    assert routers.roles == ("MIXED", "MIXED")
    assert routers.state(routers.b).groups[group] == "MASTER"
    routers.rig.faults.heal("one_group_moves")
    assert routers.roles == ("MASTER", "BACKUP")


def test_a_connection_through_routers_outlives_a_switchover(make_routers: MakeRouters) -> None:
    routers = make_routers(faults=(Fault("data_dead", "p1a", params={"lasts": 1}),))
    lost: list[bool] = []
    routers.pair.sessions.open(on_lost=lambda: lost.append(True))
    take(routers)
    routers.wait(HOLD)
    assert routers.roles == ("BACKUP", "MASTER")
    assert lost == []
    assert [entry["sessions_lost"] for entry in routers.entries("role")] == [0] * 6
