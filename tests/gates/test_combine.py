from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.gates.combine import Check, combine, each_member, listed
from nornir_haupgrade.model import MemberFacts, PairFacts, Status, Verdict
from tests.gates.samples import any_pair, pair, statuses, verdicts

checks = st.lists(st.builds(Check, st.text(min_size=1), verdicts), min_size=1, max_size=6)
BADNESS = {Status.SKIPPED: 0, Status.PASS: 1, Status.WARN: 2, Status.FAIL: 3, Status.ERROR: 4}


def verdict(status: Status) -> Verdict:
    return Verdict(status, f"said {status}")


def test_nothing_checked_is_not_good() -> None:
    assert combine([]).status is Status.ERROR


@given(checks)
def test_the_worst_status_wins(given_checks: list[Check]) -> None:
    found = BADNESS[combine(given_checks).status]
    assert found == max(BADNESS[check.verdict.status] for check in given_checks)


@given(checks)
def test_one_bad_check_makes_the_whole_bad(given_checks: list[Check]) -> None:
    is_good = all(check.verdict.status not in {Status.FAIL, Status.ERROR} for check in given_checks)
    assert combine(given_checks).is_good == is_good


@given(checks)
def test_no_reason_is_hidden_by_another_failure(given_checks: list[Check]) -> None:
    reason = combine(given_checks).reason
    for check in given_checks:
        if check.verdict.status is not Status.PASS:
            assert check.name in reason
            assert check.verdict.reason in reason


@given(checks)
def test_every_check_and_every_fact_is_kept(given_checks: list[Check]) -> None:
    facts = combine(given_checks).facts
    for check in given_checks:
        assert (check.name, f"{check.verdict.status}: {check.verdict.reason}") in facts
        for label, value in check.verdict.facts:
            assert (f"{check.name}: {label}", value) in facts


@given(st.permutations([verdict(status) for status in Status]))
def test_the_order_of_the_checks_does_not_matter_to_the_status(order: list[Verdict]) -> None:
    found = combine([Check(one.status, one) for one in order])
    assert found.status is Status.ERROR


def test_the_worst_reason_is_read_first() -> None:
    found = combine([Check("mild", verdict(Status.WARN)), Check("bad", verdict(Status.FAIL))])
    assert found.reason == "bad: said fail; mild: said warn"


@pytest.mark.parametrize(
    ("statuses", "status", "reason"),
    [
        ([Status.PASS], Status.PASS, "said pass"),
        ([Status.PASS] * 9, Status.PASS, "9 checks passed"),
        (
            [Status.PASS, Status.SKIPPED],
            Status.PASS,
            "1 check passed; c1: skipped, said skipped",
        ),
        ([Status.SKIPPED], Status.SKIPPED, "c0: skipped, said skipped"),
    ],
)
def test_what_was_skipped_is_said(statuses: list[Status], status: Status, reason: str) -> None:
    found = combine([Check(f"c{n}", verdict(one)) for n, one in enumerate(statuses)])
    assert (found.status, found.reason) == (status, reason)


@given(any_pair, statuses)
def test_a_member_that_did_not_answer_is_never_judged_good(
    facts: PairFacts,
    status: Status,
) -> None:
    found = each_member(facts, lambda _: verdict(status))
    silent = [name for name, own in facts.members if own is None]
    assert not silent or found.status is Status.ERROR
    assert all(name in found.reason for name in silent)


def test_each_member_is_named_with_what_it_said() -> None:
    def judge(own: MemberFacts) -> Verdict:
        return Verdict(Status.PASS, own.identity)

    assert each_member(pair(), judge).reason == "fw1: SN1; fw2: SN2"


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], ""),
        (["a", "b", "c"], "a, b, c"),
        (["a", "b", "c", "d"], "a, b, c and 1 more"),
    ],
)
def test_a_long_list_says_how_many_more_there_are(items: list[str], text: str) -> None:
    assert listed(items) == text
