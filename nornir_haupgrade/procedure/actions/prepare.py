"""Prepare's reads: readiness with every finding, and the baseline before the first write."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.gates import readiness as gate
from nornir_haupgrade.gates.canaries import held_at_first
from nornir_haupgrade.gates.combine import Check, combine
from nornir_haupgrade.gates.paths import management_path, proven_through
from nornir_haupgrade.gates.services import baseline as services_baseline
from nornir_haupgrade.gates.sessions import ratio
from nornir_haupgrade.model import (
    CanaryResult,
    ImageFile,
    MemberId,
    PairFacts,
    ServiceResult,
    StagedImage,
    Status,
    Verdict,
)
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.platforms.base import Driver
from nornir_haupgrade.procedure.actions import getters, licences
from nornir_haupgrade.procedure.actions.context import Context, error_verdict, result
from nornir_haupgrade.procedure.actions.sessions import held_by, read_sessions
from nornir_haupgrade.procedure.actions.site_gates import site_gates
from nornir_haupgrade.procedure.records import LeaseKind, Result, Run
from nornir_haupgrade.settings import GateMoment

_CANARY_OPENS = 5.0
"""Seconds until a canary must be open and heard."""
_PAUSE = 0.2
_MORE_READINGS = 2
"""How often the session tables are compared again where the first answer surprises."""


def readiness(ctx: Context, run: Run) -> Result:
    """Everything that would stop the upgrade later, found now and all at once."""
    facts, errors = ctx.pair.look()
    if errors:
        return result(ctx, run, error_verdict(errors), facts)
    checks = [*pair_checks(ctx, facts), *saved_checks(ctx.pair), *_image_checks(ctx, facts)]
    checks.append(Check("management path", management_check(ctx.pair, facts)))
    checks += site_gates(ctx.pair, GateMoment.PREPARE, ctx)
    return result(ctx, run, combine(checks), facts)


def pair_checks(ctx: Context, facts: PairFacts) -> list[Check]:
    """What the members say of themselves."""
    plan = ctx.plan
    planned = dict(zip(plan.members, plan.identities, strict=True))
    return [
        Check("identity", gate.identities(facts, planned)),
        Check("roles", gate.roles(facts)),
        Check("HA links", gate.peer_links(facts)),
        Check("versions", gate.versions(facts, plan.path)),
        Check("next boot", gate.nothing_pending(facts)),
        Check("software", gate.settled(facts, _on_trial(ctx))),
        Check("latches", gate.latches(facts)),
        Check("preemption", gate.preemption_known(facts)),
        Check("administrators", gate.alone(facts)),
    ]


def _on_trial(ctx: Context) -> list[MemberId]:
    """Whom an earlier run put on trial, and was stopped before the software was to stay."""
    return [lease.member for lease in ctx.state.leases if lease.kind is LeaseKind.TRIAL]


def saved_checks(pair: Pair) -> list[Check]:
    """Each member's running configuration against the saved one."""
    answers = pair.each(lambda _, driver: driver.unsaved())
    return [
        Check(
            f"saved on {name}",
            error_verdict(answer)
            if isinstance(answer, HAUpgradeError)
            else gate.saved(name, answer),
        )
        for name, answer in answers.items()
    ]


def management_check(pair: Pair, facts: PairFacts) -> Verdict:
    """Our own session to the standby, looked for on the active."""
    active = facts.active
    if active is None:
        return Verdict(Status.ERROR, "no active member to look for our own session on")
    standby = facts.peer_of(active)
    try:
        held = held_by(pair, active)
    except HAUpgradeError as error:
        return error_verdict(error)
    return management_path(
        active,
        standby,
        is_through_pair=pair.is_managed_through_pair,
        flow=pair.flow(standby),
        sessions=held,
    )


def _image_checks(ctx: Context, facts: PairFacts) -> list[Check]:
    checks = []
    for version in ctx.plan.path[1:] if ctx.plan.purpose.installs else ():
        image = ctx.plan.image_of(version)
        if image is None:
            missing = Verdict(Status.FAIL, f"no image of {version} is configured")
            checks.append(Check(f"image {version}", missing))
            continue
        checks.append(Check(f"image {version}", local_image(image)))
        checks += _space_checks(ctx, facts, image)
    return checks


def local_image(image: ImageFile) -> Verdict:
    """The file on the controller is what the settings say, before it travels anywhere."""
    path = Path(image.path)
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return Verdict(Status.FAIL, f"{path.name} cannot be read: {error.strerror}")
    if found != image.sha256:
        reason = f"{path.name} has sha256 {found}, the settings say {image.sha256}"
        return Verdict(Status.FAIL, reason)
    return Verdict(Status.PASS, f"{path.name} has the sha256 of the settings")


