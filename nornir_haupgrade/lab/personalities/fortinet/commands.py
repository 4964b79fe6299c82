"""The commands of a FortiGate: pattern to handler, and to what is asked first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.fortinet import (
    change,
    config,
    restore,
    show_config,
    show_ha,
    show_network,
    show_sessions,
    show_sync,
    show_system,
)
from nornir_haupgrade.lab.personalities.fortinet.schema import PATHS

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.fortinet.context import Ask, Handler


@dataclass(frozen=True, slots=True)
class Command:
    """What a line does, and the question before it."""

    handler: Handler
    ask: Ask | None = None


TOP: dict[str, Command] = {
    pattern: Command(handler)
    for pattern, handler in {
        "get system status": show_system.status,
        "get system performance status": show_system.performance,
        "get system admin list": show_system.admins,
        "get system ha status": show_ha.status,
        "get system session status": show_sessions.count,
        "get system session list": show_sessions.short_list,
        "get system interface": show_network.interfaces,
        "get system interface physical": show_network.physical,
        "get system arp": show_network.arp,
        "get router info routing-table all": show_network.routes,
        "get router info bgp summary": show_network.bgp_summary,
        "get vpn ipsec tunnel summary": show_network.tunnels,
        "get hardware nic": show_network.nics,
        "show": show_config.saved,
        "show full-configuration": show_config.full,
        "show full-configuration LINE": show_config.full,
        "show LINE": show_config.saved,
        "diagnose debug config-error-log read": show_config.boot_errors,
        "diagnose debug config-error-log clear": show_config.clear_boot_errors,
        "diagnose sys top DELAY LINES COUNT": show_system.top,
        "diagnose sys flash list": show_system.flash_list,
        "diagnose hardware deviceinfo disk": show_system.device_disk,
        "diagnose sys ha checksum cluster": show_sync.checksum_cluster,
        "diagnose sys ha checksum show": show_sync.checksum_show,
        "diagnose sys ha checksum show ZONE": show_sync.checksum_zone,
        "diagnose sys ha checksum recalculate": show_sync.checksum_recalculate,
        "diagnose sys ha history read": show_sync.history,
        "diagnose sys ha dump-by vcluster": show_sync.dump,
        "diagnose sys ha reset-uptime": change.reset_uptime,
        "diagnose sys session stat": show_sessions.stat,
        "diagnose sys session list": show_sessions.listed,
        "diagnose sys session filter": show_sessions.show_filter,
        "diagnose sys session filter clear": show_sessions.clear_filter,
        "diagnose sys session filter LINE": show_sessions.set_filter,
        "execute ha failover status": show_sync.failover_status,
        "execute ha synchronize start": change.synchronize,
        "execute ha synchronize stop": change.stop_synchronize,
        "execute set-next-reboot PARTITION": change.set_next_reboot,
        "execute date": show_system.date,
        "execute time": show_system.time,
        "execute log filter LINE": show_system.log_filter,
        "execute log display": show_system.log_display,
        "config LINE": config.enter,
    }.items()
}
for _path in PATHS:
    TOP.setdefault(f"get {_path}", Command(show_config.get_table))
TOP |= {
    "execute reboot": Command(change.reboot, change.ask_reboot),
    "execute ha failover set": Command(change.set_failover, change.ask_failover),
    "execute ha failover unset": Command(change.unset_failover, change.ask_no_failover),
    "execute ha failover set VCLUSTER": Command(change.set_failover, change.ask_failover),
    "execute ha failover unset VCLUSTER": Command(change.unset_failover, change.ask_no_failover),
    "execute ha manage": Command(change.list_members),
    "execute ha manage ?": Command(change.list_members),
    "execute ha manage INDEX USER": Command(change.manage, change.ask_password),
}
for _kind, _rest in (
    ("tftp", "FILE SERVER"),
    ("ftp", "FILE SERVER"),
    ("ftp", "FILE SERVER USER WORD"),
):
    TOP[f"execute restore image {_kind} {_rest}"] = Command(restore.image, restore.ask)
    TOP[f"execute restore secondary-image {_kind} {_rest}"] = Command(
        restore.secondary_image, restore.ask_secondary
    )
    for _what in ("config", "full-config"):
        TOP[f"execute backup {_what} {_kind} {_rest}"] = Command(change.backup)

INNER: dict[str, Command] = {
    pattern: Command(handler)
    for pattern, handler in {
        "config LINE": config.enter,
        "edit LINE": config.edit,
        "set LINE": config.put,
        "unset KEY": config.unset,
        "delete LINE": config.delete,
        "next": config.leave_entry,
        "end": config.end,
        "abort": config.abort,
        "show": config.show_level,
        "show full-configuration": config.show_level_full,
        "get": config.get_level,
    }.items()
}
"""While something is configured."""
