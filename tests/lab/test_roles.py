"""Roles by VRRP's rules, who forwards, and the traps of a real pair."""

from __future__ import annotations

from nornir_haupgrade.lab import When
from tests.lab.conftest import MakeWorld, World


def test_the_preferred_member_is_master_at_the_start(world: World) -> None:
    assert world.roles == ("MASTER", "BACKUP")
    assert world.pair.active is world.a


def test_suspend_hands_the_role_over_even_without_preemption(world: World) -> None:
    world.answer(world.a, "fwctl ha suspend")
    assert world.roles == ("FAULT", "BACKUP")
    assert world.pair.active is None
    world.wait(0.06)
    assert world.roles == ("FAULT", "MASTER")
    assert world.ask(world.a, "fwctl show ha")["Suspended"] == "1"
    world.answer(world.a, "fwctl ha functional")
    assert world.roles == ("BACKUP", "MASTER")
    world.wait(60)
    assert world.roles == ("BACKUP", "MASTER")


def test_a_switchovers_gap_is_recorded_with_its_cause(world: World) -> None:
    world.answer(world.a, "fwctl ha suspend")
    world.wait(1)
    [gap] = world.entries("gap-end")
    assert gap["seconds"] == 0.06
    assert gap["cause"] == "p1a: fwctl ha suspend (by ssh)"


def test_a_crash_is_noticed_after_three_adverts_and_a_bit(world: World) -> None:
    world.strike("crash", "p1a")
    world.wait(3.0)
    assert world.roles == ("INIT", "BACKUP")
    world.wait(1.0)
    assert world.roles == ("INIT", "MASTER")
    [gap] = world.entries("gap-end")
    assert 3.0 < gap["seconds"] < 4.0
    assert gap["cause"] == "fault crash on p1a"


def test_a_reboot_of_the_master_releases_the_role_at_once(world: World) -> None:
    world.answer(world.a, "fwctl reboot")
    world.wait(0.1)
    assert world.roles == ("INIT", "MASTER")
    assert world.state(world.a).phase == "stopping"


def test_the_old_system_answers_for_a_while_after_a_reboot_command(world: World) -> None:
    before = world.ask(world.b, "fwctl show boot")["Boot-id"]
    world.answer(world.b, "fwctl reboot")
    world.wait(0.2)
    assert world.ask(world.b, "fwctl show boot")["Boot-id"] == before
    assert world.ask(world.b, "fwctl show ha")["State"] == "INIT"
    world.wait(0.2)
    assert world.run(world.b, "fwctl show boot")[0].is_cut
    world.wait(2.1)
    assert world.ask(world.b, "fwctl show boot")["Boot-id"] != before


def test_a_login_works_before_the_role_is_there(world: World) -> None:
    world.answer(world.b, "fwctl reboot")
    world.wait(2.4)
    assert world.ask(world.b, "fwctl show ha")["State"] == "INIT"
    world.wait(0.3)
    assert world.ask(world.b, "fwctl show ha")["State"] == "BACKUP"


def test_without_preemption_the_preferred_member_comes_back_as_backup(world: World) -> None:
    world.reboot(world.a)
    world.wait(60)
    assert world.roles == ("BACKUP", "MASTER")


def test_with_preemption_it_takes_over_an_advert_after_it_is_back(make_world: MakeWorld) -> None:
    world = make_world(preempt=True)
    world.answer(world.a, "fwctl reboot")
    world.wait(3.0)
    assert world.roles == ("BACKUP", "MASTER")
    world.wait(1.0)
    assert world.roles == ("MASTER", "BACKUP")
    world.wait(0.1)
    assert world.pair.active is world.a
    assert world.entries("role")[-1]["cause"].startswith("p1a preempts")


def test_preemption_off_before_the_boot_prevents_it(make_world: MakeWorld) -> None:
    world = make_world(preempt=True)
    world.answer(world.a, "fwctl ha preempt off")
    world.reboot(world.a)
    assert world.roles == ("BACKUP", "MASTER")


def test_preemption_settings_move_no_role_by_themselves_while_the_preferred_is_master(
    world: World,
) -> None:
    for line in ("on", "off"):
        world.answer(world.a, f"fwctl ha preempt {line}")
        world.wait(10)
        assert world.roles == ("MASTER", "BACKUP")
    assert world.entries("role") == []


def test_giving_preemption_back_to_a_preferred_backup_is_a_switchover(world: World) -> None:
    world.answer(world.a, "fwctl ha suspend")
    world.wait(1)
    world.answer(world.a, "fwctl ha functional")
    world.answer(world.a, "fwctl ha preempt on")
    assert world.roles == ("BACKUP", "MASTER")
    world.wait(1.0)
    assert world.roles == ("MASTER", "BACKUP")


def test_the_latch_does_not_survive_a_boot(world: World) -> None:
    world.answer(world.b, "fwctl ha suspend")
    world.reboot(world.b)
    assert world.roles == ("MASTER", "BACKUP")


def test_suspending_the_only_member_leaves_nobody_forwarding(world: World) -> None:
    world.b.crash()
    world.answer(world.a, "fwctl ha suspend")
    world.wait(60)
    assert world.pair.active is None
    assert world.entries("gap-begin")[-1]["cause"].startswith("p1a: fwctl ha suspend")
    world.answer(world.a, "fwctl ha functional")
    world.wait(5)
    assert world.pair.active is world.a


def test_both_members_booting_elect_the_preferred_one(world: World) -> None:
    for device in (world.a, world.b):
        world.answer(device, "fwctl reboot")
    world.wait(20)
    assert world.roles == ("MASTER", "BACKUP")


def test_a_data_port_down_is_a_fault_and_moves_the_role(world: World) -> None:
    world.strike("data_port_down", "p1a", port="in", lasts=5)
    world.wait(1)
    assert world.roles == ("FAULT", "MASTER")
    assert "in down" in world.answer(world.a, "fwctl show interfaces").stdout
    world.wait(5)
    assert world.roles == ("BACKUP", "MASTER")


def test_a_dead_data_plane_does_not_show_in_the_role(world: World) -> None:
    world.strike("data_dead", "p1a")
    assert world.ask(world.a, "fwctl show ha")["State"] == "MASTER"
    assert world.pair.active is None
    world.answer(world.a, "fwctl ha suspend")
    world.wait(1)
    assert world.pair.active is world.b


def test_lost_adverts_make_two_masters_and_their_return_one(world: World) -> None:
    world.strike("adverts_lost", lasts=10)
    world.wait(5)
    assert world.roles == ("MASTER", "MASTER")
    world.wait(6)
    assert world.roles == ("MASTER", "BACKUP")


def test_the_ha_link_carries_sessions_and_configuration_but_no_roles(world: World) -> None:
    world.strike("ha_link_down", lasts=30)
    world.wait(10)
    assert world.roles == ("MASTER", "BACKUP")
    assert world.ask(world.b, "fwctl show ha")["Peer-link"] == "down"
    assert world.answer(world.a, "fwctl ha sync-config").status == 1
    world.wait(30)
    assert world.ask(world.b, "fwctl show ha")["Peer-link"] == "up"


def test_a_switchover_by_hand_happens_when_somebody_else_works(world: World) -> None:
    world.arm("hand_switchover", None, When(on="fwctl backup", by="p1b"))
    world.answer(world.a, "fwctl backup x")
    world.wait(2)
    assert world.roles == ("MASTER", "BACKUP")
    world.answer(world.b, "fwctl backup x")
    world.wait(2)
    assert world.roles == ("BACKUP", "MASTER")
    assert [entry["by"] for entry in world.entries("command")].count("hand") == 2
