"""``request high-availability`` and ``request restart``: roles, synchronisation, reboots."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Outcome, Reply
from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.personalities.paloalto_panos import tree
from nornir_haupgrade.lab.personalities.paloalto_panos.configuration import shared_of
from nornir_haupgrade.lab.personalities.paloalto_panos.context import At, refused, told
from nornir_haupgrade.lab.personalities.paloalto_panos.jobs import COMMITTED, Kind
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import feature

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import Firewall
    from nornir_haupgrade.lab.personalities.paloalto_panos.tree import Leaves

_CANNOT = "Failed to change HA state"
"""Worded by the lab."""
_STRAY = ("address", "stray", "ip-netmask")


def suspend(at: At, _: tuple[str, ...]) -> Outcome:
    """``request high-availability state suspend``: on any member, whether or not a peer is there.

    That nothing is asked when no peer could take over is said by a public script that did it.
    """
    if (fault := at.firewall.take("switch_refused")) is not None:
        return refused(at, str(fault.get("message", _CANNOT)))
    text = "Successfully changed HA state to suspended"
    return told(at, text, Effect.SUSPEND, at.firewall.suspend)


def functional(at: At, _: tuple[str, ...]) -> Outcome:
    """``request high-availability state functional``: at first initial, then what it is to be."""
    if (fault := at.firewall.take("refuse_functional")) is not None:
        return refused(at, str(fault.get("message", _CANNOT)))
    text = "Successfully changed HA state to functional"
    return told(at, text, Effect.FUNCTIONAL, at.firewall.release)


def push(source: Firewall, shared: Leaves, *, overwrites: bool) -> None:
    """Have the peer commit what both have alike: a job of its own."""
    peer = source.other

    def work() -> tuple[str, ...]:
        peer.configuration.take_over(shared, overwrites=overwrites)
        if peer.take("differs_after_sync") is not None:
            tree.put(peer.configuration.running, _STRAY, "192.0.2.0/24")
        peer.changed()
        return COMMITTED

    peer.jobs.add(Kind.HA_SYNC, source.spec.commit_seconds, work, user="ha-sync")


def can_push(at: At) -> bool:
    """Whether the peer takes a configuration: it is reached, and knows its schema."""
    own, other = at.firewall, at.peer
    return at.sees_peer and feature(own.image.version) == feature(other.image.version)


def sync_config(at: At, _: tuple[str, ...], *, candidate: bool = False) -> Outcome:
    """``request high-availability sync-to-remote running-config``: the peer's candidate is lost."""
    own = at.firewall
    if not at.sees_peer:
        return refused(at, "HA peer is not connected")
    if at.peer.jobs.open(Kind.HA_SYNC) is not None:
        return refused(
            at,
            "HA synchronization is already in progress. running configuration will not be "
            "synchronized with HA peer",
        )
    if not can_push(at):
        # the vendor's reference only says that members must run the same release
        return refused(at, "HA peer runs another PAN-OS release; configuration is not synchronized")
    chosen = own.configuration.candidate if candidate else own.configuration.running
    act = functools.partial(push, own, shared_of(chosen), overwrites=True)
    text = "HA synchronization job has been queued on peer. Please check job status on peer."
    return told(at, text, Effect.CONFIG_SYNC, act)


def sync_candidate(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``request high-availability sync-to-remote candidate-config``."""
    return sync_config(at, arguments, candidate=True)


def sync_runtime(at: At, _: tuple[str, ...]) -> Outcome:
    """``request high-availability sync-to-remote runtime-state``: sessions, to the peer."""
    if not (at.sees_peer and at.pair.is_peer_link_up(at.firewall)):
        return refused(at, "HA peer is not connected")

    def act() -> None:
        at.pair.sessions.refill(at.peer)

    text = "successfully sync'd runtime state to HA peer"
    return told(at, text, Effect.SESSION_SYNC, act)


def restart(at: At, _: tuple[str, ...]) -> Outcome:
    """``request restart system``, confirmed: the line drops a little later."""
    return _go_down(at, "reboot", halts=False)


def shutdown(at: At, _: tuple[str, ...]) -> Outcome:
    """``request shutdown system``, confirmed."""
    return _go_down(at, "system halt", halts=True)


def _go_down(at: At, what: str, *, halts: bool) -> Outcome:
    own = at.firewall
    if own.phase is not Phase.RUNNING:
        return refused(at, "system is going down")
    said = (
        f"\nBroadcast message from root ({at.time:%a %b} {at.time.day:>2} {at.time:%H:%M:%S %Y}):"
        f"\n\nThe system is going down for {what} NOW!\n\n"
    )

    def act() -> None:
        own.notify(said)  # on every terminal
        own.reboot(halt=halts)

    return Outcome(Reply(), Effect.REBOOT, act=act)
