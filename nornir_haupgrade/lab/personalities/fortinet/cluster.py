"""What several commands say of a cluster and its members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.fortinet.context import At, wrong
from nornir_haupgrade.lab.personalities.fortinet.versions import names_primary
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate


def words(version: str) -> tuple[str, str]:
    """What the members are called."""
    return ("Primary", "Secondary") if names_primary(version) else ("Master", "Slave")


def sessions_of(at: At, device: FortiGate) -> int:
    """How many sessions a member has: a secondary those it learnt."""
    tables = at.pair.sessions
    is_primary = device.role is HaState.MASTER
    return len(tables.carried(device) if is_primary else tables.known(device))


def members_seen(device: FortiGate) -> list[FortiGate]:
    """The members of its cluster that a member knows of, itself first."""
    return [device, device.mate] if device.hears_peer else [device]


def cluster_index(device: FortiGate) -> int:
    """The member with the higher serial number is number 0."""
    return 0 if device.node_id > device.mate.node_id else 1


def not_in_cluster() -> Outcome:
    """What is said where the other member is not there; the lab's own words."""
    return wrong("The peer is not in the cluster.", "Command fail. Return code -1")
