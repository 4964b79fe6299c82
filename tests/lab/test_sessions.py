"""The standby's table fills over time, and decides which connections live."""

from __future__ import annotations

import pytest

from nornir_haupgrade.lab.device import Device
from tests.lab.conftest import MakeWorld, World


def external(world: World, device: Device) -> int:
    return int(world.ask(device, "fwctl show session-sync")["External"])


def booted(world: World, device: Device) -> None:
    """Reboot a member and stop at the instant it has a role again."""
    world.answer(device, "fwctl reboot")
    for _ in range(1000):
        if world.state(device).boots and world.state(device).role == "BACKUP":
            return
        world.wait(0.01)
    raise AssertionError("never came back")


def test_a_synced_switchover_loses_nothing(world: World) -> None:
    world.answer(world.a, "fwctl ha suspend")
    world.wait(0.1)
    assert world.pair.sessions.lost == 0
    assert world.ask(world.b, "fwctl show session-sync")["Internal"] == "200"


def test_the_table_fills_over_sync_seconds_after_a_boot(make_world: MakeWorld) -> None:
    world = make_world(sync_seconds=10.0)
    booted(world, world.b)
    assert external(world, world.b) < 5
    world.wait(5)
    assert 95 <= external(world, world.b) <= 105
    world.wait(5)
    assert external(world, world.b) == 200


def test_what_is_not_synced_is_dead_after_the_switchover(make_world: MakeWorld) -> None:
    world = make_world(sync_seconds=10.0)
    booted(world, world.b)
    world.wait(5)
    world.answer(world.a, "fwctl ha suspend")
    world.wait(0.1)
    assert world.roles == ("FAULT", "MASTER")
    assert 90 <= world.pair.sessions.lost <= 105
    assert world.entries("role")[-1]["sessions_lost"] == world.pair.sessions.lost
    world.wait(5)
    clients = world.answer(world.b, "fwctl show sessions list").stdout.splitlines()
    assert len(clients) == 200
    assert sum(int(line.split()[-1]) < 60 for line in clients) == world.pair.sessions.lost


def test_the_old_active_starts_with_an_empty_table(make_world: MakeWorld) -> None:
    world = make_world(sync_seconds=10.0)
    world.answer(world.a, "fwctl ha suspend")
    world.wait(0.1)
    assert external(world, world.a) < 5
    world.answer(world.a, "fwctl ha functional")
    world.wait(10)
    assert external(world, world.a) == 200


def test_a_member_that_gets_its_own_role_back_still_has_its_sessions(world: World) -> None:
    world.b.crash()
    world.answer(world.a, "fwctl ha suspend")
    world.answer(world.a, "fwctl ha functional")
    world.wait(5)
    assert world.roles[0] == "MASTER"
    assert world.pair.sessions.lost == 0


def test_a_pair_that_boots_together_loses_everything(world: World) -> None:
    for device in (world.a, world.b):
        world.answer(device, "fwctl reboot")
    world.wait(7)
    assert world.pair.sessions.lost == 200


def test_nothing_is_learnt_while_the_link_is_down(world: World) -> None:
    world.strike("ha_link_down")
    booted(world, world.b)
    world.wait(30)
    assert external(world, world.b) == 0
    assert world.answer(world.b, "fwctl ha request-sync").status == 1
    world.rig.faults.heal("ha_link_down")
    world.wait(5)
    assert external(world, world.b) == 200


@pytest.mark.parametrize("member", ["p1b", None])
def test_sessions_that_never_sync(world: World, member: str | None) -> None:
    world.strike("sessions_never_sync", member)
    booted(world, world.b)
    world.wait(60)
    assert external(world, world.b) == 0
    world.answer(world.a, "fwctl ha suspend")
    world.wait(1)
    assert world.pair.sessions.lost == 200


def test_sessions_that_sync_slowly(world: World) -> None:
    world.strike("sessions_slow", "p1b", seconds=100)
    booted(world, world.b)
    world.wait(50)
    assert 95 <= external(world, world.b) <= 105
    world.answer(world.b, "fwctl ha request-sync")
    world.wait(100)
    assert external(world, world.b) == 200


def test_with_preemption_and_a_late_sync_the_unwanted_switchover_kills_sessions(
    make_world: MakeWorld,
) -> None:
    world = make_world(preempt=True, sync_seconds=10.0)
    world.reboot(world.a)
    assert world.roles == ("MASTER", "BACKUP")
    assert world.pair.sessions.lost > 150
