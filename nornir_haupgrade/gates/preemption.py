"""Is preemption off, so that no reboot moves the active role by itself?"""

from __future__ import annotations

from nornir_haupgrade.gates.combine import each_member
from nornir_haupgrade.model import MemberFacts, PairFacts, Preemption, Status, Verdict


def is_off(facts: PairFacts) -> Verdict:
    """Read back as off on both members; a pair that has no preemption is skipped."""
    return each_member(facts, _judge)


def _judge(own: MemberFacts) -> Verdict:
    match own.preemption:
        case Preemption.OFF:
            return Verdict(Status.PASS, "preemption is off")
        case Preemption.UNSUPPORTED:
            return Verdict(Status.SKIPPED, "the platform has no preemption")
        case Preemption.ON:
            return Verdict(
                Status.FAIL, "preemption is on: it could take the active role after its reboot"
            )
        case Preemption.UNKNOWN:
            return Verdict(Status.ERROR, "its preemption setting could not be read")
