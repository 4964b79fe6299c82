"""All probing of the process: one thread, however many pairs are watched."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from nornir_haupgrade.errors import Unreachable
from nornir_haupgrade.probes.askers import asker_of
from nornir_haupgrade.probes.canary import Holder
from nornir_haupgrade.probes.engine import Engine
from nornir_haupgrade.probes.site_task import RunTask
from nornir_haupgrade.probes.watch import Watch
from nornir_haupgrade.settings import Canary, Service

_ENDING = 5.0
"""Seconds that the thread may take to end."""


class Prober:
    """Watches services and canaries with a thread that lives while there is one to watch."""

    _shared: Prober | None = None
    _shared_lock = threading.Lock()

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._watches: set[Watch] = set()

    @classmethod
    def shared(cls) -> Prober:
        """The process's own."""
        with cls._shared_lock:
            cls._shared = cls._shared or cls()
            return cls._shared

    def watch(
        self,
        services: Sequence[Service],
        canaries: Sequence[Canary],
        *,
        run_task: RunTask | None = None,
    ) -> Watch:
        """Begin to probe services once a second, and to hold connections open.

        Args:
            services: What is probed.
            canaries: What is held open.
            run_task: Runs a task of the site's own in the calling thread, and says how it went.

        Raises:
            Unreachable: This machine has nothing left for a thread that probes.
        """
        with self._lock:
            try:
                engine = self._alive()
            except (OSError, RuntimeError) as error:
                raise Unreachable(
                    f"services cannot be watched: {error}",
                    advice="Allow this process more open files and threads, or run fewer pairs.",
                ) from error
            askers = [
                (service.name, asker_of(service, run_task=run_task, echoes=engine.echoes))
                for service in services
            ]
            watch = Watch(engine, askers, [Holder(canary) for canary in canaries], self._left)
            self._watches.add(watch)
            return watch

    def _alive(self) -> Engine:
        if self._engine is None or not self._engine.is_alive:
            # After a fork, or a death: what was watched then is not watched here.
            self._watches.clear()
            self._engine = Engine()
        return self._engine

    def _left(self, watch: Watch) -> None:
        with self._lock:
            self._watches.discard(watch)
            if not self._watches and self._engine is not None:
                self._engine.stop(_ENDING)
                self._engine = None
