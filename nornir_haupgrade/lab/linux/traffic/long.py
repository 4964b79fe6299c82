"""One long connection: it asks, waits for the answer, and knows its longest silence."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.linux.traffic.ends import (
    PeerClosedError,
    WrongAnswerError,
    reason_of,
    spell,
)
from nornir_haupgrade.lab.linux.traffic.lines import GREETING, Lines
from nornir_haupgrade.lab.linux.traffic.report import (
    ConnectionReport,
    Gap,
    Instant,
    LostConnection,
    Reason,
)

if TYPE_CHECKING:
    from collections.abc import Callable


class LongConnection(Lines):
    """Established once the server has greeted; after that it can only be lost.

    One line is on its way at a time. What falls due meanwhile is sent right after the answer.
    """

    def __init__(
        self,
        number: int,
        *,
        is_idle: bool,
        is_nat: bool,
        on_established: Callable[[LongConnection], None],
        on_lost: Callable[[LongConnection, LostConnection], None],
    ) -> None:
        super().__init__()
        self.number = number
        self.is_idle = is_idle
        self.is_nat = is_nat
        self.greeted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.five_tuple = ""
        self.seen_as = ""
        self.loss: LostConnection | None = None
        self._on_established = on_established
        self._on_lost = on_lost
        self._asked = 0
        self._is_waiting = False
        self._is_due = False
        self._sent = 0.0
        self._last = 0.0
        self._longest = 0.0
        self._longest_began = 0.0
        self._exchanges = 0
        self._askers: list[asyncio.Future[float]] = []

    def turn(self, now: float, *, timeout: float) -> None:
        """Its turn to send a line, or to be given up."""
        if self._is_waiting:
            if now - self._sent > timeout:
                self._lose(Reason.TIMEOUT, f"no answer to line {self._asked} for {timeout:g} s")
            else:
                self._is_due = not self.is_idle
        elif not self.is_idle:
            self._send(now)

    def ask(self) -> asyncio.Future[float]:
        """One exchange, now; resolves to its length in seconds, or is cancelled with the loss."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        if self.loss is not None:
            future.cancel()
            return future
        self._askers.append(future)
        if not self._is_waiting:
            self._send(time.monotonic())
        return future

    def report(self, now: float) -> ConnectionReport:
        """Since the last ``forget``."""
        return ConnectionReport(
            number=self.number,
            five_tuple=self.five_tuple,
            seen_as=self.seen_as,
            is_idle=self.is_idle,
            is_nat=self.is_nat,
            is_lost=self.loss is not None,
            exchanges=self._exchanges,
            longest_gap=None if self.is_idle else self._gap(now),
        )

    def forget(self) -> None:
        """Begin a new interval. A silence that is still open counts in both."""
        self._exchanges = 0
        self._longest = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Connected; established comes with the greeting."""
        super().connection_made(transport)
        ends = (transport.get_extra_info(name) for name in ("sockname", "peername"))
        self.five_tuple = "tcp " + ">".join(spell(end) if end else "unknown" for end in ends)

    def line(self, line: bytearray) -> None:
        """The greeting, then answers."""
        now = time.monotonic()
        if self.loss is not None:
            return
        if not self.seen_as:
            self._greet(bytes(line), now)
        elif self._is_waiting and line == b"%d" % self._asked:
            self._answered(now)
        else:
            asked = f"to line {self._asked}" if self._is_waiting else "to nothing"
            self._lose(Reason.WRONG_ANSWER, f"answer {bytes(line)!r} {asked}")

    def overlong(self) -> None:
        """No answer of our server."""
        if self.seen_as:
            self._lose(Reason.WRONG_ANSWER, "an endless answer")
        else:
            self._never(WrongAnswerError("an endless greeting"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Lost, if it was established."""
        if self.seen_as:
            self._lose(reason_of(exc), str(exc or ""))
        else:
            self._never(exc or PeerClosedError("closed before the greeting"))

    def _greet(self, line: bytes, now: float) -> None:
        if self.greeted.done():
            return
        if not line.startswith(GREETING):
            self._never(WrongAnswerError(f"greeted with {line!r}"))
            return
        self.seen_as = line.removeprefix(GREETING).decode(errors="replace")
        self._last = now
        self.greeted.set_result(None)
        self._on_established(self)

    def _answered(self, now: float) -> None:
        gap = now - self._last
        if gap > self._longest:
            self._longest, self._longest_began = gap, self._last
        self._last = now
        self._exchanges += 1
        self._is_waiting = False
        if self._askers:
            for asker in self._askers:
                if not asker.done():
                    asker.set_result(now - self._sent)
            self._askers.clear()
        if self._is_due:
            self._send(now)

    def _send(self, now: float) -> None:
        if self.transport is None:
            return
        self._is_due = False
        self._is_waiting = True
        self._sent = now
        self._asked += 1
        self.transport.write(b"%d\n" % self._asked)

    def _gap(self, now: float) -> Gap | None:
        silence = 0.0 if self.loss is not None else now - self._last
        is_open = silence > self._longest
        length = silence if is_open else self._longest
        if not length:
            return None
        began = self._last if is_open else self._longest_began
        return Gap(round(length * 1000, 1), Instant.of(began), self.five_tuple, is_open)

    def _lose(self, reason: Reason, detail: str) -> None:
        if self.loss is not None:
            return
        now = time.monotonic()
        self.loss = LostConnection(
            number=self.number,
            five_tuple=self.five_tuple,
            at=Instant.of(now),
            reason=reason,
            detail=detail,
            is_idle=self.is_idle,
            is_nat=self.is_nat,
            silent_ms=round((now - self._last) * 1000, 1),
        )
        for asker in self._askers:
            asker.cancel()
        self._askers.clear()
        self.abort()
        self._on_lost(self, self.loss)

    def _never(self, error: Exception) -> None:
        if not self.greeted.done():
            self.greeted.set_exception(error)
        self.abort()
