"""Where a service is: a name that is looked up seldom, and whose addresses are asked in turn."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

from nornir_haupgrade.probes.addresses import Address, resolve
from nornir_haupgrade.probes.outcome import Outcome, failed, silent
from nornir_haupgrade.probes.threads import in_thread

_AGAIN = 60.0
"""Seconds between two look-ups of a name, at rest."""
_AGAIN_AFTER_FAILURE = 5.0
_OVERSLEPT = 0.25
"""Seconds; a time-out that is noticed so late says nothing: the answer may have been there."""


class Target:
    """A host, and a port if it has one; touched by the probing thread only.

    A look-up may ask a name server behind the very pair, so none is begun while a service is
    hastened, and known addresses are kept when a later look-up fails.
    """

    def __init__(self, host: str, port: int = 0) -> None:
        self.where = f"{host}:{port}" if port else host
        self._host, self._port = host, port
        self._found: tuple[Address, ...] = ()
        self._failure: Outcome | None = None
        self._next = 0.0
        self._running: asyncio.Future[tuple[Address, ...]] | None = None

    async def ask(
        self,
        ask: Callable[[Address], Awaitable[Outcome]],
        timeout: float,  # noqa: ASYNC109 - part of the outcome's words
        *,
        is_hastened: bool,
    ) -> Outcome:
        """Ask one address after the other until one answers well; they share the time.

        Args:
            ask: Asks one address, however long that takes.
            timeout: Seconds for all of them and the look-up, if there must be one.
            is_hastened: Whether looking up would come at a bad time.
        """
        loop = asyncio.get_running_loop()
        ends = loop.time() + timeout
        try:
            async with asyncio.timeout_at(ends):
                found = await self.addresses(is_hastened=is_hastened)
        except TimeoutError:
            return Outcome(None, f"{self.where}: not looked up within {timeout:.1f} s")
        if isinstance(found, Outcome):
            return found
        outcomes: list[Outcome] = []
        for at, address in enumerate(found):
            now = loop.time()
            share = max(ends - now, 0.001) / (len(found) - at)
            outcome = await self._ask(ask, address, now + share) or silent(self.where, timeout)
            if outcome.is_good:
                return outcome
            outcomes.append(outcome)
        # An address that this machine cannot use is no matter where another one gave an answer.
        return next((one for one in outcomes if one.is_good is False), outcomes[0])

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

    async def _ask(
        self, ask: Callable[[Address], Awaitable[Outcome]], address: Address, ends: float
    ) -> Outcome | None:
        """None if there is no answer by then."""
        try:
            async with asyncio.timeout_at(ends):
                return await ask(address)
        except OSError as error:
            # The kernel's own time-out is an answer of a kind, and has a number.
            if not isinstance(error, TimeoutError) or error.errno:
                return failed(self.where, error)
        if asyncio.get_running_loop().time() > ends + _OVERSLEPT:
            return Outcome(
                None, f"{self.where}: this machine is too busy to hear an answer in time"
            )
        return None

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
        elif isinstance(error, OSError):
            self._failed(failed(self.where, error))
        else:
            self._failed(Outcome(is_good=False, detail=f"{self.where}: {error}"))

    def _failed(self, outcome: Outcome) -> None:
        self._failure = outcome
        self._next = asyncio.get_running_loop().time() + _AGAIN_AFTER_FAILURE
