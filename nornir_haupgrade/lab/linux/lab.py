"""A Linux lab from outside: started as a process of its own, asked and changed by its socket."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.lab.control import ControlError, control
from nornir_haupgrade.lab.linux.audit import read_audit
from nornir_haupgrade.lab.linux.enter import enter_network, visiting
from nornir_haupgrade.lab.linux.images import cache_folder, image
from nornir_haupgrade.lab.linux.requirements import SETUP, missing
from nornir_haupgrade.lab.spec import Moment

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType
    from typing import Self

    from nornir_haupgrade.lab.linux.audit import Entry
    from nornir_haupgrade.lab.linux.images import Image
    from nornir_haupgrade.lab.linux.spec import LinuxSpec

MODULE = "nornir_haupgrade.lab.linux"
# Killing either process ends the lab: the outer one takes the inner one along, and the inner one
# is process 1 of everything. The outer one is in the fabric's network namespace, too.
_ISOLATED = (
    *("unshare", "--mount", "--net", "--pid", "--fork", "--kill-child=KILL"),
    *("--mount-proc", "--propagation", "private"),
)
# For a block: it ends with the thread that began it, whatever ends that.
_BOUND = ("setpriv", "--pdeathsig", "KILL", "--")
_READY_WITHIN = 90.0
_A_PAIR_MORE = 3.0
_GONE_WITHIN = 10.0
_TICK = 0.05
_HELD = 3
"""Images that a member holds at its fullest: two slots and an upload."""


class LinuxLab:
    """A lab that runs, or is to run, on a folder; every error is an ``HAUpgradeError``.

    As a context manager it lives as long as the block, and no longer than the thread that is in it;
    ``start`` alone leaves it running.
    """

    def __init__(self, spec: LinuxSpec | None, state: Path, *, cache: Path | None = None) -> None:
        self._spec = spec
        self.state = state.absolute()
        self._cache = cache_folder(cache)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start; all pairs have found their roles when this returns."""
        self._start(_BOUND, say=str)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop, and wait until everything is gone."""
        self.stop()

    def start(self, *, say: Callable[[str], object] = str) -> None:
        """Start a fresh lab: flash and audit of an earlier one on the same folder are replaced.

        Args:
            say: Told what takes long.

        Raises:
            BadInput: The machine lacks something, or a lab runs there already.
            HAUpgradeError: It did not start.
        """
        self._start((), say=say)

    def _start(self, bound: tuple[str, ...], *, say: Callable[[str], object]) -> None:
        if self._spec is None:
            raise BadInput(f"what is to run in {self.state} is not said")
        self.check()
        if self.pid is not None:
            raise BadInput(f"a lab runs already in {self.state}", advice="end it first")
        start_image = self.image(self._spec.image, say=say)
        self._describe(start_image)
        self._check_room(start_image)
        with (self.state / "log").open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
                [*bound, *_ISOLATED, sys.executable, "-m", MODULE, "--state", str(self.state)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        (self.state / "pid").write_text(f"{self._process.pid}\n")
        try:
            self._wait_until_ready(_READY_WITHIN + _A_PAIR_MORE * self._spec.pairs)
        except BaseException:  # a person's Ctrl-C, too
            self.stop()
            raise

    def check(self) -> None:
        """Nothing happens if this machine has all that it takes.

        Raises:
            BadInput: It lacks something.
        """
        if lacking := missing():
            raise BadInput("; ".join(lacking), advice=SETUP)

    def stop(self) -> None:
        """End it; nothing happens if it does not run.

        Raises:
            HAUpgradeError: It does not end.
        """
        # Nothing has to be put in order: what the kernel holds for it goes with its namespaces. The
        # inner process ends last of all that is in them, and then the outer one ends by itself.
        if pids := self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pids[-1], signal.SIGKILL)
        elif self._process is not None:
            self._process.kill()  # it has not got as far
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(_GONE_WITHIN)
        if not _wait(lambda: self.pid is None, _GONE_WITHIN):
            raise HAUpgradeError(f"the lab (process {self.pid}) does not end")
        for name in ("ready", "control", "pid"):
            (self.state / name).unlink(missing_ok=True)
        # Large, and of no use to a later lab; consoles, logs and the audit stay.
        shutil.rmtree(self.state / "flash", ignore_errors=True)

    @property
    def pid(self) -> int | None:
        """The process that is the lab, None if it does not run. It is in the fabric's network."""
        try:
            pid = int((self.state / "pid").read_text())
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        except (OSError, ValueError):
            return None
        # A number may have passed to somebody else.
        return pid if MODULE in words and str(self.state) in words else None

    @property
    def pids(self) -> tuple[int, ...]:
        """Its outer and inner process, either of which ends it if killed; none if it is off."""
        pid = self.pid
        return () if pid is None else (pid, *_children(pid))

    @property
    def states(self) -> dict[str, dict[str, Any]]:
        """Member -> phase, role, version, slot, boot_id, boots, address, inner, down_ports."""
        members: dict[str, dict[str, Any]] = self._ask(do="state")["members"]
        return members

    @property
    def faults(self) -> dict[str, list[Any]]:
        """What struck and what waits."""
        found: dict[str, list[Any]] = self._ask(do="state")["faults"]
        return found

    def member_in(self, pair: str, role: str) -> str:
        """The one member of a pair that has a role, such as MASTER.

        Raises:
            HAUpgradeError: None has, or both.
        """
        states = {name: own["role"] for name, own in self.states.items() if name[:-1] == pair}
        found = [name for name, own in states.items() if own == role]
        if len(found) != 1:
            raise HAUpgradeError(f"{pair} has no one {role}: {states}", pair=pair)
        return found[0]

    def crash(self, member: str) -> None:
        """Have a member lose power."""
        self._ask(do="crash", member=member)

    def power_on(self, member: str) -> None:
        """Have a member boot that is off."""
        self._ask(do="power-on", member=member)

    def run(self, member: str, line: str) -> str:
        """Run a command on a member by hand, as root and without SSH; what it printed."""
        return str(self._ask(do="run", member=member, line=line)["said"])

    def fault(
        self,
        name: str,
        member: str,
        *,
        on: str | None = None,
        by: str | None = None,
        nth: int = 1,
        after: float = 0.0,
        moment: Moment = Moment.BEFORE,
        params: Mapping[str, object] | None = None,
    ) -> None:
        """Have something go wrong, now or when the audit shows its moment.

        Args:
            name: A key of ``fault_kinds.FAULTS``.
            member: Whom it strikes.
            on: What is waited for: the beginning of a command as in "fwctl reboot", "role MASTER"
                or "boot"; nothing if left out.
            by: Who does that; anybody if left out.
            nth: Which of such moments, counted from 1.
            after: Seconds later.
            moment: Before or after the command.
            params: The fault's own.
        """
        when = {"command": on, "by": by, "nth": nth, "after": after, "side": str(moment)}
        fault = {"fault": name, "on": member, "when": when, "params": dict(params or {})}
        self._ask(do="inject", fault=fault)

    def heal(self, name: str | None = None, member: str | None = None) -> None:
        """Undo faults and forget those that wait: all, of one name, of one member."""
        self._ask(do="heal", name=name, member=member)

    def audit(self, kind: str | None = None) -> list[Entry]:
        """What happened so far, also after the end; see ``linux.audit``."""
        return read_audit(self.state, kind)

    def image(self, name: str, *, say: Callable[[str], object] = str) -> Image:
        """An image file to upgrade to, built now if it is not there; see ``images.image``."""
        return image(name, self._cache, say=say)

    @property
    def known_hosts(self) -> Path:
        """The members' host keys in OpenSSH's form."""
        return self.state / "known_hosts"

    def enter(self) -> None:
        """Move the calling thread into the fabric's network.

        Call it in the main thread, before others start; for a while only, there is ``inside``.
        """
        enter_network(self._fabric)

    def inside(self) -> AbstractContextManager[None]:
        """Have the calling thread, and those it starts, be in the fabric's network for a while."""
        return visiting(self._fabric)

    def popen_in(self, host: str, pair: str, command: Sequence[str]) -> Program:
        """Start a program on the "client" or "server" of a pair; it ends with the lab."""
        answer = self._ask(do="start", host=host, pair=pair, command=list(command))
        return Program(self, int(answer["number"]), Path(answer["log"]))

    def wait_until(self, is_so: Callable[[], object], seconds: float, *, what: str = "") -> None:
        """Wait until something holds.

        Raises:
            HAUpgradeError: It does not within so many seconds.
        """
        if not _wait(lambda: bool(is_so()), seconds):
            raise HAUpgradeError(f"not within {seconds:g} s: {what or is_so}; {self.states}")

    def _ask(self, **request: object) -> dict[str, Any]:
        try:
            return control(self.state, request)
        except ControlError as error:
            raise HAUpgradeError(str(error)) from error

    def _describe(self, start_image: Image) -> None:
        """Write down what is to be built, and clear away what an earlier lab left."""
        assert self._spec is not None  # noqa: S101 - asked for by the caller
        try:
            self.state.mkdir(parents=True, exist_ok=True)
            for name in ("ready", "control", "pid"):
                (self.state / name).unlink(missing_ok=True)
            for name in ("flash", "nodes", "programs"):
                shutil.rmtree(self.state / name, ignore_errors=True)
            described = {
                "spec": asdict(self._spec),
                "image": {**asdict(start_image), "path": str(start_image.path)},
                "cache": str(self._cache),
            }
            (self.state / "lab.json").write_text(json.dumps(described, indent=2) + "\n")
        except OSError as error:
            raise BadInput(f"{self.state} cannot be written: {error.strerror}") from error

    def _check_room(self, start_image: Image) -> None:
        """A flash is sparse: what has no room here would be lost without a word."""
        assert self._spec is not None  # noqa: S101 - asked for by the caller
        needed = 2 * self._spec.pairs * _HELD * start_image.size
        free = shutil.disk_usage(self.state).free
        if free < needed:
            raise BadInput(
                f"{self.state} has {free >> 20} MiB free, such a lab may take {needed >> 20}",
                advice="make room, or name another folder",
            )

    @property
    def _fabric(self) -> str:
        pid = self.pid
        if pid is None:
            raise BadInput(f"no lab runs in {self.state}", advice="start one")
        return f"/proc/{pid}/ns/net"

    @property
    def _is_ready(self) -> bool:
        return (self.state / "ready").exists()

    @property
    def _is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _wait_until_ready(self, seconds: float) -> None:
        is_over = lambda: self._is_ready or not self._is_alive  # noqa: E731
        if not _wait(is_over, seconds) or not self._is_ready:
            said = self._last_words()
            raise HAUpgradeError(f"the lab did not start: {said}", advice=f"look at {self.state}")

    def _last_words(self) -> str:
        said = (self.state / "log").read_text(errors="replace").strip().splitlines()
        return said[-1] if said else "it said nothing"


class Program:
    """A program on a host of the lab; ``log`` is the file of all that it prints."""

    def __init__(self, lab: LinuxLab, number: int, log: Path) -> None:
        self._lab = lab
        self._number = number
        self.log = log

    def poll(self) -> int | None:
        """Its exit status, None while it runs."""
        status = self._lab._ask(do="status", number=self._number)["status"]  # noqa: SLF001
        return None if status is None else int(status)

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        self._lab._ask(do="signal", number=self._number, signal=number.name)  # noqa: SLF001

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def wait(self, seconds: float) -> int:
        """Wait for its end.

        Raises:
            HAUpgradeError: It does not end within so many seconds.
        """
        self._lab.wait_until(lambda: self.poll() is not None, seconds, what=f"{self.log} ends")
        status = self.poll()
        assert status is not None  # noqa: S101 - it has ended
        return status


def _children(pid: int) -> list[int]:
    try:
        return [
            int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        ]
    except OSError:
        return []


def _wait(is_so: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(_TICK)
    return True
