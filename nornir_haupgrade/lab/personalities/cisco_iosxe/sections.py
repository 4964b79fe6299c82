"""A configuration as sections: a line at the left margin, and the lines under it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeAlias

Sections: TypeAlias = dict[str, list[str]]
"""Line at the margin to the lines under it; the order of insertion means nothing."""

_ORDER = (
    *("version", "service", "platform", "hostname", "boot system", "enable", "aaa"),
    *("ip domain", "file prompt", "fhrp", "username", "interface", "router", "ip forward-protocol"),
    *("ip http", "ip scp", "ip route", "access-list", "logging", "snmp-server", "line", "ntp"),
)
"""Beginnings of lines in the order in which they are printed: IOS has an order of its own too,
whatever the one in which lines were entered."""

_INNER = (
    r"description ",
    r"ip address ",
    r"standby version ",
    r"standby (?P<group>\d+) ip ",
    r"standby (?P<group>\d+) priority ",
    r"standby (?P<group>\d+) preempt",
    r"standby (?P<group>\d+) ",
    r"vrrp (?P<group>\d+) ip ",
    r"vrrp (?P<group>\d+) priority ",
    r"(no )?vrrp (?P<group>\d+) preempt",
    r"vrrp (?P<group>\d+) ",
    r"shutdown",
    r"",
)


def _rank(line: str) -> tuple[int, str]:
    bare = line.removeprefix("no ")
    place = next(
        (place for place, start in enumerate(_ORDER) if bare.startswith(start)), len(_ORDER)
    )
    return place, "" if line.startswith("boot system") else line


def _inner_rank(line: str) -> tuple[bool, int, int]:
    for place, pattern in enumerate(_INNER):
        if found := re.match(pattern, line):
            group = found.groupdict().get("group")
            is_late = pattern in {"shutdown", ""}
            return is_late, -1 if group is None else int(group), place
    raise AssertionError(line)


def add(sections: Sections, header: str, *lines: str) -> None:
    """Add a line at the margin if it is not there, and lines under it."""
    under = sections.setdefault(header, [])
    under.extend(line for line in lines if line not in under)
    if header.startswith("interface "):
        under.sort(key=_inner_rank)


def copied(sections: Sections) -> Sections:
    """The same, apart from the original."""
    return {header: list(lines) for header, lines in sections.items()}


def rendered(sections: Mapping[str, Iterable[str]]) -> list[str]:
    """All lines as they are printed, with ``!`` between parts."""
    lines: list[str] = []
    before = -1
    for header in sorted(sections, key=_rank):
        place = _rank(header)[0]
        is_apart = place != before or bool(sections[header])
        if is_apart and lines and lines[-1] != "!":
            lines.append("!")
        lines.append(header)
        lines.extend(f" {line}" for line in sections[header])
        if sections[header]:
            lines.append("!")
        before = place
    return lines


def without(sections: Sections, parts: Iterable[str]) -> Sections:
    """All lines but those that contain one of these; what is under one of them goes with it."""
    unknown = tuple(parts)
    return {
        header: [line for line in lines if not any(part in line for part in unknown)]
        for header, lines in sections.items()
        if not any(part in header for part in unknown)
    }


def differences(old: Sections, new: Sections) -> list[str]:
    """What became of a configuration, as ``show archive config differences`` prints it."""
    lines: list[str] = []
    for header in sorted({**old, **new}, key=_rank):
        before, after = old.get(header), new.get(header)
        if before is None or after is None:
            sign = "+" if before is None else "-"
            whole = after if before is None else before
            lines += [f"{sign}{header}", *(f" {sign}{line}" for line in whole or ())]
        elif before != after:
            lines.append(header)
            lines += [f" +{line}" for line in after if line not in before]
            lines += [f" -{line}" for line in before if line not in after]
    return lines
