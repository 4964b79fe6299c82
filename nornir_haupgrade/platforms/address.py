"""Where a member is logged in to, and whether a port can tell that it answers there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nornir.core.inventory import Host

_SSH = 22


@dataclass(frozen=True, slots=True)
class Target:
    """Where a login really goes, after an SSH configuration file has had its say."""

    hostname: str
    port: int
    is_direct: bool
    """False: through a proxy."""


def address_of(host: Host, connection: str = "netmiko") -> str:
    """The inventory's hostname; without one, the host's own name."""
    return host.get_connection_parameters(connection).hostname or host.name


def direct_port(host: Host) -> tuple[str, int] | None:
    """The address and port that the login connects to; None if it goes through a proxy.

    An SSH configuration file has its say in the order that Netmiko gives it.
    """
    options = host.get_connection_parameters("netmiko")
    file = (options.extras or {}).get("ssh_config_file")
    found = target_of(address_of(host), options.port, file)
    return (found.hostname, found.port) if found and found.is_direct else None


def target_of(address: str, port: int | None, ssh_config_file: object) -> Target | None:
    """Where Netmiko connects to; None if its SSH configuration file cannot be read."""
    port = port or _SSH
    path = Path(str(ssh_config_file)).expanduser() if ssh_config_file else None
    if path is None or not path.exists():
        return Target(address, port, is_direct=True)
    import paramiko

    try:
        found = paramiko.SSHConfig.from_path(str(path)).lookup(address)
    except (OSError, ValueError, paramiko.SSHException, ImportError):
        return None  # what is wrong with it, the login tells
    said = found.get("port", "")
    is_said = port == _SSH and said.isdecimal()
    return Target(
        found.get("hostname", address),
        int(said) if is_said else port,
        is_direct="proxycommand" not in found and "proxyjump" not in found,
    )
