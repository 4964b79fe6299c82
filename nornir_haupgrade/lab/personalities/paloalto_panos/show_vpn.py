"""The tunnel to the branch: up on whoever is active and has its outside.

That the passive shows no association is the lab's simplification.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

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

_NAME, _GATEWAY, _PEER = "branch", "branch-gw", "198.51.100.9"
_LIFETIME = 3600
_COLUMNS = {
    "GwID/client IP": 16,
    "TnID": 7,
    "Peer-Address": 23,
    "Tunnel(Gateway)": 47,
    "Algorithm": 19,
    "SPI(in)": 9,
    "SPI(out)": 9,
    "life(Sec/KB)": 25,
    "remain-time(Sec)": 16,
}


def _is_up(at: At) -> bool:
    own = at.firewall
    return own.role is HaState.MASTER and own.ports[own.board.outside.name]


def ipsec_sa(at: At, _: tuple[str, ...]) -> Outcome:
    """``show vpn ipsec-sa``: columns and last line as in Cloudflare's and VyOS' guides for it.

    No capture of the XML was found; its elements follow the columns.
    """
    entries = []
    if _is_up(at):
        left = _LIFETIME - int(at.now - at.firewall.since) % _LIFETIME
        entries = [
            branch(
                "entry",
                name=_NAME,
                gateway=_GATEWAY,
                gwid=1,
                tid=1,
                remote=_PEER,
                enc="A256",
                hash="SHA256",
                i_spi="B5D09AB8",
                o_spi="9FA69407",
                life=_LIFETIME,
                remain=left,
            )
        ]
    return answer(at, branch("result", branch("entries", *entries)), _ipsec_sa_text)


def _ipsec_sa_text(result: ET.Element) -> str:
    found = result.findall("entries/entry")
    if not found:
        return text_of("", "There is no IPSec SA found.", "")
    rows = [list(_COLUMNS), ["-" * len(title) for title in _COLUMNS]]
    rows += [
        [
            text_at(entry, "gwid"),
            text_at(entry, "tid"),
            text_at(entry, "remote"),
            f"{text_at(entry, 'name')}({text_at(entry, 'gateway')})",
            f"ESP/{text_at(entry, 'enc')}/{text_at(entry, 'hash')}",
            text_at(entry, "i-spi"),
            text_at(entry, "o-spi"),
            f"{text_at(entry, 'life')}/Unlimited",
            text_at(entry, "remain"),
        ]
        for entry in found
    ]
    lines = [
        "".join(f"{cell:<{width}}" for cell, width in zip(row, _COLUMNS.values(), strict=True))
        for row in rows
    ]
    number = len(found)
    total = f"Show IPSec SA: Total {number} tunnels found. {number} ipsec sa found."
    return text_of("", *lines, "", total, "")


def tunnels(at: At, _: tuple[str, ...]) -> Outcome:
    """``show running tunnel flow all``: XML as captured, the text in a layout of the lab's."""
    board = at.firewall.board
    one = branch(
        "entry",
        name=_NAME,
        id=1,
        gwid=1,
        inner_if="tunnel.1",
        outer_if=board.outside.name,
        localip=board.outside.address.ip,
        peerip=_PEER,
        state="active" if _is_up(at) else "init",
        mon="off",
        owner=1,
    )
    result = branch(
        "result",
        leaf("dp", "dp0"),
        leaf("num_ipsec", 1),
        leaf("num_sslvpn", 0),
        leaf("hop"),
        branch("IPSec", one),
        *(leaf(tag) for tag in ("SSL-VPN", "GlobalProtect-Gateway", "GlobalProtect-site-to-site")),
        leaf("total", 1),
    )

    def render(result: ET.Element) -> str:
        rows = [
            f"{text_at(entry, 'id'):<6}{text_at(entry, 'name'):<20}{text_at(entry, 'state'):<10}"
            f"{text_at(entry, 'localip'):<17}{text_at(entry, 'peerip'):<17}"
            f"{text_at(entry, 'inner-if')}"
            for entry in result.iterfind("IPSec/entry")
        ]
        head = f"{'id':<6}{'name':<20}{'state':<10}{'local-ip':<17}{'peer-ip':<17}tunnel-i/f"
        return text_of("", f"total IPSec tunnel shown: {len(rows)}", "", head, "-" * 80, *rows, "")

    return answer(at, result, render)
