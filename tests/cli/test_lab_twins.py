"""``haupgrade lab up --inventory``: twins of any inventory, with a project that points at them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nornir_haupgrade.settings import init_nornir
from tests.cli.conftest import Call, Site

pytestmark = pytest.mark.ssh


@pytest.fixture
def up(site: Site, call: Call, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site whose twins run at speed; its own devices are never contacted."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    site.write()
    out = begin("--inventory", "inventory", "--speed", "20")
    assert "nothing was read" in out
    assert "2 twins of 1 pair run" in out
    yield site
    call("lab", "down")


def begin(*arguments: str) -> str:
    """Start twins by a command of its own: they must outlive it."""
    command = [sys.executable, "-m", "nornir_haupgrade", "lab", "up", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    return done.stdout


def test_the_twins_are_listed_checked_and_broken(up: Site, call: Call) -> None:
    folder = up.folder / ".lab"
    code, out, _ = call("lab", "devices")
    assert code == 0
    rows = [line.split() for line in out.splitlines()[2:]]
    ports = {name: port for name, (_, port) in
             json.loads((folder / "lab.json").read_text())["members"].items()}  # fmt: skip
    assert rows == [
        ["p1", "p1a", "linux_ha", "12.15", "127.0.0.1", str(ports["p1a"]), "MASTER"],
        ["p1", "p1b", "linux_ha", "12.15", "127.0.0.1", str(ports["p1b"]), "BACKUP"],
    ]
    twins = ("--config", str(folder / "config.yaml"))
    code, out, _ = call(*twins, "check", "--to", "13.8")
    assert (code, "ready: p1" in out) == (0, True)

    (up.folder / "faults.yaml").write_text("- fault: sync_stuck\n  pair: p1\n")
    code, out, err = call("lab", "fault", "faults.yaml")
    assert (code, err) == (0, "")
    assert "sync_stuck" in out
    for path in folder.rglob("*"):
        assert not path.is_file() or b"pw" not in path.read_bytes().split(), path
    out = call("lab", "up", "--inventory", "inventory")[1]
    assert out.startswith("a lab runs already")
    # What is said to do next must not be done to the real pairs.
    assert f"haupgrade --config {folder / 'config.yaml'} run --to VERSION" in out
    assert "haupgrade run" not in out

    other = up.folder / "other"
    other.mkdir()
    for name in ("hosts", "groups"):
        text = (up.folder / "inventory" / f"{name}.yaml").read_text()
        (other / f"{name}.yaml").write_text(text.replace("p1", "q1"))
    code, _, err = call("lab", "up", "--inventory", "other")
    assert (code, "a lab runs already" in err, "not used: --inventory" in err) == (2, True, True)


def test_how_to_log_in_is_said(up: Site, call: Call) -> None:
    known_hosts = up.folder / ".lab" / "known_hosts"
    ssh = f"ssh -o UserKnownHostsFile={known_hosts} -p PORT admin@127.0.0.1"
    line = f"log in    {ssh}; password loopback-only\n"
    code, out, _ = call("lab", "status")
    assert (code, line in out) == (0, True)
    assert "no driver yet" not in out
    assert "enable" not in out


def next_in(out: str) -> list[str]:
    """What is said to do next."""
    (line,) = [line for line in out.splitlines() if line.startswith("next ")]
    return line.removeprefix("next").strip().split("; ")


def test_twins_without_a_driver_stop_no_others(
    site: Site, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    site.write()
    platforms = {"fw": "linux_ha", "dc": "cisco_asa", "fg": "fortinet", "pa": "paloalto_panos"}
    groups: dict[str, Any] = {
        pair: {"data": {"ha": {"pair": pair, "platform": platform}}}
        for pair, platform in platforms.items()
    }
    groups["fw"]["data"]["ha"]["backs_up"] = ["dc"]
    hosts = {
        f"{pair}{letter}": {"hostname": "127.0.0.1", "port": site.port, "groups": [pair]}
        for pair in platforms
        for letter in "ab"
    }
    for name, content in (("hosts", hosts), ("groups", groups)):
        (site.folder / "inventory" / f"{name}.yaml").write_text(json.dumps(content))
    folder = site.folder / "twins"
    state = ("--state", "twins")
    try:
        out = begin("--inventory", "inventory", *state)
        assert "8 twins of 4 pairs run" in out
        for said in (out, call("lab", "status", *state)[1]):
            assert "no driver yet: dc, fg, pa: log in by ssh\n" in said
            assert "enable    password enable: dc\n" in said
            assert next_in(said) == [
                f"haupgrade --config {folder / 'config.yaml'} check",
                f"haupgrade --config {folder / 'config.yaml'} run --to VERSION",
                f"haupgrade lab devices --state {folder}",
                f"haupgrade lab down --state {folder}",
            ]
        code, out, err = call(*next_in(out)[0].split()[1:])
        assert (code, err) == (0, "")
        assert "ready: fw\n" in out
        nr = init_nornir(folder / "config.yaml")
        assert set(nr.inventory.hosts) == set(hosts)
        with nr.inventory.hosts["fga"].get_connection("netmiko", nr.config) as shell:
            assert "Hostname: fga" in shell.send_command("get system status")
    finally:
        call("lab", "down", *state)


def test_where_no_pair_has_a_driver_nothing_is_checked(
    site: Site, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    site.ha = {"platform": "fortinet"}
    site.ours = {"images": []}
    site.write()
    try:
        out = begin("--inventory", "inventory")
        assert next_in(out) == ["haupgrade lab devices", "haupgrade lab down"]
    finally:
        call("lab", "down")


@pytest.mark.prove
def test_down_leaves_no_port_and_up_begins_afresh(up: Site, call: Call) -> None:
    folder = up.folder / ".lab"
    assert call("lab", "down")[0] == 0
    assert call("lab", "devices")[:2] == (1, f"no lab runs in {folder}\n")
    (folder / "campaigns").mkdir()
    assert "assumed to run 13.1" in begin("--inventory", "config.yaml", "--from", "13.1")
    assert not (folder / "campaigns").exists()
    assert len(list(folder.glob("campaigns-*"))) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--inventory", "nowhere"], "nowhere"),
        (["--inventory", "config.yaml", "--spec", "lab.yaml"], "either --spec or --inventory"),
        (["--inventory", "config.yaml", "--state", "."], "none of twins"),
        (["--speed", "5"], "either --spec or --inventory"),
        (["--pair", "p1"], "either --spec or --inventory"),
        (["--inventory", "config.yaml", "--pair", "p9"], "p9"),
        (["--inventory", "config.yaml", "--fault", "bad.yaml"], "there is no fault 'explodes'"),
    ],
)
def test_bad_input_starts_nothing(site: Site, call: Call, arguments: list[str], said: str) -> None:
    site.write()
    (site.folder / "bad.yaml").write_text("- fault: explodes\n")
    code, out, err = call("lab", "up", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert not (site.folder / ".lab").exists()


def test_a_platform_that_is_not_simulated_is_named(site: Site, call: Call) -> None:
    site.ha = {"platform": "abacus"}
    site.write()
    code, _, err = call("lab", "up", "--inventory", "config.yaml")
    assert code == 2
    assert "abacus" in err
