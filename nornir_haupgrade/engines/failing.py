"""The end of a pair that could not go on, told with as much as is left to tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from nornir_haupgrade.engines.endings import silent_in
from nornir_haupgrade.engines.events import Owed, PairEnd
from nornir_haupgrade.engines.owing import owed_of
from nornir_haupgrade.procedure.records import Outcome

if TYPE_CHECKING:
    from nornir_haupgrade.engines.loop import PairLoop
    from nornir_haupgrade.pair import Pair
    from nornir_haupgrade.procedure.state import State


def failed_end(loop: PairLoop, reason: str, advice: str) -> PairEnd:
    """The end of a pair that could not go on; the disk or the history may be what has failed."""
    campaign, state, pair = loop.campaign, loop.state, loop.plan.pair
    return PairEnd(
        pair,
        Outcome.FAILED,
        reason,
        campaign=campaign.id,
        facts=state.known,
        silent=silent_in(state.facts),
        owed=_owed_at_least(loop.pair, state),
        advice=advice,
        head=or_why(lambda: campaign.history.head(pair), "could not be read"),
    )


def or_why(work: Callable[[], str], sorry: str) -> str:
    """A text, or why there is none."""
    try:
        return work()
    except Exception as error:  # noqa: BLE001 - said where the text would stand
        return f"{sorry}: {error}"


def _owed_at_least(pair: Pair, state: State) -> tuple[Owed, ...]:
    """What is owed; without the commands where they cannot be told."""
    try:
        return owed_of(pair, state, state.leases)
    except Exception as error:  # noqa: BLE001 - what is owed is known all the same
        reason = f"its commands could not be told: {error}"
        return tuple(Owed(lease, reason, ()) for lease in sorted(state.leases))
