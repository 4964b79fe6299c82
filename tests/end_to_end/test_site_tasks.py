"""The site's own tasks in a whole upgrade: they are asked, told, and never in the way of it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from nornir_haupgrade.engines.events import Ended, Event, RunEnded, Told
from nornir_haupgrade.procedure.records import Action, Choice, Goal, Kind, Outcome
from tests.end_to_end.killing import ROOT
from tests.end_to_end.rig import NEW, PASSWORD, Rig, together
from tests.site.web import Answer, Web, serving

pytestmark = pytest.mark.ssh

NO_OPEN_CHANGE = "tasks.no_open_change.no_open_change"
GATE = {"name": "no-open-change", "task": NO_OPEN_CHANGE}
TOLD = ["tasks.notify.post", "tasks.notify.append"]


@pytest.fixture(autouse=True)
def past_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def site(rig: Rig, stack: ExitStack, answer: Answer = lambda _: (200, {"status": "up"})) -> Web:
    """Give the pair what the shipped tasks read, and a web server that hears them."""
    web = stack.enter_context(serving(answer))
    path = rig.folder / "groups.yaml"
    groups = json.loads(path.read_text())
    groups["p1"]["data"] |= {
        "health": {"url": f"{web.url}/health", "key": "status", "value": "up"},
        "open_changes": {"file": str(changes(rig)), "about": ["p1"]},
        "webhook": f"{web.url}/hook",
        "event_log": str(rig.folder / "events.jsonl"),
    }
    path.write_text(json.dumps(groups))
    changes(rig).write_text("p2 CHG0041 another pair\n")
    return web


def changes(rig: Rig) -> Path:
    """The list of open changes."""
    return rig.folder / "open_changes.txt"


def said(rig: Rig, action: Action) -> list[str]:
    """What the gate said, each time."""
    return [
        value
        for found in rig.results(action)
        for label, value in found.verdict.facts
        if label == "gate no-open-change"
    ]


def all_is_well(rig: Rig) -> None:
    with ExitStack() as stack:
        web = site(rig, stack)
        end = rig.run()
        hooks = [asked.json for asked in web.asked if asked.path == "/hook"]
    assert end.end is Outcome.DONE
    good = f"pass: {NO_OPEN_CHANGE}: no change is open on p1"
    assert said(rig, Action.READINESS) == [good]
    switches = [found.run.to for found in rig.results(Action.SWITCH)]
    assert said(rig, Action.ENTRY)[: len(switches)] == [good] * len(switches)
    assert len(switches) >= 2
    services = [dict(found.facts)["service:app"] for found in rig.results(Action.SERVICES)]
    assert set(services) == {"tasks.http_health.http_health: status is up"}
    moved = [("switched-over", to) for to in switches]
    assert [(event["event"], event.get("to")) for event in hooks] == [*moved, ("ended", None)]
    last = hooks[-1]
    assert (last["end"], last["owed"], last["head"]) == ("done", [], end.head)
    assert {member["version"] for member in last["members"].values()} == {NEW}
    assert last["campaign"] == rig.campaign.id
    lines = (rig.folder / "events.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == hooks
    rig.audit_proof()


def a_change_is_opened_in_between(rig: Rig) -> None:
    """The gate closes after prepare: held before the trial; no acceptance; then it goes on."""

    def open_one(event: Event) -> None:
        if isinstance(event, RunEnded) and event.run.action is Action.BORROW_PREEMPTION:
            changes(rig).write_text("p1 CHG0042 line card\n")

    with ExitStack() as stack:
        web = site(rig, stack)
        end = rig.run(listener=open_one)
        assert end.end is Ended.HELD
        assert end.ask is not None
        assert (end.ask.kind, Choice.CONTINUE in end.ask.options) == (Kind.GATE, False)
        assert "gate no-open-change" in end.reason
        assert "open: p1 CHG0042 line card" in end.reason
        assert rig.results(Action.SWITCH) == []
        changes(rig).write_text("")
        assert rig.run(on_hold=Choice.RETRY).end is Outcome.DONE
    told = [asked.json["event"] for asked in web.asked if asked.path == "/hook"]
    assert told[:3] == ["held", "held", "switched-over"]  # shown again by the second run
    rig.audit_proof()


def a_gate_that_raises(rig: Rig) -> None:
    end = rig.run()
    assert end.end is Ended.HELD
    assert end.ask is not None
    assert end.ask.kind is Kind.NOT_MEASURED
    assert "gate own: could not be asked: tests.end_to_end.own_tasks.broken_gate" in end.reason
    raw = {digest for found in rig.results(Action.READINESS) for digest in found.raw}
    traces = [text for text in map(rig.campaign.get_raw, raw) if "Traceback" in text]
    assert traces
    assert all("ConnectionError: the ticket system refuses ***" in text for text in traces)
    assert PASSWORD not in end.reason
    command = [sys.executable, "-m", "tests.end_to_end.command_line", "--config", str(rig.config)]
    checked = subprocess.run([*command, "check"], cwd=ROOT, capture_output=True, check=False)
    shown = (checked.stdout + checked.stderr).decode()
    assert checked.returncode == 1
    assert "refuses ***" in " ".join(shown.split())
    assert "Traceback" not in shown  # of Nornir's own log, which knows no secrets
    assert PASSWORD not in shown
    rig.audit_proof()


def nobody_can_be_told(rig: Rig) -> None:
    """Each way of telling fails, and the upgrade is what it would be without."""
    with ExitStack() as stack:
        site(rig, stack, lambda _: (503, {}))
        (rig.folder / "events.jsonl").mkdir()  # where a file is wanted
        end = rig.run()
    assert end.end is Outcome.DONE
    told = [event.text for event in rig.events if isinstance(event, Told)]
    failed = [text for text in told if text.startswith("not notified: ")]
    for words in ("tasks.notify.post: HTTP 503", "IsADirectoryError", "no room for ended"):
        assert any(words in text for text in failed), failed
    for text in failed:
        kept = text.rpartition("raw/")[2]
        assert rig.campaign.get_raw(kept).startswith("notify: ")
    rig.audit_proof()


def the_way_back(rig: Rig) -> None:
    """Services are dead after the trial, and a change is open: the role goes back all the same."""

    def open_one(event: Event) -> None:
        if isinstance(event, RunEnded) and event.run.action is Action.SWITCH:
            changes(rig).write_text("p1 CHG0042 line card\n")

    rig.fault("data_dead", "p1b")
    with ExitStack() as stack:
        site(rig, stack)
        end = rig.run(listener=open_one)
    assert end.end is Outcome.NOT_STARTED
    assert rig.roles == ("MASTER", "BACKUP")
    before, back, last = said(rig, Action.ENTRY)
    assert before.startswith("pass: ")
    assert back.startswith("warn: does not hold up the way back: ")
    # Giving preemption back could move the role, and nobody waits for that.
    assert last.startswith("fail: ")
    assert [str(owed.lease.kind) for owed in end.owed] == ["preemption", "preemption"]
    changes(rig).write_text("")
    assert rig.command(Goal.CLOSE).owed == ()
    rig.audit_proof(is_dead=True)


def test_the_site_s_tasks_in_an_upgrade(tmp_path: Path) -> None:
    task = "tasks.http_health.http_health"
    health = {"name": "app", "type": "task", "task": task, "settle": 1.5, "stable_for": 0.1}
    own = "tests.end_to_end.own_tasks"
    broken = {"name": "own", "task": f"{own}.broken_gate", "when": ["prepare"]}
    settings: dict[str, dict[str, Any]] = {
        "all_is_well": {"gates": [GATE], "notify": TOLD, "services": [health]},
        "a_change_is_opened_in_between": {"gates": [GATE], "notify": TOLD[:1]},
        "a_gate_that_raises": {"gates": [broken]},
        "nobody_can_be_told": {"notify": [*TOLD, f"{own}.broken_notice"]},
        "the_way_back": {"gates": [GATE]},
    }
    scenarios = (
        all_is_well,
        a_change_is_opened_in_between,
        a_gate_that_raises,
        nobody_can_be_told,
        the_way_back,
    )
    together(tmp_path, {one.__name__: (one, {"ha": settings[one.__name__]}) for one in scenarios})
