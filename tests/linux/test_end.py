"""Whatever ends the lab's process, nothing of the lab stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.lab.linux import LinuxLab, LinuxSpec
from tests.linux.conftest import require_linux

pytestmark = [pytest.mark.linux, pytest.mark.timeout(600)]


@pytest.fixture
def own_lab(tmp_path: Path) -> Iterator[LinuxLab]:
    require_linux()
    with LinuxLab(LinuxSpec(advert=0.2, boot_seconds=0.1), tmp_path / "lab") as lab:
        yield lab


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def traces(lab: LinuxLab) -> list[str]:
    """Processes, mounts, loop devices and links that speak of the lab."""
    lines = [
        *said("ps", "axww", "-o", "args").splitlines(),
        *said("losetup", "--list").splitlines(),
        *Path("/proc/self/mounts").read_text().splitlines(),
    ]
    links = [word for word in said("ip", "-o", "link").split() if "p1a-" in word]
    return [line for line in lines if str(lab.state) in line] + links


def until_gone(lab: LinuxLab) -> None:
    deadline = time.monotonic() + 5
    while traces(lab):
        assert time.monotonic() < deadline, traces(lab)
        time.sleep(0.1)


@pytest.mark.parametrize("which", ["outer", "inner"])
def test_a_killed_lab_leaves_nothing(own_lab: LinuxLab, which: str) -> None:
    program = own_lab.popen_in("client", "p1", ["sleep", f"{os.getpid()}"])
    assert program.poll() is None
    assert traces(own_lab)
    outer, inner = own_lab.pids
    os.kill(outer if which == "outer" else inner, signal.SIGKILL)
    own_lab.stop()
    assert own_lab.pid is None
    with pytest.raises(HAUpgradeError, match="no lab answers"):
        _ = own_lab.states
    until_gone(own_lab)
    assert not said("pgrep", "-f", f"^sleep {os.getpid()}$")
    assert [entry["kind"] for entry in own_lab.audit()].count("boot") == 2


def test_a_second_lab_on_the_same_folder_is_refused(own_lab: LinuxLab) -> None:
    with pytest.raises(BadInput, match="runs already"):
        LinuxLab(LinuxSpec(), own_lab.state).start()


def test_programs_run_on_the_hosts_and_are_ended(own_lab: LinuxLab) -> None:
    show = [sys.executable, "-c", "import os; os.execvp('ip', ['ip', '-br', '-4', 'address'])"]
    client = own_lab.popen_in("client", "p1", show)
    assert client.wait(10) == 0
    assert "10.1.1.100/24" in client.log.read_text()
    server = own_lab.popen_in("server", "p1", ["sleep", "100"])
    server.terminate()
    assert server.wait(10) == -signal.SIGTERM
    with pytest.raises(HAUpgradeError, match="no printer"):
        own_lab.popen_in("printer", "p1", show)


def test_a_block_that_is_killed_takes_its_lab_along(tmp_path: Path) -> None:
    require_linux()
    folder = tmp_path / "lab"
    script = (
        "import sys, time; from pathlib import Path;"
        "from nornir_haupgrade.lab.linux import LinuxLab, LinuxSpec\n"
        "with LinuxLab(LinuxSpec(advert=0.2, boot_seconds=0.1), Path(sys.argv[1])):\n"
        "    print('up', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", script, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        assert LinuxLab(None, folder).pid is not None
        process.kill()
    until_gone(LinuxLab(None, folder))
