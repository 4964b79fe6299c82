"""Routes, and the peering with the upstream."""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.paloalto_panos import tree
from nornir_haupgrade.lab.personalities.paloalto_panos.board import DATA_PORTS
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    branch,
    leaf,
    text_at,
)
from nornir_haupgrade.lab.roles import HaState
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome

_ROUTES = ("network", "virtual-router", "default", "routing-table", "ip", "static-route")


def _routes(at: At) -> list[ET.Element]:
    """Static and connected ones over interfaces that are up."""
    own, found = at.firewall, []
    static = tree.under(own.configuration.running, _ROUTES)
    for name in sorted({path[len(_ROUTES)] for path in static}):
        values = {
            path[len(_ROUTES) + 1 :]: str(value)
            for path, value in static.items()
            if path[len(_ROUTES)] == name
        }
        interface = values.get(("interface",), "")
        if own.ports.get(interface):
            destination = values.get(("destination",), "")
            hop = values.get(("nexthop", "ip-address"), "0.0.0.0")  # noqa: S104  # no listener
            metric = values.get(("metric",), "10")
            found.append(_route(destination, hop, metric, "A S", interface))
    for port in (own.board.outside, own.board.inside):
        if own.ports[port.name]:
            address, net = port.address.ip, port.address.network
            found.append(_route(str(net), str(address), "0", "A C", port.name))
            found.append(_route(f"{address}/32", "0.0.0.0", "0", "A H", ""))  # noqa: S104
    return sorted(found, key=lambda entry: ipaddress.IPv4Network(text_at(entry, "destination")))


def _route(destination: str, hop: str, metric: str, flags: str, interface: str) -> ET.Element:
    return branch(
        "entry",
        virtual_router="default",
        destination=destination,
        nexthop=hop,
        metric=metric,
        flags=flags,
        age="",
        interface=interface,
        route_table="unicast",
    )


_FLAGS = """\
flags: A:active, ?:loose, C:connect, H:host, S:static, ~:internal, R:rip, O:ospf, B:bgp,\x20
       Oi:ospf intra-area, Oo:ospf inter-area, O1:ospf ext-type-1, O2:ospf ext-type-2, \
E:ecmp, M:multicast
""".splitlines()


def routes(at: At, _: tuple[str, ...]) -> Outcome:
    """``show routing route``."""
    entries = _routes(at)
    result = branch("result", leaf("flags", " ".join(line.strip() for line in _FLAGS)), *entries)

    def render(result: ET.Element) -> str:
        rows = [
            f"{text_at(entry, 'destination'):<44}{text_at(entry, 'nexthop'):<40}"
            f"{text_at(entry, 'metric'):<7}{text_at(entry, 'flags'):<11}{text_at(entry, 'age'):<6}"
            f"{text_at(entry, 'interface'):<34}"
            for entry in result.iterfind("entry")
        ]
        head = (
            f"{'destination':<44}{'nexthop':<40}{'metric':<7}{'flags':<11}{'age':<6}"
            f"{'interface':<19}next-AS    "
        )
        return text_of(
            "", *_FLAGS, "", "", "VIRTUAL ROUTER: default (id 1)", "  ==========", head, *rows,
            f"total routes shown: {len(rows)}", "",
        )  # fmt: skip

    return answer(at, result, render)


def bgp_summary(at: At, _: tuple[str, ...]) -> Outcome:
    """``show routing protocol bgp summary``: the passive's routing does not run."""
    own = at.firewall
    is_up = own.role is HaState.MASTER and own.ports[DATA_PORTS[0]]
    status = "Established" if is_up else "Idle"
    address = own.board.outside.beyond
    peer = branch("entry", remote_as=65000, status=status, peer_address=address)
    peer.attrib.update(peer="upstream", vr="default")
    counted = 2 if is_up else 0

    def render(result: ET.Element) -> str:
        status = text_at(result, "entry/status")
        address = text_at(result, "entry/peer-address")
        return text_of(
            "  ==========",
            f"  router id:                     {own.board.outside.address.ip}",
            "  virtual router:                default",
            "  reject default route:          no",
            "  Install BGP routes:            yes",
            "  Graceful Restart:              supported",
            "  AS size:                       2",
            "  Local AS:                      65001",
            f"    peer upstream: AS 65000, {status}, IP {address}",
            f"      bgpAfiIpv4/unicast pfx:    Accepted pfx: {counted}, Advertised pfx: {counted}",
            "",
        )

    return answer(at, branch("result", peer), render)
