"""A configuration as sections: a line at the left margin, and the lines under it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

Sections: TypeAlias = dict[str, list[str]]
"""Line at the margin to the lines under it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a platform orders and prints a configuration, whatever order lines were entered in."""

    order: tuple[str, ...]
    """Beginnings of lines at the margin, in the order in which they are printed; of two that fit a
    line, the longer one counts."""
    entered: tuple[str, ...] = ()
    """Beginnings of lines of which the first one entered comes first; others are sorted."""
    is_parted: bool = True
    """Whether ``!`` stands between kinds of lines too, not only around what has lines under it."""
    inner: tuple[str, ...] = (r"",)
    """Patterns of the lines under an interface, in their order; a group named ``group`` counts."""

    def _rank(self, line: str) -> tuple[int, str]:
        bare = line.removeprefix("no ")
        fitting = [start for start in self.order if bare.startswith(start)]
        place = self.order.index(max(fitting, key=len)) if fitting else len(self.order)
        return place, "" if line.startswith(self.entered) else line

    def _inner_rank(self, line: str) -> tuple[bool, int, int]:
        for place, pattern in enumerate(self.inner):
            if found := re.match(pattern, line):
                group = found.groupdict().get("group")
                is_late = pattern in {"shutdown", ""}
                return is_late, -1 if group is None else int(group), place
        raise AssertionError(line)

    def add(self, sections: Sections, header: str, *lines: str) -> None:
        """Add a line at the margin if it is not there, and lines under it."""
        under = sections.setdefault(header, [])
        under.extend(line for line in lines if line not in under)
        if header.startswith("interface "):
            under.sort(key=self._inner_rank)

    def rendered(self, sections: Mapping[str, Iterable[str]]) -> list[str]:
        """All lines as they are printed, with ``!`` between parts."""
        lines: list[str] = []
        before = -1
        for header in sorted(sections, key=self._rank):
            place = self._rank(header)[0]
            is_apart = (self.is_parted and place != before) or bool(sections[header])
            if is_apart and lines and lines[-1] != "!":
                lines.append("!")
            lines.append(header)
            lines.extend(f" {line}" for line in sections[header])
            if sections[header]:
                lines.append("!")
            before = place
        return lines

    def differences(self, old: Sections, new: Sections) -> list[str]:
        """What became of a configuration, line by line."""
        lines: list[str] = []
        for header in sorted({**old, **new}, key=self._rank):
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


def copied(sections: Sections) -> Sections:
    """The same, apart from the original."""
    return {header: list(lines) for header, lines in sections.items()}


def without(sections: Sections, parts: Iterable[str]) -> Sections:
    """All lines but those that contain one of these; what is under one of them goes with it."""
    unknown = tuple(parts)
    return {
        header: [line for line in lines if not any(part in line for part in unknown)]
        for header, lines in sections.items()
        if not any(part in header for part in unknown)
    }
