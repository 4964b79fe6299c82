"""What NAPALM reads before and after an upgrade; its own driver reads the answers from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from nornir_haupgrade.engines.checking import check
from nornir_haupgrade.engines.events import Ended, Event, RunEnded
from nornir_haupgrade.model import Status
from nornir_haupgrade.procedure.records import Action, Choice, Outcome
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import Rig

PEERS: dict[str, dict[str, object]] = {
    "192.0.2.1": {"is_up": True, "remote_as": 65001, "uptime": 3600},
    "192.0.2.2": {"is_up": True, "remote_as": 65002, "uptime": 3600},
}


def answers(folder: Path, member: str, peers: object) -> None:
    """What NAPALM reads of a member from now on."""
    (folder / member).mkdir(exist_ok=True)
    data = {"global": {"router_id": "192.0.2.9", "peers": peers}}
    (folder / member / "get_bgp_neighbors.1").write_text(json.dumps(data))


@pytest.fixture
def rig(make_rig: MakeRig, tmp_path: Path) -> Rig:
    """The pair, and an inventory that says how NAPALM reaches its members."""
    rig = make_rig(ha={"getters": [{"get_bgp_neighbors": {"settle": 2}}]})
    hosts: dict[str, Any] = json.loads((rig.folder / "hosts.yaml").read_text())
    for member, host in hosts.items():
        answers(tmp_path, member, PEERS)
        extras = {"optional_args": {"path": str(tmp_path / member)}}
        napalm = {"hostname": member, "platform": "mock", "extras": extras}
        host["connection_options"] = {"napalm": napalm}
    (rig.folder / "hosts.yaml").write_text(json.dumps(hosts))
    return rig


def rows(rig: Rig) -> dict[str, str]:
    (baseline,) = rig.results(Action.BASELINE)
    return dict(baseline.facts)


def test_each_member_is_compared_with_its_own_baseline(rig: Rig, tmp_path: Path) -> None:
    answers(tmp_path, "p1b", {"192.0.2.7": PEERS["192.0.2.1"]})
    assert rig.run().end is Outcome.DONE, rig.story
    kept = rig.campaign.get_raw(rows(rig)["getter:p1b:get_bgp_neighbors"])
    assert list(json.loads(kept)["global"]["peers"]) == ["192.0.2.7"]
    said = [dict(found.verdict.facts)["get_bgp_neighbors"] for found in rig.results(Action.WHOLE)]
    assert said == ["pass: p1a: 2 items as before", "pass: p1b: 1 item as before"]
    rig.audit_proof()


def test_a_neighbour_that_does_not_come_back_holds_the_pair(rig: Rig, tmp_path: Path) -> None:
    down = {"192.0.2.1": PEERS["192.0.2.1"] | {"is_up": False, "uptime": 5}}

    def lose(event: Event) -> None:
        if isinstance(event, RunEnded) and event.run.action is Action.RELOAD:
            answers(tmp_path, event.run.members[0], down)

    assert rig.run(listener=lose).end is Ended.HELD
    reason = (
        "p1a: 1 of 2 items missing: global 192.0.2.2; 1 changed: global 192.0.2.1: is_up was"
        " true, is false"
    )
    (failed,) = [found for found in rig.results(Action.WHOLE) if not found.verdict.is_good]
    assert failed.verdict.status is Status.FAIL
    assert reason in failed.verdict.reason

    # The baseline is in the history, so whoever goes on compares with it, too.
    answers(tmp_path, "p1a", PEERS)
    assert rig.run(on_hold=Choice.RETRY).end is Outcome.DONE, rig.story
    rig.audit_proof()


def test_a_neighbour_that_takes_its_time_is_waited_for(rig: Rig, tmp_path: Path) -> None:
    down = {name: peer | {"is_up": False} for name, peer in PEERS.items()}

    def late(event: Event) -> None:
        if isinstance(event, RunEnded) and event.run.action is Action.RELOAD:
            answers(tmp_path, event.run.members[0], down)
        elif "2 changed: global 192.0.2.1: is_up was true" in str(event):
            answers(tmp_path, "p1a", PEERS)
            answers(tmp_path, "p1b", PEERS)

    assert rig.run(listener=late).end is Outcome.DONE, rig.story
    assert rig.failures == []


def test_a_check_says_whether_they_can_be_read(rig: Rig, tmp_path: Path) -> None:
    (found,) = check(rig.project(is_upgrade=False))
    verdict = {one.name: one.verdict for one in found.checks}["getters"]
    assert verdict.status is Status.PASS
    answers(tmp_path, "p1a", {})
    (found,) = check(rig.project(is_upgrade=False))
    verdict = {one.name: one.verdict for one in found.checks}["getters"]
    assert verdict.status is Status.ERROR
    assert not found.is_ready
    assert rig.lab.audit() == [] or not rig.audit_proof().effects("suspend", "install")
