"""The SSH side of a session: Netmiko logs in through this, and sees no more of paramiko than this.

Netmiko asks its instance for an SSH client; it is given the one below, which opens the socket (no
delay: 88 ms of a login is Nagle's algorithm waiting), checks the host key, and hands out a
channel whose every write passes the guard.
"""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING, Any

import paramiko

from nornir_haupgrade.errors import ConnectFailed, ImageError, LoginRefused, Unreachable
from nornir_haupgrade.model import Flow
from nornir_haupgrade.platforms.channel import GuardedChannel
from nornir_haupgrade.platforms.hostkeys import HostKey, KnownKeys

if TYPE_CHECKING:
    from pathlib import Path

    from nornir_haupgrade.platforms.guard import Guard


class Line:
    """One SSH connection to one member, from the TCP handshake to the shell.

    Attributes:
        pair: The pair it belongs to.
        member: The member it leads to.
        phase: What was being waited for last; a login that runs late says so.
        is_late: The deadline passed, and the socket was closed for it.
    """

    def __init__(
        self,
        client: paramiko.SSHClient,
        guard: Guard,
        *,
        pair: str,
        member: str,
        known: Path | None,
    ) -> None:
        self._client = client
        self._guard = guard
        self.pair = pair
        self.member = member
        self._where = {"pair": pair, "member": member}
        self._known_file = known
        self._socket: Any = None
        self._address = ""
        self.phase = "the TCP connection"
        self.is_late = False

    # What Netmiko calls. Its choice of host key policy and files is left aside: ours always holds.
    def set_missing_host_key_policy(self, policy: object) -> None:
        """Ignored."""

    def load_system_host_keys(self) -> None:
        """Ignored."""

    def load_host_keys(self, filename: str) -> None:
        """Ignored."""

    def connect(self, **asked: Any) -> None:  # noqa: ANN401 - Netmiko's own parameters, passed on
        """Connect and authenticate; raises our errors, which Netmiko lets pass.

        Raises:
            Unreachable, LoginRefused, HostKeyUnknown, HostKeyChanged, ConnectFailed: As they say.
        """
        host, port = asked["hostname"], int(asked["port"])
        self._address = f"{host} port {port}"
        keys = KnownKeys.read(host, port, self._known_file)
        # A proxy command of an SSH configuration file is a socket already.
        sock = asked.pop("sock")
        self._socket = sock = sock or self._open_socket(host, port, float(asked["timeout"]))
        # The inventory's key file is used, never whatever lies in the home of who runs this.
        asked["look_for_keys"] = False
        self._client.set_missing_host_key_policy(_Check(keys, self))
        self.phase = "the SSH banner"
        try:
            self._client.connect(sock=sock, transport_factory=_prefer(keys), **asked)
        except paramiko.SSHException as error:
            raise self._explained(error) from error
        except (OSError, EOFError) as error:
            raise self.broken(error) from error

    @property
    def flow(self) -> Flow | None:
        """The connection's own five-tuple; None behind a proxy command, which has no addresses."""
        try:
            ours, theirs = self._socket.getsockname(), self._socket.getpeername()
            return Flow("tcp", f"{ours[0]}:{ours[1]}", f"{theirs[0]}:{theirs[1]}")
        except (OSError, AttributeError, TypeError, IndexError):
            return None

    def invoke_shell(self, **terminal: Any) -> GuardedChannel:  # noqa: ANN401 - as above
        """Open the shell, behind the guard."""
        self.phase = "the prompt"
        try:
            return GuardedChannel(self._client.invoke_shell(**terminal), self._guard)
        except (paramiko.SSHException, OSError, EOFError) as error:
            raise self.broken(error) from error

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self._client.close()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()

    # What we call.
    def cut(self) -> None:
        """Close the socket under everything that may be waiting on it."""
        with contextlib.suppress(OSError, AttributeError):  # no socket yet, or a proxy's process
            self._socket.shutdown(socket.SHUT_RDWR)

    def expire(self) -> None:
        """End a login that has run late."""
        self.is_late = True
        self.cut()

    def open_channel(self, timeout: float) -> paramiko.Channel:
        """Open a channel, beside the shell where there is one."""
        channel = self._client.get_transport().open_session(timeout=timeout)
        channel.settimeout(timeout)
        return channel

    def open_sftp(self, timeout: float) -> paramiko.SFTPClient:
        """Open a file transfer channel beside the shell.

        Raises:
            ImageError: The device offers none.
        """
        transport = self._client.get_transport()
        try:
            channel = self.open_channel(timeout)
            channel.invoke_subsystem("sftp")
            return paramiko.SFTPClient(channel)
        except paramiko.SSHException as error:
            if not transport.is_active() or "timeout" in str(error).lower():
                raise
            raise ImageError(
                "the device offers no SFTP", advice="enable SFTP for this user"
            ) from error

    def broken(self, error: BaseException) -> ConnectFailed:
        """Why there is no session, said for an operator."""
        if self.is_late or isinstance(error, TimeoutError):
            why = f"timed out while waiting for {self.phase}"
            advice = "a member that is off times out; so does one behind a filter: check both"
        elif isinstance(error, ConnectionRefusedError):
            why = "refused the connection: it is up, but nothing listens on the port"
            advice = "check the port, and whether SSH is enabled"
        elif isinstance(error, socket.gaierror):
            why = "does not resolve to an address"
            advice = "correct the hostname in the inventory, or the name service"
        else:
            said = getattr(error, "strerror", None) or "the line was closed"
            why = f"broke off while waiting for {self.phase} ({said})"
            advice = "check the device and the path to it"
        return Unreachable(f"{self._address} {why}", advice=advice, **self._where)

    def verify(self, keys: KnownKeys, offered: paramiko.PKey) -> None:
        """Check the offered host key; the login follows."""
        keys.check(HostKey(offered.get_name(), offered.asbytes()), **self._where)
        self.phase = "the login"

    def _open_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        try:
            sock = socket.create_connection((host, port), timeout=timeout)
        except OSError as error:
            raise self.broken(error) from error
        if self.is_late:  # nobody else closes it: the watch found no socket
            sock.close()
            raise self.broken(TimeoutError())
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        notice_a_dead_peer(sock)
        return sock

    def _explained(self, error: paramiko.SSHException) -> ConnectFailed:
        text = str(error)
        if "timeout" in text.lower():
            return self.broken(TimeoutError(text))
        if self.is_late or "saw EOF" in text:  # also raised as an AuthenticationException
            return self.broken(error)
        if "no acceptable" in text or "can't match" in text:
            return ConnectFailed(
                f"{self._address} and this host share no SSH algorithm ({text})",
                advice="old images need the extra `legacy-ssh`: "
                "pip install 'nornir-haupgrade[legacy-ssh]'",
                **self._where,
            )
        if "banner" in text:
            return Unreachable(
                f"{self._address} accepts the TCP connection, but no SSH banner comes",
                advice="it may be booting, or have no free session; else check the port",
                **self._where,
            )
        # Before authentication is over, a closed line is what paramiko calls "No existing session".
        if isinstance(error, paramiko.AuthenticationException) or "authentication methods" in text:
            how = ", ".join(getattr(error, "allowed_types", ()))
            return LoginRefused(
                f"{self._address} refuses the login" + (f"; it accepts: {how}" if how else ""),
                advice="check user and password or key in the inventory; mind the lockout limit",
                **self._where,
            )
        return self.broken(error)


