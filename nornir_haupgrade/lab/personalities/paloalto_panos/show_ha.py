"""``show high-availability``: what a member says of itself, of its peer and of both together.

The text is that of the capture of ``show high-availability all`` in ntc-templates; ``state`` prints
the lines of it that are about roles. ``State Reason`` stands as in the vendor's article
kA1Ki000000TN4TKAW. The names of the elements are those that pan-os-python and
pan-os-upgrade-assurance ask for; the rest follow the words of the text.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.clock import moment
from nornir_haupgrade.lab.personalities.paloalto_panos.board import DATA_PORTS, HA1, HA2
from nornir_haupgrade.lab.personalities.paloalto_panos.configuration import yes
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    branch,
    leaf,
    span,
    table,
    text_at,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.jobs import Kind
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import feature
from nornir_haupgrade.lab.personalities.paloalto_panos.show_system import CONTENT
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
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


def _result(at: At) -> ET.Element:
    return branch("result", leaf("enabled", "yes"), _group(at))


def whole(at: At, _: tuple[str, ...]) -> Outcome:
    """``show high-availability all``."""
    return _shown(at, is_whole=True)


def state(at: At, _: tuple[str, ...]) -> Outcome:
    """``show high-availability state``."""
    return _shown(at, is_whole=False)


def _shown(at: At, *, is_whole: bool) -> Outcome:
    if at.firewall.has("ha_state_empty") is not None:
        # HA's own daemon does not answer yet: neither text nor elements
        return answer(at, leaf("result"), lambda _: "\n")
    return answer(at, _result(at), lambda result: table(*_lines(result, is_whole=is_whole), ""))


def _lines(result: ET.Element, *, is_whole: bool) -> Iterator[str]:
    group = result.find("group")
    local, peer = result.find("group/local-info"), result.find("group/peer-info")
    if group is None or local is None or peer is None:
        return
    yield "Group 1:"
    yield f"  Mode: {text_at(group, 'mode')}"
    yield "  Local Information:"
    yield from _local_lines(local, is_whole=is_whole)
    yield "  Peer Information:"
    yield from _peer_lines(peer, is_whole=is_whole)
    if is_whole:
        yield "  Initial Monitor Hold inactive; Allow Network/Links to Settle:"
        yield "    Link and path monitoring failures honored"
        yield from _monitoring(group)
    yield "  Configuration Synchronization:"
    yield f"    Enabled: {text_at(group, 'running-sync-enabled')}"
    yield f"    Running Configuration: {text_at(group, 'running-sync')}"


def _head(info: ET.Element) -> Iterator[str]:
    yield f"    Version: {text_at(info, 'version')}"
    yield f"    Mode: {text_at(info, 'mode')}"
    lasting = text_at(info, "state-duration")
    ago = f" (last {span(float(lasting))})" if lasting else ""
    yield f"    State: {text_at(info, 'state')}{ago}"
    if text_at(info, "state-reason"):
        yield f"    State Reason: {text_at(info, 'state-reason')}"


def _device(info: ET.Element) -> Iterator[str]:
    yield "    Device Information:"
    yield f"      Model: {text_at(info, 'platform-model')}"
    yield f"      Management IPv4 Address: {text_at(info, 'mgmt-ip')}"
    yield "      Management IPv6 Address: "
    yield "      Jumbo-Frames disabled; MTU 1500"


def _version_lines(info: ET.Element) -> Iterator[str]:
    yield "    Version Information:"
    for title, tag in (
        ("Build Release", "build-rel"),
        ("URL Database", "url-version"),
        ("Application Content", "app-version"),
        ("Anti-Virus", "av-version"),
        ("Threat Content", "threat-version"),
        ("VPN Client Software", "vpnclient-version"),
        ("Global Protect Client Software", "gpclient-version"),
    ):
        yield f"      {title}: {text_at(info, tag)}"


def _election(info: ET.Element, *others: tuple[str, str, str]) -> Iterator[str]:
    yield "    Election Option Information:"
    known = (("Priority", "priority", ""), ("Preemptive", "preemptive", ""), *others)
    for title, tag, unit in known:
        yield f"      {title}: {text_at(info, tag)}{unit}"


_TIMES = (
    ("Promotion Hold Interval", "promotion-hold", " ms"),
    ("Hello Message Interval", "hello-interval", " ms"),
    ("Heartbeat Ping Interval", "heartbeat-interval", " ms"),
    ("Max # of Flaps", "max-flaps", ""),
    ("Preemption Hold Interval", "preempt-hold", " min"),
    ("Monitor Fail Hold Up Interval", "monitor-fail-holdup", " ms"),
    ("Addon Master Hold Up Interval", "addon-master-holdup", " ms"),
)


def _local_lines(local: ET.Element, *, is_whole: bool) -> Iterator[str]:
    yield from _head(local)
    yield from _device(local)
    yield "    HA1 Control Links Joint Configuration:"
    yield f"      Link Monitor Interval: {text_at(local, 'ha1-link-mon-intv')} ms"
    yield f"      Encryption Enabled: {text_at(local, 'ha1-encrypt-enable')}"
    if is_whole:
        for title, name in (("HA1 Control Link", HA1), ("HA2 Data Link", HA2)):
            yield f"    {title} Information:"
            yield f"      IP Address: {text_at(local, f'{name}-ipaddr')}"
            yield f"      MAC Address: {text_at(local, f'{name}-macaddr')}"
            yield f"      Interface: {text_at(local, f'{name}-port')}"
            state = text_at(local, f"{name}-link").capitalize()
            yield f"      Link State: {state}; Setting: 1Gb/s-full"
            if name == HA1:
                yield f"      Key Imported : {text_at(local, 'ha1-encrypt-imported')}"
    yield from _election(local, *(_TIMES if is_whole else ()))
    if is_whole:
        yield "    Active-Passive Mode:"
        yield f"      Passive Link State: {text_at(local, 'active-passive/passive-link-state')}"
        hold = text_at(local, "active-passive/monitor-fail-holddown")
        yield f"      Monitor Fail Hold Down Interval: {hold} min"
        yield from _version_lines(local)
    yield "    Version Compatibility:"
    for title, tag in (
        ("Software Version", "build-compat"),
        ("Application Content Compatibility", "app-compat"),
        ("Anti-Virus Compatibility", "av-compat"),
        ("Threat Content Compatibility", "threat-compat"),
        ("VPN Client Software Compatibility", "vpnclient-compat"),
        ("Global Protect Client Software Compatibility", "gpclient-compat"),
    ):
        yield f"      {title}: {text_at(local, tag)}"
    kind = text_at(local, "state-sync-type")
    yield f"    State Synchronization: {text_at(local, 'state-sync')}; type: {kind}"


def _peer_lines(peer: ET.Element, *, is_whole: bool) -> Iterator[str]:
    yield f"    Connection status: {text_at(peer, 'conn-status')}"
    yield from _head(peer)
    if text_at(peer, "conn-status") != "up":
        return
    yield from _device(peer)
    if is_whole:
        for title, name in (("HA1 Control Link", HA1), ("HA2 Data Link", HA2)):
            yield f"    {title} Information:"
            yield f"      IP Address: {text_at(peer, f'{name}-ipaddr')}"
            yield f"      MAC Address: {text_at(peer, f'{name}-macaddr')}"
            if name == HA1:
                yield f"      Connection {text_at(peer, 'conn-ha1/conn-status')}; Primary HA1 link"
    yield from _election(peer)
    if is_whole:
        yield from _version_lines(peer)


def _monitoring(group: ET.Element) -> Iterator[str]:
    yield "  Link Monitoring Information:"
    for path, inset in (("link-monitoring", "    "), ("link-monitoring/groups/entry", "      ")):
        if inset == "      ":
            yield f"    Group {text_at(group, f'{path}/name')}:"
        yield f"{inset}Enabled: {text_at(group, f'{path}/enabled')}"
        yield f"{inset}Failure condition: {text_at(group, f'{path}/fail-cond')}"
    for entry in group.iterfind("link-monitoring/groups/entry/interface/entry"):
        yield f"      Interface {text_at(entry, 'name')}: {text_at(entry, 'status')}"
    yield "  Path Monitoring Information:"
    yield f"    Enabled: {text_at(group, 'path-monitoring/enabled')}"
    yield f"    Failure condition: {text_at(group, 'path-monitoring/fail-cond')}"
    for kind in ("Virtual-Wire", "VLAN", "Virtual-Router"):
        yield f"    {kind} Groups:"
        yield f"      No {kind} path monitoring groups"


def transitions(at: At, _: tuple[str, ...]) -> Outcome:
    """``show high-availability transitions``: no capture was found, the layout is the lab's."""
    entries = [
        branch(
            "entry",
            time=f"{moment(item.at):%Y/%m/%d %H:%M:%S}",
            from_state=item.before,
            to_state=item.after,
            reason=item.reason,
        )
        for item in at.firewall.transitions
    ]

    def render(result: ET.Element) -> str:
        rows = [
            f"{text_at(entry, 'time')}  {text_at(entry, 'from-state'):<15} "
            f"{text_at(entry, 'to-state'):<15} {text_at(entry, 'reason')}".rstrip()
            for entry in result.iter("entry")
        ]
        return table(f"{'Time':<21}{'From':<16}{'To':<16}Reason", "-" * 80, *rows, "")

    return answer(at, branch("result", branch("transitions", *entries)), render)


def flaps(at: At, _: tuple[str, ...]) -> Outcome:
    """``show high-availability flap-statistics``, in the layout of nwtechshare.com.

    The lab counts none: its firewalls never suspend themselves for flapping.
    """

    def render(_: ET.Element) -> str:
        return table(
            "Group 1:",
            f"  Mode: {MODE}",
            "  Flap Statistics:",
            "    Preemptions since flap counter reset : 0",
            "    Non-functional states since flap counter reset : 0",
            "    Maximum flaps allowed before suspending device : 3",
            "",
        )

    counts = branch("group", preempt_flap_cnt=0, nonfunc_flap_cnt=0, max_flaps=3)
    return answer(at, branch("result", counts), render)
