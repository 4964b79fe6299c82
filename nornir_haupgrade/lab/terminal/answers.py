"""What a command of a network device prints: lines, all on one stream."""

from __future__ import annotations

from nornir_haupgrade.lab.command import Outcome, Reply


def text_of(*lines: str) -> str:
    """Lines as a text."""
    return "".join(f"{line}\n" for line in lines)


def show(*lines: str) -> Outcome:
    """An output of lines."""
    return Outcome(Reply(stdout=text_of(*lines)))


def wrong(*lines: str) -> Outcome:
    """A refusal; there is no exit status and no second stream, but the lab's log has them."""
    return Outcome(Reply(stdout=text_of(*lines), status=1))
