"""Is a member still licensed for what it was licensed for before it changed its software?"""

from __future__ import annotations

from collections.abc import Sequence

from nornir_haupgrade.gates.combine import listed
from nornir_haupgrade.model import MemberId, Status, Verdict


def licensed(member: MemberId, before: Sequence[str], after: Sequence[str]) -> Verdict:
    """No licence was lost; one that is held for more now has lost the old one, and says both."""
    lost = [one for one in before if one not in after]
    if not lost:
        return Verdict(Status.PASS, f"{member}: licensed as before")
    new = [one for one in after if one not in before]
    also = f"; now for {listed(new)}" if new else ""
    return Verdict(Status.FAIL, f"{member} is no longer licensed for {listed(lost)}{also}")
