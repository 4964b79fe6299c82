"""Is preemption off, so that no reboot moves the active role by itself?"""

from __future__ import annotations

from collections.abc import Collection

from nornir_haupgrade.gates.combine import each_member
from nornir_haupgrade.model import MemberId, PairFacts, Preemption, Status, Verdict

_JUDGED = {
    Preemption.OFF: Verdict(Status.PASS, "preemption is off"),
    Preemption.UNSUPPORTED: Verdict(Status.SKIPPED, "the platform has no preemption"),
    Preemption.ON: Verdict(Status.FAIL, "preemption is on: a reboot may move the active role"),
    Preemption.UNKNOWN: Verdict(Status.ERROR, "its preemption setting could not be read"),
}


def is_off(facts: PairFacts, members: Collection[MemberId] | None = None) -> Verdict:
    """Read back as off on both members; a pair that has no preemption is skipped.

    Args:
        facts: Both members.
        members: Those that are asked about, if not both.
    """
    asked = facts.names if members is None else tuple(members)
    chosen = PairFacts(tuple((name, own) for name, own in facts.members if name in asked))
    return each_member(chosen, lambda own: _JUDGED[own.preemption])
