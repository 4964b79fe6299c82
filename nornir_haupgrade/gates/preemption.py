"""Whether preemption is off, so that no returning member takes the role back."""

from __future__ import annotations

from nornir_haupgrade.gates.combine import failed, passed, unknown
from nornir_haupgrade.model import PairFacts, Preemption, Verdict


def is_off(facts: PairFacts) -> Verdict:
    """Off, or unsupported, on both."""
    silent = [
        name
        for name, own in facts.members
        if own is None or own.preemption is Preemption.UNKNOWN
    ]
    if silent:
        return unknown(f"{' and '.join(silent)} did not say whether it preempts")
    on = [name for name, own in facts.members if own and own.preemption is Preemption.ON]
    return failed(f"preemption is on on {' and '.join(on)}") if on else passed("off on both")
