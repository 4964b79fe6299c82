"""Looking, and letting what may still be under way come to its end first."""

from __future__ import annotations

import pytest

from nornir_haupgrade.errors import LineDropped
from nornir_haupgrade.model import PairFacts, Role, Status
from nornir_haupgrade.procedure.actions.ports import wait_until
from nornir_haupgrade.procedure.actions.registry import do
from nornir_haupgrade.procedure.records import Action, Run
from tests.actions.conftest import Bench
from tests.actions.memory import NEW, Port, unreadable


def test_a_look_shows_both_members(bench: Bench) -> None:
    result = bench.do(Action.LOOK)
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "p1a active 12.15, p1b standby 12.15"
    assert result.seen == bench.facts
    assert bench.sent == []


def test_a_session_that_died_unnoticed_is_opened_again(bench: Bench) -> None:
    bench.b.goes_wrong("facts", LineDropped("the line broke"), None)
    result = bench.do(Action.LOOK)
    assert result.seen == bench.facts
    assert bench.pair.closed == ["p1b"]


def test_a_member_that_does_not_answer_is_shown_as_such(bench: Bench) -> None:
    ctx, run = bench.context(), bench.run(Action.LOOK)
    bench.b.is_down = True
    result = do(ctx, run)
    assert result.seen == PairFacts((("p1a", bench.a.facts_held), ("p1b", None)))
    assert result.verdict.reason == "p1a active 12.15, p1b: p1/p1b: does not answer"
    assert bench.pair.logins_while_down == 2


def test_who_may_be_about_to_take_over_is_given_the_time(bench: Bench) -> None:
    """And the one that is dead is not logged in to again and again meanwhile."""

    def late(number: int) -> None:
        if number > 6:
            bench.b.becomes(role=Role.ACTIVE)

    ctx, run = bench.context(), bench.run(Action.LOOK)
    bench.a.is_down = True
    bench.b.on_read = late
    result = do(ctx, run)
    assert result.verdict.reason == "p1a: p1/p1a: does not answer, p1b active 12.15"
    assert bench.pair.logins_while_down == 2


def test_who_does_not_take_over_in_time_is_shown_as_it_is(bench: Bench) -> None:
    ctx, run = bench.context(), bench.run(Action.LOOK)
    bench.a.is_down = True
    result = do(ctx, run)
    assert result.verdict.reason == "p1a: p1/p1a: does not answer, p1b standby 12.15"
    assert bench.clock.passed >= 3  # settle_timeout


def test_nobody_who_answers_is_nobody_to_wait_for(bench: Bench) -> None:
    ctx, run = bench.context(), bench.run(Action.LOOK)
    bench.a.is_down = bench.b.is_down = True
    assert do(ctx, run).seen == PairFacts((("p1a", None), ("p1b", None)))
    assert bench.clock.passed < 1


@pytest.mark.parametrize("after", [Action.SWITCH, Action.RELEASE, Action.RETURN_PREEMPTION])
def test_roles_that_may_still_move_are_waited_for(bench: Bench, after: Action) -> None:
    def late(number: int) -> None:
        bench.a.becomes(role=Role.ACTIVE if number > 3 else Role.NEGOTIATING)

    bench.a.on_read = late
    result = bench.do(Action.LOOK, after=after)
    assert result.seen is not None
    assert result.seen.active == "p1a"
    assert bench.a.reads == 5  # two looks in a row agree


def test_roles_that_never_settle_are_shown_as_they_are_at_last(bench: Bench) -> None:
    bench.a.becomes(role=Role.NEGOTIATING)
    result = bench.do(Action.LOOK, after=Action.SWITCH)
    assert result.seen == bench.facts
    assert 3 <= bench.clock.passed < 4  # settle_timeout


def test_a_member_that_does_not_answer_is_not_settled(bench: Bench) -> None:
    bench.b.goes_wrong("facts", unreadable(), unreadable(), None)
    assert bench.do(Action.LOOK, after=Action.RELEASE).seen == bench.facts


def test_after_a_reload_a_new_boot_ends_the_wait(bench: Bench) -> None:
    ctx, run = bench.context(), bench.run(Action.LOOK, after=Action.RELOAD)
    bench.b.on_read = lambda number: bench.b.boots() if number == 3 else None
    result = do(ctx, run)
    assert result.verdict.reason == "p1a active 12.15, p1b standby 13.8"
    assert bench.b.reads == 5  # one of the new boot, and two that agree


