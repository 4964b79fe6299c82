"""Crashes, other people, and a controller that dies."""

from __future__ import annotations

import random
import time
from typing import Any

import pytest

from nornir_haupgrade.lab.linux import LinuxSpec
from nornir_haupgrade.procedure.records import Step
from tests.live.conftest import MakeLive
from tests.live.rig import outages_of

pytestmark = [pytest.mark.linux, pytest.mark.prove, pytest.mark.timeout(900)]


def test_the_active_crashes_while_the_standby_is_upgraded(make_live: MakeLive) -> None:
    """p1b forwards after the trial; when it dies, p1a is all there is, and is left alone."""
    pair = make_live("13")
    pair.lab.fault("crash", "p1b", on="fwctl image install", by="p1a")
    ended = pair.haupgrade("run", "--to", pair.lab.image("13").version, "--yes")
    assert ended.code in {1, 3}, ended.story()
    assert "p1b" in ended.end()["reason"]
    assert ended.end()["silent"] == ["p1b"]
    assert pair.lab.states["p1a"]["role"] == "MASTER"
    assert pair.commands("p1a", "fwctl reboot") == []
    assert pair.commands("p1a", "fwctl image boot") == []
    assert pair.touched_while_active() == []
    report = pair.report()
    print(f"\nafter the crash: {report.alive} of {report.established} alive; {ended.end()['end']}")
    print(f"  said: {ended.end()['reason']}")
    assert report.lost == ()


@pytest.mark.parametrize("hand", ["touch-config", "takeover"])
def test_somebody_else_acts_in_between(make_live: MakeLive, hand: str) -> None:
    pair = make_live("13")

    def act(event: dict[str, Any]) -> None:
        if event["event"] == "run-ended" and event["run"]["action"] == "restore-point":
            # p1a is worked on, p1b forwards
            pair.lab.fault(hand, "p1b")
            time.sleep(3)

    ended = pair.haupgrade("run", "--to", pair.lab.image("13").version, "--yes", at=act)
    assert ended.code == 3, ended.story()
    assert "someone else acted" in "\n".join([ended.said, *map(str, ended.of("held"))])
    assert pair.touched_while_active() == []
    pair.nothing_lost()


def test_a_controller_killed_inside_each_step_ends_as_if_it_had_lived(make_live: MakeLive) -> None:
    pair = make_live("13", spec=LinuxSpec(preempt=True))  # so that step 10 has something to do
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    print(f"\nseed {seed}")
    version = pair.lab.image("13").version
    command = ("run", "--to", version, "--yes")
    for step in Step:
        if step > Step.GIVE_BACK:
            continue
        name = step.name.lower()
        delay = chance.uniform(0.0, 0.4)
        is_killed = pair.killed(
            lambda event, name=name: (  # type: ignore[misc]
                event["event"] == "run-started" and event["run"]["step"] == name
            ),
            delay,
            *command,
        )
        print(f"killed in {name} after {delay:.2f} s: {is_killed}")
        assert is_killed, f"{name} was not reached"
    ended = pair.haupgrade(*command)
    assert ended.code == 0, ended.story()
    assert ended.end()["owed"] == []
    assert pair.versions() == (version, version)
    assert pair.touched_while_active() == []
    for member in ("p1a", "p1b"):
        assert len(pair.commands(member, "fwctl image install")) == 1
        assert len(pair.commands(member, "fwctl reboot")) == 1
    pair.nothing_lost()


def test_rolled_back_after_both_switchovers(make_live: MakeLive) -> None:
    """The standby first, then the role, then the other; what it loses is told."""
    pair = make_live("13")
    version = pair.lab.image("13").version
    ended = pair.haupgrade("run", "--to", version, "--yes", "--until", "7")
    assert ended.code == 3, ended.story()
    assert pair.versions() == (version, version)
    active = pair.lab.member_in("p1", "MASTER")
    standby = pair.lab.member_in("p1", "BACKUP")

    back = pair.haupgrade("rollback", "--reason", "the proof of the way back", "--yes")
    assert back.code == 4, back.story()
    assert pair.versions() == (pair.version, pair.version)
    last = [pair.commands(member, "fwctl reboot")[-1]["number"] for member in (standby, active)]
    moved = pair.commands(active, "fwctl ha suspend")[-1]["number"]
    assert last[0] < moved < last[1]
    assert pair.touched_while_active() == []
    report = pair.report()
    print(f"\nrolled back: {len(report.lost)} of {report.established} connections lost")
    for line in outages_of(back.end()):
        print(f"  outage {line}")
