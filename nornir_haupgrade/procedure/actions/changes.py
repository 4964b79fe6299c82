"""The shape of every quick change: fresh facts, send, read back, judge."""

from __future__ import annotations

from collections.abc import Callable

from nornir_haupgrade.errors import CommandTimeout, HAUpgradeError, LineDropped
from nornir_haupgrade.model import PairFacts, Status, Verdict
from nornir_haupgrade.procedure.actions.context import Context, error_verdict, result
from nornir_haupgrade.procedure.actions.look import looked, settled
from nornir_haupgrade.procedure.actions.writing import fresh, perform
from nornir_haupgrade.procedure.records import Action, Result, Run

Judge = Callable[[PairFacts], Verdict]
"""Whether what was wanted is what is read back."""


def changed(ctx: Context, run: Run, judge: Judge, *, settle: float = 0) -> Result:
    """Do a change and prove it by reading back; ``settle`` seconds are allowed for roles to move.

    A refusal is FAIL. A lost reply proves nothing either way: what is read back decides, and if
    that does not show what was wanted, it is ERROR.
    """
    facts = fresh(ctx, run)
    if isinstance(facts, Result):
        return facts
    failed = perform(ctx, run, facts)
    if run.action is Action.SWITCH and ctx.pair.is_managed_through_pair:
        ctx.pair.log_in_anew()
    is_refused = any(not is_unclear(error) for error in failed.values())

    def is_done(seen: PairFacts) -> bool:
        return is_refused or judge(seen).is_good

    seen, errors = settled(ctx, settle, is_done) if settle else looked(ctx)
    if errors.keys() & set(run.members):
        return result(ctx, run, error_verdict({**failed, **errors}), None)
    verdict = judge(seen)
    if not failed:
        return result(ctx, run, verdict, seen)
    if all(is_unclear(error) for error in failed.values()):
        if verdict.is_good and settle:
            reason = f"{verdict.reason} (the reply was lost)"
            return result(ctx, run, Verdict(Status.PASS, reason), seen)
        return result(ctx, run, error_verdict(failed), seen)
    return result(ctx, run, Verdict(Status.FAIL, error_verdict(failed).reason), seen)


def is_unclear(error: HAUpgradeError) -> bool:
    """Whether the change may have taken effect all the same."""
    return isinstance(error, CommandTimeout | LineDropped)
