"""How IOS lays a configuration out."""

from __future__ import annotations

from nornir_haupgrade.lab.terminal.sections import Layout, Sections, copied, without

__all__ = ["Sections", "add", "copied", "differences", "rendered", "without"]

_LAYOUT = Layout(
    order=(
        *("version", "service", "platform", "hostname", "boot system", "enable", "aaa"),
        *("ip domain", "file prompt", "fhrp", "username", "interface", "router"),
        *("ip forward-protocol", "ip http", "ip scp", "ip route", "access-list", "logging"),
        *("snmp-server", "line", "ntp"),
    ),
    entered=("boot system",),
    inner=(
        r"description ",
        r"ip address ",
        r"standby version ",
        r"standby (?P<group>\d+) ip ",
        r"standby (?P<group>\d+) priority ",
        r"standby (?P<group>\d+) preempt",
        r"standby (?P<group>\d+) ",
        r"vrrp (?P<group>\d+) ip ",
        r"vrrp (?P<group>\d+) priority ",
        r"(no )?vrrp (?P<group>\d+) preempt",
        r"vrrp (?P<group>\d+) ",
        r"shutdown",
        r"",
    ),
)
add, rendered, differences = _LAYOUT.add, _LAYOUT.rendered, _LAYOUT.differences
