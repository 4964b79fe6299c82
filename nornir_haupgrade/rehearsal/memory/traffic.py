"""What services and canaries see of a simulated pair, computed from what it really forwarded."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.model import CanaryResult, Flow, Gap, ServiceResult
from nornir_haupgrade.probes.canary_log import CanaryLog
from nornir_haupgrade.settings import TaskService

if TYPE_CHECKING:
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.sessions import Session
    from nornir_haupgrade.probes.site_task import RunTask
    from nornir_haupgrade.rehearsal.memory.clock import VirtualClock
    from nornir_haupgrade.settings import Canary, Service

_AT_REST: Final = 1.0
_HASTENED: Final = 0.01
"""Seconds between two probes."""
_ANSWER: Final = 0.001


class Forwarding:
    """The intervals in which nobody forwarded, as they happen."""

    def __init__(self, pair: Pair, clock: VirtualClock) -> None:
        self.clock = clock
        self._pair = pair
        self._gaps: list[tuple[float, float]] = []
        self._since: float | None = None
        pair.listeners.append(self._follow)
        self._follow()

    @property
    def is_up(self) -> bool:
        """Whether somebody forwards now."""
        return self._since is None

    def gaps(self, since: float, until: float) -> list[tuple[float, float]]:
        """The intervals that reach into a time; the last one may still go on."""
        known = [*self._gaps, *([(self._since, math.inf)] if self._since is not None else [])]
        return [(a, b) for a, b in known if b > since and a < until]

    def _follow(self) -> None:
        now = self.clock.timeline.now()
        if self._pair.active is None:
            self._since = now if self._since is None else self._since
        elif self._since is not None:
            self._gaps.append((self._since, now))
            self._since = None


class Traffic:
    """As ``probes.watch.Watch``."""

    def __init__(
        self,
        pair: Pair,
        forwarding: Forwarding,
        services: Sequence[Service],
        canaries: Sequence[Canary],
        run_task: RunTask | None,
    ) -> None:
        self._pair = pair
        self._forwarding = forwarding
        self._clock = forwarding.clock
        self._services = services
        self._run_task = run_task
        self._interval = _AT_REST
        self._held = [_Held(pair, forwarding, canary.name) for canary in canaries]
        self._is_closed = False

    @property
    def is_alive(self) -> bool:
        """Until it is closed."""
        return not self._is_closed

    def measure(self, timeout: float = 2.0) -> list[ServiceResult]:
        """A packet that nobody forwards is sent again until it is, or the time is over."""
        is_good = self._clock.advance(timeout, lambda: self._forwarding.is_up)
        if is_good:
            self._clock.advance(_ANSWER)
        return [self._measured(service, timeout, is_good=is_good) for service in self._services]

    def _measured(self, service: Service, timeout: float, *, is_good: bool) -> ServiceResult:
        if isinstance(service, TaskService) and self._run_task is not None:
            return self._run_task(service)
        words = "answered" if is_good else f"no answer within {timeout:.1f} s"
        return ServiceResult(service.name, is_good, f"{service.name}: {words}")

    def hasten(self) -> None:
        """A hundred times a second from now on."""
        self._interval = _HASTENED

    def rest(self) -> None:
        """Once a second from now on."""
        self._interval = _AT_REST

    def mark(self) -> float:
        """Now."""
        return self._clock.now

    def gaps(self, since: float, until: float | None = None) -> tuple[Gap, ...]:
        """Each service's longest gap, as probes at the present interval see it."""
        ends = self._clock.now if until is None else min(until, self._clock.now)
        return tuple(self._gap(service.name, since, ends) for service in self._services)

    def _gap(self, name: str, since: float, ends: float) -> Gap:
        step = self._interval
        seen = [
            (_before(a, since, step), _after(b, since, step))
            for a, b in self._forwarding.gaps(since, ends)
        ]
        bad = sum(int((min(b, ends) - a) / step) for a, b in seen)
        good = max(0, int((ends - since) / step) - bad)
        if not seen:
            return Gap(name, step, step, good, bad, self._date(since))
        began, ended = max(seen, key=lambda gap: gap[1] - gap[0])
        if ended > ends:
            silent = f"silent for {ends - began:.1f} s so far"
            return Gap(name, None, step, good, bad, self._date(began), silent)
        return Gap(name, ended - began, step, good, bad, self._date(began))

    def _date(self, instant: float) -> str:
        return self._clock.utc_at(instant).isoformat(timespec="milliseconds")

    def canaries(self, since: float) -> tuple[CanaryResult, ...]:
        """What became of the connections that are held open."""
        return tuple(held.judge(since) for held in self._held)

    def renew_canaries(self) -> None:
        """Open again those that are dead."""
        for held in self._held:
            held.renew()

    def close(self) -> None:
        """Close the connections."""
        self._is_closed = True
        for held in self._held:
            held.close()


class _Held:
    """A connection through the pair: dead once its session is, and silent while nobody forwards."""

    def __init__(self, pair: Pair, forwarding: Forwarding, name: str) -> None:
        self._pair = pair
        self._forwarding = forwarding
        self._log = CanaryLog(name, name)
        self._session: Session | None = None
        self._heard = 0.0
        self.renew()

    def renew(self) -> None:
        now = self._forwarding.clock.now
        if self._session is not None or not self._forwarding.is_up:
            return
        self._session = self._pair.sessions.open(on_lost=self._lost)
        flow = Flow("tcp", f"192.0.2.1:{self._session.port}", "198.51.100.80:80")
        self._log.opened(now, flow, tells=True)
        self._heard = now

    def judge(self, since: float) -> CanaryResult:
        now = self._forwarding.clock.now
        self._hear(now)
        self._log.looked(now)
        return self._log.judge(since, now)

    def close(self) -> None:
        if self._session is not None:
            self._pair.sessions.close(self._session)
            self._session = None

    def _hear(self, until: float) -> None:
        """Once a second, but for when nobody forwarded."""
        if self._session is None:
            return
        while self._heard + _AT_REST <= until:
            self._heard += _AT_REST
            if not self._forwarding.gaps(self._heard, self._heard):
                self._log.heard(self._heard)

    def _lost(self) -> None:
        # A firewall that does not know a session drops it: nobody is told, it is only silent.
        self._hear(self._forwarding.clock.timeline.now())
        self._session = None


def _before(instant: float, since: float, step: float) -> float:
    """The last probe that still came through."""
    return max(since, since + math.floor((instant - since) / step) * step)


def _after(instant: float, since: float, step: float) -> float:
    """The first one that came through again."""
    if instant == math.inf:
        return instant
    return since + math.ceil((instant - since) / step) * step
