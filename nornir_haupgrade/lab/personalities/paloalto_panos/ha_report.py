"""What a member reports of HA: of itself, of its peer and of both together, as elements.

The names are those that pan-os-python and pan-os-upgrade-assurance ask for; the rest follow the
words of the text (``show_ha``).
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from enum import StrEnum
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.paloalto_panos.board import DATA_PORTS, HA1, HA2
from nornir_haupgrade.lab.personalities.paloalto_panos.configuration import yes
from nornir_haupgrade.lab.personalities.paloalto_panos.context import At, branch, leaf
from nornir_haupgrade.lab.personalities.paloalto_panos.jobs import Kind
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import feature
from nornir_haupgrade.lab.personalities.paloalto_panos.show_system import CONTENT
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import Firewall

MODE = "Active-Passive"
_MODEL = "PA-VM"
_DIFFERENT = "Mismatch"
_ABSENT = "Not Installed"


class RunningSync(StrEnum):
    """Whether both members run the same configuration, in the words that pan-os-python knows."""

    YES = "synchronized"
    NO = "not synchronized"
    GOING_ON = "synchronization in progress"
    UNKNOWN = "unknown"
    """The peer is not reached."""


def running_sync(at: At) -> RunningSync:
    """Two feature releases never count as in sync: none of the two knows the other's schema."""
    if not at.sees_peer:
        return RunningSync.UNKNOWN
    own, other = at.firewall, at.peer
    if own.jobs.open(Kind.HA_SYNC) or other.jobs.open(Kind.HA_SYNC):
        return RunningSync.GOING_ON
    is_alike = feature(own.image.version) == feature(other.image.version)
    is_alike = is_alike and own.configuration.shared == other.configuration.shared
    return RunningSync.YES if is_alike else RunningSync.NO


def _state_sync(at: At) -> str:
    """Complete when the one that does not forward has all of the other's sessions."""
    sessions, own, other = at.pair.sessions, at.firewall, at.peer
    if not (at.sees_peer and at.pair.is_peer_link_up(own)):
        return "Incomplete"
    active, passive = (own, other) if own.role is HaState.MASTER else (other, own)
    is_whole = len(sessions.known(passive)) >= len(sessions.carried(active))
    return "Complete" if is_whole and passive.takes_sessions else "Incomplete"


def _compat(at: At) -> str:
    if not at.sees_peer:
        return "Unknown"
    return "Match" if at.firewall.image.version == at.peer.image.version else _DIFFERENT


def _versions(firewall: Firewall) -> dict[str, object]:
    return {
        "build_rel": firewall.image.version,
        "url_version": "0000.00.00.000",
        "app_version": CONTENT,
        "av_version": "0",
        "threat_version": CONTENT,
        "vpnclient_version": _ABSENT,
        "gpclient_version": _ABSENT,
    }


def _local(at: At) -> ET.Element:
    own, board = at.firewall, at.firewall.board
    reason = {"state_reason": own.state_reason} if own.state_reason else {}
    return branch(
        "local-info",
        branch("active-passive", passive_link_state="auto", monitor_fail_holddown=1),
        version=1,
        mode=MODE,
        state=own.word,
        **reason,
        state_duration=int(at.now - own.since),
        platform_model=_MODEL,
        serial_num=own.node_id,
        mgmt_ip=board.management,
        mgmt_ipv6="",
        ha1_link_mon_intv=3000,
        ha1_encrypt_enable="no",
        ha1_encrypt_imported="no",
        ha1_ipaddr=board.ha1,
        ha1_macaddr=board.mac(HA1),
        ha1_port=HA1,
        ha1_link=_up(is_up=own.ports[HA1]),
        ha2_ipaddr=board.ha2,
        ha2_macaddr=board.mac(HA2),
        ha2_port=HA2,
        ha2_link=_up(is_up=own.ports[HA2]),
        priority=own.configuration.priority,
        preemptive=yes(own.configuration.is_preemptive),
        promotion_hold=2000,
        hello_interval=8000,
        heartbeat_interval=1000,
        max_flaps=3,
        preempt_flap_cnt=0,
        nonfunc_flap_cnt=0,
        preempt_hold=1,
        monitor_fail_holdup=0,
        addon_master_holdup=500,
        **_versions(own),
        build_compat=_compat(at),
        **{f"{what}_compat": "Match" for what in ("app", "av", "threat", "vpnclient", "gpclient")},
        state_sync=_state_sync(at),
        state_sync_type="ethernet",
    )


def _up(*, is_up: bool) -> str:
    return "up" if is_up else "down"


def _link(tag: str, status: str, what: str) -> ET.Element:
    return branch(tag, conn_status=status, conn_primary="yes", conn_desc=what)


def _peer(at: At) -> ET.Element:
    other, is_seen = at.peer, at.sees_peer
    board, data = other.board, _up(is_up=at.pair.is_peer_link_up(at.firewall))
    links = (
        _link("conn-ha1", _up(is_up=is_seen), "heartbeat status"),
        _link("conn-ha2", data, "link status"),
    )
    if not is_seen:
        return branch(
            "peer-info", *links, conn_status="down", version=1, mode=MODE, state="unknown"
        )
    reason = {"state_reason": other.state_reason} if other.state_reason else {}
    return branch(
        "peer-info",
        *links,
        conn_status="up",
        version=1,
        mode=MODE,
        state=other.word,
        **reason,
        state_duration=int(at.now - other.since),
        platform_model=_MODEL,
        serial_num=other.node_id,
        mgmt_ip=board.management,
        mgmt_ipv6="",
        ha1_ipaddr=board.ha1.ip,
        ha1_macaddr=board.mac(HA1),
        ha2_ipaddr=board.ha2.ip,
        ha2_macaddr=board.mac(HA2),
        priority=other.configuration.priority,
        preemptive=yes(other.configuration.is_preemptive),
        **_versions(other),
    )


def _group(at: At) -> ET.Element:
    links = [
        branch("entry", name=name, status=_up(is_up=at.firewall.ports[name])) for name in DATA_PORTS
    ]
    watched = branch(
        "entry", branch("interface", *links), name="Link", enabled="yes", fail_cond="any"
    )
    link = branch("link-monitoring", branch("groups", watched), enabled="yes", fail_cond="any")
    path = branch(
        "path-monitoring",
        *(leaf(tag) for tag in ("vwire", "vlan", "vrouter")),
        enabled="yes",
        fail_cond="any",
    )
    return branch(
        "group",
        *(leaf("mode", MODE), _local(at), _peer(at), link, path),
        running_sync=running_sync(at),
        running_sync_enabled=yes(at.firewall.configuration.syncs),
    )


def report(at: At) -> ET.Element:
    """The whole of it."""
    return branch("result", leaf("enabled", "yes"), _group(at))
