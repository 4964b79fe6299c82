"""What a command asks before it is carried out, and which answers it takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Answering(StrEnum):
    """How a question is answered."""

    KEY = "key"
    """With one key: Enter and y go on, any other gives the command up."""
    CHOICE = "choice"
    """With the key y or n, and no other: n gives the command up."""
    LETTER = "letter"
    """With one key: y goes on, any other gives the command up, Enter too."""
    LINE = "line"
    SECRET = "secret"  # noqa: S105  # how it is typed
    """With a line that is not echoed."""
    STARS = "stars"
    """With a line of which a star is shown for each character."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question."""

    text: str
    kind: Answering = Answering.LINE
    among: tuple[str, ...] = ()
    """The answers that are taken, each as far as it is typed; none given: any."""
    again: str = ""
    """What is said to another one before it is asked again; empty: the command is given up."""

    def accepted(self, typed: str) -> str | None:
        """The answer that was meant; None: none that is taken."""
        if self.kind is Answering.KEY:
            return "y" if typed.lower() in {"", "y"} else None
        if self.kind is Answering.LETTER:
            return "y" if typed.lower() == "y" else None
        if not self.among:
            return typed
        meant = typed.lower()
        return next((one for one in self.among if meant and one.lower().startswith(meant)), None)
