"""One try of one port without blocking: is it open, and does an SSH banner begin?"""

from __future__ import annotations

import contextlib
import selectors
import socket
from enum import StrEnum

from nornir_haupgrade.probes.addresses import HINDERED, NO_ANSWER, Address

_MOST = 4096
"""Bytes that may come before the banner; RFC 4253 allows lines of any text."""
_BANNER = b"SSH-"


class Answer(StrEnum):
    """What a try has shown."""

    UP = "up"
    DOWN = "down"
    """Refused, silent, unreachable, or connected without a banner."""
    UNKNOWN = "unknown"
    """This machine could not even try; that says nothing of the port."""


class Attempt:
    """One try; several addresses of one name in turn, so that there is never more than one socket.

    Attributes:
        deadline: The moment to call ``begin`` again: this address has not answered.
        has_banner: Whether an SSH server has begun to speak; the connection is then held open.
    """

    def __init__(
        self,
        selector: selectors.BaseSelector,
        addresses: tuple[Address, ...],
        owner: object,
        *,
        connect_timeout: float,
        banner_timeout: float,
    ) -> None:
        self.deadline = 0.0
        self.has_banner = False
        self._selector = selector
        self._left = list(addresses)
        self._owner = owner
        self._connect_timeout = connect_timeout
        self._banner_timeout = banner_timeout
        self._sock: socket.socket | None = None
        self._is_connected = False
        self._heard = b""
        self._is_answered = False
        self._is_hindered = False

    def begin(self, now: float) -> Answer | None:
        """Connect to the first or next address; None while the outcome is open."""
        if self._sock is not None:
            self._is_answered = True
            self.close()
        while self._left:
            try:
                self._connect(*self._left.pop(0))
            except OSError as error:
                self._is_hindered |= error.errno in HINDERED
                self._is_answered |= error.errno not in NO_ANSWER
                self.close()
            else:
                self.deadline = now + self._connect_timeout
                return None
        return Answer.DOWN if self._is_answered and not self._is_hindered else Answer.UNKNOWN

    def go_on(self, now: float) -> Answer | None:
        """Take what the socket has; None while the outcome is open.

        After ``UP`` the socket stays open; ``DOWN`` then means that the other end has closed it.
        """
        if self._sock is None:
            return None
        try:
            if not self._is_connected:
                self._connected(self._sock, now)
                return None
            data = self._sock.recv(_MOST)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if self.has_banner:
            return None if data else Answer.DOWN
        self._heard += data
        self.has_banner = self._heard.startswith(_BANNER) or b"\n" + _BANNER in self._heard
        if self.has_banner:
            return Answer.UP
        return None if data and len(self._heard) < _MOST else self.begin(now)

    def close(self) -> None:
        """Give the socket back."""
        if self._sock is not None:
            # A thread that died took its selector and its sockets with it.
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(self._sock)
            self._sock.close()
        self._sock, self._is_connected, self.has_banner, self._heard = None, False, False, b""

    def _connect(self, family: socket.AddressFamily, target: object) -> None:
        sock = self._sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(0)
        with contextlib.suppress(BlockingIOError):
            sock.connect(target)  # type: ignore[arg-type]
        self._selector.register(sock, selectors.EVENT_WRITE, self._owner)

    def _connected(self, sock: socket.socket, now: float) -> None:
        error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, "the connection failed")
        self._is_connected = True
        self.deadline = now + self._banner_timeout
        self._selector.modify(sock, selectors.EVENT_READ, self._owner)
