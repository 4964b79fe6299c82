"""What a FortiGate's command is given, and what it keeps of a login between two lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from nornir_haupgrade.lab.command import Outcome, Reply
from nornir_haupgrade.lab.personalities.fortinet.tree import Node

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Terminal
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate
    from nornir_haupgrade.lab.terminal.question import Question


@dataclass(slots=True)
class Level:
    """A table or an entry that is being configured: a copy, until it is left."""

    path: str
    """Of the table."""
    node: Node
    name: str | None = None
    """Of the entry; None: the table itself."""

    @property
    def title(self) -> str:
        """What the prompt has in brackets."""
        return self.path.split()[-1] if self.name is None else self.name


@dataclass(slots=True)
class Own:
    """What a terminal keeps."""

    levels: list[Level] = field(default_factory=list)
    filters: dict[str, str] = field(default_factory=dict)
    """Of ``diagnose sys session``: what to value."""
    is_hopping: bool = False
    """``execute ha manage`` was let in; the terminal is about to be the other member's."""


def own_of(terminal: Terminal) -> Own:
    """What a terminal keeps, made when it is first asked for."""
    if not isinstance(terminal.own, Own):
        terminal.own = Own()
    return terminal.own


@dataclass(frozen=True, slots=True)
class At:
    """A member, its pair, the terminal, and the answers to what the command asked."""

    pair: Pair
    device: FortiGate
    terminal: Terminal
    answers: tuple[str, ...]
    words: tuple[str, ...]
    """The line's words, written out."""

    @property
    def now(self) -> float:
        """Device seconds."""
        return self.pair.timeline.now()

    @property
    def peer(self) -> FortiGate:
        """The other member."""
        return self.device.mate

    @property
    def version(self) -> str:
        """What runs."""
        return self.device.version


Handler: TypeAlias = Callable[[At, tuple[str, ...]], Outcome]
Ask: TypeAlias = "Callable[[At, tuple[str, ...]], Question | None]"


def show(*lines: str) -> Outcome:
    """An output of lines."""
    return Outcome(Reply(stdout="".join(f"{line}\n" for line in lines)))


def wrong(*lines: str) -> Outcome:
    """A refusal; FortiOS has no exit status and no second stream, but the lab's log has."""
    return Outcome(Reply(stdout="".join(f"{line}\n" for line in lines), status=1))


def parse_error(word: str, code: int = -61) -> Outcome:
    """What FortiOS says of a word that it does not know there."""
    return wrong("", f"command parse error before '{word}'", f"Command fail. Return code {code}")


def value_error(word: str) -> Outcome:
    """What FortiOS says of a value that a setting does not take."""
    return wrong(
        "",
        f"node_check_object fail! for value {word}",
        "",
        f"value parse error before '{word}'",
        "Command fail. Return code -651",
    )
