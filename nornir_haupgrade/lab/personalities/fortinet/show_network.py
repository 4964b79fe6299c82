"""Interfaces, neighbours, routes, BGP and tunnels, in the shapes of the captures.

Traffic's addresses are on both members. A secondary has the connected and static routes; BGP speaks
on the primary only. That tunnels show as up on both is assumed: their keys are replicated.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.fortinet.clock import route_age
from nornir_haupgrade.lab.personalities.fortinet.clustered import GROUP
from nornir_haupgrade.lab.personalities.fortinet.context import At, show
from nornir_haupgrade.lab.personalities.fortinet.initial import OWN_AS, THEIR_AS
from nornir_haupgrade.lab.personalities.fortinet.spec import DATA_PORTS
from nornir_haupgrade.lab.personalities.fortinet.versions import numbers
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    import ipaddress

    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.fortinet.spec import PortSpec

LEARNED = "198.51.100.0/25"
_ESTABLISHED_AFTER = 5.0
_FEC_FROM = (7, 4, 0)
_CODES = (
    "Codes: K - kernel, C - connected, S - static, R - RIP, B - BGP",
    "       O - OSPF, IA - OSPF inter area",
    "       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2",
    "       E1 - OSPF external type 1, E2 - OSPF external type 2",
    "       i - IS-IS, L1 - IS-IS level-1, L2 - IS-IS level-2, ia - IS-IS inter area",
    "       * - candidate default",
    "",
)


def _port(at: At, name: str) -> PortSpec:
    return next(port for port in at.device.board if port.name == name)


def _address(port: PortSpec) -> ipaddress.IPv4Interface:
    if port.address is None:
        msg = f"{port.name} has no address"
        raise ValueError(msg)
    return port.address


def _spelt(port: PortSpec) -> str:
    return (
        "0.0.0.0 0.0.0.0" if port.address is None else f"{port.address.ip} {port.address.netmask}"
    )


def physical(at: At, _: tuple[str, ...]) -> Outcome:
    """``get system interface physical``; 7.4 indents by four and names the error correction."""
    is_new = numbers(at.version) >= _FEC_FROM
    step = " " * (4 if is_new else 8)
    lines = ["== [onboard]"]
    for port in at.device.board:
        is_up = at.device.is_up(port.name)
        own = [
            "mode: static",
            f"ip: {_spelt(port)}",
            "ipv6: ::/0",
            f"status: {'up' if is_up else 'down'}",
            "speed: 1000Mbps (Duplex: full)" if is_up else "speed: n/a",
            *(["FEC: none", "FEC_cap: none"] if is_new else []),
        ]
        lines += [f"{step}==[{port.name}]", *(f"{step * 2}{line}" for line in own)]
    return show(*lines)


_SWITCHES = (
    "netflow-sampler: disable    sflow-sampler: disable    src-check: enable    "
    "explicit-web-proxy: disable    explicit-ftp-proxy: disable    "
    "proxy-captive-portal: disable    mtu-override: disable    wccp: disable    "
    "drop-overlapped-fragment: disable    drop-fragment: disable"
)


def interfaces(at: At, _: tuple[str, ...]) -> Outcome:
    """``get system interface``."""
    lines = []
    for port in at.device.board:
        state = "up" if at.device.is_up(port.name) else "down"
        head = f"name: {port.name}   mode: static    ip: {_spelt(port)}   status: {state}    "
        rest = f"netbios-forward: disable    type: physical   {_SWITCHES}"
        lines += [f"== [ {port.name} ]", head + rest]
    return show(*lines)


def arp(at: At, _: tuple[str, ...]) -> Outcome:
    """``get system arp``: a neighbour on each network that is up."""
    rows = [
        f"{port.beyond!s:<17} 0          {_mac(f'{port.beyond}')} {port.name}"
        for port in at.device.board
        if port.address is not None and at.device.is_up(port.name)
    ]
    return show("Address           Age(min)   Hardware Addr      Interface", *rows)


def _mac(name: str) -> str:
    digest = hashlib.sha256(name.encode()).hexdigest()
    return "52:54:00:" + ":".join(digest[i : i + 2] for i in (0, 2, 4))


def _is_established(at: At) -> bool:
    device = at.device
    is_up = device.role is HaState.MASTER and device.is_up(DATA_PORTS[0])
    return is_up and at.now - device.seats[GROUP].since > _ESTABLISHED_AFTER


def _bgp_age(at: At) -> str:
    return route_age(at.now - at.device.seats[GROUP].since - _ESTABLISHED_AFTER)


def routes(at: At, _: tuple[str, ...]) -> Outcome:
    """``get router info routing-table all``."""
    outside, inside = (_port(at, name) for name in DATA_PORTS)
    up = [port for port in at.device.board if port.address and at.device.is_up(port.name)]
    rows = []
    if outside in up:
        rows.append(f"S*      0.0.0.0/0 [10/0] via {outside.beyond}, {outside.name}")
    rows += [f"C       {_address(port).network} is directly connected, {port.name}" for port in up]
    if _is_established(at):
        rows.append(
            f"B       {LEARNED} [20/0] via {outside.beyond}, {outside.name}, {_bgp_age(at)}"
        )
    if inside in up:
        rows.append(f"S       198.51.100.128/25 [10/0] via {inside.beyond}, {inside.name}")
    return show(*_CODES, "Routing table for VRF=0", *rows, "")


def bgp_summary(at: At, _: tuple[str, ...]) -> Outcome:
    """``get router info bgp summary``."""
    outside, is_up = _port(at, DATA_PORTS[0]), _is_established(at)
    span, word = (_bgp_age(at), f"{1:>8}") if is_up else ("never", "Active     ")
    counts = f"{THEIR_AS:>10} {1450 * is_up:>7} {1448 * is_up:>7} {2 * is_up:>8}    0    0"
    return show(
        "",
        f"BGP router identifier {_address(outside).ip}, local AS number {OWN_AS}",
        "BGP table version is 2",
        "1 BGP AS-PATH entries",
        "0 BGP community entries",
        "",
        "Neighbor        V         AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
        f"{outside.beyond!s:<14} 4 {counts} {span:>8} {word}",
        "",
        "Total number of neighbors 1",
        "",
    )


def tunnels(at: At, _: tuple[str, ...]) -> Outcome:
    """``get vpn ipsec tunnel summary``: one a line."""
    names = at.device.configuration.table("vpn ipsec phase1-interface").entries
    is_up = int(at.device.is_up(DATA_PORTS[0]))
    return show(
        *(
            f"'{name}' 203.0.113.9:0  selectors(total,up): 1/{is_up}  rx(pkt,err): 1450/0  "
            "tx(pkt,err): 1448/0"
            for name in names
        )
    )


def nics(at: At, _: tuple[str, ...]) -> Outcome:
    """``get hardware nic``: their names."""
    names = [port.name for port in at.device.board]
    return show("The following NICs are available:", *(f"\t{name}" for name in names))
