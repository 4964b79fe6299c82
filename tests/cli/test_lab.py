"""``haupgrade lab``: a process in the background."""

from __future__ import annotations

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
    folder = spec.parents[1] / ".lab"
    assert call("lab", "status")[:2] == (1, f"no lab runs in {folder}\n")
    # A command of its own: the lab must outlive it.
    up = [sys.executable, "-m", "nornir_haupgrade", "lab", "up"]
    out = subprocess.run(up, capture_output=True, text=True, check=True).stdout
    assert "p1a" in out
    assert "MASTER" in out
    assert "admin@127.0.0.1; password admin\n" in out
    ours = "haupgrade check; haupgrade run --to VERSION; "
    labs = "haupgrade lab devices; haupgrade lab down"
    assert f"next      {ours}{labs}\n" in out
    code, out, _ = call("lab", "up")
    assert (code, "runs already" in out) == (0, True)
    (folder.parent / "config.yaml").unlink()
    assert f"next      {labs}\n" in call("lab", "status")[1]
    assert call("lab", "status")[0] == 0
    assert call("lab", "down")[:2] == (0, f"the lab in {folder} has ended\n")
    assert call("lab", "status")[0] == 1
    assert call("lab", "down")[:2] == (0, f"no lab runs in {folder}\n")


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
