"""The kinds of value that settings and inventory data are made of.

Strict on purpose: YAML turns ``13.10`` into the number 13.1 and ``no`` into False, so a text
must be a text and a number a number. Nothing is converted in silence.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from nornir_haupgrade.settings.messages import shown

_LONGEST = 30 * 24 * 3600
"""Seconds; far beyond any sensible wait, and safe for every clock and timer."""
_LABEL = re.compile(r"[^\s/\\]{1,100}")
_DOTTED_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
_PERCENTAGE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?%", re.ASCII)


class Strict(BaseModel):
    """Frozen; an unknown key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def refused(what: str, advice: str) -> PydanticCustomError:
    """The error of a validator, worded as a finding is."""
    # The texts travel as context: as a template, a brace in somebody's value would be expanded.
    return PydanticCustomError("refused", "{what}", {"what": what, "advice": advice})


def _printable(value: str) -> str:
    if not value.isprintable() or not value.strip():
        raise refused(
            f"{value!r} is empty or has characters that cannot be printed", "Write a plain text."
        )
    return value


def _label(value: str) -> str:
    # Labels become names of folders and files in the evidence.
    if not _LABEL.fullmatch(_printable(value)) or value.startswith("."):
        raise refused(
            f"{value!r} cannot be used as a name",
            "Use up to 100 letters, digits, dots and dashes, without blanks or slashes.",
        )
    return value


def _version(value: str) -> str:
    if re.search(r"\s", _printable(value)):
        raise refused(
            f"{value!r} is not a version", "Write it as the device prints it, without blanks."
        )
    return value


def _address(value: str) -> str:
    if re.search(r"[\s/\\@]", _printable(value)):
        raise refused(
            f"{value!r} is not an address",
            "Write an IP address or a host name, without port, path or prefix length.",
        )
    return value


def _network(value: str) -> str:
    try:
        ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise refused(
            f"{value!r} is not an IP address or network",
            "Write it as in 10.2.1.100 or 10.2.1.0/24: session tables hold no names.",
        ) from None
    return value


def _url(value: str) -> str:
    advice = "Write it as in http://10.2.1.100:8080/health."
    try:
        parts = urlsplit(value)
        is_good = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_good = False
    # The value itself is not shown: it may carry a password.
    if not is_good or not value.isprintable() or " " in value:
        raise refused("this is not an http or https address", advice)
    if "@" in parts.netloc:
        raise refused("the address carries a user name or password", f"Remove it. {advice}")
    return value


def _dotted_name(value: str) -> str:
    if not _DOTTED_NAME.fullmatch(value):
        raise refused(
            f"{value!r} is not a dotted name", "Write module and function, as in tasks.shop.check."
        )
    return value


def _fraction(value: object) -> float:
    # A bare number is refused: 5 could be read as 5 % or as five times as many.
    match = _PERCENTAGE.fullmatch(value) if isinstance(value, str) else None
    number = float(match[1]) if match else None
    if number is None or number > 100:  # noqa: PLR2004 - per cent
        raise refused(f"{shown(value)} is not a percentage", "Write it with its sign, as in 5%.")
    return number / 100


Text = Annotated[str, AfterValidator(_printable)]
Label = Annotated[str, AfterValidator(_label)]
Version = Annotated[str, AfterValidator(_version)]
Address = Annotated[str, AfterValidator(_address)]
Network = Annotated[str, AfterValidator(_network)]
Url = Annotated[str, AfterValidator(_url)]
DottedName = Annotated[str, AfterValidator(_dotted_name)]
Port = Annotated[int, Field(strict=True, ge=1, le=65535)]
Count = Annotated[int, Field(strict=True, ge=1, le=1_000_000_000)]
HttpStatus = Annotated[int, Field(strict=True, ge=100, le=599)]
Wait = Annotated[float, Field(strict=True, gt=0, le=_LONGEST, allow_inf_nan=False)]
"""A number of seconds, more than zero."""
Pause = Annotated[float, Field(strict=True, ge=0, le=_LONGEST, allow_inf_nan=False)]
"""A number of seconds, zero allowed."""
Fraction = Annotated[
    float,
    BeforeValidator(_fraction, json_schema_input_type=str),
]
"""Written as a percentage ("5%"), held as a fraction (0.05)."""
