"""Any value as plain data, which JSON, CSV and a data frame can hold, whatever a task returned."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Set as AbstractSet
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from nornir.core.task import Result

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"

DEEPEST: Final = 30
"""Levels of lists and dictionaries; what lies deeper, or closes a circle, is ``...``."""
_LONGEST: Final = 1024
"""Bits of a number; Python refuses to write much longer ones as decimals."""
_TRACEBACK: Final = "Traceback (most recent call last):"


def plain_data(value: object, *, text: Callable[[str], str] = str) -> Plain:
    """The value with nothing in it but lists, dictionaries, texts, numbers, booleans and None.

    Never raises. Texts stay as they are, but for lone surrogates, which no file can hold. A host is
    its name, so that no login travels with it; a dataclass is a dictionary of the fields that its
    ``repr`` shows; times are ISO 8601, durations seconds; what is no number (NaN, infinity) and
    what is unknown here is text.

    Args:
        text: Applied to every text, keys of dictionaries included.
    """
    return _plain(value, text, frozenset())


def value_of(result: Result) -> object:
    """What a task returned; where it raised, Nornir puts the traceback there, which is no value."""
    value: object = result.result
    if result.exception is None or not isinstance(value, str):
        return value
    is_noise = value.startswith(_TRACEBACK) or value == text_of(result.exception)
    return None if is_noise else value


def exception_text(error: BaseException) -> str:
    """``Type: message``, on any number of lines."""
    message = text_of(error).strip()
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def text_of(value: object) -> str:
    """``str()`` of anything, even of what refuses, in characters that can be written."""
    try:
        text = str.__str__(value) if isinstance(value, str) else str(value)
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    except Exception:  # noqa: BLE001 - anybody's object; that it is here has to be told all the same
        return f"({type(value).__name__} that cannot be shown)"


def _plain(value: object, text: Callable[[str], str], above: frozenset[int]) -> Plain:
    if value is None or isinstance(value, bool):
        return value
    if id(value) in above or len(above) >= DEEPEST:
        return "..."
    try:
        return _converted(value, text, above | {id(value)})
    except Exception:  # noqa: BLE001 - anybody's object, which spoils its own place only
        return f"({type(value).__name__} that cannot be shown)"


def _converted(value: object, text: Callable[[str], str], above: frozenset[int]) -> Plain:
    match value:
        case Enum():
            return _plain(value.value, text, above)
        case int():
            return int(value) if value.bit_length() <= _LONGEST else hex(value)
        case float():
            return float(value) if math.isfinite(value) else str(float(value))
        case bytes() | bytearray():
            return text(bytes(value).decode("utf-8", "backslashreplace"))
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case BaseException():
            return text(exception_text(value))
        case Mapping():
            return {text(text_of(key)): _plain(item, text, above) for key, item in [*value.items()]}
        case list() | tuple():
            return [_plain(item, text, above) for item in [*value]]
        case AbstractSet():
            return sorted((_plain(item, text, above) for item in [*value]), key=str)
        case _:
            return _object(value, text, above)


def _object(value: object, text: Callable[[str], str], above: frozenset[int]) -> Plain:
    from nornir.core.task import Result

    if isinstance(value, Result):
        inner = value_of(value)
        return _plain(value.exception if inner is None else inner, text, above)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        shown = [item.name for item in dataclasses.fields(value) if item.repr]
        return {name: _plain(getattr(value, name), text, above) for name in shown}
    return text(text_of(value))
