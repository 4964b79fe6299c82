"""Device time, its timers, and what caused what."""

from __future__ import annotations

import pytest

from nornir_haupgrade.lab.timeline import Timeline


class Clock:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_timers_run_in_order_and_each_at_its_own_instant(clock: Clock) -> None:
    timeline = Timeline(clock)
    seen = []

    def first() -> None:
        seen.append(("first", timeline.now()))
        timeline.after(1, lambda: seen.append(("then", timeline.now())))

    timeline.after(5, lambda: seen.append(("last", timeline.now())))
    timeline.after(2, first)
    clock.seconds += 10
    timeline.run_due()
    assert seen == [("first", 2), ("then", 3), ("last", 5)]
    assert timeline.now() == 10


def test_speed_compresses_time(clock: Clock) -> None:
    timeline = Timeline(clock, speed=10)
    timeline.after(30, lambda: None)
    assert timeline.real_delay() == 3
    clock.seconds += 1
    assert timeline.now() == 10
    assert timeline.real_delay() == pytest.approx(2)


def test_a_cancelled_timer_never_runs(clock: Clock) -> None:
    timeline = Timeline(clock)
    timeline.after(1, lambda: pytest.fail("ran")).cancel()
    assert timeline.real_delay() is None
    clock.seconds += 5
    timeline.run_due()


def test_a_timer_inherits_its_cause(clock: Clock) -> None:
    timeline = Timeline(clock)
    seen = []
    with timeline.caused_by("me"):
        timeline.after(1, lambda: seen.append(timeline.cause))
    clock.seconds += 5
    timeline.run_due()
    assert seen == ["me"]
    assert timeline.cause == "start"
