"""What is asked once more before anything is sent, what is said before, and to whom it goes."""

from __future__ import annotations

import pytest

from nornir_haupgrade.errors import UnexpectedOutput
from nornir_haupgrade.model import Change, PairFacts, Role, Status
from nornir_haupgrade.platforms.base import Driver, Order
from nornir_haupgrade.procedure.actions.registry import do
from nornir_haupgrade.procedure.actions.writing import intents, orders
from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.records import Action, Intent, Result, Run
from tests.actions.conftest import Bench
from tests.actions.memory import NEW, OLD, MemoryPair, unreadable

WORK = (Action.INSTALL, Action.ACTIVATE, Action.RELOAD)


def assert_nothing_was_sent(bench: Bench, result: Result, *reasons: str) -> None:
    assert bench.sent == []
    assert result.verdict.status is Status.ERROR
    assert result.is_stale
    for reason in reasons:
        assert reason in result.verdict.reason


def test_nothing_is_sent_when_a_role_changed_since_it_was_decided(bench: Bench) -> None:
    ctx, run = bench.context(), bench.run(Action.INSTALL, "p1b", to=NEW)
    bench.a.becomes(role=Role.STANDBY, is_forwarding=False)
    bench.b.becomes(role=Role.ACTIVE, is_forwarding=True)
    result = do(ctx, run)
    assert_nothing_was_sent(
        bench, result, "p1a: role was active, is standby", "p1b: role was standby, is active"
    )
    assert result.seen == bench.facts


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"failovers": 2}, "p1a: failovers was 0, is 2"),
        ({"boot_id": "boot-7"}, "p1a: boot_id was boot-1, is boot-7"),
        ({"config": "c2"}, "p1a: config was c1, is c2"),
        ({"others": 1}, "p1a: administrators logged in was 0, is 1"),
    ],
)
def test_nothing_is_sent_when_someone_else_acted(
    bench: Bench, changes: dict[str, object], reason: str
) -> None:
    ctx, run = bench.context(), bench.run(Action.BORROW_PREEMPTION)
    bench.a.becomes(**changes)
    assert_nothing_was_sent(bench, do(ctx, run), reason)


def test_nothing_is_sent_on_other_facts_than_it_was_decided_on(bench: Bench) -> None:
    bench.state = {"known": None}
    ctx, run = bench.context(), bench.run(Action.SYNC_CONFIG, "p1a")
    bench.b.becomes(config="c2")
    assert_nothing_was_sent(
        bench, do(ctx, run), "the members are no longer as they were when this was decided"
    )


def test_only_the_planned_device_is_touched(bench: Bench) -> None:
    bench.b.becomes(identity="another")
    result = bench.do(Action.INSTALL, "p1b", to=NEW)
    assert_nothing_was_sent(bench, result, "p1b is not the planned device")


@pytest.mark.parametrize("action", WORK)
def test_a_member_that_forwards_is_never_worked_on(bench: Bench, action: Action) -> None:
    result = bench.do(action, "p1a", to=NEW)
    assert_nothing_was_sent(bench, result, "p1a forwards")


@pytest.mark.parametrize("action", WORK)
@pytest.mark.parametrize(
    ("own", "peer"),
    [
        ({"role": Role.UNKNOWN}, {}),
        ({"role": Role.MIXED}, {}),
        ({"is_forwarding": None}, {}),
        ({"is_forwarding": True}, {}),
        ({}, {"role": Role.UNKNOWN}),
        ({}, {"role": Role.STANDBY, "is_forwarding": False}),
    ],
)
def test_unknown_forbids_work(
    bench: Bench, action: Action, own: dict[str, object], peer: dict[str, object]
) -> None:
    bench.b.becomes(**own)
    bench.a.becomes(**peer)
    result = bench.do(action, "p1b", to=NEW)
    assert_nothing_was_sent(bench, result, "p1b forwards, or it cannot be told that its peer does")


@pytest.mark.parametrize(
    "action", [*WORK, Action.SWITCH, Action.BACK_UP, Action.STAGE, Action.SYNC_CONFIG]
)
def test_nothing_is_sent_while_a_member_cannot_be_read(bench: Bench, action: Action) -> None:
    bench.a.goes_wrong("facts", unreadable())
    to = "p1b" if action is Action.SWITCH else NEW
    result = bench.do(action, "p1b", to=to)
    assert_nothing_was_sent(bench, result, "p1/p1a: cannot make sense of the answer")
    assert result.seen == PairFacts((("p1a", None), ("p1b", bench.b.facts_held)))


def test_facts_are_read_again_when_reading_took_too_long(bench: Bench) -> None:
    def stall(number: int) -> None:
        bench.clock.passed += 2.5 if number == 1 else 0.0

    bench.a.on_read = stall
    assert bench.do(Action.SYNC_CONFIG, "p1a").verdict.status is Status.PASS
    assert bench.a.reads == 3  # slow, in time, read back
    assert bench.sent == [("p1a", "sync-config")]


