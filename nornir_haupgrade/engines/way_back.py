"""From which campaign a pair is rolled back, when smaller things were done since its upgrade.

What came after the upgrade is explained by its own campaign: the way back begins with the pair as
the last of them left it. Where somebody else acted in between, it begins with the pair as it was
before that, so that the first look finds it, and a person is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import said
from nornir_haupgrade.engines.past import Past, baseline_in
from nornir_haupgrade.engines.unfinished import before_us
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.procedure.explain import differences, last_known
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.procedure.records import (
    Goal,
    Opened,
    Outcome,
    Record,
    Result,
)

if TYPE_CHECKING:
    from nornir_haupgrade.model import PairFacts

_ONE_BY_ONE = "take one member back at a time: roll_back_member"


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
        baseline=baseline_in(upgrade.records),
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
