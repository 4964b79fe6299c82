"""Each task by itself: what it does, what it says, and what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from nornir.core import Nornir
from nornir.core.task import AggregatedResult, Result

from nornir_haupgrade import HAPairs, roll_back_pair, tasks, upgrade_pair
from nornir_haupgrade.engines.events import Ended, GoingOn
from nornir_haupgrade.engines.lock import ControllerLock
from nornir_haupgrade.errors import AnotherController, BadInput, HAUpgradeError, WrongDevice
from nornir_haupgrade.lab import simple_pair
from nornir_haupgrade.procedure.records import LeaseKind, Outcome, Started
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import NEW, OLD, PASSWORD, Rig


def run(nr: Nornir, task: Callable[..., Result], **params: Any) -> AggregatedResult:  # noqa: ANN401
    """Run a task; what failed before is not left out in silence."""
    nr.data.reset_failed_hosts()
    return nr.run(task=task, **params)


def one(rig: Rig, member: str, task: Callable[..., Result], **params: Any) -> Result:  # noqa: ANN401
    """Run a task on one member and give back its result, which is plain data."""
    found = run(rig.nornir().filter(name=member), task, **params)[member][0]
    assert yaml.safe_load(yaml.safe_dump(found.result)) == found.result, "it is plain data"
    json.dumps(found.result)
    assert PASSWORD not in str(found.result) + found.diff + str(found.exception)
    return found


def effects(rig: Rig) -> list[tuple[str, str]]:
    """What was changed on which member, in order, as the lab saw it."""
    return [
        (entry["effect"], entry["member"])
        for entry in rig.lab.audit()
        if entry["kind"] == "command" and entry["effect"] != "none"
    ]


def test_a_pair_is_upgraded_task_by_task(make_rig: MakeRig) -> None:
    """The procedure by hand: each task holds the rules on its own."""
    rig = make_rig()
    both = rig.nornir()
    assert not run(both, tasks.sync_config).failed
    assert not run(both, tasks.back_up_config).failed
    lent = run(both, tasks.set_preemption, on=False)
    assert {name: multi[0].changed for name, multi in lent.items()} == {"p1a": True, "p1b": True}
    assert "-preemption: on\n+preemption: off" in lent["p1a"][0].diff

    assert not one(rig, "p1b", tasks.stage_image, to=NEW).failed
    upgraded = one(rig, "p1b", tasks.upgrade_member, to=NEW)
    assert (upgraded.failed, upgraded.changed) == (False, True), upgraded.result
    assert f"-version: {OLD}\n+version: {NEW}" in upgraded.diff
    again = one(rig, "p1b", tasks.upgrade_member, to=NEW)
    assert (again.failed, again.changed, again.diff) == (False, False, "")

    moved = one(rig, "p1b", tasks.switch_over)
    assert (moved.failed, moved.changed) == (False, True), moved.result
    assert "-role: standby\n+role: active" in moved.diff
    (switchover,) = moved.result["switchovers"]
    assert switchover["outages"][0]["seconds"] > 0
    assert not one(rig, "p1a", tasks.upgrade_member, to=NEW).failed
    assert rig.versions == (NEW, NEW)

    back = run(both, tasks.set_preemption, on=True)
    assert not back.failed
    assert rig.roles == ("MASTER", "BACKUP"), "the preferred member took its role back, gated"
    assert all(state.preempts for state in rig.lab.states().values())
    rig.audit_proof(times={"reboot": 1, "suspend": 2}, may_preempt=True)


def test_what_is_lent_by_hand_an_upgrade_gives_back(make_rig: MakeRig) -> None:
    rig = make_rig()
    assert not run(rig.nornir(), tasks.set_preemption, on=False).failed
    owed = rig.engine().owed()["p1"]
    assert {(one.lease.kind, one.lease.member) for one in owed} == {
        (LeaseKind.PREEMPTION, "p1a"),
        (LeaseKind.PREEMPTION, "p1b"),
    }
    assert {one.commands for one in owed} == {("fwctl ha preempt on",)}
    end = rig.by_nornir(upgrade_pair, to=NEW)
    assert end.end is Outcome.DONE, rig.story
    assert end.owed == ()
    assert all(state.preempts for state in rig.lab.states().values())


def test_a_member_is_taken_back(make_rig: MakeRig) -> None:
    rig = make_rig(preempt=False)
    assert not one(rig, "p1b", tasks.upgrade_member, to=NEW).failed
    found = one(rig, "p1b", tasks.roll_back_member)
    assert (found.failed, found.changed) == (False, True), found.result
    assert rig.versions == (OLD, OLD)
    rig.audit_proof(times={"reboot": 2})


def test_the_intent_is_on_disk_in_a_campaign_of_its_own(make_rig: MakeRig) -> None:
    rig = make_rig(preempt=False)
    found = one(rig, "p1b", tasks.switch_over)
    assert found.result["campaign"] == rig.campaign.id
    sent = [intent for r in rig.records if isinstance(r, Started) for intent in r.intents]
    assert [(intent.member, intent.commands) for intent in sent] == [
        ("p1a", ("fwctl ha suspend",)),
        ("p1a", ("fwctl ha functional",)),
    ]
    assert {intent.role for intent in sent} == {"active", "suspended"}


# --- reads ----------------------------------------------------------------------------------------


def test_reads_leave_nothing_behind(make_rig: MakeRig) -> None:
    rig = make_rig()
    status = run(rig.nornir(), tasks.ha_status)
    assert {name: multi[0].result["role"] for name, multi in status.items()} == {
        "p1a": "active",
        "p1b": "standby",
    }
    sessions = run(rig.nornir(), tasks.session_summary)
    assert sessions["p1a"][0].result["own"] == 40
    assert sessions["p1b"][0].result["replicated"] == 40
    assert sessions["p1b"][0].result["critical"] == {"shop": 40}
    assert one(rig, "p1a", tasks.sync_report).result["status"] == "pass"
    (shop,) = one(rig, "p1a", tasks.check_services).result
    assert (shop["name"], shop["is_good"]) == ("shop", True)
    assert effects(rig) == []
    assert not (rig.folder / "campaigns").exists()
    assert {state.logins for state in rig.lab.states().values()} == {0}, "no session is left open"


def test_a_read_needs_no_peer(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.fault("crash", "p1b")
    nr = rig.nornir()
    del nr.inventory.hosts["p1b"]
    assert run(nr, tasks.ha_status)["p1a"][0].result["version"] == OLD


def test_reports_that_differ_fail_and_the_lines_are_shown(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.fault("report_differs", "p1b", line="network stray 192.0.2.0/24")
    report = one(rig, "p1a", tasks.sync_report)
    assert report.failed
    assert "differ" in report.result["reason"]
    diff = one(rig, "p1b", tasks.config_diff)
    assert "network stray 192.0.2.0/24" in diff.diff
    assert [line[0] for line in diff.diff.splitlines() if "stray" in line] == ["+"]


def test_services_that_are_down_fail(make_rig: MakeRig) -> None:
    rig = make_rig()
    for name in ("p1a", "p1b"):
        rig.fault("data_dead", name)
    found = one(rig, "p1a", tasks.check_services)
    assert found.failed
    assert found.result[0]["is_good"] is False


def test_no_service_at_all_is_no_good_news(make_rig: MakeRig) -> None:
    rig = make_rig(ha={"services": []})
    found = one(rig, "p1a", tasks.check_services)
    assert (found.failed, found.result) == (True, "no service is configured")


def test_the_wrong_device_is_not_read(make_rig: MakeRig) -> None:
    rig = make_rig(members={"p1a": {"identity": "0" * 32}})
    found = one(rig, "p1a", tasks.ha_status)
    assert isinstance(found.exception, WrongDevice)


# --- the peer, where a filter has left it out -----------------------------------------------------


@pytest.mark.parametrize("where", ["groups", "defaults"])
def test_a_login_that_a_script_has_set_is_the_peers_too(make_rig: MakeRig, where: str) -> None:
    rig = make_rig(preempt=False)
    rig.write(password="never-" + "sent")
    nr = rig.nornir()
    nr.inventory.groups["p1"].password = PASSWORD if where == "groups" else None
    nr.inventory.defaults.password = PASSWORD
    found = run(nr.filter(name="p1b"), tasks.sync_report)["p1b"][0]
    assert not found.failed, found.result


def test_an_inventory_made_in_a_script_has_no_peer_in_the_current_folder(
    make_rig: MakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nornir's default is ./hosts.yaml: there may be another pair of the same name."""
    rig = make_rig(preempt=False)
    read = rig.nornir()
    made = Nornir(read.inventory, runner=read.runner)
    made.config.user_defined.update(read.config.user_defined)
    hosts = json.loads((rig.folder / "hosts.yaml").read_text())
    hosts["p1b"]["port"] = 1
    (rig.folder / "hosts.yaml").write_text(json.dumps(hosts))
    monkeypatch.chdir(rig.folder)
    found = run(made.filter(name="p1b"), tasks.switch_over)["p1b"][0]
    assert "pair p1 has one member: p1b" in str(found.exception)
    assert effects(rig) == []


