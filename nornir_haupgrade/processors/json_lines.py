"""A record of runs: every event as one JSON object a line."""

from __future__ import annotations

import json
import os
import stat
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.plain_data import Plain, plain_data, text_of, value_of
from nornir_haupgrade.processors.mask import Mask
from nornir_haupgrade.processors.quiet import Quiet, quiet
from nornir_haupgrade.processors.runs import Runs, path_of

if TYPE_CHECKING:
    from nornir.core.inventory import Host
    from nornir.core.task import AggregatedResult, MultiResult, Result, Task

    from nornir_haupgrade.processors.runs import Run

LIMIT: Final = 100_000
"""Characters of a result that are kept, unless told otherwise."""


class JsonLines(Quiet):
    """A Nornir processor that writes every event as a line of JSON, in ASCII, as it happens.

    Keyword arguments of tasks are never written, and the inventory's secrets are replaced by
    ``***`` wherever they turn up. It never raises: what went wrong is in ``errors``. A stream that
    refused a line gets no more; a file is tried again with the next one, which then says under
    ``lost`` how many lines are missing before it.

    Args:
        to: A file, which is appended to, and made with mode 0600 if there is none; or a stream.
        limit: Characters that a result may have, as text or as JSON. Of a longer one the beginning
            is written as text, and its whole length under ``result_cut``.
        secrets: What else must not be written, besides what the inventory holds.
        tracebacks: Whether exceptions are written with their tracebacks.

    Raises:
        BadInput: The file cannot be written to.
    """

    def __init__(
        self,
        to: str | Path | TextIO,
        *,
        limit: int = LIMIT,
        secrets: Iterable[str] = (),
        tracebacks: bool = False,
    ) -> None:
        super().__init__()
        self._to: _To = _File(Path(to)) if isinstance(to, (str, Path)) else _Stream(to)
        self._limit = limit
        self._tracebacks = tracebacks
        self._mask = Mask(secrets)
        self._runs = Runs()
        self._lock = Lock()
        self._lost = 0

    @quiet
    def task_started(self, task: Task) -> None:
        """A run begins."""
        run = self._runs.begin(task)
        self._mask.learn(task.nornir.inventory.hosts.values())
        self._write(
            "task-started",
            run,
            task=self._text(task.name),
            inside=run.inside.id if run.inside else None,
            hosts=[*run.good],
            failed_before=[*run.left_out],
        )

    @quiet
    def task_completed(self, task: Task, result: AggregatedResult) -> None:
        """A run is over."""
        run = self._runs.end(task)
        self._write(
            "task-completed",
            run,
            task=self._text(task.name),
            failed=result.failed,
            changed=any(multi.changed for multi in result.values()),
            hosts=[*result],
            failed_hosts=[*result.failed_hosts],
            did_not_run=[name for name in (run.good if run else ()) if name not in result],
        )

    @quiet
    def task_instance_started(self, task: Task, host: Host) -> None:
        """A host begins."""
        self._begun("host-started", self._runs.start(task, host), task, host)

    @quiet
    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """A host is done."""
        self._ended("host-completed", self._runs.finish(task, host), task, host, result)

    @quiet
    def subtask_instance_started(self, task: Task, host: Host) -> None:
        """A host begins a subtask."""
        self._begun("subtask-started", self._runs.find(task, host), task, host)

    @quiet
    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """A host ended a subtask."""
        self._ended("subtask-completed", self._runs.find(task, host), task, host, result)

    def _begun(self, event: str, run: Run | None, task: Task, host: Host) -> None:
        self._write(event, run, **self._where(task, host))

    def _ended(
        self, event: str, run: Run | None, task: Task, host: Host, result: MultiResult
    ) -> None:
        self._mask.learn([host])
        own = result[0]
        outcome: dict[str, Any] = {"failed": result.failed, "changed": result.changed}
        outcome |= self._kept("diff", own.diff or None) | self._kept("result", value_of(own))
        self._write(event, run, **self._where(task, host), **outcome, exception=self._error(own))

    def _where(self, task: Task, host: Host) -> dict[str, Any]:
        path = [self._text(name) for name in path_of(task)]
        return {"task": path[-1], "path": path, "host": text_of(host.name)}

    def _error(self, result: Result) -> dict[str, Plain] | None:
        error = result.exception
        if error is None:
            return None
        told: dict[str, Plain] = {
            "type": type(error).__name__,
            "message": self._text(text_of(error)),
        }
        if self._tracebacks:
            told["traceback"] = self._text("".join(traceback.format_exception(error)))
        return told

    def _kept(self, name: str, value: object) -> dict[str, Any]:
        """A value without secrets, or its beginning: ``{name: ..., name_cut: 123456}``."""
        whole = plain_data(value)
        text = whole if isinstance(whole, str) else json.dumps(whole)
        if len(text) <= self._limit:
            return {name: plain_data(whole, text=self._mask)}
        return {name: self._text(text), f"{name}_cut": len(text)}

    def _text(self, text: str) -> str:
        """The beginning of a text, without secrets, and without one that the end cuts in two."""
        if len(text) <= self._limit:
            return self._mask(text)
        spare = self._mask.longest
        seen = self._mask(text[: self._limit + spare])
        return seen[: max(0, len(seen) - spare)][: self._limit]

    def _write(self, event: str, run: Run | None, **told: Plain) -> None:
        at = datetime.now(tz=UTC).isoformat(timespec="milliseconds")
        record = {"event": event, "at": at, "run": run.id if run else None, **told}
        with self._lock:
            if self._to.is_closed:
                return
            if self._lost:
                record["lost"] = self._lost
            self._lost += 1
            self._to.write(f"{json.dumps(record)}\n")
            self._lost = 0


class _To(Protocol):
    is_closed: bool

    def write(self, line: str) -> None: ...


class _Stream:
    """Given up at its first refusal: whoever read it has gone."""

    def __init__(self, stream: TextIO) -> None:
        self.is_closed = False
        self._stream = stream

    def write(self, line: str) -> None:
        try:
            self._stream.write(line)
            self._stream.flush()
        except Exception:
            self.is_closed = True
            raise


class _File:
    """Opened for each line: no descriptor is held, and a file that is moved away is made anew."""

    is_closed = False

    def __init__(self, path: Path) -> None:
        self._path = path.absolute()
        try:
            os.close(self._open())
        except OSError as error:
            advice = "check the path and its permissions"
            raise BadInput(f"cannot write {path}: {error.strerror}", advice=advice) from error

    def write(self, line: str) -> None:
        file = self._open()
        try:
            content = line.encode("ascii")
            # Whoever wrote before may have been cut off in the middle of a line.
            rest = memoryview(b"\n" + content if _is_torn(file) else content)
            while rest:
                rest = rest[os.write(file, rest) :]
        finally:
            os.close(file)

    def _open(self) -> int:
        return os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def _is_torn(file: int) -> bool:
    found = os.fstat(file)
    if not stat.S_ISREG(found.st_mode) or not found.st_size:
        return False
    return os.pread(file, 1, found.st_size - 1) != b"\n"
