"""Events as JSON, one object a line, in ASCII: what a device said cannot break out of it."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.model import PairFacts
from nornir_haupgrade.procedure.records import Step

if TYPE_CHECKING:
    from nornir_haupgrade.engines.events import Event

NAMES = {
    "RunStarted": "run-started",
    "RunEnded": "run-ended",
    "Told": "told",
    "Held": "held",
    "Answered": "answered",
    "PairEnd": "pair-end",
}
"""How each event is called in ``event``."""


def json_line(event: Event, at: str) -> str:
    """An event as one line; ``at`` is its time in ISO 8601."""
    return json.dumps({"event": NAMES[type(event).__name__], "at": at, **plain(event)})


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever the events hold, and JSON has
    """A value of the events as JSON knows it: steps by name, members by name, times in seconds."""
    if isinstance(value, PairFacts):
        return {name: plain(facts) for name, facts in value.members}
    if is_dataclass(value):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Step):
        return value.name.lower()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted((plain(item) for item in value), key=str)
    return value
