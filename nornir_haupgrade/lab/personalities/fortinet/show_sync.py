"""Checksums of the configuration, HA history, HA uptimes and flags.

Checksums have the shape of Fortinet's documents on 6.2 and 7.0 (496183, 97032).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.fortinet.clock import stamp
from nornir_haupgrade.lab.personalities.fortinet.cluster import members_seen
from nornir_haupgrade.lab.personalities.fortinet.clustered import GROUP
from nornir_haupgrade.lab.personalities.fortinet.context import At, parse_error, show
from nornir_haupgrade.lab.personalities.fortinet.versions import names_primary
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate


def _sums(device: FortiGate) -> list[str]:
    word = "primary" if names_primary(device.version) else "master"
    number = int(device.role is HaState.MASTER)
    rows = [f"{zone}: {digest} " for zone, digest in device.configuration.checksums().items()]
    return [
        f"is_manage_{word}()={number}, is_root_{word}()={number}",
        "debugzone",
        *rows,
        "",
        "checksum",
        *rows,
    ]


def checksum_cluster(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose sys ha checksum cluster``: of every member."""
    lines: list[str] = []
    for one in members_seen(at.device):
        ruler = "=" * 18
        lines += ["", f"{ruler} {one.node_id} {ruler}", "", *_sums(one)]
    return show(*lines)


def checksum_show(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose sys ha checksum show``: of this member."""
    return show(*_sums(at.device))


def checksum_zone(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``diagnose sys ha checksum show ZONE``: table by table (article 249510)."""
    zone = arguments[0]
    if zone not in {"global", "root"}:
        return parse_error(zone)
    configuration = at.device.configuration
    rows = [
        f"{path.replace(' ', '.')}: {configuration.table_sum(path)}"
        for path in configuration.tables(zone)
    ]
    return show(*rows)


def checksum_recalculate(_: At, __: tuple[str, ...]) -> Outcome:
    """``diagnose sys ha checksum recalculate``: they are always right here."""
    return show()


def history(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose sys ha history read``: the newest first; it outlives boots."""
    group = f"{GROUP}: "
    return show(
        *(
            f"<{stamp(event.at)}> {group if event.is_selection else ''}{event.text}"
            for event in reversed(at.device.history)
        )
    )


def dump(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose sys ha dump-by vcluster``: HA uptimes and flags.

    Flags: 1 primary, 2 the failover flag (article 196696). The rest of the shape is the lab's.
    """
    device = at.device
    rows = []
    for one in members_seen(device):
        flag = int(one.role is HaState.MASTER) + 2 * int(one.is_suspended)
        rows.append(
            f"        '{one.node_id}': ha_prio/o={1 - flag % 2}/{1 - flag % 2}, "
            f"link_failure={len(one.failed_ports)}, pingsvr_failure=0, flag=0x{flag:08x}, "
            f"mem_failover=0, uptime/reset_cnt={int(one.ha_uptime)}/{one.resets}"
        )
    state = "2(work)" if device.role is HaState.MASTER else "3(standby)"
    return show(
        "            <hatalk> HA information.",
        "vcluster_nr=1",
        f"vcluster-1: start_time={stamp(device.cluster_since)}, state/o/chg_time={state}/{state}/"
        f"{stamp(device.seats[GROUP].since)}",
        *rows,
    )


def failover_status(at: At, _: tuple[str, ...]) -> Outcome:
    """``execute ha failover status``."""
    return show(f"failover status: {'set' if at.device.is_suspended else 'unset'}")
