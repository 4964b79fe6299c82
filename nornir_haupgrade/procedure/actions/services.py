"""Services and canaries, measured from outside, and what a switchover cost them."""

from __future__ import annotations

from collections.abc import Sequence

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.gates.canaries import survived
from nornir_haupgrade.gates.combine import Check, combine
from nornir_haupgrade.gates.services import as_before
from nornir_haupgrade.model import CanaryResult, Gap, MemberId, ServiceResult, Status, Verdict
from nornir_haupgrade.procedure.actions.context import Context, Deadline, error_verdict, result
from nornir_haupgrade.procedure.records import Result, Run

_PAUSE = 0.2
"""Seconds between two checks while services settle."""
_CANARY_DECIDES = 15.0
"""Seconds until a silent canary is surely called alive or lost."""
_AT_REST = 1.0
"""Seconds between two probes while nothing is switched over."""
_ORDINARY = 3.0
"""At rest, a silence of so many times that, with a bad answer in it, is worth a word."""


def services(ctx: Context, run: Run) -> Result:
    """As before us: each gets its time to settle, and must then stay good for a while."""
    is_switchover = ctx.meter.is_switchover or ctx.state.came_from is not None
    before = _baseline(ctx)
    now = _settled(ctx)
    canaries = _canaries(ctx, is_switchover=is_switchover)
    outages = ctx.meter.outages(is_switchover=is_switchover)
    facts, errors = ctx.pair.look()
    verdict = as_before(before, now)
    if canaries and is_switchover:  # at rest, nobody's loss is ours
        held = ctx.meter.held if ctx.meter.is_switchover else frozenset()
        lost = survived(held, canaries)
        verdict = combine([Check("services", verdict), Check("canaries", lost)])
    if len(errors) == len(facts.members) and not verdict.is_good:
        verdict = _blind(errors, verdict)
    elif errors and verdict.is_good:
        verdict = error_verdict(errors)
    if said := outage_words(outages, is_switchover=is_switchover):
        verdict = Verdict(verdict.status, f"{verdict.reason}; {said}", verdict.facts)
    if verdict.is_good:
        ctx.meter.rest()
    rows = [(f"service:{found.name}", found.detail) for found in now]
    return result(ctx, run, verdict, facts, facts=rows, outages=outages, canaries=canaries)


def _blind(errors: dict[MemberId, HAUpgradeError], verdict: Verdict) -> Verdict:
    """Neither the members nor the services answer: it may be our own way that is lost."""
    reason = (
        "neither the members nor the services answer: this controller's own path may be lost, so "
        f"nothing is known of the services ({error_verdict(errors).reason}; {verdict.reason})"
    )
    return Verdict(Status.ERROR, reason, verdict.facts)


def _settled(ctx: Context) -> list[ServiceResult]:
    """Each service good for ``stable_for`` seconds on end, or bad when ``settle`` is over.

    All are measured together, so that they settle in parallel.
    """
    wanted = {service.name: service for service in ctx.pair.config.services}
    settle = {name: ctx.deadline(service.settle) for name, service in wanted.items()}
    stable: dict[str, Deadline] = {}
    decided: dict[str, ServiceResult] = {}
    while len(decided) < len(wanted):
        for found in ctx.meter.measure():
            name = found.name
            if found.is_good:
                stable.setdefault(name, ctx.deadline(wanted[name].stable_for))
                if stable[name].is_over:
                    decided.setdefault(name, found)
            else:
                # Also one that was good for long enough, while another one still settles.
                stable.pop(name, None)
                decided.pop(name, None)
                if settle[name].is_over:
                    decided[name] = found
        if len(decided) < len(wanted):
            ctx.wait(_PAUSE)
    return [decided[name] for name in wanted]


def _canaries(ctx: Context, *, is_switchover: bool) -> tuple[CanaryResult, ...]:
    """Wait until each that was held has been heard again, or is surely lost."""
    deadline = ctx.deadline(_CANARY_DECIDES)
    while True:
        found = ctx.meter.canaries(is_switchover=is_switchover)
        is_open = ctx.meter.is_switchover and any(
            one.is_alive is None and one.name in ctx.meter.held for one in found
        )
        if not is_open or deadline.is_over:
            return found
        ctx.wait(_PAUSE)


def outage_words(outages: Sequence[Gap], *, is_switchover: bool) -> str:
    """``outage: shop 73 ms (resolution 10 ms)``; at rest only what is more than a pause."""
    said = [outage_text(gap) for gap in outages if is_switchover or _is_silence(gap)]
    return f"outage: {', '.join(said)}" if said else ""


def _is_silence(gap: Gap) -> bool:
    if gap.seconds is None or gap.resolution is None:
        return gap.bad > 0
    return gap.bad > 0 and gap.seconds > _ORDINARY * max(gap.resolution, _AT_REST)


def outage_text(gap: Gap) -> str:
    """One service's silence, in milliseconds, with what it can be told apart from."""
    if gap.seconds is None:
        return f"{gap.name} not measured: {gap.detail}"
    resolution = "" if gap.resolution is None else f" (resolution {gap.resolution * 1000:.0f} ms)"
    more = f", {gap.detail}" if gap.detail else ""
    return f"{gap.name} {gap.seconds * 1000:.0f} ms{resolution}{more}"


def _baseline(ctx: Context) -> list[ServiceResult]:
    words = {"good": True, "bad": False}
    found = []
    for key, value in ctx.baseline.items():
        if key.startswith("service:"):
            word, _, detail = value.partition(": ")
            found.append(ServiceResult(key.removeprefix("service:"), words.get(word), detail))
    return found
