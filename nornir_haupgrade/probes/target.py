"""Where a service is: a name that is looked up seldom, and never in a hurry."""

from __future__ import annotations

import asyncio
import socket

from nornir_haupgrade.probes.addresses import Address, resolve
from nornir_haupgrade.probes.outcome import Outcome
from nornir_haupgrade.probes.threads import in_thread

_AGAIN = 60.0
"""Seconds between two look-ups of a name, at rest."""
_AGAIN_AFTER_FAILURE = 5.0


class Target:
    """A host and port; touched by the probing thread only.

    A look-up may ask a name server behind the very pair, so none is begun while a service is
    hastened, and known addresses are kept when a later look-up fails.
    """

    def __init__(self, host: str, port: int) -> None:
        self.where = f"{host}:{port}"
        self._host, self._port = host, port
        self._found: tuple[Address, ...] = ()
        self._failure: Outcome | None = None
        self._next = 0.0
        self._running: asyncio.Future[tuple[Address, ...]] | None = None

    async def addresses(self, *, is_hastened: bool) -> tuple[Address, ...] | Outcome:
        """All addresses in the order to be tried, or why there are none.

        Waits only where nothing is known yet.
        """
        now = asyncio.get_running_loop().time()
        is_known = bool(self._found or self._failure)
        if self._running is None and now >= self._next and not (is_hastened and is_known):
            self._begin(now)
        if self._running is not None and not is_known:
            await asyncio.wait({self._running})
        return self._found or self._failure or Outcome(None, f"{self.where}: not looked up yet")

    def _begin(self, now: float) -> None:
        self._next = now + _AGAIN
        try:
            self._running = in_thread(lambda: resolve(self._host, self._port), "look-up")
        except RuntimeError as error:
            self._failed(Outcome(None, f"{self.where}: {error}"))
        else:
            self._running.add_done_callback(self._done)

    def _done(self, future: asyncio.Future[tuple[Address, ...]]) -> None:
        self._running = None
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            self._found, self._failure = future.result(), None
        elif isinstance(error, socket.gaierror):
            # No name server is no word about the service; an unknown name is.
            is_good = None if error.errno == socket.EAI_AGAIN else False
            self._failed(Outcome(is_good, f"{self.where}: {error.strerror}"))
        else:
            self._failed(Outcome(is_good=False, detail=f"{self.where}: {error}"))

    def _failed(self, outcome: Outcome) -> None:
        self._failure = outcome
        self._next = asyncio.get_running_loop().time() + _AGAIN_AFTER_FAILURE
