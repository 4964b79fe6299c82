"""``haupgrade lab up --inventory``: twins of any inventory, with a project that points at them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

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
