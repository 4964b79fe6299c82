"""Services, measured from outside: real connections to a real port on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from nornir_haupgrade.model import CanaryResult, Gap, ServiceResult, Status
from nornir_haupgrade.procedure.actions.meter import Meter
from nornir_haupgrade.procedure.actions.registry import do
from nornir_haupgrade.procedure.actions.services import outage_words
from nornir_haupgrade.procedure.records import Action
from nornir_haupgrade.procedure.state import State
from nornir_haupgrade.settings import Canary, TaskService, TcpService
from tests.actions.conftest import Bench
from tests.actions.memory import Port, unreadable

GOOD, BAD = "good: it accepts", "bad: it refused"


@pytest.fixture
def shop() -> Iterator[Port]:
    port = Port()
    yield port
    port.close()


def service(shop: Port, *, settle: float = 1.0, stable_for: float = 0.0) -> TcpService:
    return TcpService(
        name="shop",
        type="tcp",
        address="127.0.0.1",
        port=shop.number,
        settle=settle,
        stable_for=stable_for,
    )


def test_a_service_that_is_as_good_as_before_passes(bench: Bench, shop: Port) -> None:
    bench.config = {"services": (service(shop),)}
    bench.baseline = {"service:shop": GOOD, "sessions:ratio": "1.0"}
    result = bench.do(Action.SERVICES, "p1a")
    assert result.verdict.status is Status.PASS
    assert [label for label, _ in result.facts] == ["service:shop"]
    assert result.outages == ()
    assert result.canaries == ()
    assert result.seen == bench.facts


def test_a_service_must_stay_good_for_a_while(bench: Bench, shop: Port) -> None:
    bench.config = {"services": (service(shop, stable_for=0.5),)}
    assert bench.do(Action.SERVICES, "p1a").verdict.status is Status.PASS
    assert 0.5 <= bench.clock.passed < 0.8


def test_a_service_that_worked_before_and_is_dead_fails_after_its_time(
    bench: Bench, shop: Port
) -> None:
    shop.close()
    bench.config = {"services": (service(shop),)}
    bench.baseline = {"service:shop": GOOD}
    result = bench.do(Action.SERVICES, "p1a")
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason.startswith("shop: worked before, now: ")
    assert 1 <= bench.clock.passed < 1.4  # settle


def test_a_service_that_was_broken_before_is_named_and_not_blamed_on_us(
    bench: Bench, shop: Port
) -> None:
    shop.close()
    bench.config = {"services": (service(shop, settle=0.0),)}
    bench.baseline = {"service:shop": BAD}
    result = bench.do(Action.SERVICES, "p1a")
    assert result.verdict.status is Status.WARN
    assert "was broken before us and still is" in result.verdict.reason


def test_a_service_that_was_never_measured_must_work(bench: Bench, shop: Port) -> None:
    shop.close()
    bench.config = {"services": (service(shop, settle=0.0),)}
    bench.baseline = {"service:shop": "unknown: nobody could try"}
    result = bench.do(Action.SERVICES, "p1a")
    assert result.verdict.status is Status.FAIL
    assert "has no baseline and must work" in result.verdict.reason


def test_a_service_that_is_no_longer_measured_is_an_error(bench: Bench) -> None:
    bench.baseline = {"service:shop": GOOD}
    result = bench.do(Action.SERVICES, "p1a")
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == "shop: was measured before, but not now"


def test_a_service_of_a_kind_that_cannot_be_measured_is_never_good(bench: Bench) -> None:
    own = TaskService(name="own", type="task", task="nowhere.check", settle=0.0)
    bench.config = {"services": (own,)}
    result = bench.do(Action.SERVICES, "p1a")
    assert result.verdict.status is Status.ERROR
    assert "own: could not be measured: nowhere.check: " in result.verdict.reason


def test_no_service_at_all_is_skipped_with_a_reason(bench: Bench) -> None:
    result = bench.do(Action.SERVICES, "p1a")
    assert result.verdict.status is Status.SKIPPED
    assert result.verdict.reason == "no service is configured: nothing proves the traffic"


def test_good_services_do_not_hide_a_member_that_does_not_answer(bench: Bench, shop: Port) -> None:
    bench.config = {"services": (service(shop),)}
    ctx, run = bench.context(), bench.run(Action.SERVICES, "p1a")
    bench.b.goes_wrong("facts", unreadable())
    result = do(ctx, run)
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == "p1/p1b: cannot make sense of the answer"


def test_a_member_that_does_not_answer_does_not_hide_bad_services(bench: Bench, shop: Port) -> None:
    shop.close()
    bench.config = {"services": (service(shop, settle=0.0),)}
    ctx, run = bench.context(), bench.run(Action.SERVICES, "p1a")
    bench.b.goes_wrong("facts", unreadable())
    assert do(ctx, run).verdict.status is Status.FAIL


def test_neither_members_nor_services_means_that_our_own_way_may_be_lost(
    bench: Bench, shop: Port
) -> None:
    shop.close()
    bench.config = {"services": (service(shop, settle=0.0),)}
    bench.baseline = {"service:shop": GOOD}
    ctx, run = bench.context(), bench.run(Action.SERVICES, "p1a")
    bench.a.goes_wrong("facts", unreadable())
    bench.b.goes_wrong("facts", unreadable())
    verdict = do(ctx, run).verdict
    assert verdict.status is Status.ERROR
    assert "this controller's own path may be lost" in verdict.reason
    assert "shop: worked before" in verdict.reason


# --- switchovers ----------------------------------------------------------------------------------


def canary(shop: Port) -> Canary:
    return Canary(name="till", type="tcp", address="127.0.0.1", port=shop.number)


def test_a_switchover_is_measured_until_its_services_are_proven(bench: Bench, shop: Port) -> None:
    bench.config = {"services": (service(shop, stable_for=0.3),), "canaries": (canary(shop),)}
    bench.clock.waits = bench.clock.is_real = True
    ctx = bench.context()
    baseline = do(ctx, bench.run(Action.BASELINE))
    assert [one.is_alive for one in baseline.canaries] == [True]
    moved = do(ctx, bench.run(Action.SWITCH, to="p1b"))
    assert moved.verdict.status is Status.PASS
    assert ctx.meter.is_switchover

    ctx.state = State(known=bench.facts, facts=bench.facts, came_from="p1a")
    result = do(ctx, bench.run(Action.SERVICES, "p1b"))
    assert result.verdict.status is Status.PASS, result.verdict.reason
    (gap,) = result.outages
    assert gap.seconds is not None
    assert 0 < gap.seconds < 0.5
    assert gap.good > 20
    assert [(one.name, one.is_alive) for one in result.canaries] == [("till", True)]
    assert "outage: shop " in result.verdict.reason
    assert not ctx.meter.is_switchover


def test_an_outage_is_told_with_its_length_and_a_dead_canary_fails(
    bench: Bench, shop: Port
) -> None:
    bench.config = {"services": (service(shop, stable_for=0.1),), "canaries": (canary(shop),)}
    bench.clock.waits = bench.clock.is_real = True
    ctx = bench.context()
    do(ctx, bench.run(Action.BASELINE))

    def interrupted(_: object) -> None:
        shop.reset()
        threading.Timer(0.6, shop.open).start()

    bench.a.on_change = interrupted
    do(ctx, bench.run(Action.SWITCH, to="p1b"))
    ctx.state = State(known=bench.facts, facts=bench.facts, came_from="p1a")
    result = do(ctx, bench.run(Action.SERVICES, "p1b"))
    assert result.verdict.status is Status.FAIL
    assert "till: did not survive" in result.verdict.reason
    (gap,) = result.outages
    assert gap.seconds is not None
    assert 0.5 < gap.seconds < 1.5
    assert gap.bad > 0
    # It is asked again without another switchover: what is lost stays lost.
    again = do(ctx, bench.run(Action.SERVICES, "p1b"))
    assert again.verdict.status is Status.FAIL
    assert "till: did not survive" in again.verdict.reason


def test_a_switchover_that_this_process_did_not_see_was_not_measured(
    bench: Bench, shop: Port
) -> None:
    bench.config = {"services": (service(shop),)}
    bench.state = {"came_from": "p1a"}
    result = bench.do(Action.SERVICES, "p1b")
    assert result.verdict.status is Status.PASS
    assert "shop not measured: this program did not run throughout" in result.verdict.reason
    assert [gap.seconds for gap in result.outages] == [None]


def test_a_canary_that_this_process_did_not_hold_is_not_passed_in_silence(
    bench: Bench, shop: Port
) -> None:
    """Killed after the switchover and started again: nobody knows what became of it."""
    bench.config = {"services": (service(shop),), "canaries": (canary(shop),)}
    bench.state = {"came_from": "p1a"}
    result = bench.do(Action.SERVICES, "p1b")
    assert result.verdict.status is Status.WARN
    assert "till: was not held open before this" in result.verdict.reason
    assert [one.is_alive for one in result.canaries] == [None]


def test_a_service_that_fails_while_another_one_settles_is_not_called_good(
    bench: Bench, shop: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = service(shop, stable_for=3.0).model_copy(update={"name": "slow"})
    bench.config = {"services": (service(shop, settle=4.0), other)}
    bench.baseline = {"service:shop": GOOD, "service:slow": GOOD}
    answers = [True, True, *[False] * 100]

    def measured(_: Meter) -> list[ServiceResult]:
        is_good = answers.pop(0)
        return [ServiceResult("shop", is_good, "seen"), ServiceResult("slow", True, "seen")]

    monkeypatch.setattr(Meter, "measure", measured)
    result = bench.do(Action.SERVICES, "p1a")
    assert result.verdict.status is Status.FAIL
    assert "shop: worked before, now: seen" in result.verdict.reason


def test_a_silent_canary_is_waited_for_until_it_is_heard_or_surely_lost(
    bench: Bench, shop: Port, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.config = {"services": (service(shop),), "canaries": (canary(shop),)}
    ctx = bench.context()
    do(ctx, bench.run(Action.SWITCH, to="p1b"))
    ctx.meter.held = frozenset({"till"})
    heard = [
        CanaryResult("till", None, 20.0, "silent"),
        CanaryResult("till", True, 9.0, "heard again"),
    ]
    monkeypatch.setattr(
        Meter, "canaries", lambda _, **__: (heard.pop(0) if len(heard) > 1 else heard[0],)
    )
    ctx.state = State(known=bench.facts, facts=bench.facts, came_from="p1a")
    result = do(ctx, bench.run(Action.SERVICES, "p1b"))
    assert [one.detail for one in result.canaries] == ["heard again"]

    monkeypatch.setattr(
        Meter, "canaries", lambda _, **__: (CanaryResult("till", None, 20.0, "silent"),)
    )
    do(ctx, bench.run(Action.SWITCH, to="p1b"))
    ctx.meter.held = frozenset({"till"})
    result = do(ctx, bench.run(Action.SERVICES, "p1b"))
    assert result.verdict.status is Status.ERROR
    assert "till: whether it survived could not be measured" in result.verdict.reason
    assert bench.clock.passed >= 15


@pytest.mark.parametrize(
    ("gap", "at_rest"),
    [
        (Gap("shop", 1.0, 0.2, 9, 0, "then"), ""),
        (Gap("shop", 1.0, 0.2, 9, 1, "then"), ""),
        (Gap("shop", 4.0, 1.0, 9, 0, "then"), ""),  # this machine asked nothing
        (Gap("shop", 3.5, 1.0, 9, 2, "then"), "outage: shop 3500 ms (resolution 1000 ms)"),
        (Gap("shop", None, None, 0, 0, None, "no good answer yet"), ""),
        (Gap("shop", None, None, 0, 3, None, "refused"), "outage: shop not measured: refused"),
    ],
)
def test_at_rest_only_what_is_more_than_a_pause_is_worth_a_word(gap: Gap, at_rest: str) -> None:
    assert outage_words([gap], is_switchover=False) == at_rest
    assert outage_words([gap], is_switchover=True).startswith("outage: shop ")


def test_what_is_not_watched_needs_no_slowing_down(bench: Bench) -> None:
    ctx = bench.context()
    ctx.meter.slow_down()
    assert ctx.meter.outages(is_switchover=False) == ()
