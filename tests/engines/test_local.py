"""What an engine refuses it leaves as it was; a full disk takes away no pair's end."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import pytest

from nornir_haupgrade.engines.answers import Policy
from nornir_haupgrade.engines.events import Event, PairEnd, RunStarted, Told
from nornir_haupgrade.engines.history import History
from nornir_haupgrade.engines.local import LocalEngine
from nornir_haupgrade.engines.store import Campaign, Store
from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.model import MemberFacts, PairFacts, Preemption, Role, Status, Verdict
from nornir_haupgrade.platforms import known_platforms
from nornir_haupgrade.procedure.plan import Plan, Purpose, Traits
from nornir_haupgrade.procedure.records import (
    Action,
    Choice,
    Goal,
    Lease,
    LeaseKind,
    Opened,
    Outcome,
    Result,
    Run,
    Started,
)
from nornir_haupgrade.settings import open_project

PAIRS = ("p1", "p2")
OWED = Lease(LeaseKind.PREEMPTION, "p1a")


@dataclass
class Site:
    """Two pairs that do not answer and have a campaign, and a listener that fails for p1."""

    engine: LocalEngine
    events: list[Event] = field(default_factory=list)
    defects: list[Exception] = field(default_factory=list)

    def give_back(self) -> dict[str, PairEnd]:
        return {end.pair: end for end in self.engine.command(Goal.CLOSE, "asked by the test")}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    hosts = {
        f"{pair}{one}": {"hostname": "127.0.0.1", "port": 1, "username": "u", "password": "pw"}
        | {"data": {"ha": {"pair": pair, "platform": "linux_ha"}}}
        for pair in PAIRS
        for one in "ab"
    }
    options = {f"{name}_file": f"{tmp_path}/{name}s.yaml" for name in ("host", "group", "defaults")}
    ours = {"connect_timeout": 1, "reload_timeout": 1, "settle_timeout": 1}
    config = {
        "inventory": {"plugin": "SimpleInventory", "options": options},
        "user_defined": {"haupgrade": ours},
    }
    contents = {"hosts": hosts, "groups": {}, "defaultss": {"data": {}}, "config": config}
    for name, content in contents.items():
        (tmp_path / f"{name}.yaml").write_text(json.dumps(content))
    events: list[Event] = []
    defects: list[Exception] = [RuntimeError("a defect")]

    def listen(event: Event) -> None:
        events.append(event)
        if isinstance(event, RunStarted) and event.pair == "p1":
            raise defects[-1]

    project = open_project(tmp_path / "config.yaml", platforms=known_platforms())
    policy = Policy(Choice.PARK, who="tester")
    site = Site(LocalEngine(project, policy=policy, listener=listen), events, defects)
    campaign = site.engine.store.create()
    for pair in PAIRS:
        _begun(campaign, pair)
    return site


def _begun(campaign: Campaign, pair: str) -> None:
    names = (f"{pair}a", f"{pair}b")
    facts = PairFacts(
        tuple(
            (name, MemberFacts(f"id-{name}", role, "12.15", "boot", "12.15",
                               preemption=Preemption.OFF))
            for name, role in zip(names, (Role.ACTIVE, Role.STANDBY), strict=True)
        )
    )  # fmt: skip
    look, borrow = Run(Action.LOOK, names), Run(Action.BORROW_PREEMPTION, names)
    plan = Plan(pair, names, (f"id-{names[0]}", f"id-{names[1]}"), ("12.15", "13.8"), Traits())
    for record in (
        Opened(plan, Goal.UP),
        Started(look),
        Result(look, Verdict(Status.PASS, "seen"), facts),
        Started(borrow, frozenset({Lease(LeaseKind.PREEMPTION, names[0])})),
        Result(borrow, Verdict(Status.PASS, "borrowed"), facts),
    ):
        campaign.history.append(pair, record)


def _full(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_defect_ends_one_pair_and_is_kept(site: Site) -> None:
    ends = site.give_back()
    assert ends["p1"].end is Outcome.FAILED
    assert "internal error: RuntimeError: a defect; kept as raw/" in ends["p1"].reason
    assert "internal error" not in ends["p2"].reason
    (owed,) = ends["p1"].owed
    assert (owed.lease, len(owed.commands) > 0) == (OWED, True)


def test_what_is_no_defect_is_not_called_one(site: Site) -> None:
    site.defects.append(HAUpgradeError("the disk is full", advice="make room"))
    end = site.give_back()["p1"]
    assert (end.end, end.reason) == (Outcome.FAILED, "the disk is full. Next: make room")
    assert "report this error" not in end.advice


def test_with_a_full_disk_every_pair_still_has_its_end(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Campaign, "put_raw", _full)
    monkeypatch.setattr(Campaign, "write_report", _full)
    ends = site.give_back()
    assert set(ends) == set(PAIRS)
    assert "a defect; could not be kept: [Errno 28] No space left" in ends["p1"].reason
    assert [owed.lease for owed in ends["p1"].owed] == [OWED]
    (told,) = [
        event.text for event in site.events if isinstance(event, Told) and "rep" in event.text
    ]
    assert told.endswith("could not be written: [Errno 28] No space left on device")


def test_what_is_owed_is_told_without_commands_where_these_cannot_be(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nornir_haupgrade.pair.Pair.commands", _full)
    monkeypatch.setattr(History, "head", _full)
    end = site.give_back()["p1"]
    assert [(owed.lease, owed.commands) for owed in end.owed] == [(OWED, ())]
    assert "commands could not be told: [Errno 28]" in end.owed[0].reason
    assert end.head.startswith("could not be read: [Errno 28]")


# --- refused --------------------------------------------------------------------------------------


def test_a_command_that_one_pair_refuses_changes_no_other(site: Site, tmp_path: Path) -> None:
    hosts = json.loads((tmp_path / "hosts.yaml").read_text())
    for name in ("p3a", "p3b"):
        hosts[name] = {**hosts["p1a"], "data": {"ha": {"pair": "p3", "platform": "linux_ha"}}}
    (tmp_path / "hosts.yaml").write_text(json.dumps(hosts))
    project = open_project(tmp_path / "config.yaml", platforms=known_platforms())
    engine = LocalEngine(project, policy=Policy(who="tester"))
    campaign = Store(engine.store.root).latest_for("p1")
    assert campaign is not None
    before = campaign.history.records("p1")
    with pytest.raises(BadInput, match="p3: there is no campaign of this pair"):
        engine.command(Goal.BACK, "asked by the test")
    assert campaign.history.records("p1") == before, "it would be rolled back by the next run"


@pytest.mark.parametrize("purpose", [Purpose.BACK_UP, Purpose.PREEMPTION_OFF])
def test_there_is_no_way_back_from_what_took_no_software_anywhere(
    site: Site, purpose: Purpose
) -> None:
    """Its path is what the members ran, in no order: `back` on it could upgrade one."""
    campaign = site.engine.store.create()
    names, ids = ("p1a", "p1b"), ("id-p1a", "id-p1b")
    plan = Plan("p1", names, ids, ("13.8", "12.15"), Traits(), purpose=purpose, member="p1b")
    campaign.history.append("p1", Opened(plan, Goal.UP))
    with pytest.raises(BadInput, match="with no way back"):
        site.engine.command(Goal.BACK, "asked by the test")
    history = Store(site.engine.store.root).open(campaign.id).history
    assert len(history.records("p1")) == 1
