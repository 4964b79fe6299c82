"""What a Linux lab consists of, and which address everything has. Pure data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any

from nornir_haupgrade.lab.plain import SpecError

SERVICE_PORT = 7000
"""Where the traffic's server listens, on the server's side of a pair."""
PROBE_PORT = 7001
"""Where the lab itself answers, for probes and canaries."""
PORTS = ("mgmt", "out", "in", "ha")
USERNAME = "admin"
_MOST_PAIRS = 250


@dataclass(frozen=True, slots=True)
class LinuxSpec:
    """A whole lab."""

    pairs: int = 1
    """How many; they are called p1, p2, and so on."""
    image: str = "12"
    """What all members run at first, from slot A: a name that ``images.image`` knows."""
    preempt: bool = False
    """Whether the preferred member takes the role back by itself."""
    advert: float = 1.0
    """Seconds between keepalived's advertisements: a crash is noticed after three and a bit."""
    boot_seconds: float = 1.0
    """Seconds from the end of one system to the start of the next: firmware and loader."""
    flash_mib: int = 512
    """MiB of flash for images, uploads, backups and configuration."""
    password: str = "firewall-lab"  # noqa: S105 - a lab's well-known login
    authorized_key: str = ""
    """A line of OpenSSH's authorized_keys that may log in too."""

    def __post_init__(self) -> None:
        """Refuse what cannot be built."""
        if not 1 <= self.pairs <= _MOST_PAIRS:
            msg = f"a lab has 1 to {_MOST_PAIRS} pairs, not {self.pairs}"
            raise SpecError(msg)

    @classmethod
    def from_json(cls, text: str) -> LinuxSpec:
        """What ``to_json`` wrote; an unknown key is an error."""
        data: dict[str, Any] = json.loads(text)
        unknown = sorted(set(data) - {item.name for item in fields(cls)})
        if unknown:
            msg = f"unknown in a lab: {', '.join(unknown)}"
            raise SpecError(msg)
        return cls(**data)

    def to_json(self) -> str:
        """The spec as text."""
        return json.dumps(asdict(self))

    @property
    def networks(self) -> tuple[PairNet, ...]:
        """One for each pair."""
        return tuple(PairNet(number) for number in range(1, self.pairs + 1))


@dataclass(frozen=True, slots=True)
class PairNet:
    """The networks of one pair, all /24; NUMBER is the third byte of every address."""

    number: int

    @property
    def name(self) -> str:
        """The pair's name."""
        return f"p{self.number}"

    @property
    def members(self) -> tuple[MemberNet, MemberNet]:
        """The preferred member, and the other."""
        return MemberNet(self, 0), MemberNet(self, 1)

    def out(self, host: int) -> str:
        """An address on the clients' side."""
        return f"10.1.{self.number}.{host}"

    def inside(self, host: int) -> str:
        """An address on the servers' side."""
        return f"10.2.{self.number}.{host}"

    def ha(self, host: int) -> str:
        """An address on the link between the members."""
        return f"10.3.{self.number}.{host}"

    def mgmt(self, host: int) -> str:
        """An address on the management network."""
        return f"10.99.{self.number}.{host}"

    @property
    def server(self) -> str:
        """The server behind the pair."""
        return self.inside(100)

    @property
    def client(self) -> str:
        """The client before it."""
        return self.out(100)

    @property
    def natted_client(self) -> str:
        """The client's other address, which the pair hides behind its own inner one."""
        return self.out(101)


@dataclass(frozen=True, slots=True)
class MemberNet:
    """The addresses and names of one member; ``index`` is 0 for the preferred one."""

    pair: PairNet
    index: int

    @property
    def name(self) -> str:
        """As in p1a."""
        return f"{self.pair.name}{'ab'[self.index]}"

    @property
    def peer(self) -> MemberNet:
        """The other one."""
        return MemberNet(self.pair, 1 - self.index)

    @property
    def priority(self) -> int:
        """Of VRRP."""
        return (120, 100)[self.index]

    @property
    def address(self) -> str:
        """Where it is managed."""
        return self.pair.mgmt(self.index + 1)

    @property
    def inner(self) -> str:
        """Where it is managed through the pair itself."""
        return self.pair.inside(self.index + 2)

    @property
    def outer(self) -> str:
        """Its own address on the clients' side."""
        return self.pair.out(self.index + 2)

    def mac(self, port: str) -> str:
        """The same at every boot."""
        return f"02:fa:{self.pair.number:02x}:{self.index:02x}:00:{PORTS.index(port):02x}"

    def link(self, port: str) -> str:
        """The fabric's end of the cable of a port."""
        return f"{self.name}-{port}"
