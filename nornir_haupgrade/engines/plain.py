"""Facts, records and events as JSON knows them."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from nornir_haupgrade.model import PairFacts
from nornir_haupgrade.procedure.records import Step


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