class _Check(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko is untyped
    """Our check in the place where paramiko asks about unknown keys: to it, all are."""

    def __init__(self, keys: KnownKeys, line: Line) -> None:
        self._keys = keys
        self._line = line

    def missing_host_key(self, client: object, hostname: str, key: paramiko.PKey) -> None:
        """Raise unless the key is known."""
        del client, hostname
        self._line.verify(self._keys, key)


def _prefer(keys: KnownKeys) -> Any:  # noqa: ANN401 - a factory of paramiko's untyped transport
    def make(sock: socket.socket, **options: Any) -> paramiko.Transport:  # noqa: ANN401
        transport = paramiko.Transport(sock, **options)
        security = transport.get_security_options()
        known = [name for name in keys.signatures() if name in security.key_types]
        security.key_types = [*known, *(n for n in security.key_types if n not in known)]
        return transport

    return make


def notice_a_dead_peer(sock: socket.socket) -> None:
    """Let the kernel find out: a crashed node never closes its session.

    25-30 s, shorter than any deadline that is long enough to matter; a switchover on the
    management path is shorter still.
    """
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", 10),
        ("TCP_KEEPINTVL", 5),
        ("TCP_KEEPCNT", 3),
        ("TCP_USER_TIMEOUT", 30_000),
    ):
        option = getattr(socket, name, None)  # not on every system
        if option is not None:
            sock.setsockopt(socket.IPPROTO_TCP, option, value)
