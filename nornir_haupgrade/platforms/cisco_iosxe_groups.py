"""Groups of first-hop redundancy, HSRP's and VRRP's: read from their texts, and reduced to a role.

Parsers of ours: ntc's of ``show standby`` gives neither the use of the address nor a configured
priority and takes no IPv6 router, its of ``show vrrp all`` leaves out which router is local and
fails on the lines that IOS-XE has and IOS has not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from nornir_haupgrade.model import Preemption, Role
from nornir_haupgrade.platforms.keyvalues import unexpected

LATCH = 254
"""The priority that takes the role. Both protocols allow it; nothing else is set to it by us."""

_STANDBY_HEAD = re.compile(r"^(\S+) - Group (\d+)(?: \(version \d\))?[ \t]*$", re.MULTILINE)
_VRRP_HEAD = re.compile(
    r"^(\S+) - Group (\d+)(?: - Address-Family (IPv[46]))?[ \t]*$", re.MULTILINE
)
_ROLES = {
    "active": Role.ACTIVE,
    "master": Role.ACTIVE,
    "standby": Role.STANDBY,
    "backup": Role.STANDBY,
    "init": Role.FAILED,
    "disabled": Role.FAILED,
    "speak": Role.NEGOTIATING,
    "listen": Role.NEGOTIATING,
    "learn": Role.NEGOTIATING,
}


@dataclass(frozen=True, slots=True)
class Group:
    """One group of one interface, as the router shows it."""

    protocol: str
    """``standby`` or ``vrrp``: the word of its commands."""
    interface: str
    number: int
    family: str | None
    """``IPv4`` or ``IPv6``; None where the protocol does not say."""
    role: Role
    state: str
    holder: str
    """Who holds the virtual address: ``local``, ``unknown`` or an address."""
    holder_priority: int | None
    second: str | None
    """HSRP's standby router, likewise; None for VRRP, whose master does not know its backups."""
    is_in_use: bool | None
    """Whether the data plane answers to the virtual address; None where it is not said."""
    preempts: bool
    priority: int
    """As it counts now: lowered by what it tracks."""
    configured: int
    changes: int | None
    """State changes since the boot; None where they are not counted."""

    @property
    def is_forwarding(self) -> bool | None:
        """Whether it holds the virtual address; None if its own words contradict each other."""
        holds = self.holder == "local"
        if self.is_in_use is not None and self.is_in_use is not holds:
            return None
        return holds if holds is (self.role is Role.ACTIVE) else None

    @property
    def sees_peer(self) -> bool:
        """Whether it hears another router, as far as it can: a VRRP master cannot."""
        others = {"local", "unknown", None}
        match self.role:
            case Role.ACTIVE:
                return self.protocol == "vrrp" or self.second not in others
            case Role.STANDBY:
                return self.holder not in others
            case _:
                return False

    def __str__(self) -> str:
        return f"{self.interface} {self.protocol} {self.number}"


def parse_standby(text: str) -> tuple[Group, ...]:
    """HSRP's groups; an empty answer is a router without any."""
    command = "show standby"
    found = []
    for head, body in _blocks(_STANDBY_HEAD, text, command):
        field = _Fields(command, f"{head[1]} group {head[2]}", body)
        holder = field.match(r"Active router is (\w[^\s,]*)(?:, priority (\d+))?")
        second = field.match(r"Standby router is (\w[^\s,]*)")
        priority = field.match(r"Priority (\d+) \((?:configured|default) (\d+)\)")
        use = re.search(r"\(MAC (Not )?In Use\)", body)
        changes = re.search(r"(\d+) state changes?,", body)
        role, state = field.state()
        found.append(
            Group(
                protocol="standby",
                interface=head[1],
                number=int(head[2]),
                family=None,
                role=role,
                state=state,
                holder=holder[1],
                holder_priority=int(holder[2]) if holder[2] else None,
                second=second[1],
                is_in_use=not use[1] if use else None,
                preempts=field.preempts(),
                priority=int(priority[1]),
                configured=int(priority[2]),
                changes=int(changes[1]) if changes else None,
            )
        )
    return tuple(found)


