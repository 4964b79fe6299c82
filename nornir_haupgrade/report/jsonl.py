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


def json_line(event: Event, at: str, *, mark: str = "") -> str:
    """An event as one line.

    Args:
        event: What is told.
        at: Its time in ISO 8601.
        mark: What this is, if it is not a real run.
    """
    said = {name: value for name, value in plain(event).items() if name not in _KEPT_ELSEWHERE}
    what = {"mark": mark} if mark else {}
    return json.dumps({"event": NAMES[type(event).__name__], "at": at, **what, **said})
