"""How a cluster's configuration gets from one member to the other.

A change travels as soon as it is made, from either member; a member that joins takes the primary's
whole; ``execute ha synchronize start`` on the secondary does the same by hand. Between different
builds nothing travels (docs.fortinet.com, "FGCP multi-version cluster upgrade"). That a change made
on the secondary travels too is assumed. Not simulated: the checks that a cluster repeats by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate

SPREAD_SECONDS = 0.2
"""From a change to the other member's having it."""
PULL_SECONDS = 0.5
STUCK = "sync_stuck"


def can_sync(device: FortiGate) -> bool:
    """Whether configuration can travel between the members now."""
    both = (device, device.mate)
    return (
        device.hears_peer
        and device.has_ha_running
        and device.version == device.mate.version
        and all(one.configuration.is_on("system ha", "sync-config") for one in both)
        # IBM's notes on virtual FortiGates: without a licence a member does not synchronise
        and all(one.is_licensed for one in both)
        and not any(one.is_sync_stopped or one.has(STUCK) is not None for one in both)
    )


def spread(device: FortiGate, path: str) -> None:
    """Have a table that was changed on one member change on the other."""

    def arrive() -> None:
        peer = device.mate
        if can_sync(device):
            peer.configuration.take(path, device.configuration.table(path))
            peer.configured()

    device.timeline.after(SPREAD_SECONDS, arrive)


def pull(device: FortiGate) -> None:
    """Have a secondary take the primary's configuration."""

    def arrive() -> None:
        peer = device.mate
        is_secondary = device.role is HaState.BACKUP and peer.role is HaState.MASTER
        if is_secondary and can_sync(device):
            device.configuration.take_all(peer.configuration)
            differs = device.take("differs_after_sync")
            if differs is not None:
                add_stray(device, str(differs.get("name", "stray")))
            device.configured()

    device.timeline.after(PULL_SECONDS, arrive)


def add_stray(device: FortiGate, name: str) -> None:
    """Have a member know an address that the other does not."""
    table = device.configuration.table("firewall address")
    entry = next(iter(table.entries.values())).copied()
    entry.settings["subnet"] = "192.0.2.0 255.255.255.0"
    table.entries[name] = entry


def is_in_sync(device: FortiGate) -> bool:
    """Whether both members' shared configuration is the same."""
    return device.configuration.checksums() == device.mate.configuration.checksums()
