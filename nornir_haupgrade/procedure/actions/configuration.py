"""The configuration: synchronised, reported, backed up, and whole after an upgrade."""

from __future__ import annotations

from collections.abc import Mapping

from nornir_haupgrade.errors import CommandRefused, HAUpgradeError
from nornir_haupgrade.gates.combine import Check, combine
from nornir_haupgrade.gates.configuration import whole as whole_gate
from nornir_haupgrade.gates.preemption import is_off
from nornir_haupgrade.gates.sync import in_sync
from nornir_haupgrade.model import (
    Change,
    MemberId,
    PairFacts,
    Status,
    SyncModel,
    SyncReport,
    Verdict,
)
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.platforms.base import Driver, Order
from nornir_haupgrade.platforms.guard import only_reads
from nornir_haupgrade.procedure.actions import getters, licences
from nornir_haupgrade.procedure.actions.changes import changed
from nornir_haupgrade.procedure.actions.context import Context, error_verdict, result
from nornir_haupgrade.procedure.actions.writing import backup_name, fresh, kept_name
from nornir_haupgrade.procedure.records import Action, Result, Run


def sync_config(ctx: Context, run: Run) -> Result:
    """Push the active's configuration to its peer."""
    return changed(ctx, run, lambda _: Verdict(Status.PASS, "the device says synchronised"))


def report(ctx: Context, run: Run) -> Result:
    """Both members' view of the configuration, item by item."""
    facts, errors = ctx.pair.look()
    verdict = error_verdict(errors) if errors else read_report(ctx.pair, facts)
    return result(ctx, run, verdict, facts)


def read_report(pair: Pair, facts: PairFacts) -> Verdict:
    """What both members report, compared; skipped where configurations are not synchronised."""
    if facts.active is None:
        return Verdict(Status.ERROR, "no active member to read the report on")

    def read(_: MemberId, driver: Driver) -> SyncReport | None:
        if driver.capabilities().sync_model is SyncModel.NONE:
            return None
        return driver.sync_report()

    reports: list[tuple[MemberId, SyncReport]] = []
    failed: dict[MemberId, HAUpgradeError] = {}
    answers = pair.each(read)
    for name in (facts.active, facts.peer_of(facts.active)):
        answer = answers[name]
        if isinstance(answer, HAUpgradeError):
            failed[name] = answer
        elif answer is not None:
            reports.append((name, answer))
    if failed:
        return error_verdict(failed)
    if len(reports) < len(answers):
        return Verdict(Status.SKIPPED, "the platform does not synchronise configurations")
    return in_sync(*reports)


def back_up(ctx: Context, run: Run) -> Result:
    """Both configurations on the controller's disk, hashed by the device and readable back."""
    facts = fresh(ctx, run)
    if isinstance(facts, Result):
        return facts
    checks = [Check(name, _backed_up(ctx, run, name, facts)) for name in run.members]
    seen, errors = ctx.pair.look()
    verdict = error_verdict(errors) if errors else combine(checks)
    return result(ctx, run, verdict, seen)


def _backed_up(ctx: Context, run: Run, member: MemberId, facts: PairFacts) -> Verdict:
    own = facts.of(member)
    assert own is not None  # noqa: S101 - `fresh` has read every member that is written to
    name = backup_name(run.action)
    said = ctx.pair.commands(member, Order(Change.BACK_UP, name=name), own)
    if not only_reads(said, ctx.pair.kind.READ_ONLY):
        ctx.written.add(member)  # it stays on the device as well
    try:
        sha256, content = ctx.pair.one(member, lambda _, driver: driver.back_up(name, own))
        files = ctx.pair.kind.files_of(content)
    except CommandRefused as error:
        return Verdict(Status.FAIL, str(error))
    except HAUpgradeError as error:
        return error_verdict(error)
    if not files:
        return Verdict(Status.FAIL, f"the backup of {member} holds no file")
    where = _keep(ctx, run, member, own.version, content)
    reason = f"{len(files)} files of {member} in {where}"
    return Verdict(Status.PASS, reason, (("sha256", sha256),))


def _keep(ctx: Context, run: Run, member: MemberId, version: str, content: bytes) -> str:
    """Keep it here; returns where."""
    name = kept_name(run.action, version, ctx.pair.kind)
    return ctx.evidence.put_backup(member, name, content)


def preemption_is_off(ctx: Context, run: Run) -> Result:
    """Read back from both."""
    facts, errors = ctx.pair.look()
    return result(ctx, run, error_verdict(errors) if errors else is_off(facts), facts)


def whole(ctx: Context, run: Run) -> Result:
    """One member's configuration, licences and what NAPALM reads, as before its upgrade."""
    member = run.members[0]
    facts, errors = ctx.pair.look()
    own = facts.of(member)
    if errors or own is None:
        return result(ctx, run, error_verdict(errors), facts)
    if own.identity != ctx.plan.identity_of(member):
        # The backup stays on the device as well: on no other one than the planned.
        reason = f"{member} is {own.identity}, planned was {ctx.plan.identity_of(member)}"
        return result(ctx, run, Verdict(Status.ERROR, reason), facts)
    before = _kept_before(ctx, member)
    try:
        name = backup_name(run.action)
        _, content = ctx.pair.one(member, lambda _, driver: driver.back_up(name, own))
        after: Mapping[str, str] | None = ctx.pair.kind.files_of(content)
        _keep(ctx, run, member, own.version, content)
        interfaces = ctx.pair.one(member, lambda _, driver: driver.interfaces())
    except HAUpgradeError as error:
        return result(ctx, run, error_verdict(error), facts)
    more = [*licences.compared(ctx, member), *getters.compared(ctx, member)]
    verdict = whole_gate(
        member, before, after, _interfaces_before(ctx, member), interfaces, more=more
    )
    return result(ctx, run, verdict, facts)


def _kept_before(ctx: Context, member: MemberId) -> dict[str, str] | None:
    """The newest backup that was taken before the member was touched."""
    first, kind = ctx.plan.path[0], ctx.pair.kind
    names = [kept_name(action, first, kind) for action in (Action.BACK_UP, Action.SAVE_ORIGINAL)]
    kept = ctx.evidence.get_backup(member, *names)
    return None if kept is None else kind.files_of(kept)


def _interfaces_before(ctx: Context, member: MemberId) -> tuple[tuple[str, bool], ...] | None:
    recorded = ctx.baseline.get(f"interfaces:{member}")
    if not recorded:
        return None
    pairs = (item.partition("=") for item in recorded.split(","))
    return tuple((name, state == "up") for name, _, state in pairs)
