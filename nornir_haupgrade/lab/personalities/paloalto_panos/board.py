"""A firewall's interfaces and addresses."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass

MANAGEMENT, HA1, HA2 = "management", "ha1", "ha2"
_OUTSIDE, _INSIDE = "ethernet1/1", "ethernet1/2"
DATA_PORTS = (_OUTSIDE, _INSIDE)
PORTS = (MANAGEMENT, *DATA_PORTS, HA1, HA2)


@dataclass(frozen=True, slots=True)
class DataPort:
    """An interface that traffic passes; both members have the same address on it."""

    name: str
    number: int
    zone: str
    address: ipaddress.IPv4Interface

    @property
    def beyond(self) -> ipaddress.IPv4Address:
        """The next hop on its network."""
        return self.address.network.network_address + 254


@dataclass(frozen=True, slots=True)
class Board:
    """One member's addresses: pair number, and 0 for the first member or 1 for the second."""

    pair: int
    index: int

    def _own(self, net: int) -> ipaddress.IPv4Interface:
        return ipaddress.IPv4Interface(f"10.{net}.{self.pair}.{2 + self.index}/24")

    @property
    def management(self) -> ipaddress.IPv4Interface:
        """Its own, never shared."""
        return self._own(99)

    @property
    def ha1(self) -> ipaddress.IPv4Interface:
        """Of the control link."""
        return self._own(3)

    @property
    def ha2(self) -> ipaddress.IPv4Interface:
        """Of the data link."""
        return self._own(4)

    @property
    def outside(self) -> DataPort:
        """Towards the clients."""
        return DataPort(_OUTSIDE, 16, "outside", self._shared(1))

    @property
    def inside(self) -> DataPort:
        """Towards the servers."""
        return DataPort(_INSIDE, 17, "inside", self._shared(2))

    def _shared(self, net: int) -> ipaddress.IPv4Interface:
        return ipaddress.IPv4Interface(f"10.{net}.{self.pair}.1/24")

    @property
    def peer(self) -> Board:
        """The other member's."""
        return Board(self.pair, 1 - self.index)

    def mac(self, port: str) -> str:
        """Hardware address: data ports share a virtual one."""
        last = PORTS.index(port)
        own = 0xFF if port in DATA_PORTS else self.index
        return f"00:1b:17:{self.pair % 256:02x}:{own:02x}:{16 + last:02x}"


def serial(name: str) -> str:
    """As a virtual firewall has it: fifteen digits."""
    number = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**11
    return f"0079{number:011}"
