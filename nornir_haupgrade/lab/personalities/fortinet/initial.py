"""What a FortiGate of the lab is configured with."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.disk import sha256
from nornir_haupgrade.lab.personalities.fortinet.configuration import (
    DISABLE,
    ENABLE,
    Configuration,
)
from nornir_haupgrade.lab.personalities.fortinet.schema import fields
from nornir_haupgrade.lab.personalities.fortinet.spec import (
    DATA_PORTS,
    HEARTBEAT,
    MANAGEMENT,
    FortigateSpec,
    PortSpec,
    UpgradeMode,
)
from nornir_haupgrade.lab.personalities.fortinet.tree import Node, Tree
from nornir_haupgrade.lab.personalities.fortinet.versions import upgrades_per_member

if TYPE_CHECKING:
    from collections.abc import Iterable

_POLICIES = 20
_NAMESPACE = uuid.UUID("3b1f6f0c-8d2e-4f7a-9a65-1f0f5b9f5d11")
OWN_AS, THEIR_AS = 65001, 65000


def _uuid(name: str) -> str:
    return str(uuid.uuid5(_NAMESPACE, name))


def _switch(*, on: bool) -> str:
    return ENABLE if on else DISABLE


def initial(
    name: str,
    ports: tuple[PortSpec, ...],
    spec: FortigateSpec,
    version: str,
    *,
    priority: int,
    preempts: bool,
) -> Configuration:
    """The configuration of one member."""
    made = Configuration(
        {
            "system ha": _ha(spec, version, ports, priority=priority, preempts=preempts),
            "system global": Node({"hostname": f'"{name}"', "timezone": '"UTC"'}),
            "system console": Node(),
            "system interface": Node(entries={port.name: _interface(port) for port in ports}),
            "system admin": Node(entries={"admin": _admin()}),
            "system dns": Node({"primary": "192.0.2.53", "secondary": "192.0.2.54"}),
            "system ntp": Node({"ntpsync": ENABLE}),
            **_firewall(ports),
        },
        version,
    )
    banner = _switch(on=spec.has_banner)
    for path, key, value in (
        ("system global", "post-login-banner", banner),
        ("system console", "output", spec.output),
    ):
        node = made.table(path)
        node.settings[key] = value
        made.replace(path, node)
    made.replace("system ha", made.table("system ha"))
    return made


def _ha(
    spec: FortigateSpec,
    version: str,
    ports: tuple[PortSpec, ...],
    *,
    priority: int,
    preempts: bool,
) -> Node:
    settings = {
        "group-id": "10",
        "group-name": '"lab"',
        "mode": "a-p",
        "password": f"ENC {sha256(b'lab')[:44]}",
        "hbdev": f'"{HEARTBEAT}" 50',
        "session-pickup": _switch(on=spec.has_pickup),
        "ha-mgmt-status": ENABLE,
        "ha-uptime-diff-margin": str(spec.uptime_margin),
        "override": _switch(on=preempts),
        "priority": str(priority),
        "monitor": " ".join(f'"{name}"' for name in DATA_PORTS),
    }
    if upgrades_per_member(version):
        settings["upgrade-mode"] = str(spec.upgrade_mode)
    else:
        is_smooth = spec.upgrade_mode is not UpgradeMode.SIMULTANEOUS
        settings["uninterruptible-upgrade"] = _switch(on=is_smooth)
    [own] = [port for port in ports if port.name == MANAGEMENT]
    entry = Node({"interface": f'"{MANAGEMENT}"', "gateway": str(own.beyond)})
    known = fields("system ha", version)
    settings = {key: value for key, value in settings.items() if value != known[key].default}
    return Node(settings, tables={"ha-mgmt-interfaces": Node(entries={"1": entry})})


def _interface(port: PortSpec) -> Node:
    address = port.address
    settings = {"vdom": '"root"'}
    if address is not None:
        settings |= {
            "ip": f"{address.ip} {address.netmask}",
            "allowaccess": "ping https ssh" if port.name == MANAGEMENT else "ping",
        }
    return Node({**settings, "type": "physical", "snmp-index": str(port.index)})


def _admin() -> Node:
    password = f"ENC SH2{sha256(b'admin')[:40]}"
    return Node({"accprofile": '"super_admin"', "vdom": '"root"', "password": password})


def _named(rows: Iterable[tuple[str, dict[str, str]]]) -> Node:
    return Node(entries={name: Node(settings) for name, settings in rows})


def _firewall(ports: tuple[PortSpec, ...]) -> Tree:
    outside, inside = (next(port for port in ports if port.name == name) for name in DATA_PORTS)
    nets = [("all", "0.0.0.0 0.0.0.0")] + [
        (f"branch-{number}", f"198.51.100.{number * 8} 255.255.255.248") for number in range(1, 9)
    ]
    addresses = [(name, {"uuid": _uuid(name), "subnet": subnet}) for name, subnet in nets]
    policies = [
        (
            str(number),
            {
                "name": f'"service {7000 + number}"',
                "uuid": _uuid(f"policy {number}"),
                "srcintf": f'"{outside.name}"',
                "dstintf": f'"{inside.name}"',
                "action": "accept",
                "srcaddr": '"all"',
                "dstaddr": '"all"',
                "schedule": '"always"',
                "service": f'"TCP-{7000 + number}"',
            },
        )
        for number in range(1, _POLICIES + 1)
    ]
    default = {"gateway": str(outside.beyond), "device": f'"{outside.name}"'}
    back = {
        "dst": "198.51.100.128 255.255.255.128",
        "gateway": str(inside.beyond),
        "device": f'"{inside.name}"',
    }
    neighbor = Node({"description": '"upstream"', "remote-as": str(THEIR_AS)})
    tunnel = {
        "interface": f'"{outside.name}"',
        "peertype": "any",
        "proposal": "aes256-sha256",
        "remote-gw": "203.0.113.9",
        "psksecret": f"ENC {sha256(b'tunnel')[:44]}",
    }
    bgp = Node(
        {"as": str(OWN_AS), "router-id": str(outside.address.ip if outside.address else "")},
        tables={"neighbor": Node(entries={str(outside.beyond): neighbor})},
    )
    return {
        "log syslogd setting": Node({"status": ENABLE, "server": '"192.0.2.8"'}),
        "firewall address": _named(addresses),
        "firewall policy": _named(policies),
        "router static": _named([("1", default), ("2", back)]),
        "router bgp": bgp,
        "vpn ipsec phase1-interface": _named([("to-dc", tunnel)]),
    }
