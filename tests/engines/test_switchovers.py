"""What each switchover cost, read from the history."""

from __future__ import annotations

from nornir_haupgrade.engines.switchovers import switchovers_of
from nornir_haupgrade.model import Gap, Status, Verdict
from nornir_haupgrade.procedure.records import Action, Result, Run, Step

GOOD, BAD = Verdict(Status.PASS, "good"), Verdict(Status.FAIL, "bad")


def switch(to: str, step: Step, *, is_stale: bool = False) -> Result:
    return Result(Run(Action.SWITCH, ("a", "b"), to, step=step), GOOD, None, is_stale=is_stale)


def services(seconds: float, verdict: Verdict = GOOD) -> Result:
    gap = Gap("shop", seconds, 0.01, 100, 2, "2026-11-25T10:00:00.000+00:00")
    return Result(Run(Action.SERVICES, ("a",)), verdict, None, outages=(gap,))


def test_each_switchover_has_the_outage_of_the_check_after_it() -> None:
    records = [
        services(1.0),  # the entry gate's: no switchover
        switch("b", Step.TRIAL),
        services(0.07),
        services(1.0),
        switch("a", Step.SWITCH_OVER, is_stale=True),  # never sent
        switch("a", Step.SWITCH_OVER),
        services(0.04),
    ]
    found = switchovers_of(records)
    assert [(one.step, one.to, one.outages[0].seconds) for one in found] == [
        (Step.TRIAL, "b", 0.07),
        (Step.SWITCH_OVER, "a", 0.04),
    ]


def test_of_several_checks_after_one_switchover_the_last_counts() -> None:
    records = [
        switch("b", Step.SWITCH_OVER),
        services(5.0, BAD),
        services(9.0, BAD),
        switch("a", Step.SWITCH_BACK),
        services(10.0),
    ]
    found = switchovers_of(records)
    assert [(one.step, one.outages[0].seconds) for one in found] == [
        (Step.SWITCH_OVER, 9.0),
        (Step.SWITCH_BACK, 10.0),
    ]


def test_returning_preemption_may_be_a_switchover() -> None:
    run = Run(Action.RETURN_PREEMPTION, ("a",), step=Step.GIVE_BACK)
    found = switchovers_of([Result(run, GOOD, None), services(0.02)])
    assert [(one.step, one.to) for one in found] == [(Step.GIVE_BACK, None)]
