"""``show failover``, ``show failover state``, ``history`` and ``interface``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_asa.clock import stamp
from nornir_haupgrade.lab.personalities.cisco_asa.history import State
from nornir_haupgrade.lab.personalities.cisco_asa.spec import (
    FAILOVER_PORT,
    LINK_NAME,
    failover_net,
)
from nornir_haupgrade.lab.roles import HaState
from nornir_haupgrade.lab.terminal.answers import show

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.cisco_asa.asa import Asa
    from nornir_haupgrade.lab.personalities.cisco_asa.context import At
    from nornir_haupgrade.lab.personalities.cisco_asa.spec import PortSpec

_RULER = "=" * 74
_IN = " " * 8
_WIDTHS = {"SIP Tx": 8, "Umbrella Device-ID": 24}
"""Columns of a counter's name where they are not 16, as in captures."""
_REPLICATED = ("sys cmd", "up time", "RPC services", "TCP conn", "UDP conn", "ARP tbl")
_OTHER = (
    *("Xlate_Timeout", "IPv6 ND tbl", "VPN IKEv1 SA", "VPN IKEv1 P2", "VPN IKEv2 SA"),
    *("VPN IKEv2 P2", "VPN CTCP upd", "VPN SDI upd", "VPN DHCP upd", "SIP Session", "SIP Tx"),
    *("SIP Pinhole", "Route Session", "Router ID", "User-Identity", "CTS SGTNAME", "CTS PAC"),
    *("TrustSec-SXP", "IPv6 Route", "STS Table", "Umbrella Device-ID"),
)


def _is_empty(at: At) -> bool:
    """A boot after which failover answers nothing: a quirk that no document has."""
    return bool(at.asa.boots) and at.asa.has("ha_state_empty") is not None


def _frequency(seconds: float) -> str:
    """As in ``1 seconds`` or ``300 milliseconds``."""
    if seconds == int(seconds):
        return f"{int(seconds)} seconds"
    return f"{round(seconds * 1000)} milliseconds"


def _link(at: At) -> str:
    """No capture shows a link that failed; the word is that of an interface."""
    return "up" if at.has_link else "down"


def failover(at: At, _: tuple[str, ...]) -> Outcome:
    """``show failover``, of units with 9.x."""
    if _is_empty(at):
        return show()
    asa, rules = at.asa, at.election.rules
    poll, hold = _frequency(rules.hello), _frequency(rules.hold)
    pseudo = " (pseudo-Standby)" if asa.is_pseudo and not asa.is_active else ""
    head = [
        "Failover On" if asa.has_failover else f"Failover Off{pseudo}",
        f"Failover unit {asa.unit}",
        f"Failover LAN Interface: {LINK_NAME} {FAILOVER_PORT} ({_link(at)})",
        "Reconnect timeout 0:00:00",
        f"Unit Poll frequency {poll}, holdtime {hold}",
        "Interface Poll frequency 5 seconds, holdtime 25 seconds",
        "Interface Policy 1",
        f"Monitored Interfaces {len(asa.board)} of 1285 maximum",
        "MAC Address Move Notification Interval not set",
    ]
    if "failover replication http" in asa.configuration.running:
        head.append("failover replication http")
    if not asa.has_failover:
        return show(*head)
    serial = at.mate.node_id if asa.course.has_met else "Unknown"
    is_known = asa.course.has_met and (at.hears_mate or at.mate_word is not State.FAILED)
    return show(
        *head,
        f"Version: Ours {asa.image.version}, Mate {at.mate_version}",
        f"Serial Number: Ours {asa.node_id}, Mate {serial}",
        f"Last Failover at: {stamp(asa.course.last_failover)}",
        f"{_IN}This host: {asa.unit} - {asa.course.word} ",
        *_host(at, asa, is_known=True),
        f"{_IN}Other host: {at.mate.unit} - {at.mate_word} ",
        *_host(at, at.mate, is_known=is_known),
        "",
        *_statistics(at),
    )


def _host(at: At, asa: Asa, *, is_known: bool) -> list[str]:
    """A unit's active time, its board and its interfaces."""
    version = asa.image.version if asa is at.asa else at.mate_version
    board = f"{_IN * 2}slot 0: ASAv hw/sw rev (/{version}) status (Up Sys)"
    return [
        f"{_IN * 2}Active time: {int(asa.course.active_seconds)} (sec)",
        *([board] if is_known else []),
        *(f"{_IN * 2}  {_interface(at, asa, port, is_known=is_known)}" for port in asa.board),
    ]


