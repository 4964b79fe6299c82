"""The configuration: synchronised, reported, backed up, and whole after an upgrade."""

from __future__ import annotations

from collections.abc import Mapping

from nornir_haupgrade.errors import CommandRefused, HAUpgradeError
from nornir_haupgrade.gates.combine import Check, combine
from nornir_haupgrade.gates.configuration import whole as whole_gate
from nornir_haupgrade.gates.preemption import is_off
from nornir_haupgrade.gates.sync import in_sync
from nornir_haupgrade.model import Change, MemberId, PairFacts, Status, SyncModel, Verdict
from nornir_haupgrade.platforms.base import Driver, Order
from nornir_haupgrade.procedure.actions.changes import changed
from nornir_haupgrade.procedure.actions.context import Context, error_verdict, result
from nornir_haupgrade.procedure.actions.writing import backup_name, fresh
from nornir_haupgrade.procedure.records import Action, Result, Run


def sync_config(ctx: Context, run: Run) -> Result:
    """Push the active's configuration to its peer."""
    return changed(ctx, run, lambda _: Verdict(Status.PASS, "the device says synchronised"))


def report(ctx: Context, run: Run) -> Result:
    """Both members' view of the configuration, item by item."""
    facts, errors = ctx.pair.look()
    if errors:
        return result(ctx, run, error_verdict(errors), facts)
    if facts.active is None:
        none = Verdict(Status.ERROR, "no active member to read the report on")
        return result(ctx, run, none, facts)

    def read(_: MemberId, driver: Driver) -> object:
        if driver.capabilities().sync_model is SyncModel.NONE:
            return None
        return driver.sync_report()

    answers = ctx.pair.each(read)
    failed = {name: a for name, a in answers.items() if isinstance(a, HAUpgradeError)}
    if failed:
        return result(ctx, run, error_verdict(failed), facts)
    if None in answers.values():
        skipped = Verdict(Status.SKIPPED, "the platform does not synchronise configurations")
        return result(ctx, run, skipped, facts)
    standby = facts.peer_of(facts.active)
    verdict = in_sync((facts.active, answers[facts.active]), (standby, answers[standby]))  # type: ignore[arg-type]
    return result(ctx, run, verdict, facts)


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
    name = backup_name(run)
    if ctx.pair.commands(member, Order(Change.BACK_UP, name=name), own):
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
    where = ctx.evidence.put_backup(member, _kept_name(ctx, run, own.version), content)
    reason = f"{len(files)} files of {member} in {where}"
    return Verdict(Status.PASS, reason, (("sha256", sha256),))


def _kept_name(ctx: Context, run: Run, version: str) -> str:
    return f"{backup_name(run)}-{version}.{ctx.pair.kind.BACKUP_SUFFIX}"


def preemption_is_off(ctx: Context, run: Run) -> Result:
    """Read back from both."""
    facts, errors = ctx.pair.look()
    return result(ctx, run, error_verdict(errors) if errors else is_off(facts), facts)


def whole(ctx: Context, run: Run) -> Result:
    """One member's configuration against its own backup from before its upgrade."""
    member = run.members[0]
    facts, errors = ctx.pair.look()
    own = facts.of(member)
    if errors or own is None:
        return result(ctx, run, error_verdict(errors), facts)
    before = _kept_before(ctx, member)
    try:
        _, content = ctx.pair.one(member, lambda _, driver: driver.back_up(backup_name(run), own))
        after: Mapping[str, str] | None = ctx.pair.kind.files_of(content)
        ctx.evidence.put_backup(member, _kept_name(ctx, run, own.version), content)
        interfaces = ctx.pair.one(member, lambda _, driver: driver.interfaces())
    except HAUpgradeError as error:
        return result(ctx, run, error_verdict(error), facts)
    verdict = whole_gate(member, before, after, _interfaces_before(ctx, member), interfaces)
    return result(ctx, run, verdict, facts)


def _kept_before(ctx: Context, member: MemberId) -> dict[str, str] | None:
    """The newest backup that was taken before the member was touched."""
    first = ctx.plan.path[0]
    for action in (Action.BACK_UP, Action.SAVE_ORIGINAL):
        kept = ctx.evidence.get_backup(member, _kept_name(ctx, Run(action, ()), first))
        if kept is not None:
            return ctx.pair.kind.files_of(kept)
    return None


def _interfaces_before(ctx: Context, member: MemberId) -> tuple[tuple[str, bool], ...] | None:
    recorded = ctx.baseline.get(f"interfaces:{member}")
    if not recorded:
        return None
    pairs = (item.partition("=") for item in recorded.split(","))
    return tuple((name, state == "up") for name, _, state in pairs)
