"""``haupgrade lab``: a process in the background."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Site

pytestmark = pytest.mark.ssh

SPEC = """
speed: 20
pairs:
  - name: p1
    members: [{name: p1a}, {name: p1b}]
"""


@pytest.fixture
def spec(site: Site, call: Call, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    site.write()
    path = site.folder / "examples" / "lab.yaml"
    path.parent.mkdir()
    path.write_text(SPEC)
    yield path
    call("lab", "down")


def test_up_status_down(spec: Path, call: Call) -> None:
    assert call("lab", "status")[:2] == (1, f"no lab runs in {spec.parents[1] / '.lab'}\n")
    code, out, err = call("lab", "up")
    assert (code, err) == (0, "")
    assert "p1a" in out
    assert "MASTER" in out
    pid = int((spec.parents[1] / ".lab" / "pid").read_text())
    code, out, _ = call("lab", "up")
    assert (code, "runs already" in out) == (0, True)
    assert call("lab", "status")[0] == 0
    assert call("lab", "down")[0] == 0
    assert not Path(f"/proc/{pid}").exists() or pid in _zombies()
    assert call("lab", "down")[:2] == (0, f"no lab runs in {spec.parents[1] / '.lab'}\n")


def test_a_lab_that_does_not_start_says_why(spec: Path, call: Call) -> None:
    spec.write_text("pears: []")
    code, _, err = call("lab", "up")
    assert code == 1
    assert "the lab did not start" in err
    assert "lab.yaml" in err


def test_down_ends_no_other_process(spec: Path, call: Call) -> None:
    folder = spec.parents[1] / ".lab"
    folder.mkdir()
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    (folder / "pid").write_text(f"{other.pid}\n")
    assert call("lab", "down")[0] == 0
    assert other.poll() is None
    other.terminate()
    other.wait(10)


def _zombies() -> set[int]:
    """Children that have ended and were not waited for: in one process with the test."""
    found: set[int] = set()
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if not pid:
            return found
        found.add(pid)
