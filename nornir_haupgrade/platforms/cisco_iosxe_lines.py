"""The lines of a configuration that a switchover rewrites: found, kept, and turned round.

Each is kept as one text, ``interface Vlan50|standby 50 priority 110``: where it stands, from the
outside in, and the line itself. What is not configured is kept as the line that brings the default
back, such as ``no standby 50 priority``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.platforms.cisco_iosxe_groups import LATCH, Group
from nornir_haupgrade.platforms.keyvalues import unexpected

_COMMAND = "show running-config | section ^interface"
_SEPARATOR = "|"
_LINE = re.compile(r"(no )?((?:standby(?: \d+)?|vrrp \d+) )?(priority|preempt)(?: (\S.*))?")
_STANDBY = re.compile(
    # Without a number it is group 0; with another word it is about the whole interface.
    r"(?:no )?standby (?:(\d+) |(?=ip|priority|preempt|track|timers|authenti|name|follow))(\S.*)"
)
_VRRP = re.compile(r"(?:no )?vrrp (\d+) (?!address-family)(\S.*)")
_FAMILY = re.compile(r"vrrp (\d+) address-family (ipv[46])")


@dataclass(frozen=True, slots=True)
class Line:
    """One line about a group's priority or preemption, in its place."""

    path: tuple[str, ...]
    prefix: str
    """``standby 50 ``, ``vrrp 1 ``, or nothing where the path names the group."""
    word: str
    """``priority`` or ``preempt``."""
    value: str
    is_off: bool
    text: str

    @classmethod
    def parse(cls, kept: str) -> Line:
        """The line of a kept text.

        Raises:
            HAUpgradeError: It is none.
        """
        *path, text = kept.split(_SEPARATOR)
        found = _LINE.fullmatch(text)
        if found is None or not path:
            raise HAUpgradeError(f"what was kept is not a line of a group: {kept!r}")
        off, prefix, word, value = found.groups(default="")
        return cls(tuple(path), prefix, word, value, bool(off), text)

    @property
    def group(self) -> tuple[tuple[str, ...], str]:
        """Which group it is about."""
        return self.path, self.prefix

    @property
    def takes_role(self) -> bool:
        """Whether it is the priority that takes the role."""
        return self.word == "priority" and not self.is_off and self.value == str(LATCH)


def kept_as(path: Sequence[str], text: str) -> str:
    """A line and where it stands, as one text."""
    return _SEPARATOR.join((*path, text))


def parse_lines(kept: Iterable[str]) -> tuple[Line, ...]:
    """The lines that a member's facts, or an order, keep."""
    return tuple(Line.parse(text) for text in kept)


def preempting(kept: Iterable[str]) -> tuple[str, ...]:
    """Those of the kept texts that have a group preempt."""
    texts = tuple(kept)
    found = zip(texts, parse_lines(texts), strict=True)
    return tuple(text for text, line in found if line.word == "preempt" and not line.is_off)


def is_latched(kept: Iterable[str]) -> bool:
    """Whether any group has the priority that takes the role."""
    return any(line.takes_role for line in parse_lines(kept))


@dataclass(slots=True)
class _Found:
    """What is configured of one group."""

    path: tuple[str, ...]
    prefix: str
    preempts_by_default: bool
    priority: str | None = None
    preempt: str | None = None
    follows: bool = False

    def take(self, text: str) -> None:
        found = _LINE.fullmatch(text)
        if found is not None and found[3] == "priority":
            self.priority = text
        elif found is not None:
            self.preempt = text

    def kept(self) -> tuple[str, str]:
        default = "" if self.preempts_by_default else "no "
        lines = (
            self.priority or f"no {self.prefix}priority",
            self.preempt or f"{default}{self.prefix}preempt",
        )
        first, second = (kept_as(self.path, line) for line in lines)
        return first, second


@dataclass(slots=True)
class _Section:
    """One interface's section, line by line."""

    name: str
    groups: dict[tuple[str, int, str], _Found] = field(default_factory=dict)
    """By protocol, number and address family."""
    _inside: _Found | None = None

    def take(self, line: str) -> None:
        text = line.strip()
        is_inner = line.startswith("  ")
        if not is_inner or text == "exit-vrrp":
            self._inside = None
        if family := _FAMILY.fullmatch(text):
            path = (f"interface {self.name}", text)
            self._inside = self._group(("vrrp", int(family[1]), family[2]), path, "")
        elif self._inside is not None:
            self._inside.take(text)
        elif standby := _STANDBY.fullmatch(text):
            number = int(standby[1] or 0)
            group = self._group(
                ("standby", number, ""), (f"interface {self.name}",), f"standby {number} "
            )
            group.follows |= standby[2].startswith("follow ")
            group.take(re.sub(r"standby (?=p)", f"standby {number} ", text))
        elif vrrp := _VRRP.fullmatch(text):
            number = int(vrrp[1])
            self._group(("vrrp", number, ""), (f"interface {self.name}",), f"vrrp {number} ").take(
                text
            )

    def _group(self, key: tuple[str, int, str], path: tuple[str, ...], prefix: str) -> _Found:
        # VRRP preempts unless it is told not to, HSRP only if it is told to.
        return self.groups.setdefault(key, _Found(path, prefix, key[0] == "vrrp"))


def lines_of_groups(text: str, groups: Sequence[Group]) -> tuple[str, ...]:
    """What the interfaces' sections say of priority and preemption, group by group.

    Raises:
        UnexpectedOutput: A group that the router shows has no section, or one that follows
            another: what is written there could not be brought back.
    """
    sections: dict[str, _Section] = {}
    current: _Section | None = None
    for line in text.split("\n"):
        if head := re.fullmatch(r"interface (\S.*?)\s*", line):
            current = sections.setdefault(head[1], _Section(head[1]))
        elif line.startswith(" ") and current is not None:
            current.take(line)
        elif line.strip():
            current = None
    kept: list[str] = []
    for group in groups:
        key = (group.protocol, group.number, (group.family or "").lower())
        section = sections.get(group.interface)
        found = (section.groups.get(key) or section.groups.get((*key[:2], ""))) if section else None
        if found is None or found.follows:
            what = "follows another group" if found else "is shown, and is not configured there"
            raise unexpected(_COMMAND, f"{group} {what}", text)
        kept += found.kept()
    return tuple(kept)
