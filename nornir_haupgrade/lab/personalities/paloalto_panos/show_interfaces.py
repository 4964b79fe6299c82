"""``show interface``."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.paloalto_panos.board import (
    HA1,
    HA2,
    MANAGEMENT,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    branch,
    leaf,
    text_at,
)
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome

_HA_NUMBERS = {HA1: 5, HA2: 6}
_LOGICAL = {"vlan": 1, "loopback": 3, "tunnel": 4}


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
                st=f"{speed}/{duplex}/{state}{'' if is_up else '(autoneg)'}",
                mac=own.board.mac(name),
                mode="(autoneg)",
                speed=speed,
                id=number,
                # in one of two captured texts, in no XML that was found
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
        leaf("name", name),
        leaf("zone", zone),
        leaf("fwd", fwd),
        leaf("vsys", vsys),
        leaf("dyn-addr"),
        leaf("addr6"),
        leaf("tag", 0),
        leaf("ip", address),
        leaf("id", number),
        leaf("addr"),
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
    entries += [_interface(name, number) for name, number in _LOGICAL.items()]
    return [*entries, _interface("tunnel.1", 256, zone="branch", fwd="vr:default")]


def interfaces(at: At, _: tuple[str, ...]) -> Outcome:
    """``show interface all``, ``hardware`` and ``logical``."""
    which = at.words[-1]
    ifnet, hardware = branch("ifnet", *_logical(at)), branch("hw", *_hardware(at))
    parts = {"hardware": [hardware], "logical": [ifnet], "all": [ifnet, hardware]}[which]

    def render(result: ET.Element) -> str:
        lines: list[str] = [""]
        if which == "hardware":
            lines += _hardware_text(
                result, "speed/duplex/state", lambda entry: text_at(entry, "st")
            )
        elif which == "all":
            lines += _hardware_text(result, "speed/duplex/state/fec", _with_fec)
        if which != "hardware":
            lines += _logical_text(result)
        return text_of(*lines, "")

    return answer(at, branch("result", *parts), render)


def _with_fec(entry: ET.Element) -> str:
    """The capture of ``show interface all`` is of a later release than those of ``hardware``."""
    state = text_at(entry, "st").replace("(autoneg)", "((autoneg))")
    return f"{state}/{text_at(entry, 'fec')}"


def _hardware_text(result: ET.Element, title: str, state: Callable[[ET.Element], str]) -> list[str]:
    entries = result.findall("hw/entry")
    return [
        f"total configured hardware interfaces: {len(entries)}",
        "",
        f"{'name':<24}{'id':<6}{title:<{len(title) + 8}}mac address",
        "-" * 80,
        *(
            f"{text_at(entry, 'name'):<24}{text_at(entry, 'id'):<6}"
            f"{state(entry):<{len(title) + 8}}{text_at(entry, 'mac')}"
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
        return text_of(
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
