"""The demo lab as a process in the background: up, down, status."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.cli.out import emit, emit_table
from nornir_haupgrade.cli.shell import Exit, Shell
from nornir_haupgrade.engines.redact import escape
from nornir_haupgrade.errors import BadInput, HAUpgradeError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nornir_haupgrade.settings import Image

_MODULE = "nornir_haupgrade.lab"
_READY_WITHIN = 30.0
_GONE_WITHIN = 10.0
_TICK = 0.05


def up(shell: Shell, spec: Path, folder: Path, *, faults: Sequence[Path] = ()) -> int:
    """Start it, wait until it is ready, and say how to talk to it.

    Args:
        faults: Fault scripts that it starts with.

    Raises:
        BadInput: There is no such description, or the extra is not installed.
        HAUpgradeError: It did not start.
    """
    if (members := _state(folder)) is not None:
        emit(shell, [f"a lab runs already in {folder}"])
        _show(shell, members, folder)
        return Exit.DONE
    if not spec.is_file():
        advice = "name one with --spec, written like examples/lab.yaml of the repository"
        raise BadInput(f"there is no lab description {spec}", advice=advice)
    if importlib.util.find_spec("asyncssh") is None:
        raise BadInput(
            "the lab needs a package that is not installed",
            advice="pip install 'nornir-haupgrade[lab]'",
        )
    emit(shell, _build_images(shell))
    folder.mkdir(parents=True, exist_ok=True)
    process = _start(spec, folder, faults)
    is_over = lambda: (folder / "ready").exists() or process.poll() is not None  # noqa: E731
    is_ready = _wait(is_over, _READY_WITHIN) and process.poll() is None
    members = _state(folder) if is_ready else None
    if members is None:
        with suppress(ProcessLookupError):
            process.terminate()
        raise HAUpgradeError(f"the lab did not start: {_last_words(folder)}", advice="mend the lab")
    _show(shell, members, folder)
    return Exit.DONE


def down(shell: Shell, folder: Path) -> int:
    """End the lab that runs on this folder, and nothing else."""
    pid = _pid(folder)
    if pid is None:
        emit(shell, [f"no lab runs in {folder}"])
        return Exit.DONE
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    if not _wait(lambda: _pid(folder) is None, _GONE_WITHIN):
        raise HAUpgradeError(
            f"the lab (process {pid}) does not end",
            advice=f"look at {folder / 'log'}; then kill -KILL {pid}",
        )
    emit(shell, [f"the lab in {folder} has ended"])
    return Exit.DONE


def status(shell: Shell, folder: Path) -> int:
    """What its members are doing; 1 if it does not run."""
    members = _state(folder)
    if members is None:
        emit(shell, [f"no lab runs in {folder}"])
        return Exit.FAILED
    _show(shell, members, folder)
    return Exit.DONE


def _start(spec: Path, folder: Path, faults: Sequence[Path]) -> subprocess.Popen[bytes]:
    (folder / "ready").unlink(missing_ok=True)
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [
                *(sys.executable, "-m", _MODULE, "--spec", str(spec), "--state", str(folder)),
                *(word for path in faults for word in ("--fault", str(path))),
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _state(folder: Path) -> dict[str, Any] | None:
    from nornir_haupgrade.lab.control import ControlError, control

    try:
        found: dict[str, Any] = control(folder, {"do": "state"})["members"]
    except ControlError:
        return None
    return found


def _show(shell: Shell, members: dict[str, Any], folder: Path) -> None:
    from nornir_haupgrade.lab.control import control

    ports = control(folder, {"do": "ports"})["members"]
    rows = [
        [name, f"127.0.0.1:{ports[name]}", str(own.get("version")), str(own.get("role"))]
        for name, own in members.items()
    ]
    emit_table(shell, ("member", "address", "version", "role"), rows)
    emit(
        shell,
        [
            f"host keys {folder / 'known_hosts'}",
            f"log in    ssh -o UserKnownHostsFile={folder / 'known_hosts'} -p PORT admin@127.0.0.1",
            "next      haupgrade pairs; haupgrade run --to VERSION; haupgrade lab down",
        ],
    )


def _build_images(shell: Shell) -> list[str]:
    """Build the simulated images that the settings name and that are not there."""
    from nornir_haupgrade.settings import init_nornir, load_settings

    try:
        images = load_settings(init_nornir(shell.config), shell.config).images
    except BadInput as error:
        return [f"no image was built: {escape(line)}" for line in str(error).splitlines()]
    return [f"built {image.file}" for image in images if _build(image)]


def _build(image: Image) -> bool:
    from nornir_haupgrade.lab.images import build_image

    content = build_image(image.version)
    if image.file.exists() or hashlib.sha256(content).hexdigest() != image.sha256:
        return False
    image.file.parent.mkdir(parents=True, exist_ok=True)
    image.file.write_bytes(content)
    return True


def _pid(folder: Path) -> int | None:
    """The process of the folder's lab, if it is one: a number may have passed to somebody else."""
    try:
        pid = int((folder / "pid").read_text())
    except (OSError, ValueError):
        return None
    words = _command_line(pid)
    return pid if _MODULE in words and str(folder) in words else None


def _command_line(pid: int) -> list[str]:
    listed = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return listed.read_bytes().decode(errors="replace").split("\0")
        return []
    asked = ["ps", "-ww", "-p", str(pid), "-o", "args="]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    return said.stdout.split()


def _last_words(folder: Path) -> str:
    said = (folder / "log").read_text(errors="replace").strip().splitlines()
    return escape(said[-1]) if said else f"it was not ready within {_READY_WITHIN:.0f} s"


def _wait(is_over: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_over():
        if time.monotonic() > deadline:
            return False
        time.sleep(_TICK)
    return True
