from __future__ import annotations

import pytest

from nornir_haupgrade.gates.canaries import held_at_first, survived
from nornir_haupgrade.model import CanaryResult, Status


def till(*, is_alive: bool | None) -> CanaryResult:
    return CanaryResult("till", is_alive, 1.0, "10.2.1.100:7000: what was seen")


@pytest.mark.parametrize(
    ("is_alive", "status"), [(True, Status.PASS), (False, Status.FAIL), (None, Status.ERROR)]
)
def test_what_was_held_must_still_be_held_and_unknown_is_never_good(
    is_alive: bool | None, status: Status
) -> None:
    found = survived({"till"}, [till(is_alive=is_alive)])
    assert found.status is status
    assert "what was seen" in found.reason


@pytest.mark.parametrize("is_alive", [True, False, None])
def test_what_was_not_held_proves_nothing_and_is_said(is_alive: bool | None) -> None:
    found = survived(set(), [till(is_alive=is_alive)])
    assert found.status is Status.WARN
    assert "nothing is proven by it" in found.reason


@pytest.mark.parametrize(
    ("is_alive", "status"), [(True, Status.PASS), (False, Status.WARN), (None, Status.WARN)]
)
def test_what_cannot_be_held_before_us_is_a_warning(is_alive: bool | None, status: Status) -> None:
    assert held_at_first([till(is_alive=is_alive)]).status is status


def test_one_lost_canary_is_not_hidden_by_others() -> None:
    lost, held = till(is_alive=False), CanaryResult("desk", is_alive=True, silence=1.0, detail="up")
    found = survived({"till", "desk"}, [held, lost])
    assert found.status is Status.FAIL
    assert found.reason.startswith("till: did not survive")


def test_no_canary_is_skipped_and_said() -> None:
    for found in (held_at_first([]), survived(set(), [])):
        assert found.status is Status.SKIPPED
        assert found.reason == "no canary is configured"
