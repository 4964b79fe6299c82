"""Whether the members' configurations agree."""

from __future__ import annotations

from nornir_haupgrade.gates.combine import failed, passed, unknown
from nornir_haupgrade.model import SyncReport, Verdict


def in_sync(active: tuple[str, SyncReport], standby: tuple[str, SyncReport]) -> Verdict:
    """Item by item; each difference is named."""
    (one, first), (other, second) = active, standby
    mine, theirs = dict(first.items), dict(second.items)
    if not mine or not theirs:
        return unknown(f"the report of {one if not mine else other} is empty")
    wrong = [f"{item} differs" for item in sorted(mine.keys() & theirs) if mine[item] != theirs[item]]
    wrong += [f"{item} is missing on {other}" for item in sorted(mine.keys() - theirs)]
    wrong += [f"{item} is missing on {one}" for item in sorted(theirs.keys() - mine)]
    if wrong:
        return failed(f"{one} and {other}: {'; '.join(wrong)}")
    return passed(f"{len(mine)} items agree on {one} and {other}")
