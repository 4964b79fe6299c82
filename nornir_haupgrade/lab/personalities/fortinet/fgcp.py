"""Who is primary: FGCP's order of criteria, and what it says of its choice.

Fortinet's handbook: failed monitored interfaces, then HA uptime, then priority, then serial number;
with override, priority before uptime. Uptimes that differ by no more than ``ha-uptime-diff-margin``
(300 s by default) are equal. The failover flag comes before everything (article 196696). Without
override a priority that is changed counts from the next negotiation on. That override on one member
is enough for both is assumed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.fortinet.versions import names_peers, names_primary

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.fortinet.clustered import Clustered


class Why(StrEnum):
    """What a choice rests on."""

    ALONE = "alone"
    FLAG = "flag"
    UPGRADE = "upgrade"
    LINKS = "links"
    PRIORITY = "priority"
    UPTIME = "uptime"
    SERIAL = "serial"


def compare(one: Clustered, other: Clustered) -> tuple[bool, Why]:
    """Whether the first is preferred to the second, and by which criterion."""
    if one.yields_for_upgrade != other.yields_for_upgrade:
        return other.yields_for_upgrade, Why.UPGRADE
    if one.is_suspended != other.is_suspended:
        return other.is_suspended, Why.FLAG
    failed = len(one.failed_ports), len(other.failed_ports)
    if failed[0] != failed[1]:
        return failed[0] < failed[1], Why.LINKS
    by_priority = one.counted_priority - other.counted_priority, Why.PRIORITY
    lead = one.ha_uptime - other.ha_uptime
    by_uptime = lead if abs(lead) > one.uptime_margin else 0, Why.UPTIME
    is_override = one.preempts or other.preempts
    first, second = (by_priority, by_uptime) if is_override else (by_uptime, by_priority)
    for difference, why in (first, second):
        if difference:
            return difference > 0, why
    return one.node_id > other.node_id, Why.SERIAL


def chosen(one: Clustered, other: Clustered) -> tuple[Clustered, Why]:
    """The preferred one of two."""
    is_first, why = compare(one, other)
    return one if is_first else other, why


_ONLY = "it's the only member in the cluster"
_OLD = {
    Why.FLAG: "it has EXE_FAIL_OVER flag set",
    Why.UPGRADE: "it has the largest value of uptime",
    Why.LINKS: "it has the least value 0 of link-failure + pingsvr-failure",
    Why.PRIORITY: "it has the largest value of override priority",
    Why.UPTIME: "it has the largest value of uptime",
    Why.SERIAL: "it has the largest value of serialno",
}
"""Up to 6.4. The flag's is that of article 196696, which names the member that has it *not*."""
_NEW = {
    Why.FLAG: "EXE_FAIL_OVER flag is set on peer member {peer}",
    Why.UPGRADE: "UPGRADE_SECONDARY flag is set on peer member {peer}",
    Why.LINKS: "its link-failure + pingsvr-failure is less than peer member {peer}",
    Why.PRIORITY: "its override priority is larger than peer member {peer}",
    Why.UPTIME: "its uptime is larger than peer member {peer}",
    Why.SERIAL: "its serialno is larger than peer member {peer}",
}
"""From 7.0 on: capture 7.0, articles 222700 and 339687; links and serialno worded alike."""


def sentence(one: Clustered, why: Why, version: str) -> str:
    """What is written down of a choice."""
    word = "primary" if names_primary(version) else "master"
    reasons = _NEW if names_peers(version) else _OLD
    reason = _ONLY if why is Why.ALONE else reasons[why].format(peer=one.mate.node_id)
    return f"{one.node_id} is selected as the {word} because {reason}."
