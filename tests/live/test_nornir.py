"""The same on real pairs through `nr.run(task=...)`: whole pairs, and task by task."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nornir_haupgrade.lab.linux import LinuxSpec
from nornir_haupgrade.lab.linux.connections import summary
from tests.live.conftest import MakeLive
from tests.live.rig import Live, outages_of

pytestmark = [pytest.mark.linux, pytest.mark.prove, pytest.mark.timeout(900)]


def _own(answer: dict[str, Any], host: str) -> dict[str, Any]:
    """A member's own row, above its steps."""
    (row,) = [row for row in answer["rows"] if row["host"] == host and row["depth"] == 0]
    return dict(row)


def test_a_whole_upgrade_by_nornir_loses_no_connection(make_live: MakeLive) -> None:
    pair = make_live("13", spec=LinuxSpec(preempt=True))
    version = str(pair.lab.image("13").version)
    answer = pair.by_nornir("upgrade_pair", "--params", json.dumps({"to": version}))
    assert not answer["failed"], answer
    end = _own(answer, "p1a")["result"]
    assert (end["end"], end["owed"]) == ("done", [])
    assert pair.versions() == (version, version)
    assert pair.touched_while_active() == []
    steps = [row["name"] for row in answer["rows"] if row["host"] == "p1b" and row["depth"] == 1]
    assert [name.split()[0] for name in dict.fromkeys(steps)] == [str(n) for n in range(11)]
    report = pair.nothing_lost()
    print(f"\n{pair.version} -> {version} by nr.run(task=upgrade_pair)")
    for line in outages_of(end):
        print(f"  outage {line}")
    print(f"  {summary(report)}")


def test_an_image_without_ha_is_rolled_back_by_nornir(make_live: MakeLive) -> None:
    pair = make_live("13-no-ha")
    version = str(pair.lab.image("13-no-ha").version)
    params = json.dumps({"to": version})
    answer = pair.by_nornir("upgrade_pair", "--on-hold", "roll-back", "--params", params)
    assert answer["failed"]
    assert _own(answer, "p1a")["result"]["end"] == "rolled_back"
    assert pair.versions() == (pair.version, pair.version)
    assert pair.touched_while_active() == []
    pair.nothing_lost()


def test_a_pair_is_upgraded_task_by_task_and_loses_no_connection(make_live: MakeLive) -> None:
    pair = make_live("13")
    version = str(pair.lab.image("13").version)
    to = json.dumps({"to": version})
    by_role = {str(row["result"]["role"]): str(row["host"]) for row in _status(pair)}
    active, standby = by_role["active"], by_role["standby"]
    for task, host, *params in (
        ("back_up_config", active),
        ("back_up_config", standby),
        ("stage_image", standby, to),
        ("upgrade_member", standby, to),
        ("switch_over", standby),
        ("upgrade_member", active, to),
        ("switch_over", active),
    ):
        named = ["--params", *params] if params else []
        answer = pair.by_nornir(task, "--host", host, *named)
        assert not answer["failed"], answer
    assert pair.versions() == (version, version)
    assert {row["host"]: row["result"]["role"] for row in _status(pair)}[active] == "active"
    assert pair.touched_while_active() == []
    print(f"\n{pair.version} -> {version} task by task\n  {summary(pair.nothing_lost())}")


def _status(pair: Live) -> list[dict[str, Any]]:
    answer = pair.by_nornir("ha_status")
    assert not answer["failed"], answer
    return list(answer["rows"])
