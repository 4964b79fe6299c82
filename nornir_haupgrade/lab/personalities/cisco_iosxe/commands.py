"""The commands of each mode: pattern to handler."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_iosxe import (
    change,
    config,
    install,
    show_files,
    show_groups,
    show_interfaces,
    show_routing,
    show_software,
    show_system,
)

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.cisco_iosxe.context import At, Handler
    from nornir_haupgrade.lab.terminal.grammar import Grammar

ANYBODY: dict[str, Handler] = {
    "show version": show_software.version,
    "show standby": show_groups.standby,
    "show standby all": show_groups.standby,
    "show standby brief": show_groups.standby_brief,
    "show vrrp": show_groups.vrrp,
    "show vrrp all": show_groups.vrrp,
    "show vrrp brief": show_groups.vrrp_brief,
    "show users": show_system.users,
    "show clock": show_system.clock,
    "show privilege": show_system.privilege,
    "show hosts": show_system.hosts,
    "show processes cpu": show_system.processes_cpu,
    "show memory statistics": show_system.memory_statistics,
    "show interfaces": show_interfaces.interfaces,
    "show ip interface": show_interfaces.ip_interface,
    "show ip interface brief": show_interfaces.ip_brief,
    "show ipv6 interface": show_interfaces.nothing,
    "show arp": show_interfaces.arp,
    "show ip arp": show_interfaces.arp,
    "show vrf": show_routing.vrfs,
    "show ip protocols": show_routing.protocols,
    "show ip route ADDRESS": show_routing.route,
    "show ip route ADDRESS MASK": show_routing.route,
    "show ip bgp summary": show_routing.bgp_summary,
    "show ip bgp neighbors": show_routing.bgp_neighbors,
    "show ip bgp PREFIX": show_routing.bgp_route,
    "show bgp all summary": show_routing.bgp_summary,
    "show bgp ipv4 unicast summary": show_routing.bgp_summary,
    "show bgp ipv4 unicast neighbors": show_routing.bgp_neighbors,
    "show bgp ipv4 multicast neighbors": show_interfaces.nothing,
    "show bgp ipv4 mdt all neighbors": show_interfaces.nothing,
    "show bgp ipv6 unicast neighbors": show_interfaces.nothing,
    "show bgp ipv6 multicast neighbors": show_interfaces.nothing,
    "show bgp vpnv4 unicast all neighbors": show_interfaces.nothing,
    "show bgp vpnv6 unicast all neighbors": show_interfaces.nothing,
    "terminal length NUMBER": change.length,
    "terminal width NUMBER": change.width,
    "enable": change.enable,
    "disable": change.disable,
}
"""At any privilege."""

PRIVILEGED: dict[str, Handler] = {
    "show install summary": show_software.install_summary,
    "show install inactive": show_software.install_inactive,
    "show install uncommitted": show_software.install_uncommitted,
    "show install committed": show_software.install_committed,
    "show boot": show_software.boot,
    "show bootvar": show_software.boot,
    "show running-config": show_files.running_config,
    "show running-config all": show_files.running_config,
    "show running-config interface NAME": show_files.running_interface,
    "show running-config interface KIND NUMBER": show_files.running_interface,
    "show startup-config": show_files.startup_config,
    "show archive config differences": show_files.config_differences,
    "show archive config differences OLD NEW": show_files.config_differences,
    "dir": show_files.directory,
    "dir FILE": show_files.directory,
    "verify ALGORITHM FILE": show_files.verify,
    "verify ALGORITHM FILE SUM": show_files.verify,
    "more FILE": change.more,
    "delete FILE": change.delete,
    "delete /force FILE": change.delete,
    "write": change.write_memory,
    "write memory": change.write_memory,
    "copy running-config startup-config": change.write_memory,
    "copy running-config nvram:startup-config": change.write_memory,
    "reload": change.reload,
    "configure terminal": change.configure,
    "install add file FILE": install.add,
    "install add file FILE prompt-level none": install.add,
    "install commit": install.commit,
    "install abort": install.abort,
    "install abort prompt-level none": install.abort,
    "install remove inactive": install.remove_inactive,
    "install remove inactive prompt-level none": install.remove_inactive,
}
"""At privilege 15."""

_LEVEL = "prompt-level none"
_TIMER = "auto-abort-timer MINUTES"


def _activate(at: At, arguments: tuple[str, ...], *, has_file: bool, has_minutes: bool) -> Outcome:
    minutes = arguments[-1] if has_minutes else str(install.DEFAULT_MINUTES)
    return install.activate(
        at,
        arguments,
        file=arguments[0] if has_file else None,
        minutes=int(minutes) if minutes.isdigit() else 0,
    )


def add_activate(grammar: Grammar[Handler]) -> None:
    """``install activate`` with each of the words that may follow, in IOS's order."""
    for has_file in (False, True):
        for has_minutes in (False, True):
            for level in ("", f" {_LEVEL}"):
                file = " file FILE" if has_file else ""
                timer = f" {_TIMER}" if has_minutes else ""
                handler = functools.partial(_activate, has_file=has_file, has_minutes=has_minutes)
                grammar.add(f"install activate{file}{timer}{level}", handler)


def add_global(grammar: Grammar[Handler]) -> None:
    """The commands of ``(config)#``."""
    for pattern, handler in {
        "hostname NAME": config.hostname,
        "boot system FILE": config.boot_system,
        "boot system flash FILE": config.boot_system,
        "no boot system": config.no_boot_system,
        "no boot system FILE": config.no_boot_system,
        "no boot system flash FILE": config.no_boot_system,
        "ip scp server enable": config.scp,
        "no ip scp server enable": config.no_scp,
        "interface NAME": config.interface,
        "interface KIND NUMBER": config.interface,
        "exit": config.leave,
        "end": config.end,
    }.items():
        grammar.add(pattern, handler)
    starts = (
        *("ip route", "ip domain name", "access-list", "logging", "ntp", "snmp-server", "banner"),
        *("username", "enable secret", "file prompt", "service", "aaa", "track"),
    )
    for start in starts:
        grammar.add(f"{start} LINE", config.global_line)
        grammar.add(f"no {start} LINE", config.no_global_line)


def add_inner(grammar: Grammar[Handler]) -> None:
    """The commands of ``(config-if)#``; a line of the level above ends it."""
    for word in ("standby", "vrrp"):
        for pattern, handler in {
            f"{word} NUMBER priority VALUE": config.priority,
            f"no {word} NUMBER priority": config.no_priority,
            f"no {word} NUMBER priority VALUE": config.no_priority,
            f"{word} NUMBER preempt": config.preempt,
            f"{word} NUMBER preempt delay minimum SECONDS": config.preempt_delay,
            f"no {word} NUMBER preempt": config.no_preempt,
            f"no {word} NUMBER preempt delay": config.no_delay,
            f"no {word} NUMBER preempt delay minimum SECONDS": config.no_delay,
        }.items():
            grammar.add(pattern, handler)
    for pattern in ("description LINE", "shutdown", "ip address ADDRESS MASK"):
        grammar.add(pattern, config.inner_line)
    for pattern in ("description", "description LINE", "shutdown"):
        grammar.add(f"no {pattern}", config.no_inner_line)
