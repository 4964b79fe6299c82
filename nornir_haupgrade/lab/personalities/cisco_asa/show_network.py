"""Interfaces, addresses, routes and neighbours: those of the role, not of the unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_asa.clock import idle
from nornir_haupgrade.lab.personalities.cisco_asa.show_system import mac
from nornir_haupgrade.lab.personalities.cisco_asa.spec import (
    FAILOVER_PORT,
    LINK_NAME,
    failover_net,
)
from nornir_haupgrade.lab.terminal.answers import show

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.cisco_asa.asa import Asa
    from nornir_haupgrade.lab.personalities.cisco_asa.context import At
    from nornir_haupgrade.lab.personalities.cisco_asa.spec import PortSpec

_CODES = (
    "Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP",
    "       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area ",
    "       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2",
    "       E1 - OSPF external type 1, E2 - OSPF external type 2",
    "       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2",
    "       ia - IS-IS inter area, * - candidate default, U - per-user static route",
    "       o - ODR, P - periodic downloaded static route, + - replicated route",
)
_FULL_AFTER = 5.0
"""Device seconds after it became active until a neighbour is FULL."""


def _states(asa: Asa, hardware: str) -> tuple[str, str]:
    if asa.is_shut(hardware):
        return "administratively down", "down"
    word = "up" if asa.ports[hardware] else "down"
    return word, word


def _link_address(at: At) -> str:
    net = failover_net(at.pair.spec.number)
    return str(net.network_address + (1 if at.asa.is_primary else 2))


def ip_brief(at: At, _: tuple[str, ...]) -> Outcome:
    """``show interface ip brief``."""
    asa = at.asa
    rows = {
        port.hardware: (
            str(port.address(active=asa.is_active)),
            "CONFIG",
            *_states(asa, port.hardware),
        )
        for port in asa.board
    }
    word = "up" if asa.ports["ha"] else "down"
    rows[FAILOVER_PORT] = (_link_address(at), "unset", word, word)
    return show(
        "Interface                  IP-Address      OK? Method Status                Protocol",
        *(
            f"{name:<26} {address:<15} YES {method:<6} {status:<21} {protocol:<4}"
            for name, (address, method, status, protocol) in sorted(rows.items())
        ),
    )


def interfaces(at: At, _: tuple[str, ...]) -> Outcome:
    """``show interface``, the lines that matter of each."""
    return show(*(line for port in at.asa.board for line in _interface(at.asa, port)))


def _interface(asa: Asa, port: PortSpec) -> list[str]:
    status, protocol = _states(asa, port.hardware)
    address = port.address(active=asa.is_active)
    return [
        f'Interface {port.hardware} "{port.name}", is {status}, line protocol is {protocol}',
        "  Hardware is net_vmxnet3, BW 10000 Mbps, DLY 10 usec",
        "\tAuto-Duplex(Full-duplex), Auto-Speed(10000 Mbps)",
        "\tInput flow control is unsupported, output flow control is unsupported",
        f"\tMAC address {mac(asa, port.hardware)}, MTU 1500",
        f"\tIP address {address}, subnet mask {port.net.netmask}",
        "\t31873 packets input, 2513216 bytes, 0 no buffer",
        "\tReceived 0 broadcasts, 0 runts, 0 giants",
        "\t0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort",
        "\t0 pause input, 0 resume input",
        "\t0 L2 decode drops",
        "\t20114 packets output, 1611733 bytes, 0 underruns",
        "\t0 pause output, 0 resume output",
        "\t0 output errors, 0 collisions, 0 interface resets",
        "\t0 late collisions, 0 deferred",
        "\t0 input reset drops, 0 output reset drops",
        "\tinput queue (blocks free curr/low): hardware (0/0)",
        "\toutput queue (blocks free curr/low): hardware (0/0)",
        f'  Traffic Statistics for "{port.name}":',
        "\t31873 packets input, 2084512 bytes",
        "\t20114 packets output, 1328211 bytes",
        "\t12 packets dropped",
        "      1 minute input rate 3 pkts/sec,  240 bytes/sec",
        "      1 minute output rate 2 pkts/sec,  160 bytes/sec",
        "      1 minute drop rate, 0 pkts/sec",
        "      5 minute input rate 3 pkts/sec,  240 bytes/sec",
        "      5 minute output rate 2 pkts/sec,  160 bytes/sec",
        "      5 minute drop rate, 0 pkts/sec",
    ]


def nameif(at: At, _: tuple[str, ...]) -> Outcome:
    """``show nameif``."""
    rows = [f"{port.hardware:<24} {port.name:<24} {port.level:>3}" for port in at.asa.board]
    return show("Interface                Name                     Security", *rows)


def ip_address(at: At, _: tuple[str, ...]) -> Outcome:
    """``show ip address``: what the pair has, and what this unit has of it now."""
    head = "Interface                Name                   IP address      Subnet mask     Method "

    def table(*, active: bool) -> list[str]:
        rows = [
            (port.hardware, port.name, str(port.address(active=active)), str(port.net.netmask))
            for port in at.asa.board
        ]
        net = failover_net(at.pair.spec.number)
        link = str(net.network_address + 1) if active else _link_address(at)
        rows.append((FAILOVER_PORT, LINK_NAME, link, str(net.netmask)))
        return [f"{a:<24} {b:<22} {c:<15} {d:<15} CONFIG" for a, b, c, d in sorted(rows)]

    return show(
        "System IP Addresses:",
        head,
        *table(active=True),
        "Current IP Addresses:",
        head,
        *table(active=at.asa.is_active),
    )


def route(at: At, _: tuple[str, ...]) -> Outcome:
    """``show route``: static ones and what is connected."""
    asa = at.asa
    statics = [line.split() for line in asa.configuration.running if line.startswith("route ")]
    outside = asa.board[0]
    has_default = any(words[2] == "0.0.0.0" for words in statics) and asa.is_up(outside.hardware)  # noqa: S104
    last = f"{outside.beyond} to network 0.0.0.0" if has_default else "not set"
    up = {port.name for port in asa.board if asa.is_up(port.hardware)}
    lines = []
    for _word, name, net, mask, gateway, *_rest in statics:
        code = "S*" if net == "0.0.0.0" else "S"  # noqa: S104
        if name in up:
            lines.append(f"{code:<9}{net} {mask} [1/0] via {gateway}, {name}")
    for port in asa.board[:2]:
        if port.name in up:
            own, whole = port.address(active=asa.is_active), port.net.with_netmask.replace("/", " ")
            there = f"is directly connected, {port.name}"
            lines += [f"C        {whole} {there}", f"L        {own} 255.255.255.255 {there}"]
    return show(*_CODES, f"Gateway of last resort is {last}", "", *lines, "")


def arp(at: At, _: tuple[str, ...]) -> Outcome:
    """``show arp``: a neighbour on each network, and the other unit."""
    rows = []
    for port in at.asa.board:
        if at.asa.is_up(port.hardware):
            other = port.address(active=not at.asa.is_active)
            rows.append(f"\t{port.name} {port.beyond} 5254.00ee.0254 12")
            rows.append(f"\t{port.name} {other} {mac(at.mate, port.hardware)} 7")
    return show(*rows)


def ospf_neighbor(at: At, _: tuple[str, ...]) -> Outcome:
    """``show ospf neighbor``: the active has one on the inside, the standby none."""
    inside = at.asa.board[1]
    address = f"{inside.beyond!s:<15}"
    is_full = at.asa.is_up(inside.hardware) and at.asa.is_active
    if not is_full:
        return show()
    seconds = at.now - at.asa.course.last_failover
    state = "FULL/BDR" if seconds >= _FULL_AFTER else "EXSTART/BDR"
    dead = idle(40 - at.now % 10)
    return show(
        *("", ""),
        "Neighbor ID     Pri   State           Dead Time   Address         Interface",
        f"{address} {1:>3}   {state:<15} {dead:<10} {address} {inside.name}",
    )


def bgp_summary(_: At, __: tuple[str, ...]) -> Outcome:
    """``show bgp summary``: not configured (worded as IOS has it)."""
    return show("% BGP not active")


def ipsec_sa(_: At, __: tuple[str, ...]) -> Outcome:
    """``show crypto ipsec sa``: no tunnels."""
    return show("", "There are no ipsec sas")


def ikev2_sa(_: At, __: tuple[str, ...]) -> Outcome:
    """``show crypto ikev2 sa``: no tunnels, as genieparser has it."""
    return show("", "There are no IKEv2 SAs")


def vpn_sessions(_: At, __: tuple[str, ...]) -> Outcome:
    """``show vpn-sessiondb``, nobody connected."""
    ruler, thin = "-" * 75, " " * 29 + "-" * 46
    return show(
        ruler,
        "VPN Session Summary",
        ruler,
        "                               Active : Cumulative : Peak Concur : Inactive",
        thin,
        ruler,
        "Total Active and Inactive    :      0             Total Cumulative :      0",
        "Device Total VPN Capacity    :    250",
        "Device Load                  :     0%",
        ruler,
        "",
    )
