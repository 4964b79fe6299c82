"""Logging in: Netmiko does it, over our socket, behind our guard, with our host keys."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.errors import BadInput, HAUpgradeError, LoginRefused
from nornir_haupgrade.platforms.address import address_of
from nornir_haupgrade.platforms.base import Files
from nornir_haupgrade.platforms.guard import Guard
from nornir_haupgrade.platforms.session import NetmikoTransport, discard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
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
    needs_privilege: bool = False,
    files: Files = Files.SFTP,
) -> Transport:
    """Log in to a member with its own connection options for "netmiko".

    Args:
        host: The member; its options are read, never written.
        pair: The pair it belongs to, for messages.
        login_and_read_only: Regular expressions of what a read-only session may send, login
        included. read_only: Whether the session may only read. connect_timeout: Seconds for
        everything up to the first prompt. known_hosts: The file of accepted host keys; None for
        the user's own. needs_privilege: Whether the session must have the privileged prompt, for
        which an enable secret under ``extras: secret:`` is used where the login does not give it.
        files: How files travel.

    Raises:
        BadInput: The options do not make a connection; nothing was contacted.
        ConnectFailed: There is no session, and why.
        NotReadOnly: The login itself would send something that is not declared.
    """
    from nornir_haupgrade.platforms.login import Line

    options = host.get_connection_parameters("netmiko")
    extras = dict(options.extras or {})
    secret = str(extras.get("secret") or "")
    guard = Guard(
        login_and_read_only,
        read_only=read_only,
        pair=pair,
        member=host.name,
        secrets=[s for s in (str(options.password or ""), secret) if s],
    )
    netmiko = _unopened(host, options, extras, pair=pair, connect_timeout=connect_timeout)
    new_client = netmiko._get_ssh_client_instance  # noqa: SLF001 - Netmiko's own hook, kept as the platform set it

    def new_line() -> Line:
        return Line(new_client(), guard, pair=pair, member=host.name, known=known_hosts)

    def another() -> Line:
        beside = new_line()
        with _watched(beside, connect_timeout):
            beside.connect(**netmiko._connect_params_dict())  # noqa: SLF001 - as Netmiko connected
        return beside

    line = new_line()
    _log_in(
        netmiko,
        line,
        connect_timeout=connect_timeout,
        enter=(lambda: _enter(netmiko, line, guard, secret)) if needs_privilege else None,
    )
    return NetmikoTransport(netmiko, line, guard, files=files, another=another)


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


def _log_in(
    netmiko: BaseConnection,
    line: Line,
    *,
    connect_timeout: float,
    enter: Callable[[], None] | None,
) -> None:
    from netmiko import NetmikoBaseException, NetmikoTimeoutException, ReadTimeout

    netmiko._get_ssh_client_instance = lambda: line  # type: ignore[method-assign]  # noqa: SLF001
    # Netmiko's farewell writes "exit" and waits; closing the line says the same.
    netmiko.cleanup = lambda command="": None  # type: ignore[method-assign]  # noqa: ARG005
    try:
        with _watched(line, connect_timeout):
            netmiko._open()  # noqa: SLF001 - the way in of auto_connect, once the hooks are in place
            if enter is not None:
                enter()
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
    if line.is_late:
        discard(netmiko)
        raise line.broken(TimeoutError())


def _enter(netmiko: BaseConnection, line: Line, guard: Guard, secret: str) -> None:
    """The privileged prompt: Netmiko asks for it, and the guard lets exactly that through."""
    from netmiko import NetmikoTimeoutException, ReadTimeout

    line.phase = "the privileged prompt"
    if netmiko.check_enable_mode():
        return
    if not secret:
        raise LoginRefused(
            "the login has no privilege, and no enable secret is configured",
            advice="log in as a user of privilege 15, or add `secret` to the extras of "
            "connection_options: netmiko: in the inventory",
        )
    # A secret that is not accepted is asked for again, which Netmiko waits out.
    netmiko.read_timeout_override = (netmiko.read_timeout_override or 0) / 3 or None
    try:
        with guard.entering(secret):
            netmiko.enable()
    except (ValueError, ReadTimeout, NetmikoTimeoutException) as error:
        if line.is_late:
            raise
        raise LoginRefused(
            "the device does not accept the enable secret",
            advice="correct `secret` in the extras of connection_options: netmiko: in the "
            "inventory; mind the lockout limit",
        ) from error


@contextmanager
def _watched(line: Line, seconds: float) -> Iterator[None]:
    """Whatever happens inside ends in time: the line is cut then."""
    watch = threading.Timer(seconds, line.expire)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
