"""From which campaign a pair is rolled back, when smaller things were done since its upgrade.

What came after the upgrade is explained by its own campaign: the way back begins with the pair as
the last of them left it. Where somebody else acted in between, it begins with the pair as it was
before that, so that the first look finds it, and a person is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import said
from nornir_haupgrade.engines.evidence import plan_and_state
from nornir_haupgrade.engines.unfinished import before_us, is_unfinished
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.procedure.conditions import has_begun, versions
from nornir_haupgrade.procedure.explain import differences, last_known
from nornir_haupgrade.procedure.machine import decide
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.procedure.records import (
    Action,
    Finish,
    Goal,
    Opened,
    Outcome,
    Record,
    Result,
)

if TYPE_CHECKING:
    from nornir_haupgrade.model import PairFacts
    from nornir_haupgrade.procedure.plan import Plan
    from nornir_haupgrade.procedure.state import State

_ONE_BY_ONE = "take one member back at a time: roll_back_member"


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


def way_back(pair: str, past: Iterator[Past]) -> Opened | None:
    """How the campaign begins that takes a pair back; None where the newest one goes back itself.

    Args:
        pair: The pair's name.
        past: Its campaigns, the newest first; read only as far as needed.

    Raises:
        BadInput: There is no way back on which both members can be taken.
    """
    newest = next(past)
    is_single = newest.plan.purpose.is_single
    if newest.plan.purpose.changes_software or (newest.is_in_the_way and not is_single):
        return None
    later = [newest]
    for one in past:
        if one.has_changed_software:
            return _opening(pair, one, later)
        later.append(one)
    if not is_single:
        return None
    # Its path is what the members ran, in no order: there is no back on it.
    message = f"the newest campaign ({newest.id}) is {said(newest.plan.purpose)}, with no way back"
    raise BadInput(message, pair=pair, advice=_ONE_BY_ONE)


def _opening(pair: str, upgrade: Past, later: Sequence[Past]) -> Opened:
    newest = later[0]
    if upgrade.plan.purpose is not Purpose.UPGRADE:
        what = f"the software was changed last by {upgrade.text}: the pair has no way back as one"
        raise BadInput(what, pair=pair, advice=_ONE_BY_ONE)
    if upgrade.outcome is Outcome.ROLLED_BACK:
        raise BadInput(f"{upgrade.text} was rolled back already", pair=pair, advice=_ONE_BY_ONE)
    if newest.is_in_the_way:
        what = f"{newest.text} did not come to its end"
        advice = "go on with that one first, or end it with haupgrade give-back"
        raise BadInput(what, pair=pair, advice=advice)
    return Opened(
        upgrade.plan,
        Goal.BACK,
        owed=newest.state.leases,
        before=before_us(newest.state),
        earlier=newest.id,
        found=_explained(upgrade, later),
        baseline=_baseline(upgrade.records),
    )


def _explained(upgrade: Past, later: Sequence[Past]) -> PairFacts | None:
    """The pair as far as campaigns account for it, one after the other."""
    known = upgrade.state.known
    for one in reversed(later):
        first = _first_seen(one.records)
        if known is None or first is None:
            continue
        if one.state.is_disturbed or differences(known, first, None, upgrade.plan.traits):
            return known
        known = last_known(known, one.state.known or known)
    return known


def _first_seen(records: tuple[Record, ...]) -> PairFacts | None:
    results = (record for record in records if isinstance(record, Result))
    return next((one.seen for one in results if one.seen is not None), None)


def _baseline(records: tuple[Record, ...]) -> tuple[tuple[str, str], ...]:
    """What was measured before the first write of the upgrade."""
    for record in records:
        if isinstance(record, Opened) and record.baseline:
            return record.baseline
        if not isinstance(record, Result) or record.run.action is not Action.BASELINE:
            continue
        if record.verdict.is_good:
            return record.facts
    return ()
