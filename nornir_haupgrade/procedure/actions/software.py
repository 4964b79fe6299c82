"""The software of one member: staged, installed, chosen for the next boot, restorable."""

from __future__ import annotations

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.gates.combine import Check, combine
from nornir_haupgrade.gates.readiness import image as image_gate
from nornir_haupgrade.gates.restore import restore_point as restore_gate
from nornir_haupgrade.model import (
    Activation,
    ImageFile,
    MemberId,
    PairFacts,
    StagedImage,
    Status,
    Verdict,
)
from nornir_haupgrade.platforms.base import Driver, Order
from nornir_haupgrade.procedure.actions.changes import changed
from nornir_haupgrade.procedure.actions.context import Context, error_verdict, result
from nornir_haupgrade.procedure.actions.prepare import is_same, local_image
from nornir_haupgrade.procedure.actions.writing import fresh, orders
from nornir_haupgrade.procedure.records import Result, Run


def stage(ctx: Context, run: Run) -> Result:
    """The image on the members' disks, its size and sha256 measured by the members themselves."""
    image = ctx.image(str(run.to))
    facts = fresh(ctx, run)
    if isinstance(facts, Result):
        return facts
    wanted = orders(ctx.plan, facts, run)

    def bring(name: MemberId, driver: Driver) -> Verdict:
        return _staged(ctx, driver, facts, wanted[name], name, image)

    answers = ctx.pair.each(bring, run.members)
    checks = [Check(name, error_or(answer)) for name, answer in answers.items()]
    seen, errors = ctx.pair.look()
    verdict = error_verdict(errors) if errors else combine(checks)
    return result(ctx, run, verdict, seen)


def error_or(answer: Verdict | HAUpgradeError) -> Verdict:
    """A member's verdict, or FAIL with what went wrong."""
    return Verdict(Status.FAIL, str(answer)) if isinstance(answer, HAUpgradeError) else answer


def _staged(  # noqa: PLR0917 - one member's part, all of it needed
    ctx: Context,
    driver: Driver,
    facts: PairFacts,
    order: Order,
    name: MemberId,
    image: ImageFile,
) -> Verdict:
    own = facts.of(name)
    assert own is not None  # noqa: S101 - `fresh` has read every member that is written to
    held: StagedImage | None = None
    is_installed = driver.is_installed(own, image)
    if not is_installed:
        held = driver.staged(image)
        if not is_same(image, held):
            # Readiness has looked at it too, but that may be days ago, or of other versions.
            local = local_image(image)
            if not local.is_good:
                return local
            ctx.tell(f"{name}: uploading {image.name}, {image.size} bytes")
            ctx.written.add(name)
            driver.perform(order, own, ctx.progress)
            held = driver.staged(image)
    return image_gate(name, image, held, is_installed=is_installed)


def install(ctx: Context, run: Run) -> Result:
    """Into the slot that does not run."""
    return changed(ctx, run, lambda seen: _holds(seen, run))


def _holds(seen: PairFacts, run: Run) -> Verdict:
    own = seen.of(run.members[0])
    slot = own.slot_of(str(run.to)) if own else None
    if slot is None:
        return Verdict(Status.FAIL, f"{run.members[0]} does not hold {run.to} after installing it")
    return Verdict(Status.PASS, f"{run.members[0]} holds {run.to} in slot {slot}")


def activate(ctx: Context, run: Run) -> Result:
    """Choose what the next boot runs."""

    def is_chosen(seen: PairFacts) -> Verdict:
        own = seen.of(run.members[0])
        if own is None or own.next_version != run.to:
            found = own.next_version if own else None
            return Verdict(Status.FAIL, f"{run.members[0]} will boot {found}, not {run.to}")
        return Verdict(Status.PASS, f"{run.members[0]} will boot {run.to}")

    return changed(ctx, run, is_chosen)


def commit(ctx: Context, run: Run) -> Result:
    """Keep what runs on trial: from now on it stays, whatever the device's own timer says."""
    member = run.members[0]

    def is_kept(seen: PairFacts) -> Verdict:
        own = seen.of(member)
        if own is None or own.is_on_trial or own.version != run.to:
            found = f"{own.version}, on trial" if own and own.is_on_trial else own and own.version
            return Verdict(Status.FAIL, f"{member} does not keep {run.to}: it runs {found}")
        return Verdict(Status.PASS, f"{member} keeps {run.to}")

    return changed(ctx, run, is_kept)


def restore_point(ctx: Context, run: Run) -> Result:
    """What brings the member back, proven before it is needed."""
    facts, errors = ctx.pair.look()
    member = run.members[0]
    if errors:
        return result(ctx, run, error_verdict(errors), facts)
    verdict = restore_gate(
        member,
        facts.of(member),
        str(run.to),
        is_installed_by_reload=ctx.plan.traits.activation is Activation.INSTALL,
    )
    return result(ctx, run, verdict, facts)
