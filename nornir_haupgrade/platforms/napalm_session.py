"""One NAPALM session: a Nornir of one host and, where SSH is spoken, the socket below it."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.platforms.address import address_of, target_of
from nornir_haupgrade.platforms.hostkeys import KnownKeys
from nornir_haupgrade.platforms.napalm_errors import no_line, not_connected
from nornir_haupgrade.platforms.napalm_host import NAME, copied, own_host, own_nornir, quietly
from nornir_haupgrade.platforms.napalm_ways import (
    OURS,
    Way,
    key_arguments,
    known_or_refused,
    way_of,
    write_keys,
)

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.inventory import Host

T = TypeVar("T")

_SSH = 22
_FAREWELL = 5.0
"""Seconds for a polite end of a session."""
_SECRETS = ("secret", "passphrase", "sudo_password", "enable_password", "api_key", "api_token")


@dataclass(frozen=True, slots=True)
class Reach:
    """How a member is reached, and how long things may take; all times in seconds."""

    pair: str
    platform: str | None
    """The name of NAPALM's driver."""
    connect_timeout: float
    command_timeout: float
    known_hosts: Path | None
    """The file of accepted host keys; None for the user's own."""


class Session:
    """Opened once, read from, and closed; the inventory is not written to.

    Attributes:
        where: What leads where, for messages.
        secrets: What must not be said.
        is_connected: Whether there is a TCP connection to the device.
    """

    def __init__(self, nr: Nornir, host: Host, reach: Reach) -> None:
        self._nr = nr
        self._host = host
        self._reach = reach
        self._own: Host | None = None
        """Made for this session; the inventory's host may carry a connection of the caller's."""
        self._socket: socket.socket | None = None
        self._keys: Path | None = None
        self.where = f"NAPALM's {reach.platform or '(no driver)'} at {address_of(host, NAME)}"
        self.secrets: tuple[str, ...] = ()

    @property
    def is_connected(self) -> bool:
        """Whether a TCP connection was made."""
        return self._socket is not None

    def open(self) -> None:
        """Connect and log in.

        Raises:
            BadInput: The inventory's options do not make a connection; nothing was contacted.
            ConnectFailed: There is no session, and why.
        """
        seconds = self._reach.connect_timeout + self._reach.command_timeout
        try:
            own = self._own = own_host(self._host, self._reach.platform, self._extras())
            self._nr = own_nornir(self._nr, own)
            within(seconds, lambda: own.get_connection(NAME, self._nr.config))
        except HAUpgradeError:
            raise
        except Exception as error:  # noqa: BLE001 - drivers of any origin raise anything
            raise not_connected(error, self.where, self.secrets) from None
        finally:
            self._forget_keys()

    def get(self, getter: str, options: Mapping[str, object], seconds: float) -> object:
        """Run `napalm_get`; raises what NAPALM raises, or TimeoutError."""
        answers = within(
            seconds,
            lambda: self._nr.run(
                task=quietly,
                name="napalm_get",
                raise_on_error=False,
                on_failed=True,
                getters=[getter],
                getters_options={getter: dict(options)},
            ),
        )
        result = answers[self._host.name][0]
        if result.exception is not None:
            raise result.exception
        data: object = result.result[getter]
        return data

    def close(self) -> None:
        """Take leave as the driver does, for a while; never raises."""
        self._take_leave()
        self.cut()

    def cut(self) -> None:
        """End it without a farewell: the other end may be dead."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
        else:  # no line of ours to cut
            self._take_leave()
        self._own = None
        self._forget_keys()

    def _take_leave(self) -> None:
        connection = self._own.connections.pop(NAME, None) if self._own is not None else None
        if connection is not None:
            with contextlib.suppress(Exception):
                within(_FAREWELL, connection.close)

    def _extras(self) -> dict[str, Any]:
        """What Nornir's plugin hands to the driver: a copy, with host keys and deadlines."""
        from napalm import get_network_driver

        options = self._host.get_connection_parameters(NAME)
        extras = copied(options.extras or {})
        has_own = "optional_args" in extras
        given: dict[str, Any] = extras.pop("optional_args", None) or {}
        secrets = (options.password, *(given.get(name) for name in _SECRETS))
        self.secrets = tuple(str(secret) for secret in secrets if secret)
        platform = self._reach.platform or ""
        way = way_of(get_network_driver(platform), platform, given)
        arguments = {name: value for name, value in given.items() if name not in OURS}
        if way is not Way.API:
            port = int(arguments.get("port") or options.port or _SSH)
            arguments["port"] = port
            if not has_own:  # as nornir-napalm does
                arguments["ssh_config_file"] = self._nr.config.ssh.config_file
            arguments |= self._line(way, port, arguments.get("ssh_config_file"))
            arguments.setdefault("read_timeout_override", self._reach.command_timeout)
        else:
            arguments |= key_arguments(way, _SSH, (), Path(os.devnull))
        extras.setdefault("timeout", max(1, int(self._reach.command_timeout)))
        return {**extras, "optional_args": arguments}

    def _line(self, way: Way, port: int, ssh_config_file: object) -> dict[str, Any]:
        """Host keys, deadlines and, unless it is a proxy's, a socket that can be cut."""
        from nornir_haupgrade.platforms.login import notice_a_dead_peer

        target = target_of(address_of(self._host, NAME), port, ssh_config_file)
        if target is None:
            raise BadInput(
                f"{self.where}: the SSH configuration file {ssh_config_file} cannot be read",
                advice="correct it, or ssh_config_file in connection_options: napalm:",
            )
        self.where += f" port {target.port}"
        keys = KnownKeys.read(target.hostname, target.port, self._reach.known_hosts)
        good = known_or_refused(keys)
        self._keys = write_keys(target.hostname, target.port, good)
        seconds = self._reach.connect_timeout
        found = key_arguments(way, port, good, self._keys)
        found |= dict.fromkeys(("conn_timeout", "auth_timeout", "banner_timeout"), seconds)
        if target.is_direct:
            try:
                self._socket = socket.create_connection((target.hostname, target.port), seconds)
            except OSError as error:
                raise no_line(error, self.where) from None
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            notice_a_dead_peer(self._socket)
            found["sock"] = self._socket
        return found

    def _forget_keys(self) -> None:
        if self._keys is not None:
            self._keys.unlink(missing_ok=True)
            self._keys = None


def within(seconds: float, work: Callable[[], T]) -> T:
    """Do it in a thread that is left behind when it is late: not every driver has a deadline.

    Raises:
        TimeoutError: It is late.
    """
    box: SimpleQueue[tuple[bool, Any]] = SimpleQueue()

    def do() -> None:
        try:
            box.put((True, work()))
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            box.put((False, error))

    threading.Thread(target=do, name="napalm", daemon=True).start()
    try:
        is_good, found = box.get(timeout=seconds)
    except Empty:
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    if not is_good:
        raise found
    answer: T = found
    return answer
