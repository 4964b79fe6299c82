"""The whole procedure as a Nornir task: the same as the command line, told as results."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from nornir.core.inventory import Host
from nornir.core.task import AggregatedResult, MultiResult, Result, Task
from nornir.plugins.runners import SerialRunner, ThreadedRunner

from nornir_haupgrade import HAPairs, drill_pair, reboot_pair, roll_back_pair, upgrade_pair
from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.lab import LabSpec, LabThread, simple_pair
from nornir_haupgrade.procedure.records import Asked, By, Choice, Decided, Outcome, Step
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import NEW, OLD, PASSWORD, Rig

TEN = [step.title for step in Step if step <= Step.GIVE_BACK]
"""Prepare, and the ten steps."""


def named(result: Result) -> str:
    """Nornir declares that a result has no name, and gives it one."""
    return str(result.name)


def steps_of(multi: MultiResult) -> list[Result]:
    """A member's steps, without its own result, which comes first."""
    return list(multi[1:])


class Watching:
    """A processor of the caller's: what it was told, by host."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, str]] = []

    def task_started(self, task: Task) -> None:
        self.seen.append(("started", "", task.name))

    def task_completed(self, task: Task, result: AggregatedResult) -> None:
        self.seen.append(("completed", "", task.name))

    def task_instance_started(self, task: Task, host: Host) -> None:
        self.seen.append(("begins", host.name, task.name))

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        self.seen.append(("ends", host.name, task.name))

    def subtask_instance_started(self, task: Task, host: Host) -> None:
        self.seen.append(("step begins", host.name, task.name))

    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        self.seen.append(("step ends", host.name, task.name))


class Raising(Watching):
    """One that breaks at a step."""

    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        raise RuntimeError(f"no room for {task.name}")


def test_both_members_have_the_ten_steps(make_rig: MakeRig) -> None:
    rig = make_rig()
    watching = Watching()
    nr = rig.nornir().with_processors([watching]).with_runner(HAPairs())
    result = nr.run(task=upgrade_pair, to=NEW)

    assert not result.failed
    assert rig.versions == (NEW, NEW)
    assert rig.roles == ("MASTER", "BACKUP")
    rig.audit_proof(times={"reboot": 1})
    for name in ("p1a", "p1b"):
        own = result[name][0]
        assert (named(own), own.failed, own.changed) == ("upgrade_pair", False, True)
        assert (own.result["pair"], own.result["end"], own.result["owed"]) == ("p1", "done", [])
        names = [named(step) for step in steps_of(result[name])]
        assert list(dict.fromkeys(names)) == TEN
        assert all(step.host is not None and step.host.name == name for step in result[name])
        assert [s for s in watching.seen if s[1] == name and s[0] == "step ends"] == [
            ("step ends", name, step) for step in names
        ]
    assert watching.seen[0] == ("started", "", "upgrade_pair")
    assert watching.seen[-1] == ("completed", "", "upgrade_pair")
    _runs_are_the_pairs(rig, result)


def _runs_are_the_pairs(rig: Rig, result: AggregatedResult) -> None:
    """Both hosts show the same runs under the same ids, and each what was sent to itself."""
    here, there = (steps_of(result[name]) for name in ("p1a", "p1b"))
    ids = [[run["id"] for run in step.result["runs"]] for step in here]
    assert ids == [[run["id"] for run in step.result["runs"]] for step in there]
    campaign = rig.campaign
    assert {one.partition("/")[0] for step in ids for one in step} == {campaign.id}
    sent = {named(step): step.diff.splitlines() for step in here}
    assert "fwctl reboot --if-state BACKUP" in sent["5 upgrade standby"]
    assert sent["7 upgrade other"] == []
    assert "fwctl ha suspend" in sent["1 trial"]
    changed = {named(step): step.changed for step in there}
    assert (changed["5 upgrade standby"], changed["7 upgrade other"]) == (False, True)
    for step in here:
        for run in step.result["runs"]:
            assert all(campaign.get_raw(digest) for digest in run["evidence"])
    trial = next(step for step in here if named(step) == "1 trial")
    (outage,) = trial.result["runs"][-1]["outages"]
    assert outage["name"] == "shop"
    assert outage["seconds"] > 0


def test_results_can_be_printed_and_kept(
    make_rig: MakeRig, capsys: pytest.CaptureFixture[str]
) -> None:
    from nornir_utils.plugins.functions import print_result

    rig = make_rig()
    rig.by_nornir(drill_pair)
    assert rig.result is not None
    print_result(rig.result)
    shown = capsys.readouterr().out
    assert "1 trial" in shown
    assert PASSWORD not in shown
    # A host carries its login data, so what is kept is the plain part.
    kept = pickle.dumps([[one.result for one in multi] for multi in rig.result.values()])
    assert PASSWORD.encode() not in kept


def test_it_stops_where_asked_and_goes_on_with_the_earlier_steps_shown(make_rig: MakeRig) -> None:
    rig = make_rig()
    end = rig.by_nornir(upgrade_pair, to=NEW, until="switch over")
    assert end.end is Outcome.PARKED
    assert rig.result is not None
    assert not rig.result.failed, "it was asked to stop there"
    assert rig.versions == (NEW, OLD)

    end = rig.by_nornir(upgrade_pair, to=NEW)
    assert end.end is Outcome.DONE, rig.story
    steps = steps_of(rig.result["p1a"])
    earlier = [named(step) for step in steps if step.result["is_earlier"]]
    assert earlier[:3] == TEN[:3]
    assert "7 upgrade other" not in earlier
    assert not any(step.changed for step in steps if step.result["is_earlier"])
    assert list(dict.fromkeys(named(step) for step in steps if named(step) in TEN)) == TEN
    rig.audit_proof(times={"reboot": 1, "suspend": 3})


def test_a_hold_fails_both_members_and_the_way_back_is_a_task_too(make_rig: MakeRig) -> None:
    rig = make_rig(settings={"reload_timeout": 4, "settle_timeout": 1.5, "sessions_timeout": 1.5})
    rig.fault("boot_without_ha", "p1a")
    end = rig.by_nornir(upgrade_pair, to=NEW)
    assert end.end is Ended.HELD
    assert rig.result is not None
    assert set(rig.result.failed_hosts) == {"p1a", "p1b"}
    last = steps_of(rig.result["p1a"])[-1]
    assert (named(last), last.failed) == ("5 upgrade standby", True)
    assert last.result["holds"][-1]["about"] == "member-bad"
    assert "HA did not come up" in last.result["holds"][-1]["why"]

    end = rig.by_nornir(roll_back_pair, reason="the image has no HA")
    assert end.end is Outcome.ROLLED_BACK, rig.story
    assert not rig.result.failed
    assert rig.versions == (OLD, OLD)
    rig.audit_proof(times={"reboot": 2, "suspend": 3})


def test_what_to_do_at_a_hold_can_be_said_beforehand(make_rig: MakeRig) -> None:
    rig = make_rig(settings={"reload_timeout": 4, "settle_timeout": 1.5, "sessions_timeout": 1.5})
    rig.fault("boot_without_ha", "p1a")
    end = rig.by_nornir(upgrade_pair, runner=HAPairs(on_hold="roll-back"), to=NEW)
    assert end.end is Outcome.ROLLED_BACK, rig.story
    assert rig.result is not None
    assert rig.result.failed, "it was not upgraded"


def test_what_was_mended_outside_is_retried_once(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.fault("ha_link_down")
    assert rig.by_nornir(upgrade_pair, to=NEW, until=0).end is Ended.HELD
    retry = HAPairs(on_hold="retry")
    assert rig.by_nornir(upgrade_pair, runner=retry, to=NEW, until=0).end is Ended.HELD
    assert len([one for one in rig.records if isinstance(one, Decided)]) == 1, "no loop"
    rig.lab.call(lambda lab: lab.heal("ha_link_down"))
    end = rig.by_nornir(upgrade_pair, runner=retry, to=NEW, until=0)
    assert end.is_planned, rig.story
    assert [one.by for one in rig.records if isinstance(one, Decided)] == [By.POLICY] * 2


@pytest.mark.parametrize("answer", [None, ("switch-back", "not offered"), ("dance", "why"), 5])
def test_a_person_who_answers_with_nothing_that_is_offered_leaves_it_held(
    make_rig: MakeRig,
    answer: Any,  # noqa: ANN401 - a script's
    caplog: pytest.LogCaptureFixture,
) -> None:
    rig = make_rig(settings={"reload_timeout": 4, "settle_timeout": 1.5, "sessions_timeout": 1.5})
    rig.fault("boot_without_ha", "p1a")
    end = rig.by_nornir(upgrade_pair, runner=HAPairs(person=lambda *_: answer), to=NEW)
    assert end.end is Ended.HELD
    assert ("stays held" in caplog.text) is (answer is not None)


def test_what_was_mended_on_the_way_leaves_no_host_out(make_rig: MakeRig) -> None:
    """Services fail after step 6, the role goes back, somebody mends it, and all ends well."""
    rig = make_rig()
    rig.fault("data_dead", "p1a", on="fwctl reboot", by="p1a")

    def person(_: str, asked: Asked) -> tuple[Choice, str]:
        if Choice.SWITCH_BACK in asked.ask.options:
            return Choice.SWITCH_BACK, "services first"
        rig.lab.call(lambda lab: lab.heal("data_dead", "p1a"))
        return Choice.RETRY, "mended"

    nr = rig.nornir().with_runner(HAPairs(person=person))
    result = nr.run(task=upgrade_pair, to=NEW)
    assert rig.versions == (NEW, NEW)
    held = [hold["about"] for one in result["p1a"][1:] for hold in one.result["holds"]]
    assert "services-bad" in held
    assert not result.failed
    assert nr.data.failed_hosts == set()


def test_a_dry_run_sends_nothing_but_reads_and_shows_each_members_commands(
    make_rig: MakeRig,
) -> None:
    rig = make_rig()
    nr = rig.nornir().with_runner(HAPairs())
    nr.data.dry_run = True
    result = nr.run(task=upgrade_pair, to=NEW)
    assert not result.failed
    assert not (rig.folder / "campaigns").exists()
    assert {entry["effect"] for entry in rig.lab.audit() if entry["kind"] == "command"} == {"none"}
    steps = steps_of(result["p1a"])
    assert [named(step) for step in steps if named(step) in TEN][:11] == TEN
    assert any("fwctl reboot" in step.diff for step in steps)
    assert result["p1a"][0].result["is_ready"]


def test_no_software_is_needed_for_a_reboot(make_rig: MakeRig) -> None:
    rig = make_rig()
    end = rig.by_nornir(reboot_pair)
    assert end.end is Outcome.DONE, rig.story
    assert rig.versions == (OLD, OLD)


# --- refused before anything is contacted ---------------------------------------------------------


def refusals(result: AggregatedResult) -> set[str]:
    found = set()
    for multi in result.values():
        assert multi.failed
        assert isinstance(multi[0].exception, BadInput)
        found.add(str(multi[0].result))
    return found


def logins(rig: Rig) -> int:
    return sum(entry["kind"] == "login" for entry in rig.lab.audit())


@pytest.mark.parametrize("runner", [SerialRunner(), ThreadedRunner()])
def test_another_runner_is_refused(make_rig: MakeRig, runner: Any) -> None:  # noqa: ANN401
    rig = make_rig()
    result = rig.nornir().with_runner(runner).run(task=upgrade_pair, to=NEW)
    assert all("this runner runs it once for each" in text for text in refusals(result))
    assert rig.lab.audit() == [] or logins(rig) == 0


def test_it_is_no_subtask(make_rig: MakeRig) -> None:
    rig = make_rig()

    def grouped(task: Task) -> None:
        task.run(task=upgrade_pair, to=NEW)

    result = rig.nornir().run(task=grouped)
    assert all("cannot be a subtask" in str(multi[1].result) for multi in result.values())
    assert rig.versions == (OLD, OLD)


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({}, "missing 1 required keyword-only argument: 'to'"),
        ({"to": NEW, "unitl": 6}, "unexpected keyword argument 'unitl'"),
        ({"to": None}, "an upgrade goes to a version. Next: say which: to=VERSION"),
        ({"to": "99.1"}, "no image"),
        ({"to": 13.8}, 'the version 13.8 is not a text. Next: quote it: to="13.8"'),
        ({"to": NEW, "until": "supper"}, "there is no step 'supper'"),
    ],
)
def test_wrong_arguments_are_refused(make_rig: MakeRig, params: dict[str, Any], says: str) -> None:
    rig = make_rig()
    result = rig.nornir().with_runner(HAPairs()).run(task=upgrade_pair, **params)
    assert all(says in text for text in refusals(result))
    assert logins(rig) == 0


@pytest.mark.parametrize("reason", ["", " ", None, 5])
def test_the_way_back_is_taken_for_a_reason(make_rig: MakeRig, reason: object) -> None:
    rig = make_rig()
    nr = rig.nornir().with_runner(HAPairs())
    result = nr.run(task=roll_back_pair, reason=reason)
    assert all("is no reason. Next: say why" in text for text in refusals(result))
    assert logins(rig) == 0


def test_half_a_pair_is_refused(make_rig: MakeRig) -> None:
    rig = make_rig()
    nr = rig.nornir().filter(name="p1a").with_runner(HAPairs())
    (text,) = refusals(nr.run(task=upgrade_pair, to=NEW))
    assert "pair p1 has one member: p1a" in text
    assert logins(rig) == 0


def test_a_host_that_nornir_leaves_out_is_named(make_rig: MakeRig) -> None:
    """A host that failed once is skipped in silence by every later run: half a pair is left."""
    rig = make_rig()
    nr = rig.nornir().with_runner(HAPairs())
    nr.data.failed_hosts.add("p1b")
    (text,) = refusals(nr.run(task=upgrade_pair, to=NEW))
    assert "p1b: it failed in an earlier run, and Nornir leaves it out" in text
    assert "reset_failed_hosts" in text
    assert logins(rig) == 0


def test_no_host_at_all_is_refused(make_rig: MakeRig) -> None:
    rig = make_rig()
    nr = rig.nornir().filter(name="nobody").with_runner(HAPairs())
    with pytest.raises(BadInput, match="no host is selected"):
        nr.run(task=upgrade_pair, to=NEW)


def test_a_host_of_no_pair_is_refused(make_rig: MakeRig) -> None:
    rig = make_rig()
    nr = rig.nornir()
    nr.inventory.hosts["switch"] = Host("switch", defaults=nr.inventory.defaults)
    texts = refusals(nr.with_runner(HAPairs()).run(task=upgrade_pair, to=NEW))
    assert all("switch: this host belongs to no pair" in text for text in texts)
    assert logins(rig) == 0


def test_a_host_of_no_pair_whose_key_is_misspelt_is_told_so(make_rig: MakeRig) -> None:
    rig = make_rig()
    nr = rig.nornir()
    nr.inventory.groups["p1"].data["ha"]["piar"] = nr.inventory.groups["p1"].data["ha"].pop("pair")
    (text,) = refusals(nr.with_runner(HAPairs()).run(task=upgrade_pair, to=NEW))
    assert "p1a: this host belongs to no pair" in text
    assert "ha.piar: unknown key 'piar'. Next: Did you mean 'pair'?" in text
    assert logins(rig) == 0


@pytest.mark.parametrize(
    ("options", "says"),
    [({"num_workers": 0}, "num_workers is 0"), ({"on_hold": "dance"}, "use one of: wait, ")],
)
def test_wrong_options_of_the_runner_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInput, match=says):
        HAPairs(**options)


# --- from a configuration, with processors that break, and with several pairs ---------------------


def test_the_runner_comes_from_the_configuration(make_rig: MakeRig) -> None:
    rig = make_rig()
    config = rig.config.read_text().removesuffix("}")
    runner = '"runner": {"plugin": "ha_pairs", "options": {"num_workers": 3, "on_hold": "park"}}'
    rig.config.write_text(f"{config}, {runner}}}")
    nr = rig.nornir()
    assert isinstance(nr.runner, HAPairs)
    assert (nr.runner.num_workers, nr.runner.on_hold) == (3, "park")
    assert not nr.run(task=drill_pair).failed


def test_a_processor_that_raises_stops_nothing_and_loses_no_result(make_rig: MakeRig) -> None:
    rig = make_rig()
    nr = rig.nornir().with_processors([Raising()]).with_runner(HAPairs())
    result = nr.run(task=upgrade_pair, to=NEW)
    assert rig.versions == (NEW, NEW)
    for multi in result.values():
        assert not multi.failed
        assert multi[0].result["end"] == "done"
        assert list(dict.fromkeys(named(one) for one in steps_of(multi))) == TEN


def test_one_pair_of_two_fails_and_the_other_is_done(tmp_path: Path) -> None:
    pairs = tuple(
        simple_pair(name, sessions=20, number=n) for n, name in enumerate(("p1", "p2"), 1)
    )
    with LabThread(LabSpec(pairs, speed=20, password=PASSWORD), tmp_path / "lab") as lab:
        rig = Rig(lab, tmp_path)
        groups = (tmp_path / "groups.yaml").read_text()
        (tmp_path / "groups.yaml").write_text(groups[:-1] + ", " + groups[1:].replace("p1", "p2"))
        hosts = (tmp_path / "hosts.yaml").read_text().replace('"p2a": ', '"p2a": ')
        for name in ("p2a", "p2b"):
            at = hosts.index(f'"{name}"')
            hosts = hosts[:at] + hosts[at:].replace('"groups": ["p1"]', '"groups": ["p2"]', 1)
        (tmp_path / "hosts.yaml").write_text(hosts)
        lab.run("p2a", "fwctl ha suspend")
        result = rig.nornir().with_runner(HAPairs()).run(task=drill_pair)
        assert {name for name, multi in result.items() if multi.failed} == {"p2a", "p2b"}
        assert result["p1a"][0].result["end"] == "done"
        assert result["p2a"][0].result["end"] in {"held", "not_started"}
