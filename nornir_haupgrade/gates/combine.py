"""Several checks as one verdict; none is hidden by the first failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nornir_haupgrade.model import Status, Verdict

_WORST_FIRST = (Status.ERROR, Status.FAIL, Status.WARN, Status.PASS, Status.SKIPPED)


@dataclass(frozen=True, slots=True)
class Check:
    """One named verdict."""

    name: str
    verdict: Verdict


def combine(checks: Sequence[Check]) -> Verdict:
    """The worst status, the reasons of all that did not pass, and every check's facts by its name."""
    if not checks:
        return Verdict(Status.ERROR, "nothing was checked")
    found = {check.verdict.status for check in checks}
    status = next(status for status in _WORST_FIRST if status in found)
    notable = [
        f"{check.name}: {check.verdict.reason}"
        for check in checks
        if check.verdict.status is not Status.PASS
    ]
    facts: list[tuple[str, str]] = []
    for check in checks:
        facts.append((check.name, f"{check.verdict.status}: {check.verdict.reason}"))
        facts += [(f"{check.name}: {label}", value) for label, value in check.verdict.facts]
    reason = "; ".join(notable) or f"{len(checks)} checks passed"
    return Verdict(status, reason, tuple(facts))


def passed(reason: str) -> Verdict:
    """PASS."""
    return Verdict(Status.PASS, reason)


def failed(reason: str) -> Verdict:
    """FAIL."""
    return Verdict(Status.FAIL, reason)


def unknown(reason: str) -> Verdict:
    """ERROR: it could not be measured, and so it is not good."""
    return Verdict(Status.ERROR, reason)
