"""A lab as a process beside us: started, waited for, found again, ended; by its number only."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nornir_haupgrade.engines.redact import escape
from nornir_haupgrade.engines.store import with_advice
from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.written import plain_lab
from nornir_haupgrade.rehearsal.hosts import Where

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from nornir_haupgrade.lab import LabSpec

SPEC: Final = "spec.json"
"""The description of twins; only we write a file of that name."""
_MODULE: Final = "nornir_haupgrade.lab"
_READY_WITHIN: Final = 30.0
_GONE_WITHIN: Final = 10.0
_BAD_INPUT: Final = 2
"""The lab's exit code for its input."""
_TICK: Final = 0.02


def start(
    spec: Path, folder: Path, *, faults: Sequence[Path] = (), is_tied: bool = False
) -> subprocess.Popen[bytes]:
    """Start a lab on a folder and wait until all its ports are open.

    Args:
        spec: What it is made of, as YAML or JSON.
        folder: Its keys and records.
        faults: Scripts of what goes wrong.
        is_tied: Whether it ends with us, however we end.

    Raises:
        HAUpgradeError: It did not start, and why.
    """
    with in_folder(folder):
        (folder / "ready").unlink(missing_ok=True)
        log = (folder / "log").open("wb")
    command = [sys.executable, "-m", _MODULE, "--spec", str(spec), "--state", str(folder)]
    command += [word for file in faults for word in ("--fault", str(file))]
    with log:
        process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [*command, "--tied"] if is_tied else command,
            # Its other end closes with us, also at kill -9.
            stdin=subprocess.PIPE if is_tied else subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        is_over = lambda: (folder / "ready").exists() or process.poll() is not None  # noqa: E731
        is_ready = _wait(is_over, _READY_WITHIN) and process.poll() is None
    except BaseException:
        stop(process)
        raise
    if not is_ready:
        code = process.poll()
        stop(process)
        raise _not_started(code, folder, spec)
    return process


def _not_started(code: int | None, folder: Path, spec: Path) -> HAUpgradeError:
    """Why, in the lab's own words: all of those about its input, else the last of its log."""
    log = folder / "log"
    said = [escape(line) for line in log.read_text(errors="replace").strip().splitlines()]
    if code is None or not said:
        said = [f"it was not ready within {_READY_WITHIN:.0f} s"]
    is_input = code == _BAD_INPUT
    what = "\n".join(said if is_input else said[-1:])
    advice = f"correct {spec}" if is_input else f"look into {log}"
    return HAUpgradeError(
        f"the lab did not start: {what}", advice=None if "Next: " in what else advice
    )


@contextmanager
def in_folder(folder: Path) -> Iterator[None]:
    """A lab's folder, made if it is missing, while something is written there.

    Raises:
        HAUpgradeError: The system refuses it.
    """
    with with_advice(f"keep a lab in {folder}"):
        folder.mkdir(parents=True, exist_ok=True)
        yield


def stop(process: subprocess.Popen[bytes]) -> None:
    """End a lab that was started here, and wait for it."""
    if process.stdin is not None:
        process.stdin.close()
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        process.wait(_GONE_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def running(spec: LabSpec, folder: Path) -> Iterator[Where]:
    """A lab that ends with the block, and with us."""
    process = start(write_spec(spec, folder), folder, is_tied=True)
    try:
        yield where(folder)
    finally:
        stop(process)


def write_spec(spec: LabSpec, folder: Path) -> Path:
    """Write a lab's description; returns where."""
    path = folder / SPEC
    with in_folder(folder):
        path.write_text(json.dumps(plain_lab(spec), indent=1) + "\n", encoding="utf-8")
    return path


def where(folder: Path) -> Where:
    """Where the lab of a folder answers."""
    said = json.loads((folder / "lab.json").read_text(encoding="utf-8"))
    return Where(
        **{
            kind: {name: (str(address), int(port)) for name, (address, port) in places.items()}
            for kind, places in said.items()
        }
    )


def pid_of(folder: Path) -> int | None:
    """The process of the folder's lab, if it is one: a number may have passed to somebody else."""
    try:
        pid = int((folder / "pid").read_text())
    except (OSError, ValueError):
        return None
    words = _command_line(pid)
    return pid if _MODULE in words and str(folder) in words else None


def is_of_twins(folder: Path) -> bool:
    """Whether the lab that runs on a folder is one whose description was written by us."""
    return is_of(folder, folder / SPEC)


def is_of(folder: Path, spec: Path) -> bool:
    """Whether the lab that runs on a folder was started from this description."""
    pid = pid_of(folder)
    return pid is not None and str(spec) in _command_line(pid)


def end(folder: Path) -> int | None:
    """End the lab that runs on a folder, and nothing else; its number, or None if there is none.

    Raises:
        HAUpgradeError: It does not end.
    """
    pid = pid_of(folder)
    if pid is None:
        return None
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    if not _wait(lambda: pid_of(folder) is None, _GONE_WITHIN):
        raise HAUpgradeError(
            f"the lab (process {pid}) does not end",
            advice=f"look at {folder / 'log'}; then kill -KILL {pid}",
        )
    return pid


def ask(folder: Path, request: dict[str, Any]) -> dict[str, Any] | None:
    """What the folder's lab answers; None if none runs there.

    Raises:
        HAUpgradeError: It runs, and refused.
    """
    from nornir_haupgrade.lab import ControlError, control

    try:
        return control(folder, request)
    except ControlError as error:
        if pid_of(folder) is None:
            return None
        raise HAUpgradeError(f"the lab refused: {error}") from error


def _command_line(pid: int) -> list[str]:
    listed = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return listed.read_bytes().decode(errors="replace").split("\0")
        return []
    asked = ["ps", "-ww", "-p", str(pid), "-o", "args="]
    said = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    return said.stdout.split()


def _wait(is_over: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_over():
        if time.monotonic() > deadline:
            return False
        time.sleep(_TICK)
    return True
