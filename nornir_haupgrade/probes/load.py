"""How often services are probed, and how much that may cost the process."""

from __future__ import annotations

FAST = 0.01
"""Seconds between two probes of a hastened service."""
FAST_SHARE = 0.001
"""Seconds that each hastened service of the process adds to that, once there are more than ten: at
most a thousand probes a second are begun, however many pairs switch over at once."""
REST = 1.0
"""Seconds between two probes of a service at rest."""
REST_SHARE = 0.003
"""The same share at rest, so that hundreds of pairs at rest cost no core."""

FAST_TIMEOUT = 0.5
"""Seconds that a probe of a hastened service may take."""
REST_TIMEOUT = 2.0
"""Seconds that a probe at rest may take."""

MOST_IN_FLIGHT = 512
"""Probes of the process that may be unanswered at once: each holds a file descriptor. More than a
thousand probes a second of half a second each would need."""


class Load:
    """What all watches of the process do together; touched by the probing thread only."""

    def __init__(self) -> None:
        self.hastened = 0
        self.resting = 0
        self.in_flight = 0

    @property
    def is_full(self) -> bool:
        """Whether no further probe may begin now."""
        return self.in_flight >= MOST_IN_FLIGHT

    def interval(self, *, is_hastened: bool) -> float:
        """Seconds between two probes of one service."""
        if is_hastened:
            return max(FAST, self.hastened * FAST_SHARE)
        return max(REST, self.resting * REST_SHARE)
