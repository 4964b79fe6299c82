"""Time in these tests: the lab's and the controller's pauses, compressed by one factor."""

from __future__ import annotations

from typing import Any, Final

from nornir_haupgrade.engines import loop
from nornir_haupgrade.platforms import logins
from nornir_haupgrade.procedure.actions import getters, look, reload, services, sessions

SPEED: Final = 5.0
"""Device seconds per real second."""

SHORTER: Final[tuple[tuple[Any, str, Any], ...]] = (
    (loop, "_WATCH", loop._WATCH / SPEED),
    (logins, "_PAUSE_AFTER_REFUSAL", logins._PAUSE_AFTER_REFUSAL / SPEED),
    (getters, "_PAUSE", getters._PAUSE / SPEED),
    (look, "_PAUSE", look._PAUSE / SPEED),
    (reload, "_PAUSE", reload._PAUSE / SPEED),
    (services, "_PAUSE", services._PAUSE / SPEED),
    (sessions, "_PAUSE", sessions._PAUSE / SPEED),
)
"""How long the controller waits between two looks at something that takes its time."""


def compress() -> None:
    """For a process of its own; tests have the fixture, which undoes it."""
    for owner, name, value in SHORTER:
        setattr(owner, name, value)
