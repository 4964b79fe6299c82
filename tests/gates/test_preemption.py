from __future__ import annotations

import pytest
from hypothesis import given

from nornir_haupgrade.gates.preemption import is_off
from nornir_haupgrade.model import PairFacts, Preemption, Status
from tests.gates.samples import any_pair, pair, without


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        (Preemption.OFF, Preemption.OFF, Status.PASS),
        (Preemption.ON, Preemption.OFF, Status.FAIL),
        (Preemption.OFF, Preemption.ON, Status.FAIL),
        (Preemption.UNKNOWN, Preemption.OFF, Status.ERROR),
        (Preemption.UNKNOWN, Preemption.ON, Status.ERROR),
        (Preemption.UNSUPPORTED, Preemption.UNSUPPORTED, Status.SKIPPED),
        (Preemption.OFF, Preemption.UNSUPPORTED, Status.PASS),
    ],
)
def test_it_must_be_read_back_as_off_from_both(
    one: Preemption,
    other: Preemption,
    status: Status,
) -> None:
    assert is_off(pair({"preemption": one}, {"preemption": other})).status is status


def test_the_member_that_preempts_is_named() -> None:
    found = is_off(pair({}, {"preemption": Preemption.ON}))
    assert "fw2" in found.reason
    assert "fw1" not in found.reason


def test_a_member_that_did_not_answer_is_not_taken_for_off() -> None:
    assert is_off(without("fw2")).status is Status.ERROR


@given(any_pair)
def test_on_or_unknown_is_never_good(facts: PairFacts) -> None:
    settings = {own.preemption if own else Preemption.UNKNOWN for _, own in facts.members}
    assert is_off(facts).is_good == (settings <= {Preemption.OFF, Preemption.UNSUPPORTED})
