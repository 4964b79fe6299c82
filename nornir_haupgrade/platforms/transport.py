"""Logging in: Netmiko does it, over our socket, behind our guard, with our host keys."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.platforms.address import address_of
from nornir_haupgrade.platforms.guard import Guard
from nornir_haupgrade.platforms.session import NetmikoTransport, discard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from netmiko import BaseConnection
    from nornir.core.inventory import ConnectionOptions, Host

    from nornir_haupgrade.platforms.base import Transport
    from nornir_haupgrade.platforms.login import Line

_OURS = frozenset(
    # Either set here, or would weaken what is set here; a session log would hold secrets.
    {
        "host",
        "ip",
        "username",
        "password",
        "port",
        "device_type",
        "auto_connect",
        "sock",
        "ssh_strict",
        "system_host_keys",
        "alt_host_keys",
        "alt_key_file",
        "session_log",
        "session_log_record_writes",
        "session_log_file_mode",
        "verbose",
        "conn_timeout",
        "auth_timeout",
        "banner_timeout",
        "read_timeout_override",
        "keepalive",
    }
)


def open_transport(
    host: Host,
    *,
    pair: str,
    login_and_read_only: Sequence[str],
    read_only: bool,
    connect_timeout: float,
    known_hosts: Path | None,
) -> Transport:
    """Log in to a member with its own connection options for "netmiko".

    Args:
        host: The member; its options are read, never written.
        pair: The pair it belongs to, for messages.
        login_and_read_only: Regular expressions of what a read-only session may send, login
        included. read_only: Whether the session may only read. connect_timeout: Seconds for
        everything up to the first prompt. known_hosts: The file of accepted host keys; None for
        the user's own.

    Raises:
        BadInput: The options do not make a connection; nothing was contacted.
        ConnectFailed: There is no session, and why.
        NotReadOnly: The login itself would send something that is not declared.
    """
    from nornir_haupgrade.platforms.login import Line

    options = host.get_connection_parameters("netmiko")
    extras = dict(options.extras or {})
    guard = Guard(
        login_and_read_only,
        read_only=read_only,
        pair=pair,
        member=host.name,
        secrets=[str(s) for s in (options.password, extras.get("secret")) if s],
    )
    netmiko = _unopened(host, options, extras, pair=pair, connect_timeout=connect_timeout)
    line = Line(
        netmiko._get_ssh_client_instance(),  # noqa: SLF001 - Netmiko's own hook, kept as the platform set it
        guard,
        pair=pair,
        member=host.name,
        known=known_hosts,
    )
    _log_in(netmiko, line, connect_timeout=connect_timeout)
    return NetmikoTransport(netmiko, line, guard, pair=pair, member=host.name)


def _unopened(
    host: Host,
    options: ConnectionOptions,
    extras: dict[str, Any],
    *,
    pair: str,
    connect_timeout: float,
) -> BaseConnection:
    from netmiko import ConnectHandler
    from nornir_netmiko.connections.netmiko import napalm_to_netmiko_map

    try:
        netmiko = ConnectHandler(
            host=address_of(host),
            port=options.port,
            username=options.username or "",
            password=options.password,
            device_type=napalm_to_netmiko_map.get(options.platform, options.platform) or "",
            auto_connect=False,
            conn_timeout=connect_timeout,
            auth_timeout=connect_timeout,
            banner_timeout=connect_timeout,
            # Each of Netmiko's own waits; the whole login has a deadline of its own.
            read_timeout_override=connect_timeout,
            **{name: value for name, value in extras.items() if name not in _OURS},
        )
    except (TypeError, ValueError) as error:
        reason = next(iter(str(error).strip().splitlines()), "")
        if "device_type" in reason:  # the names of all 200 of Netmiko's would follow
            reason = f"it knows no platform {options.platform!r}"
        raise BadInput(
            f"Netmiko does not accept the connection options: {reason}",
            pair=pair,
            member=host.name,
            advice="correct connection_options: netmiko: in the inventory",
        ) from error
    if netmiko.protocol != "ssh":
        discard(netmiko)
        raise BadInput(
            f"{options.platform} is not SSH, which is all that is spoken here",
            pair=pair,
            member=host.name,
            advice="use the SSH platform of the same name",
        )
    return netmiko


def _log_in(netmiko: BaseConnection, line: Line, *, connect_timeout: float) -> None:
    from netmiko import NetmikoBaseException, NetmikoTimeoutException, ReadTimeout

    netmiko._get_ssh_client_instance = lambda: line  # type: ignore[method-assign]  # noqa: SLF001
    # Netmiko's farewell writes "exit" and waits; closing the line says the same.
    netmiko.cleanup = lambda command="": None  # type: ignore[method-assign]  # noqa: ARG005
    watch = threading.Timer(connect_timeout, line.expire)
    watch.daemon = True
    watch.start()
    try:
        netmiko._open()  # noqa: SLF001 - the way in of auto_connect, once the hooks are in place
    except HAUpgradeError as error:
        discard(netmiko)
        error.pair, error.member = line.pair, line.member
        raise
    except (ReadTimeout, NetmikoTimeoutException) as error:  # a moment before our own watch
        discard(netmiko)
        raise line.broken(TimeoutError()) from error
    except (NetmikoBaseException, OSError, EOFError, ValueError) as error:
        discard(netmiko)
        raise line.broken(error) from error
    except BaseException:
        discard(netmiko)
        raise
    finally:
        watch.cancel()
    if line.is_late:
        discard(netmiko)
        raise line.broken(TimeoutError())
