"""Are the services as they were before us? What was broken before is named, not blamed on us."""

from __future__ import annotations

from collections.abc import Sequence

from nornir_haupgrade.gates.combine import Check, combine
from nornir_haupgrade.model import ServiceResult, Status, Verdict

_NONE_CONFIGURED = Verdict(Status.SKIPPED, "no service is configured: nothing proves the traffic")


def baseline(results: Sequence[ServiceResult]) -> Verdict:
    """What works before the first write; what does not is a warning."""
    if not results:
        return _NONE_CONFIGURED
    return combine([Check(result.name, _at_first(result)) for result in results])


def as_before(before: Sequence[ServiceResult], now: Sequence[ServiceResult]) -> Verdict:
    """Each service is as good as it was; one without a measured baseline must be good."""
    if not before and not now:
        return _NONE_CONFIGURED
    was_measured = {result.name for result in before if result.is_good is not None}
    was_good = {result.name for result in before if result.is_good}
    was_broken = was_measured - was_good
    checks = [Check(one.name, _compared(one, was_broken, was_good)) for one in now]
    measured = {result.name for result in now}
    gone = dict.fromkeys(result.name for result in before if result.name not in measured)
    missing = Verdict(Status.ERROR, "was measured before, but not now")
    return combine([*checks, *(Check(name, missing) for name in gone)])


def _at_first(result: ServiceResult) -> Verdict:
    if result.is_good is None:
        return _unmeasured(result)
    if not result.is_good:
        return Verdict(Status.WARN, f"is broken before us: {result.detail}")
    return Verdict(Status.PASS, result.detail)


def _compared(now: ServiceResult, was_broken: set[str], was_good: set[str]) -> Verdict:
    if now.is_good is None:
        return _unmeasured(now)
    if now.is_good:
        mended = " (was broken before us)" if now.name in was_broken else ""
        return Verdict(Status.PASS, f"{now.detail}{mended}")
    if now.name in was_broken:
        return Verdict(Status.WARN, f"was broken before us and still is: {now.detail}")
    before = "worked before" if now.name in was_good else "has no baseline and must work"
    return Verdict(Status.FAIL, f"{before}, now: {now.detail}")


def _unmeasured(result: ServiceResult) -> Verdict:
    return Verdict(Status.ERROR, f"could not be measured: {result.detail}")
