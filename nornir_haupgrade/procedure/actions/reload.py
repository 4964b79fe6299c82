"""Reload one member and wait for it: a lost line is normal, only a new boot id is proof."""

from __future__ import annotations

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.gates.software import came_back
from nornir_haupgrade.model import MemberFacts, MemberId, PairFacts, Role, Status, Verdict
from nornir_haupgrade.procedure.actions.changes import is_unclear
from nornir_haupgrade.procedure.actions.context import Context, Deadline, error_verdict, result
from nornir_haupgrade.procedure.actions.look import LONGEST_PAUSE, looked
from nornir_haupgrade.procedure.actions.ports import wait_until, watch_port
from nornir_haupgrade.procedure.actions.writing import fresh, perform
from nornir_haupgrade.procedure.records import Result, Run

_PAUSE = 1.0


def reload(ctx: Context, run: Run) -> Result:
    """Down, up again, logged in to, its role settled: then judged."""
    member = run.members[0]
    facts = fresh(ctx, run)
    if isinstance(facts, Result):
        return facts
    before = facts.of(member)
    with watch_port(ctx, member) as watch:
        failed = perform(ctx, run, facts)
        if failed and not all(is_unclear(error) for error in failed.values()):
            seen, errors = ctx.pair.look()
            verdict = Verdict(Status.FAIL, error_verdict(failed).reason)
            return result(ctx, run, verdict, None if errors else seen)
        ctx.pair.close(member)
        deadline = ctx.deadline(ctx.pair.settings.reload_timeout)
        ctx.tell(f"{member}: reloading")
        # No login before the port was down and up again.
        was_down = wait_until(ctx, watch.wait_down, ctx.pair.reload_notice)
        if was_down:
            ctx.tell(f"{member}: down")
            wait_until(ctx, watch.wait_up, deadline.left)
    return _judged(ctx, run, before, deadline)


def _judged(ctx: Context, run: Run, before: MemberFacts | None, deadline: Deadline) -> Result:
    seen, errors = _back_in_the_pair(ctx, run.members[0], before, deadline)
    if errors and seen.of(run.members[0]) is not None:
        # It is the other one that did not answer: a line that dropped is no silence yet.
        seen, errors = looked(ctx)
    after = seen.of(run.members[0])
    verdict = came_back(run.members[0], before, after, str(run.to))
    if after is None:
        verdict = Verdict(Status.FAIL, f"{verdict.reason}: {error_verdict(errors).reason}")
    elif before is not None and after.boot_id == before.boot_id:
        # It never went down: the reload may not have been taken, or may yet come.
        verdict = Verdict(Status.ERROR, verdict.reason)
    return result(ctx, run, verdict, seen)


def _back_in_the_pair(
    ctx: Context,
    member: MemberId,
    before: MemberFacts | None,
    deadline: Deadline,
) -> tuple[PairFacts, dict[MemberId, HAUpgradeError]]:
    """Look until the member stands by on a new boot; a role that is not there yet gets its time."""
    settle: Deadline | None = None
    pause = _PAUSE
    while True:
        seen, errors = ctx.pair.look()
        after = seen.of(member)
        has_rebooted = after is not None and before is not None and after.boot_id != before.boot_id
        if after is not None:
            settle = settle or ctx.deadline(ctx.pair.settings.settle_timeout)
            if not has_rebooted and settle.left < ctx.pair.settings.settle_timeout - 1:
                return seen, errors
            if after.role is Role.STANDBY or settle.is_over:
                return seen, errors
        if deadline.is_over:
            return seen, errors
        pause = _PAUSE if after is not None else min(pause * 2, LONGEST_PAUSE)
        ctx.wait(min(pause, max(deadline.left, 0.1)))
