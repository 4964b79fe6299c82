"""``haupgrade lab fault``, ``heal`` and ``faults``."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Call, Site

SPEC = """
speed: 20
pairs:
  - name: p1
    members: [{name: p1a}, {name: p1b}]
"""


@pytest.fixture
def running(site: Site, call: Call, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A lab that runs; the folder of its project."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    site.write()
    path = site.folder / "examples" / "lab.yaml"
    path.parent.mkdir()
    path.write_text(SPEC)
    # A process of its own: it would be warned of the one that it leaves behind.
    up = [sys.executable, "-m", "nornir_haupgrade", "lab", "up"]
    subprocess.run(up, capture_output=True, check=True)
    yield site.folder
    call("lab", "down")


@pytest.mark.ssh
def test_faults_come_from_a_script_and_from_the_command_line(running: Path, call: Call) -> None:
    script = running / "faults.yaml"
    script.write_text("- {fault: slow_boot, on: p1b, when: reload, params: {seconds: 20}}\n")
    assert call("lab", "fault", "faults.yaml")[:2] == (0, "slow_boot p1b waiting\n")
    code, out, _ = call("lab", "fault", "disk_full", "free=1000", "--on", "p1a")
    assert (code, out) == (0, "disk_full p1a at work\nslow_boot p1b waiting\n")
    assert call("lab", "heal", "slow_boot")[:2] == (0, "disk_full p1a at work\n")
    assert call("lab", "heal", "disk_full", "p1a")[:2] == (0, "")

    script.write_text("- fault: disk_full\n  on: p1a\n- fault: slow_bot\n")
    code, _, err = call("lab", "fault", "faults.yaml")
    assert code == 2
    assert "faults.yaml:3: fault" in err
    assert "did you mean 'slow_boot'?" in err
    code, _, err = call("lab", "fault", "slow_boot", "secnds=3")
    assert code == 2
    assert "did you mean 'seconds'?" in err
    assert call("lab", "fault", "slow_boot", "seconds")[0] == 2
    assert call("lab", "fault", "faults.yaml", "--on", "p1a")[0] == 2
    # Nothing of what was refused is at work.
    assert call("lab", "heal", "slow_boot")[:2] == (0, "")


@pytest.mark.ssh
def test_what_waits_for_seconds_is_listed_and_forgotten(running: Path, call: Call) -> None:
    after = ("--after", "600")
    listed = (0, "crash p1b waiting\n")
    assert call("lab", "fault", "crash", "--on", "p1b", *after)[:2] == listed
    for kind, whom, known in (
        ("crsh", (), "'crash'"),
        ("crash", ("p1z",), "'p1b'"),
        ("crash", ("standbi",), "'standby'"),
    ):
        code, out, err = call("lab", "heal", kind, *whom)
        assert (code, out) == (2, "")
        assert f"there is no {'fault ' if not whom else ''}{(*whom, kind)[0]!r}" in err
        assert f"Next: did you mean {known}?" in err
        assert "lab up" not in err
    assert call("lab", "heal", "crash", "p1a")[:2] == listed
    assert call("lab", "heal", "crash", "p1")[:2] == (0, "")
    assert call("lab", "fault", "crash", *after)[:2] == (0, "crash p1 waiting\n")
    assert call("lab", "fault", "mute", "--on", "standby", *after)[1].count("waiting") == 2
    assert call("lab", "heal", "mute", "standby")[:2] == (0, "crash p1 waiting\n")
    assert call("lab", "heal", "crash")[:2] == (0, "")


@pytest.mark.ssh
def test_a_script_strikes_as_a_whole_or_not_at_all(running: Path, call: Call) -> None:
    script = running / "faults.yaml"
    first = "- {fault: disk_full, on: p1a}\n"
    script.write_text(f"{first}- {{fault: data_port_down, params: {{port: eth7}}}}\n")
    code, out, err = call("lab", "fault", "faults.yaml")
    assert (code, out) == (1, "")
    assert "pair p1 has no port eth7; known are mgmt, out, in, ha" in err
    for arguments, said in (
        (("crash", "--by", "p1a"), "when.by: `by` is about an event, and none is named"),
        (("slow_boot", "seconds=["), "'seconds=[': its value is no YAML"),
    ):
        code, out, err = call("lab", "fault", *arguments)
        assert (code, out) == (2, "")
        assert said in err
    script.write_text(first)
    # Nothing of what was refused is at work besides.
    assert call("lab", "fault", "faults.yaml")[:2] == (0, "disk_full p1a at work\n")


def test_the_kinds_are_listed_with_their_platforms(site: Site, call: Call) -> None:
    site.write()
    code, out, _ = call("lab", "faults")
    assert code == 0
    assert "trial_ends" in out
    code, out, _ = call("lab", "faults", "--platform", "linux_ha")
    assert code == 0
    assert "slow_boot" in out
    assert "trial_ends" not in out
    code, _, err = call("lab", "faults", "--platform", "linux")
    assert code == 2
    assert "linux_ha" in err


def test_without_a_lab_nothing_goes_wrong(site: Site, call: Call) -> None:
    site.write()
    for command in ("fault", "heal"):
        code, _, err = call("lab", command, "crash")
        assert code == 1
        where = site.folder / ".lab"
        assert err == f"no lab runs in {where}. Next: start one: haupgrade lab up\n"
