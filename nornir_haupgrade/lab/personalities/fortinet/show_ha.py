"""What the cluster says of itself: ``get system ha status``.

Shapes are those of seven captures from 5.6 to 7.0. FortiOS 7.2 and later name the virtual cluster
of a choice (article 339687) and the group (public notes of 2023). A member that is lost is worded
as in the handbook 6.0 (79908), interfaces that are down as in the capture of 7.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.fortinet import replication
from nornir_haupgrade.lab.personalities.fortinet.clock import (
    cluster_span,
    slashed,
    stamp,
)
from nornir_haupgrade.lab.personalities.fortinet.cluster import (
    cluster_index,
    members_seen,
    sessions_of,
    words,
)
from nornir_haupgrade.lab.personalities.fortinet.clustered import GROUP
from nornir_haupgrade.lab.personalities.fortinet.context import At, show
from nornir_haupgrade.lab.personalities.fortinet.spec import HEARTBEAT
from nornir_haupgrade.lab.personalities.fortinet.versions import (
    names_group,
    names_peers,
    names_primary,
    names_vcluster,
)
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate

_SELECTIONS = 4
EMPTY = "ha_state_empty"


def _updated(device: FortiGate, seen: FortiGate) -> str:
    seconds = 3 if seen is device else 4
    return f"    {seen.node_id}(updated {seconds} seconds ago):"


def _health(at: At) -> list[str]:
    device, members = at.device, members_seen(at.device)
    found = []
    if len(members) == 1 and not device.ports[HEARTBEAT]:
        found.append(f"WARNING: {device.node_id} has hbdev down")
    if len(members) == 1:
        lost = device.mate.lost_at
        found.append(f"ERROR: {device.mate.node_id} is lost @ {slashed(lost)}")
    found += [f"WARNING: {one.node_id} has mondev down" for one in members if one.failed_ports]
    if not found:
        return ["HA Health Status: OK"]
    return ["HA Health Status:", *(f"    {text};" for text in found)]


def _usage(at: At, device: FortiGate) -> str:
    number = sessions_of(at, device)
    return f"        sessions={number}, average-cpu-user/nice/system/idle=0%/0%/0%/100%, memory=34%"


def _port(device: FortiGate, name: str) -> str:
    kind = "physical/1000auto, up" if device.is_up(name) else "physical/00, down"
    octets = 70_000 + int(device.uptime) * 113
    packets = octets // 350
    counters = f"rx-bytes/packets/dropped/errors={octets}/{packets}/0/0, tx={octets}/{packets}/0/0"
    return f"        {name}: {kind}, {counters}"


def _reasons(at: At) -> list[str]:
    group = f"{GROUP}: " if names_vcluster(at.version) else ""
    return [
        f"    <{slashed(event.at)}> {group}{event.text}"
        for event in at.device.selections[:_SELECTIONS]
    ]


def _group(device: FortiGate) -> list[str]:
    number = device.configuration.value("system ha", "group-id")
    if not names_group(device.version):
        return [f"Group: {number}"]
    return [
        f"Group Name: {device.configuration.value('system ha', 'group-name')}",
        f"Group ID: {number}",
    ]


def _members(at: At) -> list[str]:
    """Both lists at the end, one's own line first."""
    device, (first, second) = at.device, words(at.version)
    members = members_seen(device)

    def word(one: FortiGate) -> str:
        return first if one.role is HaState.MASTER else second

    def index(one: FortiGate) -> int:
        return 0 if one.role is HaState.MASTER else 1

    state = {HaState.MASTER: "work", HaState.BACKUP: "standby"}.get(device.role, "hello")
    if names_primary(at.version):
        width, name = (11, 15) if names_peers(at.version) else (0, 0)
        named = [
            f"{word(one):<{width}} : {one.hostname:<{name}}, {one.node_id}, "
            f"HA cluster index = {cluster_index(one)}"
            for one in members
        ]
        working = [
            f"{word(one)}: {one.node_id}, HA operating index = {index(one)}" for one in members
        ]
    else:
        named = [
            f"{word(one):<6}: {one.hostname}, {one.node_id}, cluster index = {cluster_index(one)}"
            for one in members
        ]
        working = [
            f"{word(one):<6}: {one.node_id}, operating cluster index = {index(one)}"
            for one in members
        ]
    primary = next((one for one in members if one.role is HaState.MASTER), device)
    address = f"169.254.0.{1 + cluster_index(primary)}"
    return [*named, "number of vcluster: 1", f"vcluster 1: {state} {address}", *working]


def status(at: At, _: tuple[str, ...]) -> Outcome:
    """``get system ha status``."""
    device = at.device
    configuration = device.configuration
    empty = device.has(EMPTY)
    is_empty = not device.has_ha_running or (
        empty is not None and device.uptime < float(empty.get("seconds", 60.0))
    )
    since = max(one.seats[GROUP].since for one in members_seen(device))
    head = [
        *(["HA Health Status: OK"] if is_empty else _health(at)),
        f"Model: {device.spec.model}",
        "Mode: HA A-P",
        *_group(device),
        "Debug: 0",
    ]
    delay = f", ses_pickup_delay={configuration.value('system ha', 'session-pickup-delay')}"
    has_pickup = configuration.is_on("system ha", "session-pickup")
    switches = [
        f"ses_pickup: {f'enable{delay}' if has_pickup else 'disable'}",
        f"override: {configuration.value('system ha', 'override')}",
    ]
    if is_empty:
        # no capture; like that of a member that is alone
        return show(
            *head,
            "Cluster Uptime: 0 days 0:0:0",
            "Cluster state change time: N/A",
            *switches,
            "System Usage stats:",
            "HBDEV stats:",
            "number of vcluster: 0",
        )
    members = members_seen(device)
    is_same = len(members) == 1 or replication.is_in_sync(device)
    marks = {
        one: "in-sync" if one.role is HaState.MASTER or is_same else "out-of-sync"
        for one in members
    }
    return show(
        *head,
        f"Cluster Uptime: {cluster_span(at.now - device.cluster_since)}",
        f"Cluster state change time: {stamp(since)}",
        f"{words(at.version)[0]} selected using:",
        *_reasons(at),
        *switches,
        "Configuration Status:",
        *(f"{_updated(device, one)} {marks[one]}" for one in members),
        "System Usage stats:",
        *(line for one in members for line in (_updated(device, one), _usage(at, one))),
        "HBDEV stats:",
        *(line for one in members for line in (_updated(device, one), _port(one, HEARTBEAT))),
        "MONDEV stats:",
        *(
            line
            for one in members
            for line in (
                _updated(device, one),
                *(_port(one, name) for name in one.configuration.monitored),
            )
        ),
        *_members(at),
    )
