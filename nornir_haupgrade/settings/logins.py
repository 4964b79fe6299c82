"""What a login needs, as a host of the inventory has it or lacks it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nornir.core.inventory import Host

_KEYS = ("key_file", "use_keys", "allow_agent", "pkey", "ssh_config_file")
"""Netmiko's ways to log in without a password."""


def lacks_username(host: Host) -> bool:
    """Whether nobody is named to log in as."""
    return not host.get_connection_parameters("netmiko").username


def lacks_password(host: Host) -> bool:
    """Whether there is neither a password nor a key."""
    parameters = host.get_connection_parameters("netmiko")
    extras = parameters.extras or {}
    return not parameters.password and not any(extras.get(key) for key in _KEYS)


def missing_logins(hosts: Iterable[Host], *, advice: str) -> Iterator[Finding]:
    """What the hosts lack, told before anything is contacted."""
    for host in hosts:
        if lacks_username(host):
            yield Finding(host.name, "there is no username to log in with", advice)
        if lacks_password(host):
            yield Finding(host.name, "there is no password and no key to log in with", advice)
