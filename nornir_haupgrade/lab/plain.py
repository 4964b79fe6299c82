"""From plain data to dataclasses, with errors that name what is known."""

from __future__ import annotations

from dataclasses import fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

E = TypeVar("E", bound=StrEnum)


class SpecError(ValueError):
    """A lab description that cannot be meant: the message names the key and what is known."""


def checked(kind: type[Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """The data for a dataclass.

    Raises:
        SpecError: It has a key that the dataclass does not know.
    """
    known = {item.name for item in fields(kind)}
    unknown = sorted(set(data) - known)
    if unknown:
        msg = f"{kind.__name__}: unknown {', '.join(unknown)}; known are {', '.join(sorted(known))}"
        raise SpecError(msg)
    return dict(data)


def one_of(kind: type[E], value: object) -> E:
    """A word as one of an enumeration.

    Raises:
        SpecError: It is none of them.
    """
    try:
        return kind(str(value))
    except ValueError:
        known = ", ".join(str(item) for item in kind)
        msg = f"{kind.__name__}: unknown {value}; known are {known}"
        raise SpecError(msg) from None
