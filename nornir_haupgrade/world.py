"""Everything through which a pair is worked on, in one object: the clock, the way in, the probes.

``REAL`` is this machine. Whatever stands in for it, such as simulated devices on a clock of their
own, stands in for all of it at once, so that a clock and what it measures cannot drift apart.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING, Final, Protocol, Self

from nornir_haupgrade.platforms.address import direct_port
from nornir_haupgrade.platforms.napalm import Napalm, napalm_for
from nornir_haupgrade.platforms.transport import open_transport
from nornir_haupgrade.probes.ports import PortWatch
from nornir_haupgrade.probes.prober import Prober

if TYPE_CHECKING:
    from types import TracebackType

    from nornir.core.inventory import Host
    from nornir.core.plugins.runners import RunnerPlugin

    from nornir_haupgrade.model import CanaryResult, Gap, ServiceResult
    from nornir_haupgrade.platforms.base import Transport
    from nornir_haupgrade.probes.site_task import RunTask
    from nornir_haupgrade.settings import Canary, Service


class WatchedPort(Protocol):
    """One port, from the beginning of its watch; see ``probes.ports.Watch``."""

    def wait_down(self, timeout: float) -> bool:
        """Whether it was seen down; waits up to ``timeout`` seconds."""

    def wait_up(self, timeout: float) -> bool:
        """Whether it answers; waits up to ``timeout`` seconds."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class WatchedServices(Protocol):
    """One pair's services and canaries while they are measured; see ``probes.watch.Watch``."""

    @property
    def is_alive(self) -> bool:
        """Whether it still measures."""

    def measure(self, timeout: float = ...) -> list[ServiceResult]:
        """Each service once, now."""

    def hasten(self) -> None:
        """As finely as can be from now on."""

    def rest(self) -> None:
        """Once a second from now on."""

    def mark(self) -> float:
        """Now, on the clock of ``gaps`` and ``canaries``."""

    def gaps(self, since: float, until: float | None = None) -> tuple[Gap, ...]:
        """Each service's longest gap."""

    def canaries(self, since: float) -> tuple[CanaryResult, ...]:
        """What became of the connections that are held open."""

    def renew_canaries(self) -> None:
        """Open again those that are dead."""

    def close(self) -> None:
        """Stop watching."""


class WatchServices(Protocol):
    """Begins to measure; see ``probes.prober.Prober.watch``."""

    def __call__(
        self,
        services: Sequence[Service],
        canaries: Sequence[Canary],
        *,
        run_task: RunTask | None = None,
    ) -> WatchedServices:
        """What is measured from now on."""


def utc_now() -> datetime:
    """Now, in UTC."""
    return datetime.now(tz=UTC)


def _watch_port(host: Host) -> WatchedPort | None:
    found = direct_port(host)
    return None if found is None else PortWatch.shared().watch(*found)


def _watch_services(
    services: Sequence[Service], canaries: Sequence[Canary], *, run_task: RunTask | None = None
) -> WatchedServices:
    return Prober.shared().watch(services, canaries, run_task=run_task)


def _both_at_once() -> RunnerPlugin:
    from nornir.plugins.runners import ThreadedRunner

    return ThreadedRunner(num_workers=2)


@dataclass(frozen=True, slots=True)
class World:
    """What a pair is worked on through; each part may stand in for this machine's own.

    Attributes:
        monotonic: As ``time.monotonic``.
        utc_now: The time of the day, for what people read and for deadlines that outlive us.
        wait: Waits for an event so many seconds; whether it was set.
        open_transport: Logs in to a member; see ``platforms.transport``.
        napalm_for: NAPALM for a member; see ``platforms.napalm``.
        watch_port: Watches the port that a host is logged in to on; None where only a login tells.
        watch_services: Measures services and canaries from outside.
        make_runner: The Nornir runner that works on a pair's two members.
    """

    monotonic: Callable[[], float] = time.monotonic
    utc_now: Callable[[], datetime] = utc_now
    wait: Callable[[Event, float], bool] = Event.wait
    open_transport: Callable[..., Transport] = open_transport
    napalm_for: Callable[..., Napalm | None] = napalm_for
    watch_port: Callable[[Host], WatchedPort | None] = _watch_port
    watch_services: WatchServices = _watch_services
    make_runner: Callable[[], RunnerPlugin] = _both_at_once


REAL: Final = World()
