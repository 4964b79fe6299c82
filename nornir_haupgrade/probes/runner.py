"""The clockwork of one service: a probe begins at every tick, whatever became of the last one."""

from __future__ import annotations

import asyncio

from nornir_haupgrade.probes.load import FAST_TIMEOUT, REST_TIMEOUT, Load
from nornir_haupgrade.probes.outcome import Asker, Outcome
from nornir_haupgrade.probes.site_task import PATIENCE
from nornir_haupgrade.probes.track import Track

_LATE = 0.005
"""Seconds that a tick may be late without being worth a word: timers are that coarse."""
_VAIN = 2.0
"""Intervals that a probe in vain leaves unknown: up to the next one, which may be late."""
_EARLY = 0.25
"""Share of the interval."""


class Runner:
    """Probes one service until closed; in the probing thread only."""

    def __init__(self, asker: Asker, track: Track, load: Load) -> None:
        self._asker = asker
        self._track = track
        self._load = load
        # What is asked exclusively waits in a thread of its own, and holds no file of ours.
        self._room = 0 if asker.is_exclusive else 1
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[Outcome]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._due = 0.0
        self._begun: float | None = None
        self.is_hastened = False
        self._is_closed = False

    def start(self, delay: float) -> None:
        """Begin to tick in ``delay`` seconds."""
        if self._is_closed:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._due = self._loop.time() + delay
        self._timer = self._loop.call_at(self._due, self._tick)

    def set_pace(self, *, is_hastened: bool) -> None:
        """Hasten or rest; a service that is asked exclusively is never hastened."""
        is_hastened &= not self._asker.is_exclusive
        if is_hastened == self.is_hastened or self._is_closed:
            return
        self.is_hastened = is_hastened
        self._load.hastened += 1 if is_hastened else -1

    def probe(self, timeout: float) -> asyncio.Task[Outcome]:
        """Begin one probe now; it never raises but when it is cancelled."""
        task = self._loop.create_task(self._probe(timeout))
        self._tasks.add(task)
        self._load.in_flight += self._room
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Outcome]) -> None:
        self._tasks.discard(task)
        self._load.in_flight -= self._room

    async def _probe(self, timeout: float) -> Outcome:  # noqa: ASYNC109
        begun = self._loop.time()
        try:
            outcome = await self._asker.ask(timeout, is_hastened=self.is_hastened)
        except Exception as error:  # noqa: BLE001 - one probe's defect is nobody else's
            outcome = Outcome(None, f"{type(error).__name__}: {error}")
        if outcome.is_good is None:
            self._track.paused(begun, begun + _VAIN * self.interval)
        self._track.add(self._loop.time(), outcome)
        return outcome

    async def close(self) -> None:
        """Stop, and leave nothing behind."""
        if self._is_closed:
            return
        self.set_pace(is_hastened=False)
        self._is_closed = True
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._asker.close()

    def _tick(self) -> None:
        now = self._loop.time()
        self._load.look(now)
        interval = self.interval
        is_full = self._load.is_full(is_hastened=self.is_hastened)
        is_busy = self._asker.is_exclusive and bool(self._tasks)
        if not is_full and not is_busy:
            if self._begun is not None and now - self._begun > 2 * interval + _LATE:
                self._track.paused(self._begun, now)
            self._begun = now
            self.probe(self._timeout)
        # Who was turned away comes back early, before those whose turn it was.
        self._due += interval * _EARLY if is_full else interval
        if self._due <= now:  # what was missed is not made up for: that would make it worse
            self._due = now + interval
        self._timer = self._loop.call_at(self._due, self._tick)

    @property
    def interval(self) -> float:
        """Seconds between two ticks, as busy as the process is now."""
        return self._load.interval(is_hastened=self.is_hastened)

    @property
    def _timeout(self) -> float:
        if self._asker.is_exclusive:
            return PATIENCE
        return FAST_TIMEOUT if self.is_hastened else REST_TIMEOUT