def _interface(at: At, asa: Asa, port: PortSpec, *, is_known: bool) -> str:
    """The states are those of captures: Normal, No Link, Unknown; Monitored, Waiting.

    "Waiting": nothing was heard of the other unit's interface; so it is for both while one is down.
    """
    address = port.address(active=asa.is_active) if is_known else "0.0.0.0"  # noqa: S104
    if not is_known:
        return f"Interface {port.name} ({address}): Unknown (Waiting)"
    if asa.is_shut(port.hardware):
        return f"Interface {port.name} ({address}): Link Down (Shutdown)"
    is_heard = at.hears_mate and asa.mate.ports[port.hardware] and asa.ports[port.hardware]
    status = "Normal" if asa.ports[port.hardware] else "No Link"
    watched = "Monitored" if is_heard else "Waiting"
    return f"Interface {port.name} ({address}): {status} ({watched})"


def _statistics(at: At) -> list[str]:
    """Counters of what was sent and received; the values only grow."""
    beat, active = int(at.asa.uptime), int(at.asa.course.active_seconds)
    values = {
        "sys cmd": (beat, beat),
        "TCP conn": (active, beat - active),
        "Router ID": (1, 1),
    }
    rows = {name: values.get(name, (0, 0)) for name in (*_REPLICATED, *_OTHER)}
    whole = tuple(map(sum, zip(*rows.values(), strict=True)))
    counted = [_counter("General", (whole[0], whole[1]))]
    counted += [_counter(name, both) for name, both in rows.items()]
    return [
        "Stateful Failover Logical Update Statistics",
        f"{_IN}Link : {LINK_NAME} {FAILOVER_PORT} ({_link(at)})",
        f"{_IN}Stateful Obj    xmit       xerr       rcv        rerr      ",
        *counted,
        "",
        f"{_IN}Logical Update Queue Information",
        f"{_IN * 3}Cur     Max     Total",
        f"{_IN}Recv Q:         0       12      {whole[1]}",
        f"{_IN}Xmit Q:         0       29      {whole[0]}",
    ]


def _counter(name: str, both: tuple[int, int]) -> str:
    sent, received = both
    width = _WIDTHS.get(name, 16)
    return f"{_IN}{name:<{width}}{sent:<10} 0          {received:<10} 0         "


def state(at: At, _: tuple[str, ...]) -> Outcome:
    """``show failover state``; what it says of the configuration is of the last joining."""
    if _is_empty(at):
        return show()
    asa = at.asa
    synced = "Sync Done - STANDBY" if not asa.is_active else "Sync Done"
    if asa.course.word in {State.SYNC_CONFIG, State.COLD_STANDBY}:
        synced = "Sync Config"
    return show(
        "",
        "               State          Last Failure Reason      Date/Time",
        *_state(at, asa, asa.course.word, "This host "),
        *_state(at, at.mate, at.mate_word, "Other host"),
        "",
        "====Configuration State===",
        f"{_IN}{synced}",
        "====Communication State===",
        *([f"{_IN}Mac set"] if asa.course.has_met else []),
        "",
    )


def _state(at: At, asa: Asa, word: State, host: str) -> list[str]:
    reason, when, ports = "None", "", list[str]()
    if asa.course.last_failure is not None:
        reason, when = "Ifc Failure", stamp(asa.course.last_failure.at)
        down = [port.name for port in asa.board if not asa.ports[port.hardware]]
        ports = [f"{'':30}{name}: Failed" for name in down]
    elif asa is at.mate and word is State.FAILED:
        gone = asa.course.gone
        noticed = at.now if gone is None else gone.at + at.election.rules.hold
        reason, when = "Comm Failure", stamp(noticed)
    row = f"{'':15}{word:<15}{reason:<25}{when}".rstrip()
    return [f"{host} -   {asa.unit}", row, *ports]


def history(at: At, _: tuple[str, ...]) -> Outcome:
    """``show failover history``, since the boot."""
    if _is_empty(at):
        return show()
    lines = []
    for event in at.asa.course.events:
        lines += [stamp(event.at), f"{event.before:<26} {event.after:<26} {event.why}", ""]
    return show(
        _RULER,
        f"{'From State':<26} {'To State':<26} Reason",
        _RULER,
        *lines[:-1],
        _RULER,
    )


def interface(at: At, _: tuple[str, ...]) -> Outcome:
    """``show failover interface``: the link, whose addresses stay with the units."""
    net = failover_net(at.pair.spec.number)
    first, second = net.network_address + 1, net.network_address + 2
    mine, other = (first, second) if at.asa.is_primary else (second, first)
    return show(
        f"{_IN}interface {LINK_NAME} {FAILOVER_PORT}",
        f"{_IN * 2}System IP Address: {first} {net.netmask}",
        f"{_IN * 2}My IP Address    : {mine}",
        f"{_IN * 2}Other IP Address : {other}",
    )


def config_sync(at: At, _: tuple[str, ...]) -> Outcome:
    """``show failover config-sync status``, of 9.20; no output of it was found."""
    word = "Enabled" if at.asa.role is not HaState.INIT else "Disabled"
    return show(f"Config Sync Optimization is {word}")
