"""Do both members hold the same configuration?"""

from __future__ import annotations

from collections import defaultdict

from nornir_haupgrade.gates.combine import listed
from nornir_haupgrade.model import MemberId, Status, SyncReport, Verdict

_MOST = 10


def in_sync(active: tuple[MemberId, SyncReport], standby: tuple[MemberId, SyncReport]) -> Verdict:
    """Every item with the same hash on both; all that differ are in the facts."""
    for member, report in (active, standby):
        if not report.items:
            return Verdict(Status.ERROR, f"{member} reports no configuration items to compare")
        unhashed = sorted(name for name, digest in report.items if not digest)
        if unhashed:
            return Verdict(Status.ERROR, f"{member} gives no hash of {listed(unhashed)}")
    on_active, on_standby = _by_name(active[1]), _by_name(standby[1])
    differing: list[tuple[str, str]] = []
    for name in sorted(on_active.keys() | on_standby.keys()):
        if name not in on_standby:
            differing.append((name, f"missing on {standby[0]}"))
        elif name not in on_active:
            differing.append((name, f"only on {standby[0]}, missing on {active[0]}"))
        elif on_active[name] != on_standby[name]:
            differing.append((name, f"differs between {active[0]} and {standby[0]}"))
    if differing:
        count = f"{len(differing)} item{'s' if len(differing) > 1 else ''}"
        named = listed([f"{name} {what}" for name, what in differing], most=_MOST)
        return Verdict(Status.FAIL, f"not in sync, {count}: {named}", tuple(differing))
    return Verdict(Status.PASS, f"{active[0]} and {standby[0]} agree on all {len(on_active)} items")


def _by_name(report: SyncReport) -> dict[str, list[str]]:
    # A list: an item reported twice must not be hidden by its namesake.
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, digest in sorted(report.items):
        found[name].append(digest)
    return found
