"""Roles of PAN-OS firewalls: suspend and functional, heartbeats, preemption, versions apart."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from nornir_haupgrade.lab import PanosSpec
from tests.lab.panos_world import FUNCTIONAL, NEW, PREEMPTIVE, SUSPEND, PanosWorld

OTHER_FEATURE = PanosSpec(offers=("11.1.2", "11.1.0", "10.2.4", "10.2.0"))


@pytest.fixture
def world() -> PanosWorld:
    return PanosWorld()


def test_the_lower_number_is_preferred_and_active(world: PanosWorld) -> None:
    assert world.words == ("active", "passive")
    found = world.xml(world.b, "show high-availability all").find("result/group")
    assert found is not None
    assert found.findtext("local-info/state") == "passive"
    assert found.findtext("local-info/priority") == "100"
    assert found.findtext("peer-info/state") == "active"
    assert found.findtext("peer-info/priority") == "50"
    assert found.findtext("running-sync") == "synchronized"


def test_suspending_the_active_moves_the_role_with_all_sessions(world: PanosWorld) -> None:
    assert "Successfully changed HA state to suspended" in world.ask(world.a, SUSPEND)
    world.wait(0.1)  # takeover_ms is 60
    assert world.words == ("suspended", "active")
    assert world.pair.sessions.lost == 0
    [gap] = world.entries("gap-end")
    assert gap["seconds"] == pytest.approx(0.06)
    assert world.effects(world.a) == ["suspend"]
    for member, where in ((world.a, "local-info"), (world.b, "peer-info")):
        group = world.xml(member, "show high-availability state").find("result/group")
        assert group is not None
        assert group.findtext(f"{where}/state") == "suspended"
        assert group.findtext(f"{where}/state-reason") == "User requested"


def test_a_suspended_member_does_not_take_over_from_a_dead_one(world: PanosWorld) -> None:
    world.ask(world.a, SUSPEND)
    world.wait(1)
    world.strike("crash", "p1b")
    world.wait(30)
    assert world.word(world.a) == "suspended"
    assert world.pair.active is None
    group = world.xml(world.a, "show high-availability state").find("result/group")
    assert group is not None
    assert group.findtext("peer-info/conn-status") == "down"
    assert group.findtext("running-sync") == "unknown"
    world.ask(world.a, FUNCTIONAL)
    world.wait(10)
    assert world.word(world.a) == "active"


def test_suspending_both_leaves_nobody(world: PanosWorld) -> None:
    world.ask(world.b, SUSPEND)
    world.ask(world.a, SUSPEND)
    world.wait(30)
    assert world.words == ("suspended", "suspended")
    assert world.pair.active is None


def test_a_released_member_is_initial_and_then_passive(world: PanosWorld) -> None:
    world.ask(world.a, SUSPEND)
    world.wait(1)
    assert "Successfully changed HA state to functional" in world.ask(world.a, FUNCTIONAL)
    assert world.words == ("initial", "active")
    world.wait(1)  # ha_seconds is 0.3
    assert world.words == ("passive", "active")
    world.wait(200)
    assert world.words == ("passive", "active")
    assert world.effects(world.a) == ["suspend", "functional"]


def test_the_preferred_one_preempts_after_its_hold_time() -> None:
    world = PanosWorld(preempt=True)
    world.ask(world.a, SUSPEND)
    world.wait(1)
    world.ask(world.a, FUNCTIONAL)
    world.wait(59)
    assert world.words == ("passive", "active")
    world.wait(2)  # 1 min, as captured
    assert world.words == ("active", "passive")


def test_preemption_that_one_member_has_off_is_off() -> None:
    world = PanosWorld(preempt=True)
    world.commit(world.b, f"set {PREEMPTIVE} no")
    assert world.effects(world.b) == ["candidate", "preempt"]
    assert world.a.preempts
    assert not world.b.preempts
    world.ask(world.a, SUSPEND)
    world.wait(1)
    world.ask(world.a, FUNCTIONAL)
    world.wait(200)
    assert world.words == ("passive", "active")


def test_a_dead_active_is_missed_after_three_heartbeats_and_the_promotion_hold(
    world: PanosWorld,
) -> None:
    world.strike("crash", "p1a")
    world.wait(4.9)
    assert world.word(world.b) == "passive"
    world.wait(1.1)  # 3 x 1000 ms, then 2000 ms: the times captured
    assert world.word(world.b) == "active"


def test_without_heartbeats_both_are_active_and_one_yields_when_they_are_back() -> None:
    world = PanosWorld()
    world.strike("ha_link_down", link="ha1", lasts=20)
    world.wait(10)
    assert world.words == ("active", "active")
    world.wait(20)
    assert world.words == ("active", "passive")


def test_a_heartbeat_backup_keeps_the_roles_without_ha1() -> None:
    world = PanosWorld(setup=PanosSpec(heartbeat_backup=True))
    world.strike("ha_link_down", link="ha1")
    world.wait(30)
    assert world.words == ("active", "passive")


def test_without_ha2_the_roles_stay_and_sessions_are_no_longer_copied(world: PanosWorld) -> None:
    world.strike("ha_link_down", link="ha2")
    for _ in range(20):
        world.pair.sessions.open()
    world.wait(10)
    assert world.words == ("active", "passive")
    text = world.ask(world.a, "show high-availability all")
    assert "State Synchronization: Incomplete; type: ethernet" in text
    assert "Link State: Down; Setting" in text
    assert world.xml(world.b, "show session info").findtext("result/num-active") == "200"
    assert world.xml(world.a, "show session info").findtext("result/num-active") == "220"


def test_a_suspended_member_copies_no_sessions(world: PanosWorld) -> None:
    world.ask(world.b, SUSPEND)
    for _ in range(20):
        world.pair.sessions.open()
    world.wait(10)
    assert world.xml(world.b, "show session info").findtext("result/num-active") == "200"
    assert "State Synchronization: Incomplete" in world.ask(world.a, "show high-availability all")
    world.ask(world.b, FUNCTIONAL)
    world.wait(10)
    assert world.xml(world.b, "show session info").findtext("result/num-active") == "220"


@pytest.mark.parametrize("member", ["p1a", "p1b"])
def test_a_member_without_a_data_interface_is_not_functional(member: str) -> None:
    world = PanosWorld()
    world.strike("data_port_down", member, lasts=10)
    world.wait(1)
    words = dict(zip(("p1a", "p1b"), world.words, strict=True))
    assert words.pop(member) == "non-functional"
    assert list(words.values()) == ["active"]
    device = world.pair.device(member)
    assert device in {world.a, world.b}
    text = world.ask(world.a if member == "p1a" else world.b, "show high-availability all")
    assert "State Reason: Link down" in text
    assert "Interface ethernet1/1: down" in text
    world.wait(10)
    assert sorted(world.words) == ["active", "passive"]


def test_two_feature_releases_apart_the_newer_one_is_suspended() -> None:
    world = PanosWorld(setup=OTHER_FEATURE)
    world.load(world.b, "11.1.0", "11.1.2")
    world.ask(world.b, "request system software install version 11.1.2")
    world.wait(1)
    world.restart(world.b)
    assert world.words == ("active", "suspended")
    assert "State Reason: Peer version too old" in world.ask(world.b, "show high-availability all")
    world.ask(world.b, FUNCTIONAL)
    world.wait(5)
    assert world.words == ("active", "suspended")
    world.ask(world.a, SUSPEND)
    world.wait(30)
    assert world.pair.active is None


def test_the_older_one_of_two_that_are_too_far_apart_still_works_after_a_boot() -> None:
    world = PanosWorld(versions=("10.1.9", "11.1.2"))
    assert world.words == ("active", "suspended")
    world.restart(world.a, 30)
    assert world.words == ("active", "suspended")


def test_one_feature_release_apart_both_take_part_and_their_configurations_differ() -> None:
    world = PanosWorld(versions=("10.1.9", NEW))
    assert world.words == ("active", "passive")
    text = world.ask(world.a, "show high-availability all")
    assert "Software Version: Mismatch" in text
    assert "Running Configuration: not synchronized" in text
    assert "State Synchronization: Complete" in text


def test_a_boot_forgets_that_the_member_was_suspended(world: PanosWorld) -> None:
    world.ask(world.b, SUSPEND)
    world.restart(world.b)
    assert world.words == ("active", "passive")


def test_the_history_names_each_change_with_its_reason(world: PanosWorld) -> None:
    world.ask(world.a, SUSPEND)
    world.wait(5)
    world.ask(world.a, FUNCTIONAL)
    world.wait(5)
    entries = world.xml(world.a, "show high-availability transitions").findall(".//entry")
    changes = [(one.findtext("from-state"), one.findtext("to-state")) for one in entries]
    assert changes == [("active", "suspended"), ("suspended", "initial"), ("initial", "passive")]
    assert entries[0].findtext("reason") == "User requested"
    assert entries[0].findtext("time") == "2026/03/02 08:00:00"
    text = world.ask(world.a, "show high-availability transitions")
    assert [line.split()[2:4] for line in text.splitlines()[2:5]] == [list(it) for it in changes]


def test_an_active_that_restarts_hands_over_first(world: PanosWorld) -> None:
    world.ask(world.a, "request restart system")
    world.wait(0.1)
    assert world.word(world.b) == "active"
    assert world.pair.sessions.lost == 0
    world.wait(20)
    assert world.words == ("passive", "active")
    [command] = [entry for entry in world.entries("command") if entry["effect"] == "reboot"]
    assert (command["member"], command["state"], command["forwards"]) == ("p1a", "MASTER", True)


STEPS = st.lists(
    st.tuples(
        st.sampled_from([SUSPEND, FUNCTIONAL, "request restart system", "crash", "power_on", ""]),
        st.sampled_from(["p1a", "p1b"]),
        st.floats(0.0, 20.0),
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None)
@given(STEPS, st.booleans())
def test_whatever_is_done_roles_and_words_agree(
    steps: list[tuple[str, str, float]], preempt: bool
) -> None:
    """Two that hear each other are never both active, and none forwards that is suspended."""
    world = PanosWorld(preempt=preempt)
    for what, member, seconds in steps:
        device = world.pair.device(member)
        if what in {"crash", "power_on"}:
            world.strike(what, member)
        elif what:
            world.run(device, what)
        world.wait(seconds)
        assert world.words != ("active", "active")
        for one, word in zip((world.a, world.b), world.words, strict=True):
            assert not (one.is_suspended and world.pair.forwards(one))
            assert world.pair.forwards(one) <= (word == "active")
    for one in (world.a, world.b):
        world.strike("power_on", one.name)
    world.wait(20)
    for one in (world.a, world.b):
        world.run(one, FUNCTIONAL)
    world.wait(100)
    assert sorted(world.words) == ["active", "passive"]
    if preempt:
        assert world.words == ("active", "passive")
