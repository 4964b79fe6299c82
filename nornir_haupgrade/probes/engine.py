"""The thread with the event loop in which all probing happens."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from nornir_haupgrade.probes.icmp_echo import Echoes
from nornir_haupgrade.probes.load import Load

_T = TypeVar("_T")


class Engine:
    """One life of the thread; it ends when told, and is never started again.

    Raises:
        OSError, RuntimeError: This machine has nothing left for a loop or a thread.
    """

    def __init__(self) -> None:
        self.load = Load()
        self.echoes = Echoes()
        self._pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="prober", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:
            self._loop.close()
            raise

    @property
    def is_alive(self) -> bool:
        """Whether it probes; after a fork only the parent does."""
        return self._pid == os.getpid() and self._thread.is_alive()

    def submit(self, work: Coroutine[Any, Any, _T]) -> concurrent.futures.Future[_T] | None:
        """Do it in the thread; None if there is none any more."""
        with contextlib.suppress(RuntimeError):  # the loop was closed in between
            if self.is_alive:
                return asyncio.run_coroutine_threadsafe(work, self._loop)
        work.close()
        return None

    def call(self, work: Callable[[], None]) -> None:
        """Do it in the thread soon, if there is one."""
        with contextlib.suppress(RuntimeError):
            if self.is_alive:
                self._loop.call_soon_threadsafe(work)

    def stop(self, timeout: float) -> None:
        """End the thread, once what runs in it has been told; waits up to ``timeout`` seconds."""
        if self.is_alive and threading.current_thread() is not self._thread:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self._loop.run_forever()
        finally:
            try:
                self._loop.run_until_complete(self._clear())
            finally:
                self._loop.close()

    async def _clear(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.echoes.close()
        # Transports close at the next turn of the loop.
        await asyncio.sleep(0)
