"""What was done to a pair before, campaign by campaign, and what of it was left half done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import said
from nornir_haupgrade.engines.evidence import plan_and_state
from nornir_haupgrade.engines.unfinished import another_errand, is_half_done, is_unfinished
from nornir_haupgrade.procedure.conditions import has_begun, versions
from nornir_haupgrade.procedure.machine import decide
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.procedure.records import Action, Finish, Opened, Outcome, Record, Result

if TYPE_CHECKING:
    from nornir_haupgrade.engines.errand import Errand
    from nornir_haupgrade.procedure.plan import Plan
    from nornir_haupgrade.procedure.state import State


@dataclass(frozen=True, slots=True)
class Past:
    """A campaign of a pair, as its history tells it."""

    id: str
    plan: Plan
    state: State
    records: tuple[Record, ...]

    @classmethod
    def of(cls, campaign: str, records: tuple[Record, ...]) -> Past:
        """Read a history."""
        return cls(campaign, *plan_and_state(records), records)

    @property
    def text(self) -> str:
        """``the upgrade of one member, p1b (20261123-201501-ab12)``."""
        on = f", {self.plan.member}" if self.plan.member else ""
        return f"{said(self.plan.purpose)}{on} ({self.id})"

    @property
    def outcome(self) -> Outcome | None:
        """How it ended, if it did."""
        decision = decide(self.plan, self.state)
        return decision.outcome if isinstance(decision, Finish) else None

    @property
    def is_in_the_way(self) -> bool:
        """Whether it did not come to its end, or nobody saw the end of what it sent."""
        is_open = self.state.running is not None or self.state.unsettled is not None
        return is_open or is_unfinished(self.plan, self.state)

    @property
    def has_changed_software(self) -> bool:
        """Whether it took a member to another version, even if it took it back again."""
        known = self.state.known
        if not self.plan.purpose.changes_software or known is None:
            return False
        if self.plan.purpose.is_single:
            return has_begun(self.plan, self.state)
        is_old = versions(known) == {self.plan.path[0]}
        return not is_old or self.outcome is Outcome.ROLLED_BACK


def left_half_done(errand: Errand, past: Iterable[Past]) -> Past | None:
    """The campaign that began the same thing and did not bring it to its end, if none did since.

    Whatever else was done to the pair meanwhile, a member that was upgraded and found broken is not
    good because another task came in between.

    Args:
        errand: What is to be done.
        past: The pair's campaigns, the newest first; read only as far as needed.
    """
    if errand.purpose not in _PROVEN:
        return None
    for one in past:
        if another_errand(one.plan, errand) is None:
            return one if is_half_done(one.plan, one.state) else None
        if _has_settled(one, errand):
            return None
    return None


def gone_on_with(opened: Opened, half: Past) -> Opened:
    """A campaign that goes on with what another one left half done: its way, and its beginning.

    Unless the member has left that way meanwhile, by somebody else's hand.
    """
    if not set(opened.plan.path) <= set(half.plan.path):
        return opened
    plan = replace(opened.plan, path=half.plan.path, images=half.plan.images)
    return replace(opened, plan=plan, start=half.state.start, baseline=baseline_in(half.records))


def baseline_in(records: tuple[Record, ...]) -> tuple[tuple[str, str], ...]:
    """What a campaign, or the one that it goes on with, measured before the first write."""
    for record in records:
        if isinstance(record, Opened) and record.baseline:
            return record.baseline
        if not isinstance(record, Result) or record.run.action is not Action.BASELINE:
            continue
        if record.verdict.is_good:
            return record.facts
    return ()


_PROVEN = frozenset({Purpose.SWITCH_OVER, Purpose.UPGRADE_MEMBER, Purpose.ROLL_BACK_MEMBER})
"""Single things that are done only once something is proven, of the member or of the services."""


def _has_settled(one: Past, errand: Errand) -> bool:
    """Whether what was left half done before it is of no account any more."""
    if not one.plan.purpose.is_single:
        return one.outcome in {Outcome.DONE, Outcome.ROLLED_BACK}
    if errand.purpose is Purpose.SWITCH_OVER:
        return one.plan.purpose is Purpose.SWITCH_OVER and one.outcome is Outcome.DONE
    return one.plan.member == errand.member and one.has_changed_software
