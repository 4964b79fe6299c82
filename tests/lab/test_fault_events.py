"""Faults that wait for an event, whatever the platform's commands; and kinds of fault."""

from __future__ import annotations

import pytest

from nornir_haupgrade.lab import Fault, Moment, When
from nornir_haupgrade.lab.command import Event
from tests.lab.conftest import MakeWorld, RouterWorld, World


@pytest.fixture
def routers() -> RouterWorld:
    world = RouterWorld()
    world.wait(20)
    return world


NEW = "17.09.01a"
EVENTS = [
    ("fwctl ha sync-config", Event.CONFIG_SYNC),
    ("fwctl backup mine", Event.BACKUP),
    ("fwctl reboot", Event.RELOAD),
    ("fwctl ha suspend", Event.SWITCHOVER),
    ("fwctl ha preempt on", Event.PREEMPTION),
    ("fwctl ha request-sync", Event.SESSION_SYNC),
]


@pytest.mark.parametrize(("line", "event"), EVENTS, ids=[line for line, _ in EVENTS])
def test_an_event_is_what_a_command_comes_to(world: World, line: str, event: Event) -> None:
    world.arm("another_login", "p1b", When(at=event, moment=Moment.AFTER))
    world.answer(world.a, "fwctl show ha")
    assert world.b.logins == {}
    world.answer(world.a, line)
    assert len(world.b.logins) == 1


def test_the_log_has_the_instant_and_the_event_of_a_fault(world: World) -> None:
    world.arm("another_login", "p1b", When(at=Event.BACKUP, after=2))
    world.answer(world.a, "fwctl backup mine")
    begun = world.rig.pair.timeline.now()
    world.wait(3)
    [entry] = [one for one in world.rig.pair.audit.entries if one["kind"] == "fault"]
    assert entry["at"] == pytest.approx(begun + 2, abs=0.2)
    assert entry["event"] == "backup"


def test_installing_activating_and_releasing_are_events_too(world: World) -> None:
    for event in (Event.INSTALL, Event.ACTIVATE, Event.RELEASE):
        world.arm("another_login", "p1a", When(at=event, moment=Moment.AFTER))
    world.put_image(world.b)
    assert len(world.a.logins) == 2
    world.answer(world.b, "fwctl ha suspend")
    world.answer(world.b, "fwctl ha functional")
    assert len(world.a.logins) == 3


def test_a_command_that_is_refused_is_no_event(world: World) -> None:
    world.arm("another_login", "p1a", When(at=Event.INSTALL))
    assert world.answer(world.b, "fwctl image install none 00 13.8").status == 1
    assert world.a.logins == {}


def test_of_a_router_a_claim_of_the_role_is_a_switchover(routers: RouterWorld) -> None:
    routers.arm("another_login", "p1a", When(at=Event.SWITCHOVER))
    routers.configure(routers.b, "interface GigabitEthernet2", "standby 10 priority 150")
    assert routers.a.logins == {}
    routers.configure(routers.b, "interface GigabitEthernet2", "standby 10 priority 254")
    assert len(routers.a.logins) == 1


def test_a_login_is_an_event_and_counted(world: World) -> None:
    world.arm("login_refused", "p1a", When(at=Event.LOGIN, by="p1a", nth=2))
    world.rig.executor.login(world.a)
    world.rig.executor.login(world.b)
    assert world.a.has("login_refused") is None
    world.rig.executor.login(world.a)
    assert world.a.has("login_refused") is not None


@pytest.mark.parametrize(("whom", "struck"), [("active", "p1a"), ("standby", "p1b")])
def test_whom_may_be_a_role_as_it_is_then(world: World, whom: str, struck: str) -> None:
    world.strike("slow_boot", whom)
    assert [entry["member"] for entry in world.entries("fault")] == [struck]


# --- kinds ----------------------------------------------------------------------------------------


def test_a_boot_loop_with_a_prompt_falls_again_and_again(world: World) -> None:
    world.strike("boot_loop", "p1b", seconds=3)
    world.reboot(world.b)
    before = world.state(world.b).boot_id
    world.wait(20)
    assert world.state(world.b).boot_id != before
    world.rig.faults.heal("boot_loop")
    world.wait(30)
    assert world.roles == ("MASTER", "BACKUP")


