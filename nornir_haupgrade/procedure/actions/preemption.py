"""Preemption, borrowed and returned."""

from __future__ import annotations

from nornir_haupgrade.gates.preemption import is_off
from nornir_haupgrade.model import PairFacts, Status, Verdict
from nornir_haupgrade.procedure.actions.changes import changed
from nornir_haupgrade.procedure.actions.context import Context
from nornir_haupgrade.procedure.conditions import preempts_again
from nornir_haupgrade.procedure.records import Result, Run


def borrow_preemption(ctx: Context, run: Run) -> Result:
    """Off on the members, read back, and saved where that is another thing."""

    def is_borrowed(seen: PairFacts) -> Verdict:
        off = is_off(seen, run.members)
        unsaved = [name for name in run.members if (own := seen.of(name)) and own.is_saved is False]
        if off.is_good and unsaved:
            return Verdict(
                Status.FAIL, f"preemption is off, but not saved, on {', '.join(unsaved)}"
            )
        return off

    return changed(ctx, run, is_borrowed)


def return_preemption(ctx: Context, run: Run) -> Result:
    """On again in each group where it was on, read back once the roles have settled.

    It may move the role, so it is measured as a switchover.
    """
    ctx.meter.before_switchover()

    def is_returned(facts: PairFacts) -> Verdict:
        missing = [
            name
            for name in run.members
            if (own := facts.of(name)) is None or not preempts_again(ctx.state, name, own)
        ]
        if missing:
            return Verdict(
                Status.FAIL, f"preemption is not on again, and saved, on {', '.join(missing)}"
            )
        if facts.active is None:
            return Verdict(Status.FAIL, "the roles have not settled after preemption was returned")
        return Verdict(Status.PASS, f"on again on {', '.join(run.members)}; active: {facts.active}")

    return changed(ctx, run, is_returned, settle=ctx.pair.settings.settle_timeout)
