"""What the inventory may say already, and this version or this machine cannot do."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nornir_haupgrade.settings.ha import Canary, Service
    from nornir_haupgrade.settings.pairs import PairConfig

_PACKAGES = {
    "http": ("httpx", "httpx"),
    "dns": ("dns", "dnspython"),
    "icmp": ("icmplib", "icmplib"),
}
"""What a type of service needs: the name it is imported by, and the one it is installed by."""


def check_supported(pairs: Iterable[PairConfig]) -> tuple[Finding, ...]:
    """What ``run`` must refuse before any contact: it would be left unmeasured otherwise."""
    findings = []
    for pair in pairs:
        for service in pair.services:
            where = f"pair {pair.name}: service {service.name}"
            module, package = _PACKAGES.get(service.type, ("", ""))
            if module and find_spec(module) is None:
                what = f"services of type {service.type} need the package {package}"
                advice = "Install it by pip install 'nornir-haupgrade[probes]'."
                findings.append(Finding(where, what, advice))
            findings += _vantage(where, service)
        for canary in pair.canaries:
            findings += _vantage(f"pair {pair.name}: canary {canary.name}", canary)
    return tuple(findings)


def _vantage(where: str, measured: Service | Canary) -> list[Finding]:
    if measured.vantage is None:
        return []
    what = f"measuring from elsewhere (vantage {measured.vantage}) is not in this version"
    advice = "Remove vantage, so that it is measured from the controller."
    return [Finding(where, what, advice)]
