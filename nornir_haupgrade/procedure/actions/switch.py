"""The switchover itself: its entry gate, the change of roles, and the latch that it leaves."""

from __future__ import annotations

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.gates.entry import entry as entry_gate
from nornir_haupgrade.model import PairFacts, Role, Status, Verdict
from nornir_haupgrade.procedure.actions.changes import changed
from nornir_haupgrade.procedure.actions.context import Context, error_verdict, result
from nornir_haupgrade.procedure.actions.site_gates import site_gates
from nornir_haupgrade.procedure.records import Result, Run
from nornir_haupgrade.settings import GateMoment


def entry(ctx: Context, run: Run) -> Result:
    """Both members agree, links and interfaces are up, the target stands by."""
    to = run.members[0]
    # First, since they may take their time: what is looked at must be fresh.
    own = site_gates(ctx.pair, GateMoment.SWITCHOVER, ctx)
    facts, errors = ctx.pair.look()
    if errors:
        return result(ctx, run, error_verdict(errors), facts)
    try:
        interfaces = ctx.pair.one(to, lambda _, driver: driver.interfaces())
    except HAUpgradeError as error:
        return result(ctx, run, error_verdict(error), facts)
    return result(ctx, run, entry_gate(facts, to, interfaces, own), facts)


def switch_over(ctx: Context, run: Run) -> Result:
    """Ordered from the member that gives the role away; both members say who has it then."""
    to = str(run.to)
    ctx.meter.before_switchover()

    def has_moved(seen: PairFacts) -> Verdict:
        own = seen.of(to)
        if seen.active == to and own is not None and own.is_forwarding:
            return Verdict(Status.PASS, f"{to} is active")
        return Verdict(
            Status.ERROR, f"{to} did not become active; active: {seen.active or 'nobody'}"
        )

    return changed(ctx, run, has_moved, settle=ctx.pair.settings.settle_timeout)


def release(ctx: Context, run: Run) -> Result:
    """The member stands ready again."""
    member = run.members[0]

    def is_ready(seen: PairFacts) -> Verdict:
        own = seen.of(member)
        if own is None or own.is_latched:
            return Verdict(Status.FAIL, f"{member} still holds its latch")
        if own.role not in {Role.STANDBY, Role.ACTIVE}:
            return Verdict(Status.FAIL, f"{member} is {own.role} after its latch was released")
        return Verdict(Status.PASS, f"{member} is {own.role} again")

    return changed(ctx, run, is_ready, settle=ctx.pair.settings.settle_timeout)