def _space_checks(ctx: Context, facts: PairFacts, image: ImageFile) -> list[Check]:
    """Room for the image on each member that does not hold it yet."""

    def read(name: MemberId, driver: Driver) -> tuple[int | None, bool]:
        own = facts.of(name)
        is_there = own is not None and driver.is_installed(own, image)
        return driver.free_space(), is_there or is_same(image, driver.staged(image))

    checks = []
    members = None if ctx.plan.member is None else (ctx.plan.member,)
    for name, answer in ctx.pair.each(read, members).items():
        if isinstance(answer, HAUpgradeError):
            checks.append(Check(f"space on {name}", error_verdict(answer)))
            continue
        free, is_there = answer
        verdict = gate.free_space(name, free, 0 if is_there else image.size)
        checks.append(Check(f"space on {name}", verdict))
    return checks


def is_same(image: ImageFile, staged: StagedImage | None) -> bool:
    """Whether the file on the device is the image, by the device's own measure."""
    return staged is not None and (staged.size, staged.sha256) == (image.size, image.sha256)


def baseline(ctx: Context, run: Run) -> Result:
    """Services, sessions, interfaces, licences and what NAPALM reads, as they are before us."""
    facts, errors = ctx.pair.look()
    if errors:
        return result(ctx, run, error_verdict(errors), facts)
    canaries = _canaries(ctx)
    services = ctx.meter.measure()
    # At once: what a probe opened and closed is soon forgotten by a firewall.
    path = _path_check(ctx, facts.active, services, canaries) if facts.active else None
    rows = [
        (f"service:{found.name}", f"{_word(found.is_good)}: {found.detail}") for found in services
    ]
    checks = [Check("services", services_baseline(services))]
    if canaries:
        checks.append(Check("canaries", held_at_first(canaries)))
    checks.append(_sessions_check(ctx, facts, rows))
    checks.append(_interfaces_check(ctx, rows))
    checks += licences.recorded(ctx, rows)
    checks += getters.recorded(ctx, rows)
    if path is not None:
        checks.append(Check("probes", path))
    ctx.meter.rest()
    return result(ctx, run, combine(checks), facts, facts=rows, canaries=canaries)


def _canaries(ctx: Context) -> tuple[CanaryResult, ...]:
    """Held open and heard, or given a few seconds to be."""
    deadline = ctx.deadline(_CANARY_OPENS)
    while True:
        found = ctx.meter.canaries(is_switchover=False)
        if all(one.is_alive for one in found) or deadline.is_over:
            return found
        ctx.wait(_PAUSE)


def _path_check(
    ctx: Context,
    active: MemberId,
    services: Sequence[ServiceResult],
    canaries: Sequence[CanaryResult],
) -> Verdict:
    """The probes' own flows, looked for on the active."""
    flows = {one.name: one.flow for one in services}
    flows |= {f"canary {one.name}": one.flow for one in canaries}
    if not any(flows.values()):
        return proven_through(active, flows, ())
    try:
        held = held_by(ctx.pair, active)
    except HAUpgradeError as error:
        return error_verdict(error)
    return proven_through(active, flows, held)


def _word(is_good: bool | None) -> str:  # noqa: FBT001 - a fact, not a flag
    return {True: "good", False: "bad", None: "unknown"}[is_good]


def _sessions_check(ctx: Context, facts: PairFacts, rows: list[tuple[str, str]]) -> Check:
    first = _share(ctx, facts)
    if isinstance(first, Verdict):
        return Check("sessions", first)
    shares = [first]
    if abs(first - 1) > ctx.pair.config.tolerance.sessions:
        # Two tables are never read at the same instant: is this usual here, or only just now?
        for _ in range(_MORE_READINGS):
            ctx.wait(_PAUSE)
            again = _share(ctx, facts)
            if isinstance(again, Verdict):
                return Check("sessions", again)
            shares.append(again)
    usual = median(shares)
    rows.append(("sessions:ratio", f"{usual:.6f}"))
    reason = f"the standby holds {usual:.1%} of the active's sessions"
    return Check("sessions", Verdict(Status.PASS, reason))


def _share(ctx: Context, facts: PairFacts) -> float | Verdict:
    """How many of the active's sessions the standby holds just now; else why that is not known."""
    both = read_sessions(ctx.pair, facts)
    if isinstance(both, Verdict):
        return both
    share = ratio(*both)
    if share is None:
        return Verdict(Status.WARN, "no ratio: no session to compare, or none counted")
    return share


def _interfaces_check(ctx: Context, rows: list[tuple[str, str]]) -> Check:
    answers = ctx.pair.each(lambda _, driver: driver.interfaces())
    found: list[tuple[str, str]] = []
    errors: dict[MemberId, HAUpgradeError] = {}
    for name, answer in answers.items():
        if isinstance(answer, HAUpgradeError):
            errors[name] = answer
            continue
        states = ",".join(f"{port}={'up' if is_up else 'down'}" for port, is_up in answer)
        found.append((f"interfaces:{name}", states))
    if errors:
        return Check("interfaces", error_verdict(errors))
    rows += found
    return Check("interfaces", Verdict(Status.PASS, "recorded"))
