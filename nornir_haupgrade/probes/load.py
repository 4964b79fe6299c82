"""How often services are probed, and how much that may cost the process."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable

FAST = 0.01
"""Seconds between two probes of a hastened service."""
REST = 1.0
"""Seconds between two probes of a service at rest."""

FAST_TIMEOUT = 0.5
"""Seconds that a probe of a hastened service may take."""
REST_TIMEOUT = 2.0
"""Seconds that a probe at rest may take."""

_MOST_CPU = 0.4
"""Share of a core: the rest of the process talks to devices meanwhile, and has one core too."""
_LOOK = 0.25
"""Seconds between two looks at what probing has cost."""
_RELAX = 0.8
"""How much of its slowness it keeps at least from one look to the next."""
_SLOWEST, _SLOWEST_AT_REST = 100.0, 10.0
"""Times; what costs too much at that pace still is something else."""
_ROOM_LEAST, _ROOM_MOST = 64, 1024


class Load:
    """What all watches of the process do together; touched by the probing thread only.

    The paces above are kept while the machine can: where they would cost more than their share of
    a core, or hold more unanswered probes than the process has files for, all become slower
    alike. Nothing is hidden by that: a gap is printed with its resolution.
    """

    def __init__(self, cpu: Callable[[], float] = time.thread_time) -> None:
        """``cpu`` tells the seconds of CPU that the probing thread has spent."""
        self.hastened = 0
        self.in_flight = 0
        """Probes that are unanswered now; each holds a file descriptor."""
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        is_endless = limit == resource.RLIM_INFINITY
        self.room = _ROOM_MOST if is_endless else max(_ROOM_LEAST, min(limit // 2, _ROOM_MOST))
        """How many there may be: sessions with devices and canaries need files too."""
        self._cpu = cpu
        self._slowness = 1.0
        self._looked: float | None = None
        self._spent = 0.0

    def look(self, now: float, spent: float | None = None) -> None:
        """Take what probing has cost until now into account; ``spent``: CPU seconds so far."""
        if self._looked is not None and now - self._looked < _LOOK:
            return
        spent = self._cpu() if spent is None else spent
        if self._looked is not None:
            share = (spent - self._spent) / (now - self._looked)
            wanted = self._slowness * share / _MOST_CPU
            slowness = max(1.0, wanted, _RELAX * self._slowness)
            self._slowness = min(slowness, _SLOWEST)
        self._looked, self._spent = now, spent

    def is_full(self, *, is_hastened: bool) -> bool:
        """Whether no further probe may begin now; those at rest leave half to the others."""
        return self.in_flight >= (self.room if is_hastened else self.room // 2)

    def interval(self, *, is_hastened: bool) -> float:
        """Seconds between two probes of one service."""
        if not is_hastened:
            return REST * min(self._slowness, _SLOWEST_AT_REST)
        interval = FAST * self._slowness
        if 2 * self.in_flight > self.room:
            # Much is dark: even if all is, probes must not come in bursts with nothing in between.
            interval = max(interval, self.hastened * FAST_TIMEOUT / self.room)
        return interval
