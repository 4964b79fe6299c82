from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.gates.services import as_before, baseline
from nornir_haupgrade.model import ServiceResult, Status

any_result = st.builds(
    ServiceResult,
    st.sampled_from(["web", "mail", "dns"]),
    st.none() | st.booleans(),
    st.just("10.1.1.1:80 refused"),
)
results = st.lists(any_result, max_size=3, unique_by=lambda result: result.name)


def web(*, is_good: bool | None) -> ServiceResult:
    return ServiceResult("web", is_good, "10.1.1.1:80 refused")


@pytest.mark.parametrize(
    ("is_good", "status"),
    [(True, Status.PASS), (False, Status.WARN), (None, Status.ERROR)],
)
def test_what_is_broken_before_us_is_a_warning_and_unknown_an_error(
    is_good: bool | None,
    status: Status,
) -> None:
    found = baseline([web(is_good=is_good)])
    assert found.status is status
    assert status is Status.PASS or "10.1.1.1:80 refused" in found.reason


def test_no_service_is_skipped_and_said() -> None:
    for found in (baseline([]), as_before([], [])):
        assert found.status is Status.SKIPPED
        assert "no service is configured" in found.reason


@pytest.mark.parametrize(
    ("before", "now", "status"),
    [
        (True, True, Status.PASS),
        (True, False, Status.FAIL),
        (True, None, Status.ERROR),
        (False, True, Status.PASS),
        (False, False, Status.WARN),
        (False, None, Status.ERROR),
        (None, True, Status.PASS),
        (None, False, Status.FAIL),
        (None, None, Status.ERROR),
    ],
)
def test_then_and_now(before: bool | None, now: bool | None, status: Status) -> None:
    assert as_before([web(is_good=before)], [web(is_good=now)]).status is status


@pytest.mark.parametrize(
    ("now", "status"), [(True, Status.PASS), (False, Status.FAIL), (None, Status.ERROR)]
)
def test_a_service_without_a_baseline_must_be_good(now: bool | None, status: Status) -> None:
    assert as_before([], [web(is_good=now)]).status is status


def test_a_service_that_is_no_longer_checked_is_not_taken_for_good() -> None:
    found = as_before([web(is_good=True), ServiceResult("mail", is_good=True, detail="")], [])
    assert found.status is Status.ERROR
    assert "web" in found.reason
    assert "mail" in found.reason


def test_a_service_that_broke_is_not_hidden_by_one_that_could_not_be_measured() -> None:
    before = [web(is_good=True), ServiceResult("dns", is_good=True, detail="")]
    now = [web(is_good=False), ServiceResult("dns", is_good=None, detail="no files left")]
    found = as_before(before, now)
    assert found.status is Status.ERROR
    assert "web: worked before, now: 10.1.1.1:80 refused" in found.reason
    assert "no files left" in found.reason


@given(results)
def test_the_baseline_is_good_unless_something_is_unknown(found: list[ServiceResult]) -> None:
    assert baseline(found).is_good == all(result.is_good is not None for result in found)


@given(results, results)
def test_what_is_unknown_now_is_never_good(
    before: list[ServiceResult],
    now: list[ServiceResult],
) -> None:
    names = {result.name for result in now}
    is_unknown = any(result.is_good is None for result in now)
    is_unknown |= any(result.name not in names for result in before)
    assert (as_before(before, now).status is Status.ERROR) == is_unknown
