"""Where a member is logged in to, and whether a port can tell that it answers there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nornir.core.inventory import Host

_SSH = 22


def address_of(host: Host) -> str:
    """The inventory's hostname; without one, the host's own name."""
    return host.get_connection_parameters("netmiko").hostname or host.name


def direct_port(host: Host) -> tuple[str, int] | None:
    """The address and port that the login connects to; None if it goes through a proxy.

    An SSH configuration file has its say in the order that Netmiko gives it.
    """
    options = host.get_connection_parameters("netmiko")
    port = options.port or _SSH
    file = (options.extras or {}).get("ssh_config_file")
    path = Path(str(file)).expanduser() if file else None
    if path is None or not path.exists():
        return address_of(host), port
    import paramiko

    try:
        found = paramiko.SSHConfig.from_path(str(path)).lookup(address_of(host))
    except (OSError, ValueError, paramiko.SSHException, ImportError):
        return None  # what is wrong with it, the login tells
    if "proxycommand" in found or "proxyjump" in found:
        return None
    said = found.get("port", "")
    is_said = port == _SSH and said.isdecimal()
    return found.get("hostname", address_of(host)), int(said) if is_said else port
