"""What keeps ``haupgrade lab up`` from starting is told, with what to do about it."""

from __future__ import annotations

import hashlib
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nornir_haupgrade.lab import build_image
from nornir_haupgrade.rehearsal import process
from tests.cli.conftest import Call, Site

pytestmark = pytest.mark.ssh

SPEC = """
pairs:
  - name: p1
    members: [{name: p1a, port: 0}, {name: p1b}]
"""


@pytest.fixture
def spec(site: Site, call: Call, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    site.write()
    path = site.folder / "lab.yaml"
    path.write_text(SPEC)
    yield path
    call("lab", "down")


def test_a_port_that_is_taken_is_named_once(spec: Path, call: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        spec.write_text(SPEC.replace("port: 0", f"port: {port}"))
        code, out, err = call("lab", "up", "--spec", "lab.yaml")
    assert (code, out) == (1, "")
    assert err == (
        f"the lab did not start: 127.0.0.1:{port} cannot be opened: Address already in use. "
        "Next: end what holds it, or give another address or port in the description\n"
    )


def test_every_finding_in_a_fault_script_is_told(spec: Path, call: Call) -> None:
    script = spec.with_name("faults.yaml")
    script.write_text("- fault: crsh\n- fault: slow_bot\n")
    code, _, err = call("lab", "up", "--spec", "lab.yaml", "--fault", "faults.yaml")
    assert code == 1
    first, second = err.splitlines()
    where = f"the lab did not start: {script}:1: fault: there is no fault 'crsh'"
    assert first.startswith(f"{where}. Next: did you mean 'crash'?")
    assert second.startswith(f"{script}:2: fault: there is no fault 'slow_bot'")
    assert err.count("Next: ") == 2


def test_a_description_that_is_no_yaml_is_to_be_corrected(spec: Path, call: Call) -> None:
    spec.write_text("pairs: [")
    code, _, err = call("lab", "up", "--spec", "lab.yaml")
    assert code == 1
    assert err.startswith(f"the lab did not start: {spec}: while parsing")
    assert err.endswith(f"Next: correct {spec}\n")


def test_any_other_end_is_in_the_log(
    spec: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = spec.parent / ".lab"
    folder.mkdir()
    (folder / "keys").touch()
    code, _, err = call("lab", "up", "--spec", "lab.yaml")
    assert code == 1
    assert err.startswith("the lab did not start: [Errno 17] File exists")
    assert err.endswith(f"Next: look into {folder / 'log'}\n")
    monkeypatch.setattr(process, "_READY_WITHIN", 0.0)
    code, _, err = call("lab", "up", "--spec", "lab.yaml")
    assert code == 1
    assert err == (
        f"the lab did not start: it was not ready within 0 s. Next: look into {folder / 'log'}\n"
    )


@pytest.mark.parametrize("what", [("--inventory", "config.yaml"), ("--spec", "lab.yaml")])
@pytest.mark.parametrize("state", ["config.yaml", "lab.yaml/below", "/proc/lab"])
def test_a_folder_that_cannot_be_written_is_named(
    spec: Path, call: Call, what: tuple[str, str], state: str
) -> None:
    before = {path.name for path in spec.parent.iterdir()}
    code, out, err = call("lab", "up", *what, "--state", state)
    assert (code, out) == (1, "")
    assert err.startswith(f"cannot keep a lab in {(spec.parent / state).absolute()}: ")
    assert err.endswith("Next: check the path and its permissions\n")
    assert {path.name for path in spec.parent.iterdir()} == before


def test_an_image_that_cannot_be_written_is_named(spec: Path, site: Site, call: Call) -> None:
    image = {
        "platform": "linux_ha", "version": "13.8", "file": "lab.yaml/fw.img",
        "sha256": hashlib.sha256(build_image("13.8")).hexdigest(),
    }  # fmt: skip
    site.ours = {"images": [image]}
    site.write()
    code, _, err = call("lab", "up", "--spec", "lab.yaml")
    assert code == 1
    assert err.startswith(f"cannot build {spec / 'fw.img'}: File exists")


def test_options_that_a_running_lab_does_not_take_are_refused(spec: Path, call: Call) -> None:
    up = [sys.executable, "-m", "nornir_haupgrade", "lab", "up", "--spec", "lab.yaml"]
    subprocess.run(up, capture_output=True, check=True)
    folder = spec.parent / ".lab"
    for words in ("", "--spec lab.yaml"):
        code, out, err = call("lab", "up", *words.split())
        assert (code, err) == (0, "")
        assert out.startswith(f"a lab runs already in {folder}\n")
    several = "--inventory config.yaml --pair p1 --from 13.1 --speed 10 --fault typo.yaml"
    for words, unused in (
        ("--spec lab.yaml --fault typo.yaml", "--fault"),
        ("--spec other.yaml", "--spec"),
        ("--inventory config.yaml", "--inventory"),
        (several, "--inventory, --pair, --from, --speed, --fault"),
    ):
        code, out, err = call("lab", "up", *words.split())
        assert (code, out) == (2, "")
        assert err == (
            f"a lab runs already in {folder}: not used: {unused}. Next: end it by haupgrade lab "
            "down and start it again; or arm a fault script in it by haupgrade lab fault FILE\n"
        )
