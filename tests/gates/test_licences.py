from __future__ import annotations

from hypothesis import given, strategies as st

from nornir_haupgrade.gates.licences import licensed
from nornir_haupgrade.model import Status

names = st.lists(st.sampled_from(["level a", "level b", "throughput 2 kbps"]), unique=True)


def test_a_lost_licence_is_named_with_what_came_instead() -> None:
    found = licensed("fw2", ["level a", "rate 9 kbps"], ["level a", "rate 1 kbps"])
    assert found.status is Status.FAIL
    assert found.reason == "fw2 is no longer licensed for rate 9 kbps; now for rate 1 kbps"


def test_a_licence_that_came_in_addition_is_no_loss() -> None:
    assert licensed("fw2", ["level a"], ["level b", "level a"]).status is Status.PASS


@given(names, names)
def test_good_exactly_if_nothing_is_missing(before: list[str], after: list[str]) -> None:
    assert licensed("fw2", before, after).is_good == (set(before) <= set(after))
