"""Events as JSON, one object a line, in ASCII: what a device said cannot break out of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.plain import plain

if TYPE_CHECKING:
    from nornir_haupgrade.engines.events import Event

NAMES = {
    "GoingOn": "going-on",
    "RunStarted": "run-started",
    "RunEnded": "run-ended",
    "Told": "told",
    "Held": "held",
    "Answered": "answered",
    "PairEnd": "pair-end",
}
"""How each event is called in ``event``."""

_KEPT_ELSEWHERE = frozenset({"records", "result"})
"""What stands in the campaign's history and report."""


def json_line(event: Event, at: str) -> str:
    """An event as one line; ``at`` is its time in ISO 8601."""
    said = {name: value for name, value in plain(event).items() if name not in _KEPT_ELSEWHERE}
    return json.dumps({"event": NAMES[type(event).__name__], "at": at, **said})
