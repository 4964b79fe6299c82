"""A TCP port that belongs to a device for good, and is open, closed or silent as it is."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from nornir_haupgrade.errors import BadInput

Accepted: TypeAlias = Callable[[socket.socket], None]

_BACKLOG = 100
_FILLERS = 2
"""Connections that fill a listener without backlog, so that the kernel drops everybody else's."""


class Answer(StrEnum):
    """What somebody who connects gets."""

    OPEN = "open"
    REFUSED = "refused"
    SILENT = "silent"
    """Nothing at all, as from a device without power: connecting times out."""


class Port:
    """One address and port, kept (bound, not listening) while nobody listens on it."""

    def __init__(self, address: str, port: int, accepted: Accepted) -> None:
        self.address = address
        self._accepted = accepted
        self._keeper = self._bound(port)
        self.number: int = self._keeper.getsockname()[1]
        self._listener: socket.socket | None = None
        self._fillers: list[socket.socket] = []
        self.answer = Answer.REFUSED

    def _bound(self, port: int) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setblocking(False)  # noqa: FBT003
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((self.address, port))
        except OSError as error:
            bound.close()
            raise BadInput(
                f"{self.address}:{port} cannot be opened: {error.strerror}",
                advice="end what holds it, or give another address or port in the description",
            ) from error
        return bound

    def set(self, answer: Answer) -> None:
        """Change what somebody who connects gets; needs a running loop."""
        if answer is self.answer:
            return
        self._stop()
        self.answer = answer
        if answer is Answer.REFUSED:
            return
        self._listener = self._bound(self.number)
        if answer is Answer.OPEN:
            self._listener.listen(_BACKLOG)
            asyncio.get_running_loop().add_reader(self._listener, self._accept)
            return
        self._listener.listen(0)
        for _ in range(_FILLERS):
            filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            filler.setblocking(False)  # noqa: FBT003
            filler.connect_ex((self.address, self.number))
            self._fillers.append(filler)

    def _accept(self) -> None:
        if self._listener is None:
            return
        with contextlib.suppress(BlockingIOError, ConnectionAbortedError):
            while True:
                connection, _ = self._listener.accept()
                connection.setblocking(False)  # noqa: FBT003
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._accepted(connection)

    def _stop(self) -> None:
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()
        if self._listener is not None:
            if self.answer is Answer.OPEN:
                asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    def close(self) -> None:
        """Give the port up."""
        self._stop()
        self._keeper.close()
