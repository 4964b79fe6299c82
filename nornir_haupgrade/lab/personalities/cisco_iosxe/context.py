"""What a router's command is given: where it was typed, and by whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from nornir_haupgrade.lab.terminal.answers import show, wrong

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome, Terminal
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.personalities.cisco_iosxe.router import Router

__all__ = ["USER", "At", "Handler", "show", "wrong"]

USER = "admin"
"""The lab's login, as it stands in the configuration's own comments."""


@dataclass(frozen=True, slots=True)
class At:
    """A router, its pair, the terminal, and the answers to what the command asked."""

    pair: Pair
    router: Router
    terminal: Terminal
    answers: tuple[str, ...]
    text: str
    """The line with its words written out, without a filter."""

    @property
    def now(self) -> float:
        """Device seconds."""
        return self.pair.timeline.now()

    @property
    def peer(self) -> Router:
        """The other member."""
        from nornir_haupgrade.lab.personalities.cisco_iosxe.router import router_of

        return router_of(self.pair.peer(self.router))


Handler: TypeAlias = "Callable[[At, tuple[str, ...]], Outcome]"
