"""One pair's services and canaries, watched from outside."""

from __future__ import annotations

import asyncio
import concurrent.futures
import time
from collections.abc import Callable, Coroutine, Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

from nornir_haupgrade.model import CanaryResult, Gap, ServiceResult
from nornir_haupgrade.probes.canary import Holder
from nornir_haupgrade.probes.engine import Engine
from nornir_haupgrade.probes.load import FAST_TIMEOUT
from nornir_haupgrade.probes.outcome import Asker
from nornir_haupgrade.probes.runner import Runner
from nornir_haupgrade.probes.track import Track

_T = TypeVar("_T")

_GRACE = 1.0
"""Seconds that the probing thread may be late with an answer."""
_CLOSING = 5.0
"""Seconds that closing may take; what is left then is closed a little later."""
_DIED = "the prober did not run all the time: nothing is known"


class Watch:
    """What is measured for one pair, from its beginning to ``close``; for any thread.

    Outage is the longest time between two good answers in a row. Probes are begun every 10 ms
    while hastened, whether or not earlier ones are answered, so that a retransmitted SYN costs one
    probe a second and the measurement nothing.
    """

    def __init__(
        self,
        engine: Engine,
        askers: Sequence[tuple[str, Asker]],
        holders: Sequence[Holder],
        left: Callable[[Watch], None],
    ) -> None:
        self._engine = engine
        self._askers = askers
        self._tracks = {name: Track(name) for name, _ in askers}
        self._holders = holders
        self._runners: list[Runner] = []
        self._left = left
        self._is_closed = False
        engine.call(self._begin)

    @property
    def is_alive(self) -> bool:
        """Whether it still measures; after a fork only the parent's does."""
        return not self._is_closed and self._engine.is_alive

    def measure(self, timeout: float = 2.0) -> list[ServiceResult]:
        """Probe each service once, now; blocks for ``timeout`` seconds at the most.

        Never raises: what could not be measured is neither good nor bad, and says why.
        """
        return self._do(self._measure(timeout), timeout + _GRACE) or [
            ServiceResult(name, None, "the prober did not answer: nothing is known")
            for name in self._tracks
        ]

    def hasten(self) -> None:
        """Probe a hundred times a second from now on: before what may interrupt.

        Returns when every service was probed at that pace, 0.5 s later at the latest: a window
        that is marked then begins with a fresh answer, not with one of a second ago.
        """
        self._do(self._set_pace(is_hastened=True), 2 * FAST_TIMEOUT + _GRACE)

    def rest(self) -> None:
        """Probe once a second from now on."""
        self._do(self._set_pace(is_hastened=False), _GRACE)

    def mark(self) -> float:
        """Now, on the clock of ``gaps`` and ``canaries``: seconds of no calendar."""
        return time.monotonic()

    def gaps(self, since: float, until: float | None = None) -> tuple[Gap, ...]:
        """Each service's longest gap between two instants of ``mark``, in the services' order."""
        if not self.is_alive:
            return tuple(Gap(name, None, None, 0, 0, None, _DIED) for name in self._tracks)
        now = time.monotonic()
        ends = now if until is None else min(until, now)
        return tuple(track.gap(since, ends, now) for track in self._tracks.values())

    def canaries(self, since: float) -> tuple[CanaryResult, ...]:
        """What became since an instant of the connections that are held open, in their order."""
        now = time.monotonic()
        return tuple(holder.log.judge(since, now) for holder in self._holders)

    def renew_canaries(self) -> None:
        """Open again those that are dead; that never counts as survival."""
        for holder in self._holders:
            self._engine.call(holder.renew)

    def close(self) -> None:
        """Stop watching; the last watch of the process ends the thread too."""
        if self._is_closed:
            return
        self._is_closed = True
        if (ending := self._engine.submit(self._end())) is not None:
            # It goes on after that time: what was not closed would be probed for ever.
            concurrent.futures.wait([ending], _CLOSING)
        self._left(self)

    def __enter__(self) -> Self:
        """It watches already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop watching."""
        self.close()

    def _do(self, work: Coroutine[Any, Any, _T], timeout: float) -> _T | None:
        future = self._engine.submit(work)
        if future is None:
            return None
        try:
            return future.result(timeout)
        except Exception:  # noqa: BLE001 - a measurement that failed is one that was not made
            future.cancel()
            return None

    def _begin(self) -> None:
        if self._is_closed:
            return
        for at, (name, asker) in enumerate(self._askers):
            self._runners.append(Runner(asker, self._tracks[name], self._engine.load))
            self._runners[-1].start(at / len(self._askers))
        for holder in self._holders:
            holder.start()

    async def _measure(self, timeout: float) -> list[ServiceResult]:  # noqa: ASYNC109
        probes = [runner.probe(timeout) for runner in self._runners]
        if probes:
            # Their own time-out says more than ours: it comes first.
            await asyncio.wait(probes, timeout=timeout + _GRACE / 2)
        results = []
        for probe, name in zip(probes, self._tracks, strict=True):
            if probe.done() and not probe.cancelled():
                found = probe.result()
                results.append(ServiceResult(name, found.is_good, found.detail, found.flow))
            else:
                results.append(ServiceResult(name, None, f"not measured within {timeout:.1f} s"))
        return results

    async def _set_pace(self, *, is_hastened: bool) -> None:
        for runner in self._runners:
            runner.set_pace(is_hastened=is_hastened)
        for holder in self._holders:
            holder.set_pace(is_hastened=is_hastened)
        first = []
        for at, runner in enumerate(self._runners):
            if runner.is_hastened:
                # Spread over the interval, so that the services of a pair do not come in bursts.
                runner.start(runner.interval * at / len(self._runners))
                first.append(runner.probe(FAST_TIMEOUT))
        if first:
            await asyncio.wait(first, timeout=FAST_TIMEOUT)

    async def _end(self) -> None:
        runners = [runner.close() for runner in self._runners]
        holders = [holder.close() for holder in self._holders]
        await asyncio.gather(*runners, *holders, return_exceptions=True)
