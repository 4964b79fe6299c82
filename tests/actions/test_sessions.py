"""Sessions, compared member against member before every switchover."""

from __future__ import annotations

import pytest

from nornir_haupgrade.model import Capabilities, Role, Session, SessionCount, Status
from nornir_haupgrade.procedure.actions.registry import do
from nornir_haupgrade.procedure.records import Action
from nornir_haupgrade.settings import CriticalSession, Tolerance
from tests.actions.conftest import Bench
from tests.actions.memory import unreadable

SHOP = CriticalSession(name="shop", protocol="tcp", destination_port=7000)
HELD = Session(
    "tcp", ("10.1.1.1:1000", "10.2.1.100:7000"), ("10.2.1.100:7000", "10.1.1.1:1000"), "up", 60
)


@pytest.fixture(autouse=True)
def hundred(bench: Bench) -> None:
    """100 sessions on the active, and all of them on the standby."""
    bench.a.count = SessionCount(100, 0, 100)
    bench.b.count = SessionCount(0, 100, 100)


def test_sessions_that_are_all_on_the_standby_pass_at_once(bench: Bench) -> None:
    result = bench.do(Action.SESSIONS, "p1b")
    assert result.verdict.status is Status.PASS
    assert result.seen == bench.facts
    assert bench.clock.passed == 0


def test_the_standby_gets_its_time_to_fill_its_table(bench: Bench) -> None:
    def fills(number: int) -> None:
        bench.b.count = SessionCount(0, 25 * number, 25 * number)

    bench.b.on_read = fills
    assert bench.do(Action.SESSIONS, "p1b").verdict.status is Status.PASS
    assert bench.clock.passed == 3
    assert len(bench.told) == 3


def test_a_table_that_never_fills_fails_after_its_time(bench: Bench) -> None:
    bench.b.count = SessionCount(0, 40, 40)
    result = bench.do(Action.SESSIONS, "p1b")
    assert result.verdict.status is Status.FAIL
    assert bench.clock.passed == 5  # sessions_timeout


def test_a_pair_is_held_to_its_own_ratio_from_before(bench: Bench) -> None:
    bench.b.count = SessionCount(0, 80, 80)
    assert bench.do(Action.SESSIONS, "p1b").verdict.status is Status.FAIL
    bench.baseline = {"sessions:ratio": "0.820000"}
    assert bench.do(Action.SESSIONS, "p1b").verdict.status is Status.WARN
    bench.config = {"tolerance": Tolerance.model_validate({"sessions": "1%"})}
    assert bench.do(Action.SESSIONS, "p1b").verdict.status is Status.FAIL


def test_counts_that_are_not_reported_are_not_good(bench: Bench) -> None:
    bench.b.count = SessionCount(0, None, None)
    assert bench.do(Action.SESSIONS, "p1b").verdict.status is Status.ERROR


def test_a_critical_session_must_be_on_both_members(bench: Bench) -> None:
    bench.config = {"critical_sessions": (SHOP,)}
    bench.a.table = (HELD,)
    result = bench.do(Action.SESSIONS, "p1b")
    assert result.verdict.status is Status.FAIL
    assert "missing on p1b" in result.verdict.reason
    bench.b.table = (HELD,)
    assert bench.do(Action.SESSIONS, "p1b").verdict.status is Status.PASS


@pytest.mark.parametrize("name", ["a", "b"])
def test_a_table_that_cannot_be_read_is_an_error(bench: Bench, name: str) -> None:
    getattr(bench, name).goes_wrong("session_count", unreadable())
    result = bench.do(Action.SESSIONS, "p1b")
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == f"p1/p1{name}: cannot make sense of the answer"


def test_without_an_active_member_there_is_nothing_to_compare_with(bench: Bench) -> None:
    bench.a.becomes(role=Role.STANDBY)
    result = bench.do(Action.SESSIONS, "p1b")
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == "no active member to compare with"


def test_a_member_that_answers_again_within_the_time_is_compared(bench: Bench) -> None:
    bench.b.goes_wrong("facts", unreadable(), None)
    assert bench.do(Action.SESSIONS, "p1b").verdict.status is Status.PASS


def test_the_way_back_does_not_wait_for_sessions(bench: Bench) -> None:
    bench.state = {"detour": "p1b"}
    bench.b.count = SessionCount(0, 40, 40)
    result = bench.do(Action.SESSIONS, "p1b")
    assert result.verdict.status is Status.WARN
    assert result.verdict.reason.startswith(
        "on the way back, so not waited for: count: p1b holds 40 of the 100"
    )
    assert bench.clock.passed == 0


def test_the_way_back_with_all_sessions_simply_passes(bench: Bench) -> None:
    bench.state = {"detour": "p1b"}
    assert bench.do(Action.SESSIONS, "p1b").verdict.status is Status.PASS


def test_a_cancel_ends_the_wait_for_sessions_after_a_few_looks(bench: Bench) -> None:
    bench.b.count = SessionCount(0, 40, 40)
    ctx = bench.context()
    ctx.cancel.set()
    result = do(ctx, bench.run(Action.SESSIONS, "p1b"))
    assert result.verdict.status is Status.FAIL
    assert bench.clock.passed == 3  # of the 5 of sessions_timeout


def test_tables_that_were_not_read_at_the_same_instant_are_read_again_after_a_cancel(
    bench: Bench,
) -> None:
    def catches_up(number: int) -> None:
        bench.b.count = SessionCount(0, 91 if number == 1 else 100, 100)

    bench.b.on_read = catches_up
    ctx = bench.context()
    ctx.cancel.set()
    result = do(ctx, bench.run(Action.SESSIONS, "p1b"))
    assert result.verdict.status is Status.PASS
    assert bench.clock.passed == 1


def test_where_none_are_replicated_there_is_nothing_to_wait_for(bench: Bench) -> None:
    bench.a.capable = bench.b.capable = Capabilities(replicates_sessions=False)
    result = bench.do(Action.SESSIONS, "p1b")
    assert result.verdict.status is Status.SKIPPED
    assert bench.clock.passed == 0


def test_critical_sessions_that_nobody_replicates_are_a_failure(bench: Bench) -> None:
    bench.a.capable = bench.b.capable = Capabilities(replicates_sessions=False)
    bench.config = {"critical_sessions": (SHOP,)}
    result = bench.do(Action.SESSIONS, "p1b")
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "sessions are not replicated, so these will break: shop"


def test_the_baseline_says_that_none_are_replicated(bench: Bench) -> None:
    bench.a.capable = bench.b.capable = Capabilities(replicates_sessions=False, has_sessions=False)
    result = bench.do(Action.BASELINE)
    assert "sessions are not replicated" in result.verdict.reason
    assert not [name for name, _ in result.facts if name.startswith("sessions:")]
