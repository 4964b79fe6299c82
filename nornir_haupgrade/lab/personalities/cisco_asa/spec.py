"""What only a failover pair has, as data: its interfaces, addresses, and how one logs in."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.plain import checked

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class AsaSpec:
    """How both units of a pair are set up."""

    auto_enable: bool = False
    """Whether a login needs no ``enable`` (``aaa authorization exec LOCAL auto-enable``)."""
    secret: str = "enable"  # noqa: S105  # a lab's well-known password
    """Of ``enable``."""
    login_password: str = "admin"  # noqa: S105
    """Of ``login``, which asks for a user's own: that of the lab's logins."""
    prompt: str = "hostname priority state"
    """What ``prompt`` is configured with; empty: the hostname alone."""
    width: int = 80
    """``terminal width``, a line of the configuration; 80 is not shown."""
    has_scp: bool = True
    """Whether ``ssh scopy enable`` is configured."""
    replicates_http: bool = True
    """Whether ``failover replication http`` is configured."""
    moves_addresses: bool = True
    """Whether the members' ports go with the roles, as addresses do: at the first one's the active
    unit answers, at the second one's the standby. False, as with no real pair: to each its own."""
    server: tuple[str, ...] = ()
    """Versions whose images any server has that ``copy`` is pointed at."""


FAILOVER_PORT = "GigabitEthernet0/2"
"""Carries failover and state; the lab's own name of it is ``ha``."""
LINK_NAME = "FOVER"


@dataclass(frozen=True, slots=True)
class PortSpec:
    """One interface: its addresses belong to the roles, not to the units."""

    hardware: str
    name: str
    level: int
    net: ipaddress.IPv4Network

    def address(self, *, active: bool) -> ipaddress.IPv4Address:
        """What the active unit has, or the standby."""
        return self.net.network_address + (1 if active else 2)

    @property
    def beyond(self) -> ipaddress.IPv4Address:
        """A neighbour on its network."""
        return self.net.network_address + 254


_NETS = 256
_PORTS = (
    ("GigabitEthernet0/0", "outside", 0, "10.1.{number}.0/24"),
    ("GigabitEthernet0/1", "inside", 100, "10.2.{number}.0/24"),
    ("Management0/0", "management", 100, "10.99.{number}.0/24"),
)
DATA_PORTS = ("GigabitEthernet0/0", "GigabitEthernet0/1")


def ports_of(number: int) -> tuple[PortSpec, ...]:
    """The named interfaces of both units of a pair; all are monitored.

    After 256 pairs the addresses begin again.
    """
    number %= _NETS
    return tuple(
        PortSpec(hardware, name, level, ipaddress.IPv4Network(net.format(number=number)))
        for hardware, name, level, net in _PORTS
    )


def failover_net(number: int) -> ipaddress.IPv4Network:
    """Of the failover link: .1 is the primary's for good, .2 the secondary's."""
    return ipaddress.IPv4Network(f"10.3.{number % _NETS}.0/24")


def setup_of(setup: object) -> AsaSpec:
    """How a pair is set up; by default if nothing is said."""
    return setup if isinstance(setup, AsaSpec) else AsaSpec()


def asa_from(data: Mapping[str, Any]) -> AsaSpec:
    """How both units are set up, from plain data.

    Raises:
        SpecError: It cannot be meant.
    """
    values = checked(AsaSpec, data)
    if "server" in values:
        values["server"] = tuple(str(version) for version in values["server"])
    return AsaSpec(**values)
