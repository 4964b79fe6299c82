"""Waiting for a port: while it is down nobody logs in, since failed logins lock accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from nornir_haupgrade.model import MemberId
    from nornir_haupgrade.procedure.actions.context import Context
    from nornir_haupgrade.world import WatchedPort


class Unwatched:
    """Stands in for a watch where the login goes through a proxy: only a login can tell.

    Nothing is ever seen down, so that nobody waits for a port that never opens.
    """

    def __init__(self, ctx: Context) -> None:
        self._wait = ctx.wait

    def wait_down(self, timeout: float) -> bool:
        """Wait; nothing is seen."""
        self._wait(timeout)
        return False

    def wait_up(self, timeout: float) -> bool:
        """Go on to the login, whose own pauses grow."""
        del timeout
        return True

    def __enter__(self) -> Self:
        """There is nothing to begin."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """There is nothing to end."""


def watch_port(ctx: Context, member: MemberId) -> WatchedPort:
    """Begin to watch the port that a member is logged in to on."""
    found = ctx.world.watch_port(ctx.pair.host(member))
    return Unwatched(ctx) if found is None else found


def wait_until(ctx: Context, until: Callable[[float], bool], seconds: float) -> bool:
    """Wait in pieces, so that a person can stop it."""
    deadline = ctx.deadline(seconds)
    while not deadline.is_over:
        if until(min(1.0, deadline.left)):
            return True
        ctx.wait(0)
    return False
