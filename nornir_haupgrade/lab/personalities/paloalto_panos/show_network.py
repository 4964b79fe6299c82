"""Interfaces, routes and the peering with the upstream."""

from __future__ import annotations

import ipaddress
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.paloalto_panos import tree
from nornir_haupgrade.lab.personalities.paloalto_panos.board import (
    DATA_PORTS,
    HA1,
    HA2,
    MANAGEMENT,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    branch,
    leaf,
    table,
    text_at,
)
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome

_HA_NUMBERS = {HA1: 5, HA2: 6}
_LOGICAL = {"vlan": 1, "loopback": 3, "tunnel": 4}
_ROUTES = ("network", "virtual-router", "default", "routing-table", "ip", "static-route")


def _hardware(at: At) -> list[ET.Element]:
    own = at.firewall
    numbers = {port.name: port.number for port in (own.board.outside, own.board.inside)}
    entries = []
    for name, number in {**numbers, **_HA_NUMBERS}.items():
        is_up = own.ports[name]
        speed, duplex, state = ("1000", "full", "up") if is_up else ("ukn", "ukn", "down")
        entries.append(
            branch(
                "entry",
                name=name,
                duplex=duplex,
                type=0,
                state=state,
                # a port that is down names its mode: captured
                st=f"{speed}/{duplex}/{state}{'' if is_up else '((autoneg))'}",
                mac=own.board.mac(name),
                mode="(autoneg)",
                speed=speed,
                id=number,
                # the text has it since PAN-OS 11, no XML of that was found
                fec="auto" if name in numbers else "ukn",
            )
        )
    for name, number in _LOGICAL.items():
        absent = "[n/a]"
        entries.append(
            branch(
                "entry",
                name=name,
                duplex=absent,
                type=5,
                state="up",
                st=f"{absent}/{absent}/up",
                mac=f"00:1b:17:{own.board.pair % 256:02x}:01:{number:02x}",
                mode="(unknown)",
                speed=absent,
                id=number,
                fec=absent,
            )
        )
    return entries


def _interface(
    name: str, number: int, *, zone: str = "", fwd: str = "N/A", address: str = "N/A", vsys: int = 1
) -> ET.Element:
    return branch(
        "entry",
        leaf("dyn-addr"),
        leaf("addr6"),
        leaf("addr"),
        name=name,
        zone=zone,
        fwd=fwd,
        vsys=vsys,
        tag=0,
        ip=address,
        id=number,
    )


def _logical(at: At) -> list[ET.Element]:
    own = at.firewall
    entries = [
        _interface(
            port.name, port.number, zone=port.zone, fwd="vr:default", address=str(port.address)
        )
        for port in (own.board.outside, own.board.inside)
    ]
    entries += [
        _interface(name, _HA_NUMBERS[name], fwd="ha", address=str(address), vsys=0)
        for name, address in ((HA1, own.board.ha1), (HA2, own.board.ha2))
    ]
    return [*entries, *(_interface(name, number) for name, number in _LOGICAL.items())]


def interfaces(at: At, _: tuple[str, ...]) -> Outcome:
    """``show interface all``, ``hardware`` and ``logical``."""
    which = at.words[-1]
    ifnet, hardware = branch("ifnet", *_logical(at)), branch("hw", *_hardware(at))
    parts = {"hardware": [hardware], "logical": [ifnet], "all": [ifnet, hardware]}[which]

    def render(result: ET.Element) -> str:
        lines: list[str] = [""]
        if which != "logical":
            lines += _hardware_text(result)
        if which != "hardware":
            lines += _logical_text(result)
        return table(*lines, "")

    return answer(at, branch("result", *parts), render)


def _hardware_text(result: ET.Element) -> list[str]:
    entries = result.findall("hw/entry")
    return [
        f"total configured hardware interfaces: {len(entries)}",
        "",
        f"{'name':<24}{'id':<6}{'speed/duplex/state/fec':<30}mac address",
        "-" * 80,
        *(
            f"{text_at(entry, 'name'):<24}{text_at(entry, 'id'):<6}"
            f"{text_at(entry, 'st') + '/' + text_at(entry, 'fec'):<30}{text_at(entry, 'mac')}"
            for entry in entries
        ),
        "",
        "aggregation groups: 0",
        "",
        "",
    ]


def _logical_text(result: ET.Element) -> list[str]:
    entries = result.findall("ifnet/entry")
    return [
        f"total configured logical interfaces: {len(entries)}",
        "",
        f"{'name':<26}{'id':<6}{'vsys':<5}{'zone':<17}{'forwarding':<25}{'tag':<7}address",
        "",
        " ".join("-" * width for width in (19, 5, 4, 16, 24, 6, 18)),
        *(
            f"{text_at(entry, 'name'):<26}{text_at(entry, 'id'):<6}{text_at(entry, 'vsys'):<5}"
            f"{text_at(entry, 'zone'):<17}{text_at(entry, 'fwd'):<25}{text_at(entry, 'tag'):<7}"
            f"{text_at(entry, 'ip')}"
            for entry in entries
        ),
    ]


def management(at: At, _: tuple[str, ...]) -> Outcome:
    """``show interface management``."""
    own = at.firewall.board.management
    found = branch(
        "info",
        name="Management Interface",
        state="up",
        hwaddr=at.firewall.board.mac(MANAGEMENT),
        ip=own.ip,
        netmask=own.netmask,
        gw=own.network.network_address + 1,
    )

    def render(result: ET.Element) -> str:
        ruler = "-" * 79
        return table(
            "",
            "",
            ruler,
            f"Name: {text_at(result, 'info/name')}",
            "Link status:",
            f"  Runtime link speed/duplex/state: 1000/full/{text_at(result, 'info/state')}",
            "  Configured link speed/duplex/state: auto/auto/auto",
            "MAC address:",
            f"  Port MAC address {text_at(result, 'info/hwaddr')}",
            "",
            f"Ip address: {text_at(result, 'info/ip')}",
            f"Netmask: {text_at(result, 'info/netmask')}",
            f"Default gateway: {text_at(result, 'info/gw')}",
            "Ipv6 address: unknown",
            "Ipv6 default gateway:",
            ruler,
            "",
        )

    return answer(at, branch("result", found), render)


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
        return table(
            "", *_FLAGS, "", "", "VIRTUAL ROUTER: default (id 1)", "  ==========", head, *rows,
            f"total routes shown: {len(rows)}", "",
        )  # fmt: skip

    return answer(at, result, render)


def bgp_summary(at: At, _: tuple[str, ...]) -> Outcome:
    """``show routing protocol bgp summary``: the passive's routing does not run."""
    own = at.firewall
    is_up = own.role is HaState.MASTER and own.ports[DATA_PORTS[0]]
    peer = branch("entry", status="Established" if is_up else "Idle", remote_as=65000)
    peer.set("peer", "upstream")
    peer.append(leaf("peer-address", own.board.outside.beyond))
    counted = 2 if is_up else 0

    def render(result: ET.Element) -> str:
        status = text_at(result, "entry/status")
        address = text_at(result, "entry/peer-address")
        return table(
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
