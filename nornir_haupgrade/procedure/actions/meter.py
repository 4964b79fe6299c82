"""What the services and canaries of a pair do while it is worked on, measured from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nornir_haupgrade.model import CanaryResult, Gap, ServiceResult
from nornir_haupgrade.probes.site_task import PATIENCE, RunTask
from nornir_haupgrade.settings import TaskService
from nornir_haupgrade.world import REAL, World

if TYPE_CHECKING:
    from nornir_haupgrade.settings import PairConfig
    from nornir_haupgrade.world import WatchedServices

_TIMEOUT: Final = 2.0
"""Seconds that a service has to answer."""
_HELD: Final = 2.0
"""Seconds: a canary that was heard so lately is held open."""
_NOT_RUNNING = "this program did not run throughout the switchover"


class Meter:
    """One pair's measurement: at rest once a second, a hundred times a second in a switchover.

    A window begins at ``before_switchover`` and ends at ``rest``; what is silent then, or lost, is
    the switchover's. A window that this process did not see begin was not measured.
    """

    def __init__(
        self, config: PairConfig, run_task: RunTask | None = None, world: World = REAL
    ) -> None:
        self._config = config
        self._run_task = run_task
        self._world = world
        self._watch: WatchedServices | None = None
        self._since: float | None = None
        self._until: float | None = None
        """When it became slow; its own pauses are no outage from then on."""
        self.held: frozenset[str] = frozenset()
        """The canaries that were held open when this window began."""
        self._is_task = any(isinstance(service, TaskService) for service in config.services)
        self.is_switchover = False
        """Whether a switchover's window is open."""

    def open(self) -> WatchedServices:
        """Begin to watch, unless it is watched already; again if what watched has died.

        Raises:
            Unreachable: This machine has nothing left to measure with.
        """
        if self._watch is None or not self._watch.is_alive:
            if self._watch is not None:
                self._watch.close()
            config = self._config
            self._watch = self._world.watch_services(
                config.services, config.canaries, run_task=self._run_task
            )
        return self._watch

    def close(self) -> None:
        """Watch no more."""
        if self._watch is not None:
            self._watch.close()
        self._watch, self._since, self._until, self.is_switchover = None, None, None, False

    def measure(self) -> list[ServiceResult]:
        """Every configured service once, now."""
        if not self._config.services:
            return []
        return self.open().measure(PATIENCE if self._is_task else _TIMEOUT)

    def before_switchover(self) -> None:
        """Measure as finely as can be from now on; what is held open now has to survive."""
        if not self._config.services and not self._config.canaries:
            return
        watch = self.open()
        watch.hasten()
        since, self._until = watch.mark(), None
        self._since = since
        self.held = frozenset(c.name for c in watch.canaries(since - _HELD) if c.is_alive)
        self.is_switchover = True

    def rest(self) -> None:
        """The window ends: what comes next is another one."""
        if self._watch is None:
            return
        self._watch.rest()
        self._watch.renew_canaries()
        self._since, self._until, self.is_switchover = self._watch.mark(), None, False

    def slow_down(self) -> None:
        """Once a second from now on; the window stays open, for what is silent now to end."""
        if self._watch is None:
            return
        self._watch.rest()
        if self.is_switchover and self._until is None:
            self._until = self._watch.mark()

    def outages(self, *, is_switchover: bool) -> tuple[Gap, ...]:
        """Each service's longest silence in this window."""
        if self._since is None:
            if not is_switchover:
                return ()
            names = [service.name for service in self._config.services]
            return tuple(Gap(name, None, None, 0, 0, None, _NOT_RUNNING) for name in names)
        return self.open().gaps(self._since, self._until)

    def canaries(self, *, is_switchover: bool) -> tuple[CanaryResult, ...]:
        """What has become of the canaries in this window; without one, of late."""
        if not self._config.canaries:
            return ()
        if is_switchover and not self.is_switchover:
            names = [canary.name for canary in self._config.canaries]
            return tuple(CanaryResult(name, None, None, _NOT_RUNNING) for name in names)
        watch = self.open()
        since = watch.mark() - _HELD if self._since is None else self._since
        return watch.canaries(since)