# --- a dry run ------------------------------------------------------------------------------------

WRITING: list[tuple[str, Callable[..., Result], dict[str, Any]]] = [
    ("p1a", tasks.sync_config, {}),
    ("p1b", tasks.back_up_config, {}),
    ("p1b", tasks.set_preemption, {"on": False}),
    ("p1b", tasks.stage_image, {"to": NEW}),
    ("p1b", tasks.upgrade_member, {"to": NEW}),
    ("p1b", tasks.switch_over, {}),
    ("p1b", tasks.config_diff, {}),
]


@pytest.mark.parametrize("is_global", [True, False])
def test_a_dry_run_sends_only_reads_and_there_is_no_way_around_it(
    make_rig: MakeRig, is_global: bool
) -> None:
    rig = make_rig()
    for member, task, params in WRITING:
        nr = rig.nornir().filter(name=member)
        nr.data.dry_run = is_global
        found = run(nr, task, dry_run=not is_global, **params)[member][0]
        assert not found.failed, found.result
        assert (found.changed, bool(found.diff)) == (True, True), task
    assert effects(rig) == []
    assert not (rig.folder / "campaigns").exists()


# --- refused --------------------------------------------------------------------------------------

ON_ONE: list[tuple[Callable[..., Result], dict[str, Any]]] = [
    (tasks.switch_over, {}),
    (tasks.upgrade_member, {"to": NEW}),
    (tasks.roll_back_member, {"to": OLD}),
]


