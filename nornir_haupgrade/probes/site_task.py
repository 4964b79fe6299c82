"""A task of the site's own says whether the service is good."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from nornir_haupgrade.model import ServiceResult
from nornir_haupgrade.probes.outcome import Outcome
from nornir_haupgrade.probes.threads import in_thread
from nornir_haupgrade.settings import TaskService

RunTask = Callable[[TaskService], ServiceResult]

PATIENCE = 10.0
"""Seconds that a task may take; it may well log in somewhere."""


class TaskAsker:
    """Runs the task in a thread of its own: a task that hangs holds up nothing but itself."""

    is_exclusive = True

    def __init__(self, service: TaskService, run: RunTask) -> None:
        self._service = service
        self._run = run
        self._running: asyncio.Future[ServiceResult] | None = None
        self._began = 0.0

    async def ask(self, timeout: float, *, is_hastened: bool) -> Outcome:  # noqa: ARG002, ASYNC109
        """What the task says; a task that still runs is waited for, never run twice at once."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + timeout
        # Several may wait here, and only one of them begins the next run.
        while self._running is not None and not self._running.done():
            if loop.time() >= ends:
                return self._still(loop.time())
            await asyncio.wait({self._running}, timeout=ends - loop.time())
        self._began = loop.time()
        try:
            running = self._running = in_thread(
                lambda: self._run(self._service), f"task {self._service.name}"
            )
        except RuntimeError as error:
            return Outcome(None, f"{self._service.task}: {error}")
        await asyncio.wait({running}, timeout=max(ends - loop.time(), 0.0))
        if not running.done():
            return self._still(loop.time())
        try:
            result = running.result()
        except Exception as error:  # noqa: BLE001 - a site's own task may raise anything
            return Outcome(None, f"{self._service.task}: {type(error).__name__}: {error}")
        return Outcome(result.is_good, result.detail, result.flow)

    async def close(self) -> None:
        """A thread cannot be stopped: it ends with its task, and is not heard."""

    def _still(self, now: float) -> Outcome:
        return Outcome(None, f"{self._service.task}: still runs after {now - self._began:.1f} s")
