"""The lab as a process of its own, and its control channel."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from nornir_haupgrade.lab import ControlError, LabSpec, LabThread, control, simple_pair
from nornir_haupgrade.lab.__main__ import main
from tests.lab.conftest import Eventually, IsOpen

pytestmark = pytest.mark.ssh

Start: TypeAlias = Callable[[Path], "subprocess.Popen[str]"]

ROOT = Path(__file__).parents[2]
SPEC = """
speed: 5
pairs:
  - name: p1
    preempt: true
    members:
      - {name: p1a, version: "12.15", priority: 120}
      - {name: p1b, version: "13.8", other_version: "12.15"}
    faults:
      - {fault: slow_boot, on: p1b, when: {command: fwctl reboot}, params: {seconds: 3}}
"""


@pytest.fixture
def start(tmp_path: Path, eventually: Eventually) -> Iterator[Start]:
    """Start a lab process on a folder; it is ended, gently, with the test."""
    spec = tmp_path / "spec.yaml"
    spec.write_text(SPEC)
    running = []

    def run(folder: Path) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "nornir_haupgrade.lab", "--spec", spec, "--state", folder],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        eventually(lambda: (folder / "ready").exists() or process.poll() is not None, 15)
        assert process.poll() is None
        return process

    yield run
    for process in running:
        process.terminate()
        process.communicate(timeout=10)


def test_a_lab_process_from_start_to_end(
    start: Start, tmp_path: Path, eventually: Eventually, is_open: IsOpen
) -> None:
    folder = tmp_path / "state"
    process = start(folder)
    assert int((folder / "pid").read_text()) == process.pid
    where = json.loads((folder / "lab.json").read_text())
    ports = control(folder, {"do": "ports"})
    assert ports["members"]["p1a"] == where["members"]["p1a"][1]
    assert is_open(where["services"]["p1"][1])
    assert (folder / "known_hosts").read_text().count("ssh-ed25519") == 2
    assert stat.S_IMODE((folder / "keys" / "p1a").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "control").stat().st_mode) == 0o600
    login = {"username": "admin", "password": "admin", "secrets": {}}
    assert control(folder, {"do": "login"}) == {"ok": True, **login}
    members = control(folder, {"do": "state"})["members"]
    assert (members["p1b"]["version"], members["p1b"]["role"]) == ("13.8", "BACKUP")
    reply = control(folder, {"do": "run", "member": "p1a", "line": "fwctl ha suspend"})
    assert (reply["status"], reply["stdout"]) == (0, "")
    eventually(lambda: control(folder, {"do": "state"})["members"]["p1b"]["forwards"], 5)
    control(folder, {"do": "inject", "faults": [{"fault": "data_dead", "on": "p1b"}]})
    assert not is_open(where["services"]["p1"][1])
    control(folder, {"do": "heal", "name": "data_dead"})
    entries = control(folder, {"do": "audit", "kind": "fault"})["entries"]
    assert [entry["fault"] for entry in entries] == ["data_dead"]
    lines = (folder / "audit.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["command"] == "fwctl ha suspend"
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=10)
    assert process.returncode == 0
    assert [line.split()[0] for line in out.splitlines()] == ["p1a", "p1b"]
    assert not (folder / "ready").exists()
    with pytest.raises(ControlError, match="no lab answers"):
        control(folder, {"do": "state"})


def test_keys_outlive_the_process_even_in_a_deep_folder(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / ("deep" * 30)
    keys = []
    for _ in range(2):
        process = start(folder)
        keys.append([line.split()[2] for line in (folder / "known_hosts").read_text().splitlines()])
        control(folder, {"do": "stop"})
        process.communicate(timeout=10)
        assert process.returncode == 0
    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    "request_",
    [
        {"do": "dance"},
        {"do": "inject", "faults": [{"fault": "no_such"}]},
        {"do": "inject", "faults": [{"fault": "crash", "on": "p9"}]},
        {"do": "run", "member": "p9", "line": "x"},
        {"do": "heal", "name": "crash", "member": "p9"},
        {},
    ],
)
def test_requests_that_cannot_be_meant_are_refused(
    shared_folder: Path, request_: dict[str, Any]
) -> None:
    with pytest.raises(ControlError):
        control(shared_folder, request_)


@pytest.fixture(scope="module")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("lab")
    (folder / "spec.yaml").write_text(SPEC)
    process = subprocess.Popen(
        [
            sys.executable, "-m", "nornir_haupgrade.lab",
            "--spec", folder / "spec.yaml", "--state", folder,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline().startswith("p1a ")
    assert process.stdout.readline().startswith("p1b ")
    yield folder
    process.terminate()
    process.communicate(timeout=10)


@pytest.mark.parametrize(
    "text", ["pairs: [", "pears: []", "pairs: [{name: p1, members: [{name: a}]}]"]
)
def test_a_wrong_description_is_said_and_nothing_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    spec = tmp_path / "spec.yaml"
    spec.write_text(text)
    assert main(["--spec", str(spec), "--state", str(tmp_path / "state")]) == 2
    assert str(spec) in capsys.readouterr().err


def test_what_breaks_in_the_lab_itself_is_in_its_log() -> None:
    def breaks() -> None:
        raise ValueError("no such thing")

    with LabThread(LabSpec((simple_pair("p1"),))) as lab:
        lab.call(lambda it: it.timeline.after(0.0, breaks))
        lab.wait_until(lambda it: bool(it.log.entries and it.log.entries[-1]["kind"] == "broken"))
        assert lab.audit("broken")[0]["error"] == "ValueError: no such thing"
        assert lab.state("p1a").role == "MASTER"  # it goes on, but nobody relies on it
