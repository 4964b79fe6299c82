"""What an earlier campaign means for the next errand: gone on with, in the way, or over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import Errand, said
from nornir_haupgrade.procedure.machine import decide
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.procedure.records import Finish, Outcome

if TYPE_CHECKING:
    from nornir_haupgrade.model import PairFacts
    from nornir_haupgrade.procedure.plan import Plan
    from nornir_haupgrade.procedure.state import State


def before_us(state: State) -> PairFacts | None:
    """How the members were before us, while something of that is still to be given back."""
    return state.original if state.leases else None


def another_errand(plan: Plan, errand: Errand) -> tuple[str, str] | None:
    """Why an unfinished campaign is not gone on with by this errand: (what, advice)."""
    if plan.purpose is not errand.purpose:
        what = f"the unfinished campaign is {said(plan.purpose)}, not {said(errand.purpose)}"
        return what, "go on with that one first, or end it with haupgrade give-back"
    if plan.member != errand.member:
        what = f"the unfinished campaign is {said(plan.purpose)}, on {plan.member}"
        return what, "go on with that one first, or end it with haupgrade give-back"
    target = plan.path[0] if plan.purpose is Purpose.ROLL_BACK_MEMBER else plan.path[-1]
    if errand.to is not None and target != errand.to:
        what = f"the unfinished campaign goes to {target}, not to {errand.to}"
        return what, f"run --to {target}, or haupgrade rollback first"
    return None


def is_unfinished(plan: Plan, state: State) -> bool:
    """Whether `run` goes on with this history: not ended, parked on the way, or something owed.

    What one thing on one member leaves owed does not keep it open: the next campaign takes it over.
    """
    decision = decide(plan, state)
    if not isinstance(decision, Finish):
        return True
    if plan.purpose.is_single:
        return False
    return decision.outcome in {Outcome.PARKED, Outcome.STRANDED} or bool(decision.owed)


def is_half_done(plan: Plan, state: State) -> bool:
    """Whether one thing on one member was begun and did not come to its end.

    It is in nobody's way; but asked for once more it is gone on with, else a member that was
    upgraded and found broken would be taken for one that had nothing to be done.
    """
    decision = decide(plan, state)
    return (
        plan.purpose.is_single
        and isinstance(decision, Finish)
        and decision.outcome in {Outcome.PARKED, Outcome.STRANDED}
    )
