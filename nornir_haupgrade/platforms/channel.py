"""The channel of a shell: the one place where bytes go to a device and come from it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import paramiko

    from nornir_haupgrade.platforms.guard import Guard


class Channel(Protocol):
    """The part of a paramiko channel that is used; reads give no bytes once the line is gone."""

    def sendall(self, data: bytes) -> None:
        """Write all."""

    def recv(self, nbytes: int) -> bytes:
        """Read what is there, waiting for at least one byte."""

    def recv_ready(self) -> bool:
        """Whether a read returns at once."""

    def settimeout(self, timeout: float | None) -> None:
        """How long a read or write may wait, in seconds."""

    def close(self) -> None:
        """Close it."""


class GuardedChannel:
    """A shell's channel: what Netmiko's login and our reader use, and no way past the guard."""

    def __init__(self, channel: paramiko.Channel, guard: Guard) -> None:
        self._channel = channel
        self._guard = guard

    def sendall(self, data: bytes) -> None:
        """Write, if the guard lets it."""
        self._guard.check_write(data.decode(errors="replace"))
        self._channel.sendall(data)

    def recv(self, nbytes: int) -> bytes:
        """Read what is there; nothing once the line is gone."""
        return bytes(self._channel.recv(nbytes))

    def recv_ready(self) -> bool:
        """Whether a read returns at once, which at the end of the line it does.

        paramiko says no there, and Netmiko's login would poll a dead line until its timeout.
        """
        gone = self._channel.closed or self._channel.eof_received
        return bool(gone or self._channel.recv_ready())

    def settimeout(self, timeout: float | None) -> None:
        """How long a read or write may block, in seconds."""
        self._channel.settimeout(timeout)

    def close(self) -> None:
        """Close the shell; on a dead line there is nobody to tell."""
        with contextlib.suppress(Exception):
            self._channel.close()
