"""A gate of the site's own: only its yes is good, but for the way back."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.gates.combine import Check
from nornir_haupgrade.gates.entry import entry
from nornir_haupgrade.gates.site import own_gate
from nornir_haupgrade.model import Status, Verdict
from tests.gates.samples import pair, verdicts


@pytest.mark.parametrize(
    ("is_good", "is_way_back", "status"),
    [
        (True, False, Status.PASS),
        (False, False, Status.FAIL),
        (None, False, Status.ERROR),
        (True, True, Status.PASS),
        (False, True, Status.WARN),
        (None, True, Status.WARN),
    ],
)
@given(said=st.text(min_size=1))
def test_its_word_holds_and_is_always_told(
    is_good: bool | None, is_way_back: bool, status: Status, said: str
) -> None:
    verdict = own_gate(said, is_good=is_good, is_way_back=is_way_back)
    assert verdict.status is status
    assert said in verdict.reason


@given(verdict=verdicts)
def test_a_switchover_is_never_better_than_the_site_s_own_gates(verdict: Verdict) -> None:
    found = entry(pair(), "fw2", (("eth0", True),), [Check("gate freeze", verdict)])
    assert found.is_good is verdict.is_good
    assert ("gate freeze", f"{verdict.status}: {verdict.reason}") in found.facts
