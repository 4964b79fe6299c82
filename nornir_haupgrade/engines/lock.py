"""One controller for each pair: a lock that the kernel lets go of, even at ``kill -9``."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from nornir_haupgrade.engines.redact import escape
from nornir_haupgrade.engines.store import file_name, make_folder, with_advice
from nornir_haupgrade.errors import AnotherController

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType


class ControllerLock:
    """Holds one or more pairs of a store while its ``with`` block runs.

    The pairs are locked in sorted order, all or none. The files stay behind: removing them would
    let two controllers lock two files of one name.

    Args:
        store: The folder of the campaigns; it is made if need be.
        pairs: The pairs' names.
        campaign: Told to whoever comes second.

    Raises:
        AnotherController: When entered, if somebody holds one of the pairs; names who.
    """

    def __init__(self, store: Path, *pairs: str, campaign: str = "") -> None:
        self._folder = store / ".locks"
        self._pairs = sorted(set(pairs))
        self._campaign = campaign
        self._held = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as taken:
            make_folder(self._folder)
            for pair in self._pairs:
                taken.enter_context(self._locked(pair))
            self._held = taken.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._held.close()

    @contextmanager
    def _locked(self, pair: str) -> Iterator[None]:
        path = self._folder / f"{file_name(pair)}.lock"
        with with_advice(f"lock {path}"):
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            with with_advice(f"lock {path}"):
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise _held_by_another(pair, os.pread(file, 4096, 0)) from None
                _say(file, self._content())
            yield
        finally:
            # Closing unlocks; whoever comes next says its own name.
            os.close(file)

    def _content(self) -> bytes:
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "campaign": self._campaign,
        }
        return json.dumps(holder).encode("ascii") + b"\n"


def _say(file: int, content: bytes) -> None:
    os.ftruncate(file, 0)
    os.pwrite(file, content, 0)


def _held_by_another(pair: str, content: bytes) -> AnotherController:
    try:
        holder = json.loads(content)
        pid, host, started = holder["pid"], holder["host"], holder["started"]
        campaign = f" for campaign {holder['campaign']}" if holder.get("campaign") else ""
    except (ValueError, TypeError, KeyError, AttributeError):
        # It has just begun, or the file was edited: the lock is what counts.
        who, advice = "another process", "wait for it to end"
    else:
        who = escape(f"process {pid} on {host} since {started}{campaign}")
        advice = f"wait for it to end, or interrupt it there (kill -INT {escape(str(pid))})"
    return AnotherController(
        f"another controller works on this pair: {who}", pair=pair, advice=advice
    )