def parse_vrrp(text: str) -> tuple[Group, ...]:
    """VRRP's groups, of both versions; an empty answer is a router without any."""
    command = "show vrrp all"
    found = []
    for head, body in _blocks(_VRRP_HEAD, text, command):
        field = _Fields(command, f"{head[1]} group {head[2]}", body)
        master = field.match(r"Master Router is (\S+?)( \(local\))?, priority is (\d+|unknown)")
        priority = field.match(r"Priority is (\d+)(?: +\((?:cfgd|[Cc]onfigured) (\d+)\))?")
        role, state = field.state()
        found.append(
            Group(
                protocol="vrrp",
                interface=head[1],
                number=int(head[2]),
                family=head[3],
                role=role,
                state=state,
                holder="local" if master[2] else master[1],
                holder_priority=int(master[3]) if master[3].isdecimal() else None,
                second=None,
                is_in_use=None,
                preempts=field.preempts(),
                priority=int(priority[1]),
                configured=int(priority[2] or priority[1]),
                changes=None,
            )
        )
    return tuple(found)


def role_of(groups: Sequence[Group]) -> Role:
    """One role for the router, or what keeps it from being one."""
    roles = {group.role for group in groups}
    for first in (Role.UNKNOWN, Role.NEGOTIATING):
        if first in roles:
            return first
    return roles.pop() if len(roles) == 1 else Role.MIXED if roles else Role.UNKNOWN


def forwards(groups: Sequence[Group]) -> bool | None:
    """Whether it holds the virtual addresses: all of them, none, or it cannot be told."""
    found = {group.is_forwarding for group in groups}
    return found.pop() if len(found) == 1 else None


def sees_peer(groups: Sequence[Group]) -> bool | None:
    """Whether every group hears another router."""
    return all(group.sees_peer for group in groups) if groups else None


def preemption_of(groups: Sequence[Group]) -> Preemption:
    """Whether any group takes the role back by itself; one that takes it for us is left out."""
    if not groups:
        return Preemption.UNKNOWN
    is_on = any(group.preempts for group in groups if group.configured != LATCH)
    return Preemption.ON if is_on else Preemption.OFF


def failovers_of(groups: Sequence[Group]) -> int | None:
    """State changes since the boot, which HSRP alone counts."""
    counts = [group.changes for group in groups if group.state.lower() != "disabled"]
    if not counts or any(group.protocol != "standby" for group in groups):
        return None
    return sum(count for count in counts if count is not None) if None not in counts else None


class _Fields:
    """One group's lines, each of which must be there."""

    def __init__(self, command: str, where: str, body: str) -> None:
        self._command = command
        self._where = where
        self._body = body

    def match(self, pattern: str) -> re.Match[str]:
        found = re.search(rf"^\s*{pattern}", self._body, re.MULTILINE)
        if found is None:
            what = re.sub(r"[ ]?[\\(].*", "", pattern)
            raise unexpected(self._command, f"{self._where} has no {what!r}", self._body)
        return found

    def state(self) -> tuple[Role, str]:
        word = self.match(r"State is (\w+)")[1]
        return _ROLES.get(word.lower(), Role.UNKNOWN), word

    def preempts(self) -> bool:
        return self.match(r"Preemption (enabled|disabled)")[1] == "enabled"


def _blocks(head: re.Pattern[str], text: str, command: str) -> list[tuple[re.Match[str], str]]:
    heads = list(head.finditer(text))
    if not heads and text.strip():
        raise unexpected(command, "no group, and not empty", text)
    starts = [*(found.start() for found in heads), len(text)]
    blocks = [(found, text[found.end() : starts[at]]) for at, found in enumerate(heads, start=1)]
    keys = [found.groups() for found, _ in blocks]
    if len(set(keys)) < len(keys):
        raise unexpected(command, "one group twice", text)
    return blocks
