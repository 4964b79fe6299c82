"""The tool's own timeouts and pauses at another speed: they follow the twins' clock."""

from __future__ import annotations

from threading import Event, local
from time import monotonic
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from nornir_haupgrade.settings import Settings

_FLOORS: Final = {
    "connect_timeout": 4.0,
    "command_timeout": 2.5,
    "install_timeout": 10.0,
    "reload_timeout": 12.0,
    "reload_notice": 1.5,
    "settle_timeout": 3.0,
    "sessions_timeout": 5.0,
    "switch_back_after": 1.0,
}
"""Real seconds: what logging in and reading take does not get shorter with the twins' clock."""
_CROWD: Final = 20
"""So many pairs at once make this machine so slow that the floors have to rise."""


def paced(
    settings: Settings, *, speed: float, pairs: int, is_asked: bool = False
) -> dict[str, float]:
    """The waits of the settings in real seconds, each as long as the site's own at most.

    Args:
        settings: The site's own.
        speed: How many times faster the twins live.
        pairs: How many of them.
        is_asked: Whether a person is, who thinks no faster: what waits for one stays as it is.
    """
    crowd = max(1.0, pairs / _CROWD)
    found = {}
    for name, floor in _FLOORS.items():
        own = getattr(settings, name)
        if own is not None:
            is_a_person_s = is_asked and name == "switch_back_after"
            found[name] = (
                own if is_a_person_s else in_real_time(own, speed=speed, floor=floor * crowd)
            )
    return found


def in_real_time(seconds: float, *, speed: float, floor: float) -> float:
    """Device seconds in real ones, but not below a floor."""
    return max(seconds / speed, min(seconds, floor))


class Hurried(Event):
    """An event that is waited for in device seconds, and knows how long each thread waited."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self._speed = speed
        self._mine = local()

    def wait(self, timeout: float | None = None) -> bool:
        """As ``Event.wait``, so many times faster."""
        began = monotonic()
        try:
            return super().wait(None if timeout is None else timeout / self._speed)
        finally:
            self._mine.waited = self._waited() + monotonic() - began

    def take_waited(self) -> float:
        """Real seconds that this thread has waited here since it was last asked."""
        waited, self._mine.waited = self._waited(), 0.0
        return waited

    def _waited(self) -> float:
        return float(getattr(self._mine, "waited", 0.0))
