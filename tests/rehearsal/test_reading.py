"""The pairs are read once; one that cannot be read is named, and the others are rehearsed."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nornir_haupgrade.cli.app import app
from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.procedure.records import Goal, Outcome, Step
from nornir_haupgrade.rehearsal.run import Wanted, prepare
from tests.end_to_end.rig import NEW, OLD, PASSWORD, Rig, started

pytestmark = pytest.mark.ssh


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with started(tmp_path, preempt=True) as it:
        yield it


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def add_pair(rig: Rig, name: str, ports: tuple[int, int]) -> None:
    """One more pair in the inventory."""
    hosts = json.loads((rig.folder / "hosts.yaml").read_text())
    groups = json.loads((rig.folder / "groups.yaml").read_text())
    groups[name] = groups["p1"] | {"data": {"ha": {"pair": name, "platform": "linux_ha"}}}
    for letter, port in zip("ab", ports, strict=True):
        hosts[name + letter] = {"hostname": "127.0.0.1", "port": port, "groups": [name]}
    (rig.folder / "hosts.yaml").write_text(json.dumps(hosts))
    (rig.folder / "groups.yaml").write_text(json.dumps(groups))


def test_twins_are_as_the_pair_was_read(tmp_path: Path) -> None:
    with started(tmp_path, preempt=False) as rig:
        rig.lab.run("p1a", "fwctl ha suspend")
        rig.lab.wait_until(lambda lab: lab.state("p1b").forwards)
        rig.lab.run("p1a", "fwctl ha functional")
        cast = prepare(rig.project(), Wanted(NEW))
        (twin,) = cast.twins
        assert cast.unread == ()
        assert twin.likeness.active == "p1b"
        assert [own.version for own in twin.spec.members] == [OLD, OLD]
        assert not twin.spec.preempt
        # Those of the pair, and what the look at the service left in its table.
        assert 40 <= twin.spec.sessions <= 43
        sent = [entry for entry in rig.lab.audit("command") if entry["by"] == "ssh"]
        assert {entry["effect"] for entry in sent} == {"none"}
        rig.lab.wait_until(lambda lab: not any(state.logins for state in lab.states.values()))


def test_preemption_is_read_too(rig: Rig) -> None:
    (twin,) = prepare(rig.project(), Wanted(NEW)).twins
    assert twin.spec.preempt


def test_a_pair_that_cannot_be_read_is_named_and_the_others_are_rehearsed(rig: Rig) -> None:
    add_pair(rig, "p2", (closed_port(), closed_port()))
    cast = prepare(rig.project(), Wanted(NEW))
    assert [twin.name for twin in cast.twins] == ["p1"]
    (unread,) = cast.unread
    assert unread.pair == "p2"
    assert {finding.where for finding in unread.findings} == {"p2/p2a", "p2/p2b"}
    assert all("refused the connection" in finding.what for finding in unread.findings)

    arguments = ["--config", str(rig.config), "rehearse", "--to", NEW, "--until", "prepare"]
    result = CliRunner().invoke(app, arguments, prog_name="haupgrade")
    assert result.exit_code == 1, result.output
    lines = result.stdout.splitlines()
    assert lines.count("REHEARSAL p2  NOT REHEARSED") == 2  # at once, and at the end
    assert any(line.startswith("REHEARSAL p1  PARKED") for line in lines)
    assert PASSWORD not in result.output


def test_one_device_behind_two_pairs_is_nobody_s_twin(rig: Rig) -> None:
    ports = rig.lab.ports
    add_pair(rig, "p2", (ports["p1a"], ports["p1b"]))
    with pytest.raises(HAUpgradeError) as caught:
        prepare(rig.project(), Wanted(NEW))
    said = str(caught.value)
    for name, other in (("p1/p1a", "p2/p2a"), ("p2/p2b", "p1/p1b")):
        assert f"{name}: is the same device as {other}" in said


def test_a_device_that_refuses_the_login_is_named(rig: Rig) -> None:
    rig.fault("login_refused", "p1b")
    with pytest.raises(HAUpgradeError, match="p1/p1b"):
        prepare(rig.project(), Wanted(NEW))


def test_an_unfinished_campaign_of_the_pair_is_named(rig: Rig) -> None:
    end = rig.run(until=Step.BACK_UP)
    assert end.end is Outcome.PARKED
    wanted = Wanted(NEW, is_read=False)
    (twin,) = prepare(rig.project(), wanted).twins
    (said,) = twin.likeness.unfinished
    assert str(end.campaign) in said
    assert said in twin.differs
    rig.command(Goal.CLOSE)
    (twin,) = prepare(rig.project(), wanted).twins
    assert twin.likeness.unfinished == ()


def test_what_is_assumed_asks_nobody(rig: Rig) -> None:
    (twin,) = prepare(rig.project(), Wanted(NEW, is_read=False)).twins
    assert rig.lab.audit("login") == []
    assert [own.version for own in twin.spec.members] == [OLD, OLD]
