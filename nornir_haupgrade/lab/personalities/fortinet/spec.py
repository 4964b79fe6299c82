"""What only a pair of FortiGates has, as data: model, how it upgrades, where images come from."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.plain import checked, one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MANAGEMENT, HEARTBEAT = "mgmt", "ha"
DATA_PORTS = ("port1", "port2")


class UpgradeMode(StrEnum):
    """``upgrade-mode`` of FortiOS 7.4.1 and later; before, a switch between the first two."""

    SIMULTANEOUS = "simultaneous"
    UNINTERRUPTIBLE = "uninterruptible"
    LOCAL_ONLY = "local-only"
    SECONDARY_ONLY = "secondary-only"


@dataclass(frozen=True, slots=True)
class FortigateSpec:
    """How both members of a pair are set up."""

    model: str = "FortiGate-VM64-KVM"
    """A virtual one names its licence in ``get system status``."""
    upgrade_mode: UpgradeMode = UpgradeMode.UNINTERRUPTIBLE
    output: str = "more"
    """``set output`` of the console: more (pages) or standard."""
    uptime_margin: int = 300
    """``ha-uptime-diff-margin``: HA uptimes that differ by less count as equal, seconds."""
    has_pickup: bool = True
    """Whether sessions are replicated (``session-pickup``)."""
    keeps_flag: bool = False
    """Whether the failover flag outlives a boot. Fortinet's guide (684039) lets only ``unset``
    take it away, its FortiWeb's guide (761612) a boot too."""
    has_banner: bool = False
    """Whether a login is asked to accept a banner (``post-login-banner``)."""
    offers: tuple[str, ...] = ()
    """Versions whose images every TFTP and FTP server offers, under the vendor's file names."""
    folder: str = ""
    """A folder of this machine that they offer besides, and that backups go to; empty: none."""


@dataclass(frozen=True, slots=True)
class PortSpec:
    """One interface of one member."""

    name: str
    address: ipaddress.IPv4Interface | None
    index: int

    @property
    def beyond(self) -> ipaddress.IPv4Address | None:
        """A neighbour on its network that is no member of the pair."""
        return None if self.address is None else self.address.network.network_address + 254


def ports_of(number: int, index: int) -> tuple[PortSpec, ...]:
    """The interfaces of the first (index 0) or second member, by name; traffic's are shared."""
    own = ipaddress.IPv4Interface(f"10.99.{number}.{2 + index}/24")
    outside, inside = (ipaddress.IPv4Interface(f"10.{net}.{number}.1/24") for net in (1, 2))
    return (
        PortSpec(HEARTBEAT, None, 3),
        PortSpec(MANAGEMENT, own, 4),
        PortSpec(DATA_PORTS[0], outside, 5),
        PortSpec(DATA_PORTS[1], inside, 6),
    )


def setup_of(setup: object) -> FortigateSpec:
    """How a pair is set up; by default if nothing is said."""
    return setup if isinstance(setup, FortigateSpec) else FortigateSpec()


def fortigate_from(data: Mapping[str, Any]) -> FortigateSpec:
    """How both members are set up, from plain data.

    Raises:
        SpecError: It cannot be meant.
    """
    values = checked(FortigateSpec, data)
    if "upgrade_mode" in values:
        values["upgrade_mode"] = one_of(UpgradeMode, values["upgrade_mode"])
    if "offers" in values:
        values["offers"] = tuple(str(version) for version in values["offers"])
    return FortigateSpec(**values)
