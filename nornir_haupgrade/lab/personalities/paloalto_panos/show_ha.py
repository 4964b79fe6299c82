"""``show high-availability all`` and ``state``.

The text is that of the capture of ``show high-availability all`` in ntc-templates; ``state`` prints
the lines of it that are about roles, as the vendor's reference of the WildFire appliance has it.
``State Reason`` stands as in the vendor's article kA1Ki000000TN4TKAW.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.paloalto_panos.board import HA1, HA2
from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    leaf,
    span,
    text_at,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.ha_report import report
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome


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
    return answer(at, report(at), lambda result: text_of(*_lines(result, is_whole=is_whole), ""))


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
    if is_whole:
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
