"""Interfaces and the neighbours on them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_iosxe.context import At, show
from nornir_haupgrade.lab.personalities.cisco_iosxe.show_groups import mac_of
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import MANAGEMENT
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.cisco_iosxe.router import Router
    from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import PortSpec


def _states(router: Router, name: str) -> tuple[str, str]:
    """Status and line protocol."""
    if router.is_shut(name):
        return "administratively down", "down"
    word = "up" if router.ports[name] else "down"
    return word, word


def _is_line(router: Router, port: PortSpec) -> str:
    status, protocol = _states(router, port.name)
    return f"{port.name} is {status}, line protocol is {protocol}"


def ip_brief(at: At, _: tuple[str, ...]) -> Outcome:
    """``show ip interface brief``."""
    rows = []
    for port in at.router.board:
        status, protocol = _states(at.router, port.name)
        rows.append(f"{port.name:<22} {port.address.ip!s:<15} YES NVRAM  {status:<21} {protocol}")
    head = "Interface              IP-Address      OK? Method Status                Protocol"
    return show(head, *rows)


def interfaces(at: At, _: tuple[str, ...]) -> Outcome:
    """``show interfaces``."""
    return show(*(line for port in at.router.board for line in _interface(at.router, port)))


def _interface(router: Router, port: PortSpec) -> list[str]:
    mac = mac_of(router, port.name)
    return [
        _is_line(router, port),
        f"  Hardware is vNIC, address is {mac} (bia {mac})",
        f"  Description: {port.description}",
        f"  Internet address is {port.address}",
        "  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec, ",
        "     reliability 255/255, txload 1/255, rxload 1/255",
        "  Encapsulation ARPA, loopback not set",
        "  Keepalive set (10 sec)",
        "  Full Duplex, 1000Mbps, link type is auto, media type is Virtual",
        "  output flow-control is unsupported, input flow-control is unsupported",
        "  ARP type: ARPA, ARP Timeout 04:00:00",
        "  Last input 00:00:00, output 00:00:01, output hang never",
        '  Last clearing of "show interface" counters never',
        "  Input queue: 0/375/0/0 (size/max/drops/flushes); Total output drops: 0",
        "  Queueing strategy: fifo",
        "  Output queue: 0/40 (size/max)",
        "  5 minute input rate 2000 bits/sec, 3 packets/sec",
        "  5 minute output rate 1000 bits/sec, 1 packets/sec",
        "     31873 packets input, 2513216 bytes, 0 no buffer",
        "     Received 0 broadcasts (0 IP multicasts)",
        "     0 runts, 0 giants, 0 throttles ",
        "     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored",
        "     0 watchdog, 0 multicast, 0 pause input",
        "     20114 packets output, 1611733 bytes, 0 underruns",
        "     0 output errors, 0 collisions, 1 interface resets",
        "     0 unknown protocol drops",
        "     0 babbles, 0 late collision, 0 deferred",
        "     0 lost carrier, 0 no carrier, 0 pause output",
        "     0 output buffer failures, 0 output buffers swapped out",
    ]


def ip_interface(at: At, _: tuple[str, ...]) -> Outcome:
    """``show ip interface``, the first lines of each."""
    lines = []
    for port in at.router.board:
        lines += [
            _is_line(at.router, port),
            f"  Internet address is {port.address}",
            "  Broadcast address is 255.255.255.255",
            "  Address determined by non-volatile memory",
            "  MTU is 1500 bytes",
            "  Helper address is not set",
            "  Directed broadcast forwarding is disabled",
            "  Outgoing access list is not set",
            "  Inbound  access list is not set",
            "  Proxy ARP is enabled",
        ]
    return show(*lines)


def nothing(_: At, __: tuple[str, ...]) -> Outcome:
    """For what is not configured: IPv6, and address families of BGP."""
    return show()


def arp(at: At, _: tuple[str, ...]) -> Outcome:
    """``show arp``: oneself, the peer, a neighbour, and what one is the active router of."""
    rows = ["Protocol  Address          Age (min)  Hardware Addr   Type   Interface"]
    for port in at.router.board:
        own, theirs = mac_of(at.router, port.name), mac_of(at.peer, port.name)
        rows.append(_arp_row(str(port.address.ip), "-", own, port.name))
        if at.router.is_up(port.name):
            rows.append(_arp_row(str(at.peer.port(port.name).address.ip), "7", theirs, port.name))
            rows.append(_arp_row(str(port.beyond), "12", "5254.00ee.0254", port.name))
        if port.name != MANAGEMENT and _is_active_on(at, port.name):
            rows.append(_arp_row(str(port.virtual), "-", "0000.0c07.ac01", port.name))
    return show(*rows)


def _is_active_on(at: At, interface: str) -> bool:
    seats = at.router.seats.items()
    return any(name.split()[0] == interface and seat.role is HaState.MASTER for name, seat in seats)


def _arp_row(address: str, age: str, mac: str, interface: str) -> str:
    return f"Internet  {address:<15}  {age:>9}  {mac}  ARPA   {interface}"