@pytest.mark.parametrize(("task", "params"), ON_ONE)
def test_a_role_is_moved_by_a_task_for_one_member_with_a_peer(
    make_rig: MakeRig, task: Callable[..., Result], params: dict[str, Any]
) -> None:
    rig = make_rig()
    for multi in run(rig.nornir(), task, **params).values():
        assert isinstance(multi[0].exception, BadInput)
        assert "p1a and p1b are selected; nothing was contacted" in str(multi[0].result)
    hosts = json.loads((rig.folder / "hosts.yaml").read_text())
    (rig.folder / "hosts.yaml").write_text(json.dumps({"p1b": hosts["p1b"]}))
    alone = one(rig, "p1b", task, **params)
    assert isinstance(alone.exception, BadInput)
    assert "pair p1 has one member: p1b" in str(alone.result)
    assert [entry for entry in rig.lab.audit() if entry["kind"] == "command"] == []


@pytest.mark.parametrize(
    ("task", "params", "says"),
    [
        (tasks.upgrade_member, {}, "upgrade_member: missing a required argument: 'to'"),
        (tasks.upgrade_member, {"to": None}, "upgrade of one member goes to a version"),
        (
            tasks.stage_image,
            {"to": 13.8},
            'the version 13.8 is not a text. Next: quote it: to="13.8"',
        ),
        (tasks.set_preemption, {"no": True}, "see help(set_preemption)"),
    ],
)
def test_wrong_arguments_are_a_result_too(
    make_rig: MakeRig, task: Callable[..., Result], params: dict[str, Any], says: str
) -> None:
    rig = make_rig()
    found = one(rig, "p1b", task, **params)
    assert isinstance(found.exception, BadInput)
    assert says in str(found.result)
    assert [entry for entry in rig.lab.audit() if entry["kind"] == "command"] == []


def test_the_active_is_neither_upgraded_nor_taken_back(make_rig: MakeRig) -> None:
    rig = make_rig(pair=simple_pair("p1", preempt=False, sessions=40))
    up = one(rig, "p1a", tasks.upgrade_member, to=NEW)
    back = one(rig, "p1a", tasks.roll_back_member, to="11.0")
    assert (up.failed, back.failed) == (True, True)
    assert "is for the standby, and p1a is active" in str(up.exception)
    assert "does not forward, and p1a is active" in str(back.exception)
    assert effects(rig) == []


def test_a_member_is_not_taken_back_to_what_is_nowhere(make_rig: MakeRig) -> None:
    rig = make_rig(preempt=False)
    found = one(rig, "p1b", tasks.roll_back_member, to="99.9")
    assert found.result["end"] == "not_started"
    assert f"p1b does not hold 99.9 (it holds {OLD}), and there is no image" in str(found.exception)
    assert effects(rig) == []
    assert rig.engine().store.campaigns() == ()


def test_nothing_moves_while_preemption_is_on(make_rig: MakeRig) -> None:
    rig = make_rig()
    for task, params in ((tasks.switch_over, {}), (tasks.upgrade_member, {"to": NEW})):
        found = one(rig, "p1b", task, **params)
        assert (found.failed, found.changed) == (True, False)
        assert found.result["end"] == "not_started"
        assert "preemption is on" in str(found.exception)
    assert effects(rig) == []
    assert rig.engine().owed() == {"p1": ()}


def test_services_that_fail_after_a_switchover_bring_the_role_back(make_rig: MakeRig) -> None:
    rig = make_rig(preempt=False)
    rig.fault("data_dead", "p1b")
    found = one(rig, "p1b", tasks.switch_over)
    assert found.failed
    assert rig.roles == ("MASTER", "BACKUP")
    rig.audit_proof(times={"suspend": 2}, is_dead=True)


