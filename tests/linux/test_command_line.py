"""``haupgrade lab linux``, as a person uses it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from nornir_haupgrade.cli.linux_lab import connect
from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.linux import LinuxLab, LinuxSpec
from nornir_haupgrade.lab.linux.lab import Program
from tests.linux.conftest import require_linux

HAUPGRADE = [sys.executable, "-m", "nornir_haupgrade"]
ROOT = Path(__file__).parents[2]
Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*HAUPGRADE, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path
        )

    return call


@pytest.fixture
def running(call: Call, tmp_path: Path) -> Iterator[str]:
    require_linux()
    up = call("lab", "linux", "up")
    assert up.returncode == 0, up.stderr
    yield up.stdout
    call("lab", "linux", "down")
    assert LinuxLab(None, tmp_path / ".lab-linux").pid is None


@pytest.mark.linux
@pytest.mark.timeout(600)
def test_from_up_to_down(running: str, call: Call, tmp_path: Path) -> None:
    assert "p1a" in running
    assert "MASTER" in running
    assert "runs already" in call("lab", "linux", "up").stdout
    config = tmp_path / ".lab-linux" / "project" / "config.yaml"
    inside = ("lab", "linux", "exec", "--", *HAUPGRADE, "--config", str(config))
    checked = call(*inside, "check", "--to", "13.8")
    assert "p1a" in checked.stdout
    pairs = call(*inside, "pairs")
    assert (pairs.returncode, "active" in pairs.stdout) == (0, True), pairs.stderr
    assert call("lab", "linux", "fault", "late-sync", "p1b", "seconds=3").returncode == 0
    status = call("lab", "linux", "status").stdout
    assert "at work  late-sync p1b" in status
    assert call("lab", "linux", "heal").returncode == 0
    wrong = call("lab", "linux", "crash", "p7a")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "no member p7a" in wrong.stderr
    assert call("lab", "linux", "down").returncode == 0
    assert call("lab", "linux", "status").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["status"], ""),
        (["crash", "p1a"], "no lab runs"),
        (["exec", "--", "true"], "no lab runs"),
        (["fault", "crash", "p1a", "seconds"], "not NAME=VALUE"),
        (["up", "--image", "11"], "no image 11"),
    ],
)
def test_what_cannot_be_is_said_without_a_traceback(
    call: Call, arguments: list[str], said: str
) -> None:
    done = call("lab", "linux", *arguments)
    assert done.returncode in {1, 2}
    assert said in done.stderr
    assert "Traceback" not in done.stderr


class Unconnected(LinuxLab):
    """A lab in which no program can be started."""

    is_stopped = False

    def popen_in(self, host: str, pair: str, command: Sequence[str]) -> Program:
        raise HAUpgradeError(f"cannot start {command[2]} on the {host}", pair=pair)

    def stop(self) -> None:
        self.is_stopped = True


def test_a_lab_whose_connections_cannot_be_opened_is_stopped_again(tmp_path: Path) -> None:
    spec = LinuxSpec()
    lab = Unconnected(spec, tmp_path / "lab")
    (tmp_path / "lab").mkdir(exist_ok=True)
    with pytest.raises(HAUpgradeError, match="the lab was stopped again: cannot start") as error:
        connect(lab, spec, 10)
    assert "--connections 0" in str(error.value)
    assert lab.is_stopped
