"""Which settings a table knows, their defaults and what they take; a part of FortiOS's own."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.fortinet.spec import UpgradeMode
from nornir_haupgrade.lab.personalities.fortinet.versions import numbers, upgrades_per_member

if TYPE_CHECKING:
    from collections.abc import Iterable

_SWITCH = ("enable", "disable")
_LOST_LATER = (6, 4, 0)


@dataclass(frozen=True, slots=True)
class Field:
    """One setting."""

    default: str = ""
    choices: tuple[str, ...] = ()
    span: range | None = None
    is_text: bool = False
    """Printed in quotes."""

    def accepted(self, typed: str) -> str | None:
        """What a typed value is stored as; None: it is refused."""
        bare = typed.strip('"')
        if self.choices:
            found = [one for one in self.choices if one.startswith(bare)]
            return bare if bare in found else found[0] if len(found) == 1 else None
        if self.span is not None:
            return bare if bare.isdigit() and int(bare) in self.span else None
        return f'"{bare}"' if self.is_text else typed


def _switch(default: str) -> Field:
    return Field(default, _SWITCH)


_TEXT, _RAW = Field(is_text=True), Field()


@functools.cache
def ha(version: str) -> dict[str, Field]:
    """``system ha``, as far as it matters here; the way to upgrade was renamed in 7.4.1."""
    lost = "20" if numbers(version) >= _LOST_LATER else "6"
    upgrade: dict[str, Field] = {"uninterruptible-upgrade": _switch("enable")}
    if upgrades_per_member(version):
        modes = tuple(str(mode) for mode in UpgradeMode)
        upgrade = {"upgrade-mode": Field(str(UpgradeMode.UNINTERRUPTIBLE), modes)}
    return {
        "group-id": Field("0", span=range(1024)),
        "group-name": _TEXT,
        "mode": Field("standalone", ("standalone", "a-a", "a-p")),
        "password": _RAW,
        "hbdev": _RAW,
        "hb-interval": Field("2", span=range(1, 21)),
        "hb-lost-threshold": Field(lost, span=range(1, 61)),
        "session-pickup": _switch("disable"),
        "session-pickup-delay": _switch("disable"),
        "sync-config": _switch("enable"),
        **upgrade,
        "uninterruptible-primary-wait": Field("30", span=range(15, 301)),
        "ha-mgmt-status": _switch("disable"),
        "ha-uptime-diff-margin": Field("300", span=range(1, 65536)),
        "override": _switch("disable"),
        "priority": Field("128", span=range(256)),
        "monitor": _RAW,
    }


_TABLES: dict[str, dict[str, Field]] = {
    "system global": {
        "admin-scp": _switch("disable"),
        "admintimeout": Field("5", span=range(1, 481)),
        "alias": _TEXT,
        "hostname": _TEXT,
        "post-login-banner": _switch("disable"),
        "timezone": _TEXT,
    },
    "system console": {
        "mode": Field("line", ("batch", "line")),
        "baudrate": Field("9600", ("9600", "19200", "38400", "57600", "115200")),
        "output": Field("more", ("standard", "more")),
        "login": _switch("enable"),
    },
    "system admin": {"accprofile": _TEXT, "vdom": _TEXT, "password": _RAW},
    "system dns": {"primary": _RAW, "secondary": _RAW},
    "system ntp": {"ntpsync": _switch("disable"), "type": Field("fortiguard")},
    "system interface": {
        "vdom": _TEXT,
        "ip": _RAW,
        "allowaccess": _RAW,
        "status": Field("up", ("up", "down")),
        "type": Field("physical"),
        "alias": _TEXT,
        "description": _TEXT,
        "snmp-index": _RAW,
    },
    "log syslogd setting": {"status": _switch("disable"), "server": _TEXT},
    "firewall address": {"uuid": _RAW, "subnet": _RAW, "comment": _TEXT},
    "firewall policy": {
        "name": _TEXT,
        "uuid": _RAW,
        "srcintf": _TEXT,
        "dstintf": _TEXT,
        "action": Field("deny", ("accept", "deny")),
        "srcaddr": _TEXT,
        "dstaddr": _TEXT,
        "schedule": _TEXT,
        "service": _TEXT,
        "status": _switch("enable"),
        "comments": _TEXT,
    },
    "router static": {"dst": _RAW, "gateway": _RAW, "device": _TEXT, "comment": _TEXT},
    "router bgp": {"as": _RAW, "router-id": _RAW},
    "vpn ipsec phase1-interface": {
        "interface": _TEXT,
        "peertype": Field("peer", ("any", "one", "peer")),
        "proposal": _RAW,
        "remote-gw": _RAW,
        "psksecret": _RAW,
    },
    # inside another table
    "ha-mgmt-interfaces": {"interface": _TEXT, "gateway": _RAW},
    "neighbor": {"description": _TEXT, "remote-as": _RAW},
}
INNER = {"system ha": ("ha-mgmt-interfaces",), "router bgp": ("neighbor",)}
"""Tables that are inside of others."""
WITH_ENTRIES = {
    *("system admin", "system interface", "firewall address", "firewall policy"),
    *("router static", "vpn ipsec phase1-interface", "ha-mgmt-interfaces", "neighbor"),
}
PATHS = ("system ha", *(path for path in _TABLES if path not in {"ha-mgmt-interfaces", "neighbor"}))
"""What ``config`` takes at the top."""


def fields(path: str, version: str) -> dict[str, Field]:
    """The settings of a table, in the order in which they are printed."""
    return ha(version) if path == "system ha" else _TABLES[path]


def full_path(typed: str, known: Iterable[str]) -> str | None:
    """A path whose words may be abbreviated, written out; None: unknown, or more than one."""
    words = typed.lower().split()
    found = [
        path
        for path in known
        if len(path.split()) == len(words)
        and all(full.startswith(word) for full, word in zip(path.split(), words, strict=True))
    ]
    return typed if typed in found else found[0] if len(found) == 1 else None
