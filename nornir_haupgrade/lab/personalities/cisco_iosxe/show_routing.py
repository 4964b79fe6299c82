"""Routes and BGP: a default route, what is connected, and one upstream neighbour.

A router has them whatever its role; with its outer interface down they are gone.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_iosxe.clock import short_span
from nornir_haupgrade.lab.personalities.cisco_iosxe.context import At, show, wrong

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome

LEARNED = ipaddress.IPv4Network("198.51.100.0/25")
_OWN_AS, _THEIR_AS = 65001, 65000
_ESTABLISHED_AFTER = 5.0
"""Device seconds after the boot."""
_NOT_THERE = "% Network not in table"


@dataclass(frozen=True, slots=True)
class _Route:
    net: ipaddress.IPv4Network
    lines: tuple[str, ...]


def _is_outside_up(at: At) -> bool:
    return at.router.is_up(at.router.board[1].name)


def _is_established(at: At) -> bool:
    return _is_outside_up(at) and at.router.uptime > _ESTABLISHED_AFTER


def _age(at: At) -> str:
    return short_span(at.router.uptime - _ESTABLISHED_AFTER)


def _routes(at: At) -> list[_Route]:
    found = [
        _Route(port.address.network, _connected(port.name))
        for port in at.router.board
        if at.router.is_up(port.name)
    ]
    upstream = at.router.board[1].beyond
    if _is_outside_up(at):
        found.append(_Route(ipaddress.IPv4Network("0.0.0.0/0"), _static(str(upstream))))
    if _is_established(at):
        found.append(_Route(LEARNED, _learned(str(upstream), _age(at))))
    return found


def _connected(interface: str) -> tuple[str, ...]:
    return (
        'Known via "connected", distance 0, metric 0 (connected, via interface)',
        "Routing Descriptor Blocks:",
        f"* directly connected, via {interface}",
        "    Route metric is 0, traffic share count is 1",
    )


def _static(upstream: str) -> tuple[str, ...]:
    return (
        'Known via "static", distance 1, metric 0, candidate default path',
        "Routing Descriptor Blocks:",
        f"* {upstream}",
        "    Route metric is 0, traffic share count is 1",
    )


def _learned(upstream: str, age: str) -> tuple[str, ...]:
    return (
        f'Known via "bgp {_OWN_AS}", distance 20, metric 0',
        f"Tag {_THEIR_AS}, type external",
        f"Last update from {upstream} {age} ago",
        "Routing Descriptor Blocks:",
        f"* {upstream}, from {upstream}, {age} ago",
        "    Route metric is 0, traffic share count is 1",
        "    AS Hops 1",
        f"    Route tag {_THEIR_AS}",
        "    MPLS label: none",
    )


def route(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show ip route ADDRESS [MASK]``: of a network exactly, of an address the longest match."""
    try:
        address = ipaddress.IPv4Address(arguments[0])
        mask = ipaddress.IPv4Network("/".join(arguments)) if len(arguments) > 1 else None
    except ValueError:
        return wrong("% Invalid input detected at '^' marker.")
    if mask is not None:
        fitting = [item for item in _routes(at) if item.net == mask]
    else:
        fitting = [item for item in _routes(at) if address in item.net and item.net.prefixlen]
    if not fitting:
        return show(_NOT_THERE)
    best = max(fitting, key=lambda item: item.net.prefixlen)
    supernet = ", supernet" if best.net.prefixlen == 0 else ""
    return show(f"Routing entry for {best.net}{supernet}", *(f"  {line}" for line in best.lines))


def vrfs(_: At, __: tuple[str, ...]) -> Outcome:
    """``show vrf``: none."""
    return show("  Name                             Default RD            Protocols   Interfaces")


def protocols(_: At, __: tuple[str, ...]) -> Outcome:
    """``show ip protocols``, the line that matters."""
    return show("*** IP Routing is NSF aware ***", "", f'Routing Protocol is "bgp {_OWN_AS}"')


def bgp_summary(at: At, _: tuple[str, ...]) -> Outcome:
    """``show bgp all summary`` and ``show ip bgp summary``."""
    is_up = _is_established(at)
    span, word = (_age(at), "1") if is_up else ("never", "Idle")
    neighbor = at.router.board[1].beyond
    counts = f"{_THEIR_AS:>12} {1450:>7} {1448:>7} {2:>8}    0    0"
    return show(
        "For address family: IPv4 Unicast",
        f"BGP router identifier {at.router.board[0].address.ip}, local AS number {_OWN_AS}",
        "BGP table version is 2, main routing table version 2",
        "",
        "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd",
        f"{neighbor!s:<15} 4 {counts} {span:<8} {word:>12}",
    )


def bgp_neighbors(at: At, _: tuple[str, ...]) -> Outcome:
    """``show bgp ipv4 unicast neighbors`` and ``show ip bgp neighbors``."""
    is_up = _is_established(at)
    neighbor = at.router.board[1].beyond
    identifier = neighbor if is_up else ipaddress.IPv4Address(0)
    state = f"Established, up for {_age(at)}" if is_up else "Idle"
    count = 1 if is_up else 0
    return show(
        f"BGP neighbor is {neighbor},  remote AS {_THEIR_AS}, external link",
        " Description: upstream",
        f"  BGP version 4, remote router ID {identifier}",
        f"  BGP state = {state}",
        "  Neighbor sessions:",
        f"    {count} active, is not multisession capable (disabled)",
        "  Default minimum time between advertisement runs is 30 seconds",
        "",
        " For address family: IPv4 Unicast",
        "  BGP table version 2, neighbor version 2/0",
        "  Output queue size : 0",
        "                                 Sent       Rcvd",
        "  Prefix activity:               ----       ----",
        f"    Prefixes Current:               0          {count} (Consumes 136 bytes)",
        f"    Prefixes Total:                 0          {count}",
        "",
        "                                   Outbound    Inbound",
        "  Local Policy Denied Prefixes:    --------    -------",
        "    Total:                                0          0",
        "  Number of NLRIs in the update sent: max 0, min 0",
    )


def bgp_route(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show ip bgp PREFIX``."""
    if arguments[0] not in {str(LEARNED), str(LEARNED.network_address)} or not _is_established(at):
        return show(_NOT_THERE)
    neighbor = at.router.board[1].beyond
    return show(
        f"BGP routing table entry for {LEARNED}, version 2",
        "Paths: (1 available, best #1, table default)",
        "  Not advertised to any peer",
        "  Refresh Epoch 1",
        f"  {_THEIR_AS}",
        f"    {neighbor} from {neighbor} ({neighbor})",
        "      Origin IGP, metric 0, localpref 100, valid, external, best",
        "      rx pathid: 0, tx pathid: 0x0",
    )
