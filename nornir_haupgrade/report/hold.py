"""What a person sees at a hold: what happened, both members, and what each choice means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from nornir_haupgrade.model import MemberFacts
from nornir_haupgrade.report.summary import OPTION, option_lines
from nornir_haupgrade.report.words import ask_text, clean, local_time

if TYPE_CHECKING:
    from nornir_haupgrade.procedure.records import Asked
    from nornir_haupgrade.report.board import Row

WAIT: Final = "wait"
"""What a person types to leave a pair held."""
LATER: Final = "leave it held, and decide later with haupgrade decide"
"""What comes of that."""


def hold_lines(
    pair: str, asked: Asked, row: Row, evidence: str, *, later: str = LATER
) -> list[str]:
    """The whole of it, safe for a terminal.

    Args:
        pair: The pair.
        asked: The hold.
        row: What is known of the pair.
        evidence: The campaign's folder.
        later: What comes of leaving it held.
    """
    ask = asked.ask
    lines = [f"--- {clean(pair)} is held at {ask.step.title} ---", ask_text(ask)]
    if asked.why:
        lines.append(f"because: {clean(asked.why)}")
    if row.verdict is not None:
        lines += [f"  {clean(label)}: {clean(value)}" for label, value in row.verdict.facts]
    for name, facts in row.facts.members if row.facts else ():
        lines.append(f"{clean(name)}: {facts_text(facts)}")
    lines.append(f"evidence: {clean(evidence)}")
    lines += [f"  {line}" for line in option_lines(ask)]
    lines.append(f"  {WAIT:<{OPTION}} {later}")
    if asked.due is not None:
        lines.append(f"at {local_time(asked.due)} {ask.safe} is taken by itself")
    return lines


def facts_text(facts: MemberFacts | None) -> str:
    """All that a decision may need of one member, in one line."""
    if facts is None:
        return "does not answer"
    words = [
        f"{facts.role} {facts.version}",
        f"next boot {facts.next_version or 'unknown'}",
        f"forwarding {_word(facts.is_forwarding)}",
        f"peer link up {_word(facts.is_peer_link_up)}",
        f"preemption {facts.preemption}",
        "latched" if facts.is_latched else "",
        f"boot {facts.boot_id}",
        f"failovers {'unknown' if facts.failovers is None else facts.failovers}",
        f"others logged in {'unknown' if facts.others is None else facts.others}",
    ]
    return clean(", ".join(word for word in words if word))


def _word(value: bool | None) -> str:  # noqa: FBT001 - a fact, not a flag
    return {True: "yes", False: "no", None: "unknown"}[value]
