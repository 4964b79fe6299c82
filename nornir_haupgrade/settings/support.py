"""What the inventory may say already, and this version cannot do yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nornir_haupgrade.settings.pairs import PairConfig

_SERVICES = {"tcp"}


def check_supported(pairs: Iterable[PairConfig]) -> tuple[Finding, ...]:
    """What ``run`` must refuse before any contact: it would be left unmeasured otherwise."""
    findings = []
    for pair in pairs:
        for service in pair.services:
            if service.type not in _SERVICES:
                what = f"services of type {service.type} are not in this version"
                advice = "Measure it by a service of type tcp, or remove it for this run."
                findings.append(Finding(f"pair {pair.name}: service {service.name}", what, advice))
        for canary in pair.canaries:
            where = f"pair {pair.name}: canary {canary.name}"
            advice = "Remove it for this run, and watch the connection by other means."
            findings.append(Finding(where, "canaries are not in this version", advice))
    return tuple(findings)
