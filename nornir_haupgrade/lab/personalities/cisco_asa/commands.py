"""The commands of each mode: pattern to handler."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_asa import (
    change,
    config,
    copy,
    failover,
    show_conn,
    show_failover,
    show_files,
    show_network,
    show_system,
)

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.cisco_asa.context import Handler

ANYBODY: dict[str, Handler] = {
    "show version": show_system.version,
    "show clock": show_system.clock,
    "show curpriv": show_system.curpriv,
    "show checksum": show_files.show_checksum,
    "show hostname": show_system.hostname,
    "show pager": change.show_pager,
    "terminal pager NUMBER": change.pager,
    "terminal pager lines NUMBER": change.pager,
    "enable": change.enable,
    "login": change.login,
    "disable": change.disable,
}
"""At any privilege."""

PRIVILEGED: dict[str, Handler] = {
    "show failover": show_failover.failover,
    "show failover state": show_failover.state,
    "show failover history": show_failover.history,
    "show failover interface": show_failover.interface,
    "show failover config-sync status": show_failover.config_sync,
    "show conn": show_conn.conn,
    "show conn count": show_conn.count,
    "show conn all": show_conn.conn,
    "show conn protocol NAME": show_conn.by_protocol,
    "show conn address ADDRESS": show_conn.by_address,
    "show conn port NUMBER": show_conn.by_port,
    "show resource usage": show_system.resource_usage,
    "show inventory": show_system.inventory,
    "show module": show_system.module,
    "show ssh sessions": show_system.ssh_sessions,
    "show interface": show_network.interfaces,
    "show interface ip brief": show_network.ip_brief,
    "show ip address": show_network.ip_address,
    "show nameif": show_network.nameif,
    "show route": show_network.route,
    "show arp": show_network.arp,
    "show ospf neighbor": show_network.ospf_neighbor,
    "show bgp summary": show_network.bgp_summary,
    "show crypto ipsec sa": show_network.ipsec_sa,
    "show crypto ikev2 sa": show_network.ikev2_sa,
    "show vpn-sessiondb": show_network.vpn_sessions,
    "show vpn-sessiondb summary": show_network.vpn_sessions,
    "show running-config": show_files.running_config,
    "show running-config all": show_files.running_config,
    "show running-config LINE": show_files.running_part,
    "show startup-config": show_files.startup_config,
    "show startup-config errors": show_files.startup_errors,
    "show bootvar": show_files.bootvar,
    "dir": show_files.directory,
    "dir FILE": show_files.directory,
    "more FILE": show_files.more,
    "verify ALGORITHM FILE": show_files.verify,
    "verify ALGORITHM FILE SUM": show_files.verify,
    "copy FROM TO": copy.copy,
    "copy /noconfirm FROM TO": copy.copy,
    "delete FILE": change.delete,
    "delete /noconfirm FILE": change.delete,
    "delete /replicate FILE": change.delete,
    "delete /noconfirm /replicate FILE": change.delete,
    "write": change.write_memory,
    "write memory": change.write_memory,
    "write standby": change.write_standby,
    "write terminal": show_files.running_config,
    "reload": change.reload,
    "reload noconfirm": change.reload,
    "reload save-config": change.reload,
    "reload save-config noconfirm": change.reload,
    "failover active": failover.take,
    "no failover active": failover.give_up,
    "failover reset": failover.reset,
    "failover reload-standby": failover.reload_standby,
    "failover exec mate LINE": failover.on_mate,
    "failover exec active LINE": failover.on_active,
    "failover exec standby LINE": failover.on_standby,
    "configure terminal": change.configure,
}
"""At privilege 15, in configuration mode too."""

_STARTS = (
    *("access-list", "access-group", "route", "logging", "ntp", "snmp-server", "username"),
    *("aaa", "nat", "timeout", "domain-name", "banner", "console", "mtu", "name", "ssh"),
    *("monitor-interface", "failover lan", "failover link", "failover interface"),
    *("failover replication", "failover polltime", "failover key"),
)

GLOBAL: dict[str, Handler] = {
    "hostname NAME": config.hostname,
    "prompt LINE": config.prompt,
    "terminal width NUMBER": config.width,
    "pager lines NUMBER": config.pager,
    "boot system FILE": config.boot_system,
    "no boot system": config.no_boot_system,
    "no boot system FILE": config.no_boot_system,
    "clear configure boot system": config.no_boot_system,
    "ssh scopy enable": config.scp,
    "no ssh scopy enable": config.no_scp,
    "failover": config.failover,
    "no failover": config.no_failover,
    "interface NAME": config.interface,
    "interface KIND NUMBER": config.interface,
    "object network NAME": config.object_network,
    "exit": config.leave,
    "end": config.end,
    **{f"{start} LINE": config.global_line for start in _STARTS},
    **{f"no {start} LINE": config.no_global_line for start in _STARTS},
}
"""In configuration mode."""

_INNER = (
    *("description LINE", "shutdown", "ip address LINE", "nameif NAME", "security-level NUMBER"),
    *("host ADDRESS", "subnet ADDRESS MASK", "range FIRST LAST"),
)

INNER: dict[str, Handler] = {
    **dict.fromkeys(_INNER, config.inner_line),
    **{f"no {line}": config.no_inner_line for line in (*_INNER, "description")},
}
"""Under an interface or an object; a line of the level above ends it."""
