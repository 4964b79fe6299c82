"""Did the long-lived connections survive? They are declared, never assumed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from nornir_haupgrade.gates.combine import Check, combine
from nornir_haupgrade.model import CanaryResult, Status, Verdict

_NONE_CONFIGURED = Verdict(Status.SKIPPED, "no canary is configured")


def held_at_first(results: Sequence[CanaryResult]) -> Verdict:
    """Which of them could be opened before the first write; one that could not is a warning."""
    if not results:
        return _NONE_CONFIGURED
    return combine([Check(one.name, _at_first(one)) for one in results])


def survived(held: Collection[str], now: Sequence[CanaryResult]) -> Verdict:
    """Each that was held open when the switchover began still is.

    Args:
        held: The names of those that were.
        now: What has become of all of them since then.
    """
    if not now:
        return _NONE_CONFIGURED
    return combine([Check(one.name, _survived(one, is_held=one.name in held)) for one in now])


def _at_first(one: CanaryResult) -> Verdict:
    if one.is_alive:
        return Verdict(Status.PASS, one.detail)
    return Verdict(Status.WARN, f"is not held open before us: {one.detail}")


def _survived(one: CanaryResult, *, is_held: bool) -> Verdict:
    if not is_held:
        reason = f"was not held open before this, so nothing is proven by it: {one.detail}"
        return Verdict(Status.WARN, reason)
    if one.is_alive is None:
        return Verdict(Status.ERROR, f"whether it survived could not be measured: {one.detail}")
    if not one.is_alive:
        return Verdict(Status.FAIL, f"did not survive: {one.detail}")
    return Verdict(Status.PASS, one.detail)
