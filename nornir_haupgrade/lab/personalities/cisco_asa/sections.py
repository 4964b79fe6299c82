"""How the ASA lays a configuration out."""

from __future__ import annotations

from nornir_haupgrade.lab.terminal.sections import Layout, Sections, copied, without

__all__ = ["Sections", "add", "copied", "differences", "rendered", "without"]

_ORDER = (
    *("terminal", "hostname", "domain-name", "enable password", "passwd", "names", "interface"),
    *("boot system", "ftp mode", "object network", "access-list", "pager", "logging", "mtu"),
    *("failover", "monitor-interface", "asdm", "nat", "access-group", "router", "route"),
    *("timeout", "aaa", "snmp-server", "ssh", "console", "ntp", "username", "prompt"),
)
_LAYOUT = Layout(order=_ORDER, entered=_ORDER, is_parted=False)
add, rendered, differences = _LAYOUT.add, _LAYOUT.rendered, _LAYOUT.differences
