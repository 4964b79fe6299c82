"""Services, checked from outside."""

from __future__ import annotations

from nornir_haupgrade.gates.services import as_before
from nornir_haupgrade.model import ServiceResult
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.probes.tcp import check_tcp
from nornir_haupgrade.procedure.actions.context import Context, Deadline, error_verdict, result
from nornir_haupgrade.procedure.records import Result, Run
from nornir_haupgrade.settings import TcpService

_PAUSE = 0.2
"""Seconds between two checks while services settle."""


def services(ctx: Context, run: Run) -> Result:
    """As before us: each gets its time to settle, and must then stay good for a while."""
    before = _baseline(ctx)
    now = _settled(ctx)
    facts, errors = ctx.pair.look()
    verdict = as_before(before, now)
    rows = [(f"service:{found.name}", found.detail) for found in now]
    rows.append(("outage", "not measured"))
    if errors and verdict.is_good:
        verdict = error_verdict(errors)
    return result(ctx, run, verdict, facts, facts=rows)


def check_services(pair: Pair) -> list[ServiceResult]:
    """Every configured service once."""
    return [_check(service) for service in pair.config.services]


def _check(service: object) -> ServiceResult:
    if isinstance(service, TcpService):
        return check_tcp(service.name, service.address, service.port)
    name = getattr(service, "name", "service")
    return ServiceResult(name, None, "this type of service cannot be checked yet")


def _settled(ctx: Context) -> list[ServiceResult]:
    return [_settle(ctx, service) for service in ctx.pair.config.services]


def _settle(ctx: Context, service: object) -> ServiceResult:
    """Good for ``stable_for`` seconds on end within ``settle`` seconds, else what was seen last."""
    settle = Deadline(float(getattr(service, "settle", 0)))
    stable_for = float(getattr(service, "stable_for", 0))
    stable: Deadline | None = None
    while True:
        found = _check(service)
        if found.is_good:
            stable = stable or Deadline(stable_for)
            if stable.is_over:
                return found
        else:
            stable = None
            if settle.is_over:
                return found
        ctx.wait(_PAUSE)


def _baseline(ctx: Context) -> list[ServiceResult]:
    words = {"good": True, "bad": False}
    found = []
    for key, value in ctx.baseline.items():
        if key.startswith("service:"):
            word, _, detail = value.partition(": ")
            found.append(ServiceResult(key.removeprefix("service:"), words.get(word), detail))
    return found
