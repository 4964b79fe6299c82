"""What brings a member back, proven before it is needed."""

from __future__ import annotations

from nornir_haupgrade.gates.combine import failed, passed, unknown
from nornir_haupgrade.model import MemberFacts, Verdict


def restore_point(member: str, facts: MemberFacts | None, other_than: str) -> Verdict:
    """The version that runs stays in a slot of its own when another is booted."""
    if facts is None:
        return unknown(f"{member} could not be read")
    kept, new = facts.slot_of(facts.version), facts.slot_of(other_than)
    if kept is None:
        return failed(f"no slot of {member} holds the running {facts.version}: there is no way back")
    if new == kept:
        return failed(f"{other_than} lies in the slot that runs on {member}")
    return passed(f"slot {kept} of {member} holds {facts.version}")
