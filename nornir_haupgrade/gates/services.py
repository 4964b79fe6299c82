"""Services after a change, held against what they were before us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nornir_haupgrade.gates.combine import failed, passed, unknown
from nornir_haupgrade.model import Status, Verdict


@dataclass(frozen=True, slots=True)
class ServiceResult:
    """One service as it was probed; None: it could not be measured."""

    name: str
    is_good: bool | None
    detail: str


def baseline(results: Sequence[ServiceResult]) -> Verdict:
    """Before the first write: what is broken now is not blamed on us later."""
    if not results:
        return Verdict(Status.SKIPPED, "no service is configured")
    silent = [f"{r.name}: {r.detail}" for r in results if r.is_good is None]
    if silent:
        return unknown(f"could not be measured: {'; '.join(silent)}")
    broken = [f"{r.name}: {r.detail}" for r in results if not r.is_good]
    if broken:
        return Verdict(Status.WARN, f"broken before us: {'; '.join(broken)}")
    return passed(f"good: {', '.join(r.name for r in results)}")


def as_before(before: Sequence[ServiceResult], now: Sequence[ServiceResult]) -> Verdict:
    """Good then and bad now fails; bad then is named; a service without a baseline must be good."""
    was = {result.name: result.is_good for result in before}
    names = {result.name for result in now}
    silent = [f"{r.name}: {r.detail}" for r in now if r.is_good is None]
    silent += [f"{name}: not checked" for name in was if name not in names]
    if silent:
        return unknown(f"could not be measured: {'; '.join(silent)}")
    bad = [r for r in now if not r.is_good]
    lost = [f"{r.name}: {r.detail}" for r in bad if was.get(r.name) is not False]
    if lost:
        return failed(f"bad, and not before: {'; '.join(lost)}")
    if bad:
        return Verdict(Status.WARN, f"bad as before us: {', '.join(r.name for r in bad)}")
    if not now:
        return Verdict(Status.SKIPPED, "no service is configured")
    return passed(f"as before: {', '.join(r.name for r in now)}")
