"""From the endings of the pairs to one exit code."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from nornir_haupgrade.cli.shell import Exit
from nornir_haupgrade.engines.events import Ended, PairEnd
from nornir_haupgrade.procedure.records import Outcome

CODES: Final[dict[Outcome | Ended, Exit]] = {
    Outcome.DONE: Exit.DONE,
    Outcome.NOT_STARTED: Exit.FAILED,
    Outcome.FAILED: Exit.FAILED,
    Outcome.STRANDED: Exit.FAILED,
    Outcome.PARKED: Exit.HELD,
    Ended.HELD: Exit.HELD,
    Outcome.ROLLED_BACK: Exit.ROLLED_BACK,
    Ended.INTERRUPTED: Exit.INTERRUPTED,
}

_WORST_FIRST: Final = (Exit.INTERRUPTED, Exit.FAILED, Exit.HELD, Exit.ROLLED_BACK)


def worst(ends: Iterable[PairEnd], *, is_interrupted: bool = False) -> Exit:
    """The worst of several pairs: interrupted, failed, held, rolled back, done."""
    codes = {CODES[end.end] for end in ends}
    if is_interrupted:
        codes.add(Exit.INTERRUPTED)
    return next((code for code in _WORST_FIRST if code in codes), Exit.DONE)


def after_giving_back(ends: Iterable[PairEnd], *, is_interrupted: bool = False) -> Exit:
    """Giving back is done when nothing is owed any more, wherever the upgrade itself stands."""
    ends = list(ends)
    code = worst((end for end in ends if end.owed), is_interrupted=is_interrupted)
    if code is Exit.DONE and any(end.owed or end.end is Ended.HELD for end in ends):
        return Exit.HELD
    return code