def test_a_boot_loop_without_one_never_answers(world: World) -> None:
    world.strike("boot_loop", "p1b")
    world.reboot(world.b)
    assert not world.b.is_answering
    assert [entry["member"] for entry in world.entries("boot")] == []


def test_an_installer_is_busy_and_free_again(world: World) -> None:
    checksum = world.upload(world.b, "image", b"anything")
    world.strike("installer_busy", "p1b", lasts=5)
    line = f"fwctl image install image {checksum} 13.8"
    assert "another installation is running" in world.answer(world.b, line).stderr
    world.wait(5)
    assert world.answer(world.b, line).status == 0


def test_an_answer_is_cut_and_the_command_worked(world: World) -> None:
    world.strike("cut_answer", "p1a", command="fwctl ha suspend", bytes=3)
    assert world.answer(world.a, "fwctl ha suspend").cut_at == 3
    assert world.a.is_suspended


def test_ha_says_nothing_for_some_times(world: World) -> None:
    world.strike("ha_state_empty", "p1b", times=2)
    said = [world.answer(world.b, "fwctl show ha") for _ in range(3)]
    assert [(one.stdout == "", one.status) for one in said] == [(True, 0), (True, 0), (False, 0)]


def test_what_could_be_booted_instead_is_deleted(world: World) -> None:
    world.put_image(world.b)
    world.reboot(world.b)
    world.strike("restore_image_deleted", "p1b")
    assert world.ask(world.b, "fwctl show images")["A"] == "empty"
    assert world.answer(world.b, "fwctl image boot A").status == 1


def test_one_that_hears_nothing_becomes_active_beside_the_other(world: World) -> None:
    world.strike("adverts_one_way", "p1b")
    world.wait(10)
    assert world.roles == ("MASTER", "MASTER")


def test_the_link_in_one_direction_is_down_for_one(world: World) -> None:
    world.strike("ha_link_one_way", "p1b")
    links = [world.ask(one, "fwctl show ha")["Peer-link"] for one in (world.a, world.b)]
    assert links == ["up", "down"]


def test_both_stand_by_and_nobody_forwards(world: World) -> None:
    world.strike("both_standby")
    world.wait(30)
    assert world.roles == ("BACKUP", "BACKUP")
    assert world.entries("gap-begin")


def test_a_port_that_ha_does_not_look_at_is_down(world: World) -> None:
    world.strike("data_port_unnoticed", "p1b")
    assert world.roles == ("MASTER", "BACKUP")
    assert "out down" in world.answer(world.b, "fwctl show interfaces").stdout


def test_a_failover_that_nobody_asked_for(world: World) -> None:
    world.strike("failover")
    world.wait(5)
    assert world.roles == ("BACKUP", "MASTER")


def test_another_tool_is_logged_in_and_reloads(make_world: MakeWorld) -> None:
    world = make_world(faults=(Fault("second_controller", "p1b", When(after=1)),))
    world.wait(1)
    assert len(world.b.logins) == 1
    world.wait(20)
    assert [entry["member"] for entry in world.entries("boot")] == ["p1b"]


def test_a_prompt_may_change(world: World) -> None:
    world.strike("prompt_changes", "p1a", hostname="fw-new")
    assert world.ask(world.a, "fwctl show version")["Hostname"] == "fw-new"


def test_a_commit_that_fails_leaves_the_trial(routers: RouterWorld) -> None:
    routers.strike("commit_fails", "p1b", times=1)
    assert "FAILED: install_commit" in routers.ask(routers.b, "install commit")


def test_a_clock_that_jumps_takes_the_time_of_the_restart_along(routers: RouterWorld) -> None:
    def restarted() -> str:
        text = routers.ask(routers.b, "show version")
        return next(line for line in text.splitlines() if "System restarted at" in line)

    before = restarted()
    routers.strike("clock_jump", "p1b", seconds=86400)
    assert restarted() != before
    routers.rig.faults.heal("clock_jump")
    assert restarted() == before
