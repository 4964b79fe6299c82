from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.errors import LoginRefused, Unreachable
from nornir_haupgrade.platforms.logins import OwnLogins, Refusals


def at(now: float) -> Callable[[], float]:
    return lambda: now


def refuse(refusals: Refusals, now: float) -> None:
    with pytest.raises(LoginRefused, match="wrong password"), refusals.care(at(now)):
        raise LoginRefused("wrong password")


def test_a_refused_login_is_left_alone_for_longer_each_time() -> None:
    refusals, now = Refusals(), 0.0
    for pause in (15, 30, 60, 120, 240, 240):
        refuse(refusals, now)
        with pytest.raises(LoginRefused), refusals.care(at(now + pause - 1)):
            pytest.fail("nobody logs in now")
        now += pause


def test_one_that_works_makes_the_past_forgotten() -> None:
    refusals = Refusals()
    refuse(refusals, 0.0)
    with refusals.care(at(15)):
        pass
    refuse(refusals, 15.0)
    with refusals.care(at(30)):
        pass


def test_another_error_is_no_refusal() -> None:
    refusals = Refusals()
    for _ in range(2):
        with pytest.raises(Unreachable), refusals.care(at(0)):
            raise Unreachable("the port refuses the connection")


events = st.lists(st.sampled_from(["broke", "left", "asked"]), max_size=8)


@given(events, st.lists(st.none() | st.integers(0, 3), min_size=8, max_size=8))
def test_never_more_are_ours_than_are_listed_or_have_ended(
    events: list[str], listed: list[int | None]
) -> None:
    own, ended = OwnLogins(), 0
    for number, event in enumerate(events):
        now = float(number)
        if event == "asked":
            found = own.among(listed[number], asked=now, now=now)
            assert 0 <= found <= min(ended, listed[number] or 0)
        else:
            (own.broke if event == "broke" else own.left)(now)
            ended += 1


@pytest.mark.parametrize("listed", [0, None])
def test_what_a_member_does_not_list_any_more_it_never_lists_again(listed: int | None) -> None:
    own = OwnLogins()
    own.left(1.0)
    assert own.among(1, asked=2.0, now=2.0) == 1
    assert own.among(listed, asked=3.0, now=3.0) == 0
    assert own.among(1, asked=4.0, now=4.0) == 0
