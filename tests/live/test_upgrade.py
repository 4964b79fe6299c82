"""Debian 12 to 13 on both members, with live connections through them; none is lost."""

from __future__ import annotations

import time
from statistics import median

import pytest

from nornir_haupgrade.lab.linux import LinuxSpec
from nornir_haupgrade.lab.linux.connections import summary
from tests.live.conftest import MakeLive
from tests.live.rig import Live, outages_of

pytestmark = [pytest.mark.linux, pytest.mark.timeout(600)]


def _upgraded(pair: Live, version: str) -> dict[str, object]:
    """Upgrade, prove that all is as it should be, and print what it cost."""
    began = time.monotonic()
    ended = pair.haupgrade("run", "--to", version, "--yes")
    seconds = time.monotonic() - began
    assert ended.code == 0, ended.story()
    end = ended.end()
    assert (end["end"], end["owed"]) == ("done", []), ended.story()
    assert pair.versions() == (version, version)
    assert sorted(pair.roles()) == ["BACKUP", "MASTER"]
    assert pair.touched_while_active() == []
    for member in ("p1a", "p1b"):
        assert len(pair.commands(member, "fwctl reboot")) == 1
    report = pair.nothing_lost()
    print(f"\n{pair.version} -> {version} in {seconds:.0f} s")
    for line in outages_of(end):
        print(f"  outage {line}")
    print(f"  {summary(report)}")
    return end


def _to(pair: Live, image: str = "13") -> str:
    return str(pair.lab.image(image).version)


def test_a_whole_upgrade_loses_no_connection(make_live: MakeLive) -> None:
    pair = make_live("13")
    end = _upgraded(pair, _to(pair))
    gaps = [gap for one in end["switchovers"] for gap in one["outages"]]  # type: ignore[attr-defined]
    assert len(gaps) == 2  # the trial, and step 6
    assert all(0 < gap["seconds"] < 5 for gap in gaps)
    canaries = [one for row in end["switchovers"] for one in row["canaries"]]  # type: ignore[attr-defined]
    assert [one["is_alive"] for one in canaries] == [True, True]
    assert pair.report().nat_seen_as != pair.report().seen_as


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_five_of_five_upgrades_lose_no_connection(make_live: MakeLive) -> None:
    """Each starts from the old release, on a pair of its own."""
    costs: dict[str, list[float]] = {}
    for _ in range(5):
        pair = make_live("13")
        end = _upgraded(pair, _to(pair))
        for one in end["switchovers"]:  # type: ignore[attr-defined]
            costs.setdefault(one["step"], []).append(one["outages"][0]["seconds"] * 1000)
        pair.lab.stop()
    assert {step: len(found) for step, found in costs.items()} == {"trial": 5, "switch_over": 5}
    for step, found in costs.items():
        print(
            f"outage of {step}: median {median(found):.0f} ms, "
            f"{min(found):.0f} to {max(found):.0f} ms in {len(found)} runs"
        )


@pytest.mark.prove
def test_preemption_is_lent_before_the_trial_and_given_back_at_the_end(
    make_live: MakeLive,
) -> None:
    pair = make_live("13", spec=LinuxSpec(preempt=True))
    _upgraded(pair, _to(pair))
    assert [member for member, state in pair.role_changes() if state == "MASTER"] == [
        "p1a",  # as it was found
        "p1b",  # the trial
        "p1a",  # step 6; step 10 finds the preferred one active already
    ]
    lent = [entry for entry in pair.lab.audit("command") if "preempt" in entry["command"]]
    assert [entry["command"].split()[-1] for entry in lent] == ["off", "off", "on", "on"]
    trial = pair.commands("p1a", "fwctl ha suspend")[0]
    assert max(entry["number"] for entry in lent[:2]) < trial["number"]
    for member in ("p1a", "p1b"):
        assert "Preempt: yes" in pair.by_hand(member, "fwctl show ha")


@pytest.mark.parametrize("purpose", ["drill", pytest.param("reboot", marks=pytest.mark.prove)])
def test_without_software_the_same_care_and_figures(make_live: MakeLive, purpose: str) -> None:
    pair = make_live("13")
    ended = pair.haupgrade(purpose, "--yes")
    assert ended.code == 0, ended.story()
    assert pair.versions() == (pair.version, pair.version)
    assert pair.roles() == ("MASTER", "BACKUP")
    reboots = [len(pair.commands(member, "fwctl reboot")) for member in ("p1a", "p1b")]
    assert reboots == ([0, 0] if purpose == "drill" else [1, 1])
    assert pair.touched_while_active() == []
    pair.nothing_lost()
    for line in outages_of(ended.end()):
        print(f"{purpose}: outage {line}")


@pytest.mark.prove
@pytest.mark.timeout(1200)
def test_ten_pairs_in_one_campaign(make_live: MakeLive) -> None:
    pairs = make_live("13", spec=LinuxSpec(pairs=10), long=50, settle=20.0)
    version = _to(pairs)
    began = time.monotonic()
    ended = pairs.haupgrade("run", "--to", version, "--yes")
    print(f"\n10 pairs, {pairs.long} connections each, in {time.monotonic() - began:.0f} s")
    assert ended.code == 0, ended.story()
    assert pairs.touched_while_active() == []
    for number in range(1, 11):
        name = f"p{number}"
        assert pairs.versions(name) == (version, version)
        report = pairs.nothing_lost(name)
        print(f"{name}: lost {len(report.lost)}; {'; '.join(outages_of(ended.end(name)))}")
