from __future__ import annotations

from itertools import permutations

import pytest

from nornir_haupgrade.cli.exits import CODES, after_giving_back, worst
from nornir_haupgrade.engines.events import Ended, Owed, PairEnd
from nornir_haupgrade.procedure.records import Lease, LeaseKind, Outcome

OWED = (Owed(Lease(LeaseKind.LATCH, "p1a"), "it does not answer", ()),)


def end(how: Outcome | Ended, owed: tuple[Owed, ...] = ()) -> PairEnd:
    return PairEnd("p1", how, "", owed=owed)


def test_every_ending_has_a_code() -> None:
    assert set(CODES) == {*Outcome, *Ended}


@pytest.mark.parametrize(
    ("how", "code"),
    [
        (Outcome.DONE, 0),
        (Outcome.FAILED, 1),
        (Outcome.STRANDED, 1),
        (Outcome.NOT_STARTED, 1),
        (Outcome.PARKED, 3),
        (Ended.HELD, 3),
        (Outcome.ROLLED_BACK, 4),
        (Ended.INTERRUPTED, 130),
    ],
)
def test_one_pair(how: Outcome | Ended, code: int) -> None:
    assert worst([end(how)]) == code


def test_of_several_pairs_the_worst_in_the_order_1_3_4_0() -> None:
    order: list[Outcome | Ended] = [Outcome.FAILED, Ended.HELD, Outcome.ROLLED_BACK, Outcome.DONE]
    for first in range(len(order)):
        for mixed in permutations(order[first:]):
            assert worst([end(how) for how in mixed]) == CODES[order[first]]


def test_an_interrupted_run_is_130_whatever_came_of_it() -> None:
    assert worst([end(Outcome.FAILED), end(Outcome.DONE)], is_interrupted=True) == 130


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        ([end(Outcome.PARKED), end(Outcome.NOT_STARTED)], 0),
        ([end(Outcome.PARKED, OWED), end(Outcome.DONE)], 3),
        ([end(Outcome.DONE, OWED)], 3),
        ([end(Outcome.STRANDED, OWED)], 1),
        ([end(Ended.HELD)], 3),
    ],
)
def test_giving_back_is_done_when_nothing_is_owed(ends: list[PairEnd], code: int) -> None:
    assert after_giving_back(ends) == code
