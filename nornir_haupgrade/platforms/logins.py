"""Care with logins: refused ones are not repeated at once, and our own are known again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from nornir_haupgrade.errors import LoginRefused

_PAUSE_AFTER_REFUSAL = 15.0
_LONGEST_PAUSE = 240.0
"""Seconds between two logins that a member refuses, doubled each time: accounts get locked."""
_LISTED_FOR = 300.0
"""Seconds after which a login is somebody's, whatever broke before."""
_LISTED_AFTER_LEAVING = 30.0
"""The same where the device was told that we leave."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    """A login that was refused; until then it is not tried again."""

    error: LoginRefused
    until: float
    pause: float


class Refusals:
    """The refused logins to one member by one way."""

    def __init__(self) -> None:
        self._last: _Refusal | None = None

    @contextmanager
    def care(self, clock: Callable[[], float]) -> Iterator[None]:
        """Log in within this; what is refused again is left alone for twice as long.

        Args:
            clock: As ``time.monotonic``.

        Raises:
            LoginRefused: The last one was refused a moment ago; or just now.
        """
        last = self._last
        if last is not None and clock() < last.until:
            raise last.error
        try:
            yield
        except LoginRefused as error:
            pause = min(2 * last.pause, _LONGEST_PAUSE) if last else _PAUSE_AFTER_REFUSAL
            self._last = _Refusal(error, clock() + pause, pause)
            raise
        self._last = None


class OwnLogins:
    """Sessions of ours that have ended, and that a member may go on listing for a while."""

    def __init__(self) -> None:
        self._listed: list[tuple[float, float]] = []
        """(when it ended, until when it may be listed)."""

    def broke(self, now: float) -> None:
        """A session ended without a word to the device."""
        self._listed.append((now, now + _LISTED_FOR))

    def left(self, now: float) -> None:
        """A session ended as it should."""
        self._listed.append((now, now + _LISTED_AFTER_LEAVING))

    def among(self, others: int | None, *, asked: float, now: float) -> int:
        """How many of the logins that a member lists are ours.

        Args:
            others: The logins besides that of the asking session; None if it does not say.
            asked: When the member was asked: what ended later may have been open then, and may
                not have been.
            now: The time.
        """
        recent = [one for one in self._listed if one[1] > now]
        earlier = [one for one in recent if one[0] < asked]
        later = [one for one in recent if one[0] >= asked]
        # What it has given up, it never lists again.
        self._listed = [*earlier[: others or 0], *later]
        return min(len(self._listed), others or 0)