def test_what_changed_while_reading_was_slow_is_found(bench: Bench) -> None:
    def stall(number: int) -> None:
        if number == 1:
            bench.clock.passed += 2.5
        else:
            bench.a.becomes(role=Role.STANDBY, is_forwarding=False)

    bench.a.on_read = stall
    result = bench.do(Action.INSTALL, "p1b", to=NEW)
    assert_nothing_was_sent(bench, result, "p1a: role was active, is standby")


def test_members_that_always_answer_too_slowly_are_not_written_to(bench: Bench) -> None:
    def stall(_: int) -> None:
        bench.clock.passed += 2.5

    bench.b.on_read = stall
    result = bench.do(Action.INSTALL, "p1b", to=NEW)
    assert_nothing_was_sent(
        bench, result, "the members answer too slowly for their roles to be trusted"
    )
    assert bench.b.reads == 3


@pytest.mark.parametrize("login_takes", [0.0, 15.0])
def test_a_latch_is_released_though_the_peer_is_dead(
    bench: Bench, login_takes: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that does not refuse: waiting for it must not make our own reading too old."""
    open_one = MemoryPair._driver

    def slow(pair: MemoryPair, name: str) -> Driver:
        bench.clock.passed += login_takes if pair.devices[name].is_down else 0.0
        return open_one(pair, name)

    monkeypatch.setattr(MemoryPair, "_driver", slow)
    bench.a.becomes(role=Role.SUSPENDED, is_latched=True, is_forwarding=False)
    dead = PairFacts((("p1a", bench.a.facts_held), ("p1b", None)))
    bench.state = {"known": bench.facts, "facts": dead}
    ctx = bench.context()
    bench.b.is_down = True
    result = do(ctx, Run(Action.RELEASE, ("p1a",), expect=digest(dead)))
    assert bench.sent == [("p1a", "release")]
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "p1a is standby again"


def test_a_latch_is_not_released_on_a_member_that_does_not_answer(bench: Bench) -> None:
    bench.b.is_down = True
    result = bench.do(Action.RELEASE, "p1b")
    assert_nothing_was_sent(bench, result, "p1/p1b: does not answer")


def test_the_device_is_told_to_refuse_in_any_other_role(bench: Bench) -> None:
    for action in WORK:
        assert orders(bench.context().plan, bench.facts, bench.run(action, "p1b", to=NEW)) == {
            "p1b": Order(
                Change(action.value),
                version=NEW,
                image=bench.image,
                only_if=Role.STANDBY,
            )
        }


def test_a_member_that_was_not_read_may_only_be_worked_on_in_an_unknown_role(bench: Bench) -> None:
    facts = PairFacts((("p1a", bench.a.facts_held), ("p1b", None)))
    ordered = orders(bench.context().plan, facts, bench.run(Action.RELOAD, "p1b", to=NEW))
    assert ordered["p1b"].only_if is Role.UNKNOWN


def test_a_switchover_is_ordered_from_the_member_that_gives_the_role_away(bench: Bench) -> None:
    run = bench.run(Action.SWITCH, to="p1b")
    assert orders(bench.context().plan, bench.facts, run) == {"p1a": Order(Change.RELINQUISH)}


@pytest.mark.parametrize(
    ("action", "name"),
    [
        (Action.SAVE_ORIGINAL, "original"),
        (Action.BACK_UP, "step-3"),
        (Action.WHOLE, "after-upgrade"),
    ],
)
def test_backups_of_one_kind_have_one_name(bench: Bench, action: Action, name: str) -> None:
    ordered = orders(bench.context().plan, bench.facts, bench.run(action, "p1b"))
    assert ordered == {"p1b": Order(Change.BACK_UP, name=name)}


@pytest.mark.parametrize("action", [Action.LOOK, Action.SESSIONS, Action.SERVICES, Action.ENTRY])
def test_what_only_reads_intends_nothing(bench: Bench, action: Action) -> None:
    assert intents(bench.context(), bench.run(action), bench.facts) == ()


def test_an_intent_says_all_that_a_restart_needs_to_reconcile_it(bench: Bench) -> None:
    run = bench.run(Action.RELOAD, "p1b", to=NEW)
    assert intents(bench.context(), run, bench.facts) == (
        Intent(
            member="p1b",
            commands=("reload 13.8",),
            was=OLD,
            to=NEW,
            role="standby",
            boot_id="boot-1",
            failovers=0,
            config="c1",
        ),
    )
    assert bench.sent == []


def test_nothing_is_intended_for_a_member_that_was_not_read(bench: Bench) -> None:
    facts = PairFacts((("p1a", bench.a.facts_held), ("p1b", None)))
    said = intents(bench.context(), bench.run(Action.BACK_UP), facts)
    assert [intent.member for intent in said] == ["p1a"]


def test_both_members_are_written_to_and_each_failure_is_its_own(bench: Bench) -> None:
    bench.b.goes_wrong("preemption-off", UnexpectedOutput("% what"))
    result = bench.do(Action.BORROW_PREEMPTION)
    assert bench.sent == [("p1a", "preemption-off"), ("p1b", "preemption-off")]
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1/p1b: % what"
