"""Reaching the members through the pair itself, told apart from a network beside it."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from tests.live.conftest import MakeLive
from tests.live.rig import Live

pytestmark = [pytest.mark.linux, pytest.mark.prove, pytest.mark.timeout(600)]


def _in_fabric(pair: Live, *command: str) -> None:
    with pair.lab.inside():
        subprocess.run(command, check=True)


def test_out_of_band_is_seen_to_pass_beside_the_pair(make_live: MakeLive) -> None:
    pair = make_live("13", has_traffic=False, ha={"critical_sessions": []})
    ended = pair.haupgrade("check", "--to", pair.lab.image("13").version)
    assert ended.code == 0, ended.story()


def test_through_the_pair_and_not_declared_is_refused(make_live: MakeLive) -> None:
    pair = make_live(
        "13",
        has_traffic=False,
        is_through_pair=True,
        ha={"management_path": "out_of_band", "critical_sessions": []},
    )
    ended = pair.haupgrade("run", "--to", pair.lab.image("13").version, "--yes")
    assert ended.code == 3, ended.story()
    assert "but is declared out_of_band" in ended.said
    assert pair.commands("p1a", "fwctl ha suspend") == []


def test_through_the_pair_a_whole_upgrade(make_live: MakeLive) -> None:
    pair = make_live("13", is_through_pair=True)
    version = pair.lab.image("13").version
    ended = pair.haupgrade("run", "--to", version, "--yes")
    assert ended.code == 0, ended.story()
    assert "as declared" in str([result.verdict.facts for result in pair.results()])
    assert pair.versions() == (version, version)
    pair.nothing_lost()


def test_losing_the_controller_s_own_way_is_no_loss_of_service(make_live: MakeLive) -> None:
    pair = make_live("13", is_through_pair=True)
    version = pair.lab.image("13").version

    def cut(event: dict[str, Any]) -> None:
        is_services = event["event"] == "run-started" and event["run"]["action"] == "services"
        if is_services and pair.roles() == ("BACKUP", "MASTER"):  # after the trial
            _in_fabric(pair, "ip", "route", "replace", "blackhole", "10.2.1.0/24")

    ended = pair.haupgrade("run", "--to", version, "--yes", at=cut)
    assert ended.code == 3, ended.story()
    assert "this controller's own path may be lost" in ended.said
    pair.nothing_lost()
