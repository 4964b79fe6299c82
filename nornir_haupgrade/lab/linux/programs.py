"""Programs that run on the hosts before and behind a pair, and end with the lab."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.linux.fabric import host_namespace
from nornir_haupgrade.lab.plain import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

HOSTS = ("client", "server")


@dataclass(frozen=True, slots=True)
class _Program:
    process: asyncio.subprocess.Process
    log: Path


class Programs:
    """All of them, by number. They are our children: whatever ends us, ends them."""

    def __init__(self, run_folder: Path, state: Path, pairs: Mapping[str, Any]) -> None:
        self._run = run_folder
        self._folder = state / "programs"
        self._folder.mkdir(exist_ok=True)
        self._pairs = pairs
        self._started: list[_Program] = []

    async def start(self, host: str, pair: str, command: Sequence[str]) -> dict[str, Any]:
        """Start a program in the network namespace of a pair's host.

        Raises:
            SpecError: There is no such pair or host.
        """
        if host not in HOSTS or pair not in self._pairs:
            msg = f"there is no {host} of {pair}; hosts are {' and '.join(HOSTS)}"
            raise SpecError(msg)
        number = len(self._started)
        log = self._folder / f"{number}-{pair}-{host}.log"
        with log.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                "nsenter",
                f"--net={host_namespace(self._run, self._pairs[pair], host)}",
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self._started.append(_Program(process, log))
        return {"number": number, "log": str(log)}

    def status(self, number: int) -> int | None:
        """Its exit status, None while it runs."""
        return self._started[number].process.returncode

    def signal(self, number: int, name: str) -> None:
        """Send it a signal, if it still runs."""
        with contextlib.suppress(ProcessLookupError):
            self._started[number].process.send_signal(signal.Signals[name])
