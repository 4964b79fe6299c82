"""Releases of PAN-OS: feature releases (10.1) and what is in them (10.1.3-h2)."""

from __future__ import annotations

import re

_ORDER = ("8.1", "9.0", "9.1", "10.0", "10.1", "10.2", "11.0", "11.1", "11.2", "12.1")
"""The order in which the vendor published them."""


def feature(version: str) -> str:
    """The feature release that a version is of: ``10.1`` for ``10.1.3-h2``."""
    return ".".join(version.split(".")[:2])


def base(version: str) -> str:
    """The base image of its feature release."""
    return f"{feature(version)}.0"


def distance(one: str, other: str) -> int:
    """How many feature releases lie between two versions; unknown ones are far apart."""
    first, second = feature(one), feature(other)
    if first == second:
        return 0
    if first not in _ORDER or second not in _ORDER:
        return len(_ORDER)
    return abs(_ORDER.index(first) - _ORDER.index(second))


def rank(version: str) -> tuple[int, ...]:
    """What to sort by: a hotfix is newer than what it fixes."""
    return tuple(int(number) for number in re.findall(r"\d+", version))


def file_name(version: str) -> str:
    """What the vendor calls the image of a virtual firewall."""
    return f"PanOS_vm-{version}"
