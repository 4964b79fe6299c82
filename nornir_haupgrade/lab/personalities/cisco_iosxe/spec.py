"""What only a pair of routers has, as data: its groups, how it boots, how one logs in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.plain import SpecError, checked, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_BOARD = "GigabitEthernet"


class GroupProtocol(StrEnum):
    """What shares a virtual address; the value is the word of the configuration."""

    HSRP = "standby"
    VRRP = "vrrp"


class SoftwareMode(StrEnum):
    """How a router keeps its software."""

    INSTALL = "install"
    """As packages, with a trial; ``packages.conf`` boots."""
    BUNDLE = "bundle"
    """As the one file that ``boot system`` names."""


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """One redundancy group of both routers."""

    protocol: GroupProtocol
    interface: str
    number: int
    version: int = 1
    """Of HSRP: 1 or 2."""
    delay: int = 0
    """``preempt delay minimum``, in seconds, where the pair preempts."""

    @property
    def name(self) -> str:
        """Unique on a router: ``GigabitEthernet2 standby 10``."""
        return f"{self.interface} {self.protocol} {self.number}"


DEFAULT_GROUPS = (
    GroupSpec(GroupProtocol.HSRP, f"{_BOARD}2", 10, version=2),
    GroupSpec(GroupProtocol.HSRP, f"{_BOARD}3", 20),
    GroupSpec(GroupProtocol.VRRP, f"{_BOARD}4", 30),
)


@dataclass(frozen=True, slots=True)
class RouterSpec:
    """How both routers of a pair are set up."""

    mode: SoftwareMode = SoftwareMode.INSTALL
    privilege: int = 15
    """Of a login: 15, or 1 where ``enable`` asks for the secret."""
    secret: str = ""
    """Of ``enable``; empty: none is set."""
    has_scp: bool = True
    """Whether ``ip scp server enable`` is configured."""
    has_clock: bool = True
    """Without, ``show version`` has no line "System restarted at"."""
    lists_committed: bool = True
    """Whether ``show install committed`` names the old version while a new one is on trial."""
    groups: tuple[GroupSpec, ...] = DEFAULT_GROUPS


@dataclass(frozen=True, slots=True)
class PortSpec:
    """One interface of one router."""

    name: str
    description: str
    address: ipaddress.IPv4Interface

    @property
    def number(self) -> str:
        """Its place on the board."""
        return self.name.removeprefix(_BOARD)

    @property
    def virtual(self) -> ipaddress.IPv4Address:
        """What a group on it shares."""
        return self.address.network.network_address + 1

    @property
    def beyond(self) -> ipaddress.IPv4Address:
        """A neighbour on its network that is no member of the pair."""
        return self.address.network.network_address + 254


_NETS = (
    ("management", "10.99.{number}.0/24"),
    ("outside", "10.1.{number}.0/24"),
    ("inside", "10.2.{number}.0/24"),
    ("servers", "10.4.{number}.0/24"),
)


def ports_of(number: int, index: int) -> tuple[PortSpec, ...]:
    """The interfaces of the first (index 0) or second router of a pair, in order."""
    ports = []
    for board, (description, template) in enumerate(_NETS, start=1):
        net = ipaddress.IPv4Network(template.format(number=number))
        address = ipaddress.IPv4Interface(f"{net.network_address + 2 + index}/{net.prefixlen}")
        ports.append(PortSpec(f"{_BOARD}{board}", description, address))
    return tuple(ports)


MANAGEMENT = f"{_BOARD}1"
GROUP_INTERFACES = tuple(f"{_BOARD}{board}" for board in range(2, len(_NETS) + 1))


def setup_of(setup: object) -> RouterSpec:
    """How a pair's routers are set up; by default if nothing is said."""
    return setup if isinstance(setup, RouterSpec) else RouterSpec()


def router_from(data: Mapping[str, Any]) -> RouterSpec:
    """How both routers are set up, from plain data.

    Raises:
        SpecError: It cannot be meant.
    """
    values = checked(RouterSpec, data)
    if "mode" in values:
        values["mode"] = one_of(SoftwareMode, values["mode"])
    if "groups" in values:
        values["groups"] = tuple(_group_from(item) for item in values["groups"])
    return RouterSpec(**values)


def _group_from(data: Mapping[str, Any]) -> GroupSpec:
    values = checked(GroupSpec, data)
    if values["interface"] not in GROUP_INTERFACES:
        msg = f"a group is on one of {', '.join(GROUP_INTERFACES)}, not on {values['interface']}"
        raise SpecError(msg)
    names = {str(item.name).lower(): item for item in GroupProtocol}
    protocol = names.get(str(values["protocol"]))
    if protocol is None:
        msg = f"a group's protocol is one of {', '.join(names)}, not {values['protocol']}"
        raise SpecError(msg)
    return GroupSpec(**{**values, "protocol": protocol})
