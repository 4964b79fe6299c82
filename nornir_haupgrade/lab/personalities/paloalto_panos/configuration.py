"""A firewall's configurations: the running one, and the candidate that a commit makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.disk import sha256
from nornir_haupgrade.lab.personalities.paloalto_panos import tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nornir_haupgrade.lab.personalities.paloalto_panos.board import Board
    from nornir_haupgrade.lab.personalities.paloalto_panos.spec import PanosSpec
    from nornir_haupgrade.lab.personalities.paloalto_panos.tree import Leaves, Path

HA: Path = ("deviceconfig", "high-availability")
GROUP: Path = (*HA, "group")
ELECTION: Path = (*GROUP, "election-option")
PREEMPTIVE: Path = (*ELECTION, "preemptive")
PRIORITY: Path = (*ELECTION, "device-priority")
HOSTNAME: Path = ("deviceconfig", "system", "hostname")
SYNC: Path = (*GROUP, "configuration-synchronization", "enabled")
DEFAULT_PRIORITY = 100
_LOCAL = (("mgt-config",), HA, ("deviceconfig", "system"))
"""What each member keeps to itself: the vendor's reference on HA synchronisation names management,
administrators and most of what is under HA."""


def initial(name: str, board: Board, spec: PanosSpec, *, priority: int, preempts: bool) -> Leaves:
    """What a firewall of the lab is configured with."""
    management, peer = board.management, board.peer
    ports = [board.outside, board.inside]
    election = " ".join(ELECTION)
    lines = [
        "mgt-config users admin permissions role-based superuser yes",
        f"mgt-config users admin phash $5$lab${sha256(name.encode())[:43]}",
        f"deviceconfig system hostname {name}",
        f"deviceconfig system ip-address {management.ip}",
        f"deviceconfig system netmask {management.netmask}",
        f"deviceconfig system default-gateway {management.network.network_address + 1}",
        "deviceconfig system timezone UTC",
        "deviceconfig setting config rematch yes",
        "deviceconfig high-availability enabled yes",
        f"deviceconfig high-availability interface ha1 ip-address {board.ha1.ip}",
        f"deviceconfig high-availability interface ha1 netmask {board.ha1.netmask}",
        f"deviceconfig high-availability interface ha2 ip-address {board.ha2.ip}",
        f"deviceconfig high-availability interface ha2 netmask {board.ha2.netmask}",
        "deviceconfig high-availability group group-id 1",
        f"deviceconfig high-availability group peer-ip {peer.ha1.ip}",
        "deviceconfig high-availability group mode active-passive passive-link-state auto",
        f"{election} device-priority {priority}",
        f"{election} preemptive {yes(preempts)}",
        f"{election} heartbeat-backup {yes(spec.heartbeat_backup)}",
        "deviceconfig high-availability group state-synchronization enabled yes",
        "deviceconfig high-availability group configuration-synchronization enabled yes",
        *(f"network interface ethernet {port.name} layer3 ip {port.address}" for port in ports),
        f"network virtual-router default interface [ {' '.join(port.name for port in ports)} ]",
    ]
    route = "network virtual-router default routing-table ip static-route"
    for title, destination, port in (
        ("default", "0.0.0.0/0", board.outside),
        ("branch", "198.51.100.128/25", board.inside),
    ):
        lines += [
            f"{route} {title} destination {destination}",
            f"{route} {title} interface {port.name}",
            f"{route} {title} nexthop ip-address {port.beyond}",
            f"{route} {title} metric 10",
        ]
    lines += [f"zone {port.zone} network layer3 [ {port.name} ]" for port in ports]
    lines += [
        "network interface tunnel units tunnel.1 comment branch",
        "network ike gateway branch-gw peer-address ip 198.51.100.9",
        f"network ike gateway branch-gw local-address interface {board.outside.name}",
        "network tunnel ipsec branch auto-key ike-gateway branch-gw",
        "network tunnel ipsec branch tunnel-interface tunnel.1",
        "zone branch network layer3 [ tunnel.1 ]",
    ]
    lines += [f"address servers ip-netmask {board.inside.address.network}"]
    for number in range(20):
        rule = f"rulebase security rules service-{7000 + number}"
        lines += [
            f"{rule} from outside",
            f"{rule} to inside",
            f"{rule} destination servers",
            f"{rule} service tcp-{7000 + number}",
            f"{rule} action allow",
        ]
    made: Leaves = {}
    for line in lines:
        path, value = tree.parsed(line)
        tree.put(made, path, value)
    return made


def yes(value: bool) -> str:  # noqa: FBT001
    """As the configuration and the outputs spell it."""
    return "yes" if value else "no"


class FirewallConfiguration:
    """The running and the candidate configuration, and what was saved under a name."""

    def __init__(self, running: Leaves) -> None:
        self.running = running
        self.candidate = dict(running)
        self.saved: dict[str, Leaves] = {}

    @property
    def has_changes(self) -> bool:
        """Whether there is something to commit."""
        return self.candidate != self.running

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        return str(self.running.get(HOSTNAME, "PA-VM"))

    @property
    def priority(self) -> int:
        """The lower, the more it is preferred."""
        value = str(self.running.get(PRIORITY, DEFAULT_PRIORITY))
        return int(value) if value.isdigit() else DEFAULT_PRIORITY

    @property
    def is_preemptive(self) -> bool:
        """By its own setting; absent means no."""
        return self.running.get(PREEMPTIVE) == "yes"

    @property
    def syncs(self) -> bool:
        """Whether a commit goes to the peer; absent means yes."""
        return self.running.get(SYNC, "yes") == "yes"

    @property
    def shared(self) -> Leaves:
        """The part of the running one that both members have alike."""
        return shared_of(self.running)

    @property
    def digest(self) -> str:
        """Over both."""
        both = (tree.as_lines(self.running), tree.as_lines(self.candidate))
        return sha256("\0".join("\n".join(sorted(lines)) for lines in both).encode())

    def commit(self, leaves: Leaves) -> None:
        """Have what was the candidate run."""
        self.running = dict(leaves)

    def take_over(self, shared: Leaves, *, overwrites: bool) -> None:
        """Have the peer's shared part run beside what is one's own.

        A candidate without changes follows; one with changes is kept unless it is overwritten.
        """
        follows = overwrites or not self.has_changes
        own = {path: value for path, value in self.running.items() if is_local(path)}
        self.running = own | shared
        if follows:
            self.candidate = dict(self.running)

    def load(self, lost: Iterable[str]) -> None:
        """Begin after a boot, as far as the release knows the lines; the candidate is gone."""
        self.running = tree.without(self.running, lost)
        self.candidate = dict(self.running)


def is_local(path: Path) -> bool:
    """Whether a leaf stays on its member."""
    return any(path[: len(start)] == start for start in _LOCAL)


def shared_of(leaves: Leaves) -> Leaves:
    """What of a configuration goes to the peer, in one order."""
    return {path: leaves[path] for path in sorted(leaves) if not is_local(path)}


def differences(old: Leaves, new: Leaves) -> list[str]:
    """What a commit would change, a sign before each line."""
    gone = {path: value for path, value in old.items() if new.get(path) != value}
    come = {path: value for path, value in new.items() if old.get(path) != value}
    return [
        *(f"-  {line}" for line in tree.as_lines(gone)),
        *(f"+  {line}" for line in tree.as_lines(come)),
    ]