def test_an_ha_link_that_is_down_stops_a_switchover(make_rig: MakeRig) -> None:
    rig = make_rig(preempt=False, settings={"sessions_timeout": 1})
    rig.fault("ha_link_down")
    found = one(rig, "p1b", tasks.switch_over)
    assert found.failed
    assert "HA link is down" in str(found.exception)
    assert rig.roles == ("MASTER", "BACKUP")
    assert effects(rig) == []


def test_an_upgrade_that_is_under_way_comes_first(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.by_nornir(upgrade_pair, to=NEW, until=6)
    found = one(rig, "p1a", tasks.back_up_config)
    assert isinstance(found.exception, HAUpgradeError)
    assert "the unfinished campaign is an upgrade" in str(found.exception)


def test_another_controller_is_left_alone(make_rig: MakeRig) -> None:
    rig = make_rig()
    with ControllerLock(rig.folder / "campaigns", "p1"):
        found = one(rig, "p1a", tasks.back_up_config)
    assert isinstance(found.exception, AnotherController)
    assert effects(rig) == []


def test_under_nornirs_own_threads_both_members_take_turns(make_rig: MakeRig) -> None:
    rig = make_rig()
    found = run(rig.nornir(), tasks.back_up_config)
    assert not found.failed, {name: str(multi[0].result) for name, multi in found.items()}
    under = run(rig.nornir().with_runner(HAPairs()), tasks.back_up_config)
    assert not under.failed


def test_a_member_that_was_found_broken_is_not_good_because_another_task_came_between(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(preempt=False)
    rig.fault("config_lines_lost", "p1b")
    broken = one(rig, "p1b", tasks.upgrade_member, to=NEW)
    assert (broken.failed, rig.versions) == (True, (OLD, NEW)), broken.result
    assert not one(rig, "p1a", tasks.back_up_config).failed
    for _ in range(2):
        again = one(rig, "p1b", tasks.upgrade_member, to=NEW)
        assert (again.failed, again.result["end"]) == (True, "parked"), (
            broken.result,
            again.result,
        )
        assert "lost" in str(again.exception)
    rig.audit_proof(times={"reboot": 1})


# --- back, after smaller things -------------------------------------------------------------------


@pytest.mark.prove
def test_an_upgrade_is_rolled_back_though_single_tasks_came_after_it(make_rig: MakeRig) -> None:
    """What they changed is theirs, not somebody else's; what they owe is given back."""
    rig = make_rig()
    assert rig.by_nornir(upgrade_pair, to=NEW).end is Outcome.DONE
    assert not run(rig.nornir(), tasks.back_up_config).failed
    assert not run(rig.nornir(), tasks.set_preemption, on=False).failed
    moved = one(rig, "p1b", tasks.switch_over)
    assert not moved.failed, moved.result
    end = rig.by_nornir(roll_back_pair, reason="the new version drops calls")
    assert end.end is Outcome.ROLLED_BACK, rig.story
    assert (end.owed, rig.versions) == ((), (OLD, OLD))
    assert "because: the new version drops calls" in end.reason
    assert rig.held == []
    assert not [event for event in rig.events if isinstance(event, GoingOn)], "it begins anew"
    assert all(state.preempts for state in rig.lab.states().values())
    rig.audit_proof(times={"reboot": 2, "suspend": 4}, may_preempt=True)


@pytest.mark.prove
def test_what_somebody_else_did_between_the_tasks_is_asked_about(make_rig: MakeRig) -> None:
    rig = make_rig(preempt=False)
    assert rig.by_nornir(upgrade_pair, to=NEW).end is Outcome.DONE
    rig.fault("hand_config_change")
    assert not one(rig, "p1a", tasks.back_up_config).failed
    end = rig.by_nornir(roll_back_pair, reason="the new version drops calls")
    assert end.end is Ended.HELD, rig.story
    assert "config was" in end.reason
    assert rig.versions == (NEW, NEW)


@pytest.mark.prove
def test_there_is_no_way_back_for_the_pair_once_a_member_was_taken_back_alone(
    make_rig: MakeRig,
) -> None:
    rig = make_rig(preempt=False)
    assert rig.by_nornir(upgrade_pair, to=NEW).end is Outcome.DONE
    assert not one(rig, "p1b", tasks.roll_back_member).failed
    assert not one(rig, "p1b", tasks.back_up_config).failed
    newest = rig.campaign.id
    found = rig.nornir().with_runner(HAPairs()).run(task=roll_back_pair, reason="x")
    said = str(found["p1a"][0].result)
    assert "the software was changed last by the rollback of one member, p1b (" in said
    assert "take one member back at a time: roll_back_member" in said
    assert rig.campaign.id == newest
