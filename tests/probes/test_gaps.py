"""Outage from instants alone: no clock, no network."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.model import Gap
from nornir_haupgrade.probes.outcome import Outcome
from nornir_haupgrade.probes.track import Track

GOOD, BAD, UNKNOWN = (
    Outcome(is_good=True, detail="accepts"),
    Outcome(is_good=False, detail="refused"),
    Outcome(None, "no files left"),
)


def every(step: float, since: float, until: float) -> list[float]:
    return [since + step * at for at in range(round((until - since) / step))]


def track(*goods: float, bads: tuple[float, ...] = ()) -> Track:
    found = Track("shop")
    answers = [(at, GOOD) for at in goods] + [(at, BAD) for at in bads]
    for at, outcome in sorted(answers, key=lambda answer: answer[0]):
        found.add(at, outcome)
    return found


def gap(found: Track, since: float, until: float, now: float | None = None) -> Gap:
    return found.gap(since, until, until if now is None else now)


def test_an_outage_is_the_longest_time_between_two_good_answers_in_a_row() -> None:
    found = gap(track(*every(0.01, 9, 10.5), *every(0.01, 10.73, 12)), 10, 12)
    assert found.seconds == pytest.approx(0.24)
    assert found.resolution == pytest.approx(0.01)
    assert found.good == pytest.approx(177, abs=2)
    assert found.detail == ""


def test_without_an_outage_the_longest_gap_is_about_the_resolution() -> None:
    found = gap(track(*every(0.01, 9, 12)), 10, 12)
    assert found.seconds == pytest.approx(0.01)
    assert found.resolution == pytest.approx(0.01)


def test_one_retransmitted_syn_is_no_outage() -> None:
    """The answer comes a second late, or its probe gives up first; all others were answered."""
    late = gap(track(*every(0.01, 9, 12), 11.005), 10, 12)
    given_up = gap(track(*every(0.01, 9, 12), bads=(10.5,)), 10, 12)
    assert late.seconds == pytest.approx(0.01)
    assert given_up.seconds == pytest.approx(0.01)
    assert given_up.bad == 1


def test_a_gap_that_crosses_the_beginning_counts_in_full() -> None:
    found = gap(track(9.98, 9.99, *every(0.01, 10.29, 11)), 10, 11)
    assert found.seconds == pytest.approx(0.3)


def test_what_was_broken_before_is_named_and_counts_from_the_beginning_only() -> None:
    found = gap(track(100.0, *every(0.01, 200.4, 202), bads=(*every(1, 101, 200),)), 200, 202)
    assert found.seconds == pytest.approx(0.4)
    assert found.detail == "broken before this already, for 100.0 s"


def test_what_was_broken_before_and_still_is_has_no_length() -> None:
    found = gap(track(100.0, bads=(*every(1, 101, 204),)), 200, 204)
    assert found.seconds is None
    assert "silent for 4.0 s so far" in found.detail
    assert "broken before this already, for 100.0 s" in found.detail


def test_a_service_that_never_answered_well_was_not_measured() -> None:
    found = gap(track(bads=(10.5, 11.5)), 10, 12)
    assert (found.seconds, found.good, found.bad, found.began) == (None, 0, 2, None)
    assert found.detail == "no good answer before it (refused)"


def test_nothing_at_all_is_not_measured() -> None:
    found = gap(Track("shop"), 10, 12)
    assert (found.seconds, found.resolution) == (None, None)


def test_a_service_that_is_silent_at_the_end_has_no_length_yet() -> None:
    found = gap(track(*every(0.01, 9, 10.5), bads=(11.0,)), 10, 15)
    assert found.seconds is None
    assert found.detail == "silent for 4.5 s so far (refused)"


def test_a_shorter_silence_at_the_end_is_said_beside_the_outage() -> None:
    found = gap(track(*every(0.01, 9, 10.5), *every(0.01, 12, 13)), 10, 13.8)
    assert found.seconds == pytest.approx(1.51, abs=0.02)
    assert found.detail == "and silent again for 0.8 s"


def test_the_first_good_answer_after_the_window_ends_its_last_gap() -> None:
    found = gap(track(*every(0.01, 9, 10.5), 16.49), 10, 12, now=20)
    assert found.seconds == pytest.approx(6.0)


def test_what_comes_after_the_window_is_not_its_outage() -> None:
    found = gap(track(*every(0.01, 9, 11.99), 13, 14, 15), 10, 12, now=20)
    assert found.seconds == pytest.approx(0.01)
    assert found.resolution == pytest.approx(0.01)


def test_a_machine_that_did_not_probe_says_so_by_its_resolution() -> None:
    found = track(*every(0.01, 9, 10.5), *every(0.01, 11.5, 13))
    found.paused(10.49, 11.5)
    measured = gap(found, 10, 13)
    assert measured.seconds == pytest.approx(1.01)
    assert measured.resolution == pytest.approx(1.01)


def test_pauses_elsewhere_do_not_touch_the_resolution_of_the_outage() -> None:
    found = track(*every(0.01, 9, 10.5), *every(0.01, 12, 13))
    found.paused(9.0, 9.4)
    found.paused(12.5, 12.9)
    assert gap(found, 10, 13).resolution == pytest.approx(0.01)


def test_pauses_that_touch_are_one() -> None:
    found = track(*every(0.01, 9, 10.5), *every(0.01, 11.5, 13))
    for at in every(0.1, 10.5, 11.5):
        found.paused(at, at + 0.11)
    assert gap(found, 10, 13).resolution == pytest.approx(1.01)


def test_unknown_answers_are_neither_good_nor_bad() -> None:
    found = track(*every(0.01, 9, 10.5))
    for at in every(0.01, 10.5, 12):
        found.add(at, UNKNOWN)
    measured = gap(found, 10, 12)
    assert measured.seconds is None
    assert measured.bad == 0
    assert measured.good == pytest.approx(50, abs=1)
    assert "no files left" in measured.detail


def test_a_long_watch_forgets_the_oldest_and_never_invents() -> None:
    found = track(*every(0.01, 0, 1000))
    assert len(found._goods) <= 90_400
    assert gap(found, 999, 1000).seconds == pytest.approx(0.01)
    assert gap(found, 10, 20).detail == "what was before it is no longer known"
    assert gap(found, 10, 20).seconds is None


def test_an_outage_is_still_known_after_fifteen_minutes_a_hundred_times_a_second() -> None:
    found = gap(track(*every(0.01, 0, 100), *every(0.01, 100.4, 990)), 95, 990)
    assert found.seconds == pytest.approx(0.41)
    assert found.resolution == pytest.approx(0.01)


def test_at_rest_hours_cost_no_more_than_minutes() -> None:
    found = track(*every(0.01, 0, 100), *every(1, 100, 40_000))
    assert len(found._goods) <= 10_000
    assert gap(found, 39_000, 40_000).seconds == pytest.approx(1)


def test_a_time_of_the_calendar_comes_with_the_gap() -> None:
    found = gap(track(*every(0.01, 9, 10.5), *every(0.01, 10.73, 12)), 10, 12)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(found.began))


instants = st.lists(st.floats(0, 100), min_size=1, max_size=30)


@given(instants, instants, st.floats(0, 100), st.floats(0, 100))
def test_a_gap_is_never_shorter_than_any_silence_it_covers(
    goods: list[float], bads: list[float], one: float, other: float
) -> None:
    since, until = sorted((one, other))
    found = gap(track(*goods, bads=tuple(bads)), since, until, now=100)
    inside = sorted(at for at in goods if since < at <= until)
    assert found.good == len(inside)
    if found.seconds is not None:
        assert all(found.seconds >= b - a for a, b in pairwise(inside))
        assert found.seconds >= 0
    assert found.resolution is None or found.resolution > 0
