"""Whole procedures in memory: by the real loop, the real drivers and the real parsers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from nornir_haupgrade.engines.checking import check
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.events import Ended, Held, RunEnded
from nornir_haupgrade.lab import PairSpec, router_pair, simple_pair
from nornir_haupgrade.procedure.records import Action, Goal, Outcome, Step
from tests.end_to_end.router_rig import ADVERT, ORDER
from tests.rehearsal.bench import BETWEEN, NEW, OLD, Play

FIREWALLS: Final = simple_pair("p1", preempt=True, sessions=12)
ROUTERS: Final = router_pair("p1", preempt=True, advert_seconds=ADVERT)


def test_a_pair_of_firewalls_is_upgraded_by_the_ten_steps(tmp_path: Path) -> None:
    play = Play(FIREWALLS, tmp_path)
    end = play.run()
    assert end.end is Outcome.DONE, play.story
    assert end.owed == ()
    assert play.versions == ("13.8", "13.8")
    assert play.roles == ("MASTER", "BACKUP")
    assert all(state.preempts for state in play.bench.states.values())
    assert play.bench.rig.pair.sessions.lost == 0
    assert [step for step, action in play.done if action is Action.RELOAD] == [
        Step.UPGRADE_STANDBY,
        Step.UPGRADE_OTHER,
    ]
    assert [one.to for one in end.switchovers] == ["p1b", "p1a", None]
    for one in end.switchovers[:2]:
        (gap,) = one.outages
        assert gap.seconds == pytest.approx(0.07, abs=0.011)  # a takeover takes 60 ms
        assert [canary.is_alive for canary in one.canaries] == [True]


def test_a_pair_of_routers_is_upgraded_in_the_order_it_is_over_ssh(tmp_path: Path) -> None:
    play = Play(ROUTERS, tmp_path)
    end = play.run()
    assert end.end is Outcome.DONE, play.story
    assert end.owed == ()
    assert play.done == list(ORDER)
    assert play.versions == ("17.09.01a", "17.09.01a")
    assert play.roles == ("MASTER", "BACKUP")
    assert not any(state.is_on_trial for state in play.bench.states.values())


@pytest.mark.parametrize("spec", [FIREWALLS, ROUTERS], ids=["firewalls", "routers"])
def test_a_whole_upgrade_is_rolled_back(spec: object, tmp_path: Path) -> None:
    play = Play(FIREWALLS if spec is FIREWALLS else ROUTERS, tmp_path)
    play.run(until=Step.SWITCH_OVER)
    end = play.command(Goal.BACK)
    assert end.end is Outcome.ROLLED_BACK, play.story
    assert set(play.versions) == {OLD[play.spec.platform]}
    assert end.owed == ()


@pytest.mark.parametrize("spec", [FIREWALLS, ROUTERS], ids=["firewalls", "routers"])
def test_a_version_between_is_gone_by_on_both_members(spec: PairSpec, tmp_path: Path) -> None:
    play = Play(spec, tmp_path, has_hops=True)
    between, new = BETWEEN[spec.platform], NEW[spec.platform]
    end = play.run()
    assert end.end is Outcome.DONE, play.story
    assert end.owed == ()
    assert play.versions == (new, new)
    assert play.roles == ("MASTER", "BACKUP")
    assert not any(state.is_on_trial for state in play.bench.states.values())
    runs = [event.run for event in play.events if isinstance(event, RunEnded)]
    assert [(run.to, *run.members) for run in runs if run.action is Action.RELOAD] == [
        (between, "p1a"),
        (between, "p1b"),
        (new, "p1b"),  # it stands by since the first hop
        (new, "p1a"),
    ]
    assert [run.members for run in runs if run.action is Action.WHOLE] == [
        ("p1a",),
        ("p1b",),
        ("p1b",),
        ("p1a",),
    ]
    back = play.command(Goal.BACK)
    assert back.end is Outcome.ROLLED_BACK, play.story
    assert play.versions == (between, between)
    assert back.owed == ()


@pytest.mark.parametrize(
    ("spec", "reload"),
    [(FIREWALLS, "fwctl reboot"), (ROUTERS, "install activate")],
    ids=["firewalls", "routers"],
)
def test_a_boot_loop_at_the_middle_hop_holds_with_the_other_one_forwarding(
    spec: PairSpec, reload: str, tmp_path: Path
) -> None:
    play = Play(spec, tmp_path, has_hops=True)
    play.fault("boot_loop", "p1b", on=reload, by="p1b")
    end = play.run()
    assert end.end is Ended.HELD, play.story
    assert play.versions[0] == BETWEEN[spec.platform]
    assert play.roles[0] == "MASTER"
    play.bench.rig.faults.heal("boot_loop")
    play.bench.clock.advance(60)
    end = play.run(person=lambda _, asked: (asked.ask.options[0], "it boots again"))
    assert end.end is Outcome.DONE, play.story
    assert set(play.versions) == {NEW[spec.platform]}


def test_a_question_that_nobody_answers_is_the_reason_of_its_hold(tmp_path: Path) -> None:
    play = Play(FIREWALLS, tmp_path, ha={"services": (), "canaries": ()})
    (end,) = play.controller(is_yes=False).run(Errand(to=play.new))
    assert end.end is Ended.HELD
    assert end.reason.startswith("no-services: no service is configured")
    (held,) = [event for event in play.events if isinstance(event, Held)]
    assert held.why == ""


def test_the_history_in_memory_is_chained_and_gone_on_with(tmp_path: Path) -> None:
    play = Play(FIREWALLS, tmp_path)
    first = play.run(until=Step.SWITCH_OVER)
    assert first.end is Outcome.PARKED
    end = play.run()
    assert end.end is Outcome.DONE, play.story
    assert len(play.store.kept) == 1
    campaign = play.store.latest_for("p1")
    assert campaign is not None
    campaign.history.verify("p1", first.head)


def test_a_check_and_a_dry_run_send_nothing_that_changes(tmp_path: Path) -> None:
    play = Play(FIREWALLS, tmp_path)
    (checked,) = check(play.project, Errand(to=play.new), world=play.bench.world)
    assert checked.is_ready, checked.checks
    (shown,) = play.controller().dry_run(Errand(to=play.new))
    assert shown.rows
    commands = [entry for entry in play.bench.audit.entries if entry["kind"] == "command"]
    assert commands
    assert {entry["effect"] for entry in commands} == {"none"}


def test_a_pair_whose_member_is_down_is_not_begun(tmp_path: Path) -> None:
    play = Play(FIREWALLS, tmp_path)
    play.fault("crash", "p1b")
    end = play.run()
    assert end.end is Outcome.NOT_STARTED
    assert "refused the connection" in end.reason
    assert play.records == ()


def test_sessions_that_never_arrive_hold_the_switchover(tmp_path: Path) -> None:
    play = Play(FIREWALLS, tmp_path)
    play.fault("sessions_never_sync", on="fwctl reboot", by="p1a")
    end = play.run()
    assert end.end is Ended.HELD, play.story
    assert play.done[-1] == (Step.SWITCH_OVER, Action.SESSIONS)
    assert play.roles == ("BACKUP", "MASTER")


def test_a_lost_data_plane_is_seen_from_outside_and_switched_back(tmp_path: Path) -> None:
    play = Play(FIREWALLS, tmp_path)
    play.fault("data_dead", "p1a", on="fwctl reboot", by="p1a")
    end = play.run()
    assert end.end is Ended.HELD, play.story
    assert play.roles == ("BACKUP", "MASTER")
    assert any("no answer within" in why for why in play.story.splitlines())
