"""How the ASA lays a configuration out."""

from __future__ import annotations

from nornir_haupgrade.lab.terminal.sections import Layout, Sections, copied, without

__all__ = ["Sections", "add", "copied", "differences", "rendered", "without"]

_ORDER = (
    *("terminal", "hostname", "domain-name", "enable password", "passwd", "names", "interface"),
    *("boot system", "ftp mode", "object network", "access-list", "pager", "logging", "mtu"),
    *("failover", "failover lan unit", "failover lan", "failover polltime", "failover key"),
    *("failover replication", "failover link", "failover interface"),
    *("monitor-interface", "asdm", "nat", "access-group", "router", "route", "timeout", "aaa"),
    *("snmp-server", "ssh scopy", "ssh timeout", "ssh", "console", "ntp", "username", "prompt"),
)
_INNER = (r"description ", r"management-only", r"nameif ", r"security-level ", r"ip address ", r"")
_LAYOUT = Layout(order=_ORDER, entered=_ORDER, is_parted=False, inner=_INNER)
add, rendered, differences = _LAYOUT.add, _LAYOUT.rendered, _LAYOUT.differences
