"""Controllers that are killed and started again, each with a lab of its own."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tests.end_to_end.rig import Rig, started

ROOT: Final = Path(__file__).parents[2]
_PATIENCE: Final = 60.0
"""Real seconds for one controller, at most."""


@dataclass(frozen=True)
class Kill:
    """When a controller dies: at a record's boundary, or so long after a run began."""

    after: int | None = None
    before: int | None = None
    run: int | None = None
    delay: float = 0.0

    @property
    def options(self) -> list[str]:
        """For the controller's command line."""
        if self.after is not None:
            return ["--die-after", str(self.after)]
        return [] if self.before is None else ["--die-before", str(self.before)]


@contextmanager
def controller(rig: Rig, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Start one; it is gone when this ends."""
    command = [sys.executable, "-m", "tests.end_to_end.controller", str(rig.config), rig.NEW]
    command += [*(["--yes"] if rig.IS_YES else []), *options]
    log = (rig.folder / "controller.log").open("a")
    with (
        log,
        subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> Iterator[dict[str, Any]]:
    """What a controller says, line by line, until it ends."""
    assert process.stdout is not None
    for line in process.stdout:
        yield json.loads(line)


def killed(rig: Rig, kill: Kill) -> bool:
    """Start a controller and let it die; whether it did, before it had ended."""
    with controller(rig, *kill.options) as process:
        runs = 0
        for line in said(process):
            runs += "run" in line
            if kill.run is not None and runs == kill.run:
                time.sleep(kill.delay)
                process.kill()
                break
        return process.wait(_PATIENCE) == -signal.SIGKILL


def ended(rig: Rig, *options: str) -> dict[str, Any]:
    """Start a controller and let it go on until it ends."""
    with controller(rig, *options) as process:
        lines = list(said(process))
        assert process.wait(_PATIENCE) == 0, (rig.folder / "controller.log").read_text()
    return next(line for line in lines if "end" in line)


def survives(
    folder: Path,
    kill: Kill,
    *,
    mend: Callable[[Rig, str], dict[str, Any]] | None = None,
    allowed: Mapping[str, Any] = MappingProxyType({}),
    **settings: Any,  # noqa: ANN401
) -> str | None:
    """Upgrade, be killed, go on: None if all is as it should be, else what is not.

    Args:
        folder: Where; it is made.
        kill: When.
        mend: What a person does about a hold, told why; returns what the proof is told about that.
        allowed: What the proof is told about the kill.
        settings: Of ``started``.
    """
    folder.mkdir()
    with started(folder, **settings) as rig:
        try:
            if not killed(rig, kill):
                return f"{kill}: it was not killed"
            end = ended(rig)
            if mend is not None and end["end"] == "held":
                allowed = {**allowed, **mend(rig, end["reason"])}
                end = ended(rig, "--looked")
            assert end["end"] == "done", end
            assert end["owed"] == [], end
            assert rig.versions == (rig.NEW, rig.NEW)
            assert rig.roles == ("MASTER", "BACKUP")
            rig.audit_proof(**allowed)
        except AssertionError as error:
            return f"{kill}: {error}"
    return None


def new_seed() -> int:
    """Another one each time; ``KILL_SEED`` repeats one that was printed."""
    return int(os.environ.get("KILL_SEED") or random.SystemRandom().randrange(1_000_000))


def random_kills(seed: int, number: int, runs: int) -> list[Kill]:
    """Moments inside runs, spread over all of them; the seed is printed."""
    print(f"KILL_SEED={seed}: {number} moments inside {runs} runs")
    dice = random.Random(seed)
    return [
        Kill(
            run=1 + (dice.randrange(runs) + index * runs // number) % runs, delay=dice.random() / 3
        )
        for index in range(number)
    ]
