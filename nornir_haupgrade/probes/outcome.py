"""What one probe of a service has shown, and what can be probed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Protocol

from nornir_haupgrade.model import Flow
from nornir_haupgrade.probes.addresses import NO_ANSWER


@dataclass(frozen=True, slots=True)
class Outcome:
    """One probe's answer; None: it could not be measured, which says nothing of the service."""

    is_good: bool | None
    detail: str
    flow: Flow | None = None


class Asker(Protocol):
    """One service that can be asked, again and again, several times at once.

    Attributes:
        is_exclusive: Whether one question must be answered before the next, and never hastily.
    """

    is_exclusive: bool

    async def ask(self, timeout: float, *, is_hastened: bool) -> Outcome:  # noqa: ASYNC109
        """Ask once; an answer later than ``timeout`` seconds is none."""

    async def close(self) -> None:
        """Give back what is held between two questions."""


class Unmeasurable:
    """A service that this machine cannot probe; says why each time."""

    is_exclusive = True

    def __init__(self, why: str) -> None:
        self._outcome = Outcome(None, why)

    async def ask(self, timeout: float, *, is_hastened: bool) -> Outcome:  # noqa: ARG002, ASYNC109
        """Nothing is sent."""
        return self._outcome

    async def close(self) -> None:
        """Nothing is held."""


def failed(where: str, error: OSError) -> Outcome:
    """What an error of the operating system says of the service, if anything."""
    # asyncio words its own errors; the system's words are shorter and known to everybody.
    words = os.strerror(error.errno) if error.errno else str(error)
    return Outcome(None if error.errno in NO_ANSWER else False, f"{where}: {words}")


def silent(where: str, timeout: float) -> Outcome:
    """The service did not answer in time."""
    return Outcome(is_good=False, detail=f"{where}: no answer in {timeout:.1f} s")


def endpoint(address: tuple[object, ...]) -> str:
    """A socket's address as ``ip:port``; what IPv6 adds is left out."""
    return f"{address[0]}:{address[1]}"
