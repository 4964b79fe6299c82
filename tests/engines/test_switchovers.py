"""What each switchover cost, read from the history."""

from __future__ import annotations

from nornir_haupgrade.engines.switchovers import Switchover, switchovers_of
from nornir_haupgrade.model import (
    CanaryResult,
    Gap,
    MemberFacts,
    PairFacts,
    Role,
    Status,
    Verdict,
)
from nornir_haupgrade.procedure.records import (
    Action,
    By,
    Choice,
    Decided,
    Record,
    Result,
    Run,
    Started,
    Step,
)
from nornir_haupgrade.report.summary import switchover_lines

GOOD, BAD = Verdict(Status.PASS, "good"), Verdict(Status.FAIL, "bad")


def seen(active: str | None, *, silent: str = "") -> PairFacts:
    roles = {name: Role.ACTIVE if name == active else Role.STANDBY for name in "ab"}
    return PairFacts(
        tuple(
            (name, None if name == silent else MemberFacts(name, role, "13.7", "boot", "13.7"))
            for name, role in roles.items()
        )
    )


def order(to: str, step: Step = Step.SWITCH_OVER) -> Run:
    return Run(Action.SWITCH, ("a", "b"), to, step=step)


def switch(to: str, step: Step, *, is_stale: bool = False) -> Result:
    return Result(order(to, step), GOOD, seen(to), is_stale=is_stale)


def shop(seconds: float | None) -> Gap:
    return Gap("shop", seconds, 0.01, 100, 2, "2026-11-25T10:00:00.000+00:00")


def services(
    seconds: float | None, verdict: Verdict = GOOD, canaries: tuple[CanaryResult, ...] = ()
) -> Result:
    run = Run(Action.SERVICES, ("a",))
    return Result(run, verdict, None, outages=(shop(seconds),), canaries=canaries)


def till(*, is_alive: bool | None) -> CanaryResult:
    return CanaryResult("till", is_alive, None, "")


def decided(choice: Choice) -> Decided:
    return Decided(1, choice, By.PERSON)


def look(facts: PairFacts | None) -> Result:
    return Result(Run(Action.LOOK, ("a", "b")), GOOD, facts)


def costs(*records: Record) -> list[tuple[str | None, list[float | None]]]:
    return [(one.to, [gap.seconds for gap in one.outages]) for one in switchovers_of(records)]


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


def test_what_a_person_accepted_is_not_replaced_by_a_later_check() -> None:
    fell = (switch("b", Step.SWITCH_OVER), services(35.0, BAD, (till(is_alive=False),)))
    for choice in (Choice.CONTINUE, Choice.PARK):
        (found,) = switchovers_of([*fell, decided(choice), services(0.02)])
        assert found.outages == (shop(35.0),)
        assert found.canaries == (till(is_alive=False),)


def test_another_change_ends_the_switchover_but_releasing_its_latch_does_not() -> None:
    def change(action: Action) -> Result:
        return Result(Run(action, ("a",)), GOOD, seen("b"))

    fell = (switch("b", Step.SWITCH_OVER), change(Action.RELEASE), services(35.0, BAD))
    assert costs(*fell, change(Action.RELOAD), services(40.0)) == [("b", [35.0])]
    assert costs(*fell, change(Action.RELEASE), services(40.0)) == [("b", [40.0])]


def test_a_check_that_could_not_measure_takes_nothing_away() -> None:
    retry = decided(Choice.RETRY)
    fell = (switch("b", Step.SWITCH_OVER), services(35.0, BAD, (till(is_alive=False),)), retry)
    (found,) = switchovers_of(
        [*fell, services(None, BAD), services(2.0, GOOD, (till(is_alive=True),))]
    )
    assert found.outages == (shop(35.0),)
    assert found.canaries == (till(is_alive=False),)
    assert switchovers_of([*fell, Result(Run(Action.SERVICES, ("b",)), GOOD, None)]) == (
        Switchover(Step.SWITCH_OVER, "b", (shop(35.0),), (till(is_alive=False),)),
    )


def test_a_switchover_that_a_look_found_done_counts_once() -> None:
    """The process was killed while it ran, or the reply was lost and nobody could be asked."""
    sent = Started(order("b"))
    lost = Result(order("b"), BAD, None)
    for before in ([sent], [sent, lost], [sent, lost, look(None), look(seen(None, silent="b"))]):
        records = [*before, look(seen("b")), look(seen("b")), services(None)]
        assert costs(*records) == [("b", [None])]


def test_a_switchover_that_did_not_move_the_role_is_none() -> None:
    sent = Started(order("b"))
    refused = Result(order("b"), BAD, seen("a"))
    assert costs(sent, refused, look(seen("b")), services(1.0)) == []
    assert costs(sent, look(seen("a")), look(seen("b")), services(1.0)) == []
    # A way back that was refused: the outage goes on.
    fell = (switch("b", Step.SWITCH_OVER), services(5.0, BAD))
    back = Result(order("a", Step.SWITCH_BACK), BAD, seen("b"))
    assert costs(*fell, back, services(9.0)) == [("b", [9.0])]


def test_a_switchover_without_a_check_was_not_measured() -> None:
    found = switchovers_of([switch("b", Step.SWITCH_OVER), decided(Choice.PARK)])
    assert list(switchover_lines(found)) == ["outage 6 switch over -> b: not measured"]


def test_canaries_that_could_not_be_measured_are_told() -> None:
    canaries = (till(is_alive=None), CanaryResult("long", True, 0.5, ""))
    found = [Switchover(Step.TRIAL, "b", (shop(0.07),), canaries)]
    (line,) = switchover_lines(found)
    assert line.endswith("(resolution 10 ms), canary till not measured, canary long survived")
