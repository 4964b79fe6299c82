"""The loop of the thread that watches ports: timers, one selector, one attempt a port at a time.

A port that is up is not asked over and over: OpenSSH since 9.8 shuts out for a while who keeps
connecting without logging in (``PerSourcePenalties``: a second each, enforced from 15 on). So the
connection is held for a while instead; a reload that ends it is seen at once.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from nornir_haupgrade.probes.addresses import Address
from nornir_haupgrade.probes.attempt import Answer, Attempt


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how patiently a port is tried, in seconds."""

    interval: float = 0.25
    """Pause between two tries of a port that is down."""
    hold: float = 1.1
    """Pause between two tries of a port that is up."""
    connect_timeout: float = 2.0
    """Without a connection by then, it is down."""
    banner_timeout: float = 10.0
    """Connected, but without a banner by then, it is down."""


class Watcher(Protocol):
    """Who wants to know."""

    def seen(self, *, is_up: bool) -> None:
        """The port was tried."""


@dataclass(eq=False, slots=True)
class Port:
    """One port, however many wait for it."""

    addresses: tuple[Address, ...]
    watches: tuple[Watcher, ...] = ()
    """Replaced as a whole, never changed, since two threads read it."""
    asked: tuple[Watcher, ...] = ()
    """Those that watched when the attempt began: to later ones it says nothing."""
    attempt: Attempt | None = None
    alarm: int = 0
    """The one timer of this port that still counts."""


@dataclass(slots=True)
class Changes:
    """What came and went since the thread last looked."""

    come: list[Port] = field(default_factory=list)
    gone: list[Port] = field(default_factory=list)


class Loop:
    """Runs in one thread, and touches no lock but through ``take`` and ``died``."""

    def __init__(
        self,
        pace: Pace,
        woken: socket.socket,
        take: Callable[[], Changes | None],
        died: Callable[[], None],
    ) -> None:
        self._pace = pace
        self._woken = woken
        self._take = take
        self._died = died
        self._selector = selectors.DefaultSelector()
        self._alarms: list[tuple[float, int, Port]] = []
        self._numbers = itertools.count(1)

    def run(self) -> None:
        """Until nothing is left to watch."""
        self._woken.settimeout(0)
        self._selector.register(self._woken, selectors.EVENT_READ)
        is_done = False
        try:
            while (changes := self._take()) is not None:
                self._turn(changes)
            is_done = True
        finally:
            if not is_done:
                self._died()
            for key in list(self._selector.get_map().values()):
                # After a death the next thread may close the same sockets at the same time.
                with contextlib.suppress(KeyError, ValueError):
                    self._selector.unregister(key.fileobj)
                key.fileobj.close()  # type: ignore[union-attr]
            self._selector.close()

    def _turn(self, changes: Changes) -> None:
        now = time.monotonic()
        for port in changes.gone:
            self._end(port)
            port.alarm = 0
        for port in changes.come:
            if port.watches:
                self._try(port, now)
        pause = max(0.0, self._alarms[0][0] - now) if self._alarms else None
        for key, _ in self._selector.select(pause):
            if key.data is None:
                self._woken.recv(4096)
            else:
                self._go_on(key.data, time.monotonic())
        self._ring(time.monotonic())

    def _ring(self, now: float) -> None:
        while self._alarms and self._alarms[0][0] <= now:
            _, number, port = heapq.heappop(self._alarms)
            if number != port.alarm:
                continue
            if port.attempt is None or port.attempt.has_banner:
                self._try(port, now)
            else:
                self._judge(port, port.attempt, port.attempt.begin(now), now)

    def _try(self, port: Port, now: float) -> None:
        self._end(port)
        port.asked = port.watches
        port.attempt = Attempt(
            self._selector,
            port.addresses,
            port,
            connect_timeout=self._pace.connect_timeout,
            banner_timeout=self._pace.banner_timeout,
        )
        self._judge(port, port.attempt, port.attempt.begin(now), now)

    def _go_on(self, port: Port, now: float) -> None:
        attempt = port.attempt
        if attempt is None:
            return
        if not attempt.has_banner:
            self._judge(port, attempt, attempt.go_on(now), now)
        elif attempt.go_on(now) is not None:
            # The other end closed what was held: perhaps a reload, so it is soon tried again.
            self._end(port)
            self._set_alarm(port, now + self._pace.interval)

    def _judge(self, port: Port, attempt: Attempt, answer: Answer | None, now: float) -> None:
        if answer is None:
            self._set_alarm(port, attempt.deadline)
            return
        if answer is Answer.UP:
            self._set_alarm(port, now + self._pace.hold)
        else:
            self._end(port)
            self._set_alarm(port, now + self._pace.interval)
        if answer is not Answer.UNKNOWN:
            for watch in port.asked:
                watch.seen(is_up=answer is Answer.UP)

    def _set_alarm(self, port: Port, at: float) -> None:
        port.alarm = next(self._numbers)
        heapq.heappush(self._alarms, (at, port.alarm, port))

    def _end(self, port: Port) -> None:
        if port.attempt is not None:
            port.attempt.close()
            port.attempt = None