def test_after_a_reload_the_role_must_be_known_as_well(bench: Bench) -> None:
    def boot(number: int) -> None:
        bench.b.boots(NEW, Role.STANDBY if number > 3 else Role.UNKNOWN)

    ctx, run = bench.context(), bench.run(Action.LOOK, after=Action.RELOAD)
    bench.b.on_read = boot
    result = do(ctx, run)
    assert result.seen == bench.facts
    assert bench.b.facts_held.role is Role.STANDBY


def test_a_reload_that_was_never_taken_is_noticed(bench: Bench) -> None:
    result = bench.do(Action.LOOK, after=Action.RELOAD)
    assert result.seen == bench.facts
    assert 2 <= bench.clock.passed < 3  # reload_notice


def test_a_role_that_never_comes_back_ends_with_the_time_for_a_reload(bench: Bench) -> None:
    ctx, run = bench.context(), bench.run(Action.LOOK, after=Action.RELOAD)
    bench.b.on_read = lambda _: bench.b.boots(NEW, Role.UNKNOWN)
    result = do(ctx, run)
    assert result.seen == bench.facts
    assert 20 <= bench.clock.passed < 21  # reload_timeout


def test_without_an_earlier_look_no_boot_is_taken_for_a_new_one(bench: Bench) -> None:
    bench.state = {"known": None}
    assert bench.do(Action.LOOK, after=Action.RELOAD).seen == bench.facts
    assert 2 <= bench.clock.passed < 3  # reload_notice


def test_nobody_logs_in_before_the_port_of_a_reloaded_member_answers(
    bench: Bench, port: Port
) -> None:
    bench.settings = {"reload_timeout": 0.4}
    ctx, run = bench.context(), bench.run(Action.LOOK, after=Action.RELOAD)
    port.close()
    bench.b.is_down = True
    result = do(ctx, run)
    assert result.seen is not None
    assert result.seen.of("p1b") is None
    assert bench.pair.logins_while_down == 1


def test_a_member_whose_port_answers_again_is_logged_in_to(bench: Bench, port: Port) -> None:
    def boot(_: int) -> None:
        if bench.pair.logins_while_down:
            bench.b.boots()

    ctx, run = bench.context(), bench.run(Action.LOOK, after=Action.RELOAD)
    bench.b.is_down = True
    bench.a.on_read = boot
    result = do(ctx, run)
    assert result.verdict.reason == "p1a active 12.15, p1b standby 13.8"


def test_a_wait_ends_with_what_is_waited_for_or_with_its_time(bench: Bench) -> None:
    def never(seconds: float) -> bool:
        bench.clock.passed += seconds
        return False

    ctx = bench.context()
    assert wait_until(ctx, lambda _: True, 5)
    assert not wait_until(ctx, never, 5)
    assert bench.clock.passed == 5


def test_a_role_that_has_not_moved_yet_is_not_taken_for_the_end(bench: Bench) -> None:
    """Two looks in a row agree on the old roles while the new active takes its time."""

    def late(number: int) -> None:
        if number > 4:
            bench.b.becomes(role=Role.ACTIVE, is_forwarding=True)
            bench.a.becomes(role=Role.SUSPENDED, is_forwarding=False, is_latched=True)

    ctx, run = bench.context(), bench.run(Action.SWITCH, to="p1b")
    bench.a.is_deaf = True  # the order is taken, and the role moves later
    bench.a.on_read = late
    result = do(ctx, run)
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "p1b is active"


def test_an_installation_that_nobody_waited_for_gets_its_time(bench: Bench) -> None:
    """Killed in the middle of it: the device goes on, and is not told to install again."""

    def late(number: int) -> None:
        if number > 3:
            bench.b.becomes(installed=(("slot1", "12.15"), ("slot2", NEW)))

    bench.b.on_read = late
    bench.state = {"unsettled": Run(Action.INSTALL, ("p1b",), NEW, None)}
    result = bench.do(Action.LOOK, after=Action.INSTALL)
    assert result.seen is not None
    assert result.seen == bench.facts
    assert 0 < bench.clock.passed < 3


def test_an_installation_that_never_began_is_given_up_after_its_time(bench: Bench) -> None:
    bench.state = {"unsettled": Run(Action.INSTALL, ("p1b",), NEW, None)}
    assert bench.do(Action.LOOK, after=Action.INSTALL).seen == bench.facts
    assert 3 <= bench.clock.passed < 4  # settle_timeout
