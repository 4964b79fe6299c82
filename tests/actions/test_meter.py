"""Windows of measurement: what counts as a switchover's cost, and what is ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from nornir_haupgrade.probes.watch import Watch
from nornir_haupgrade.procedure.actions.meter import Meter
from nornir_haupgrade.settings import Canary, MemberConfig, PairConfig, TcpService
from tests.actions.memory import Port

MEMBERS = (MemberConfig("p1a", None, "memory"), MemberConfig("p1b", None, "memory"))


@pytest.fixture
def meter() -> Iterator[Meter]:
    port = Port()
    shop = TcpService(name="shop", type="tcp", address="127.0.0.1", port=port.number)
    till = Canary(name="till", type="tcp", address="127.0.0.1", port=port.number)
    config = PairConfig("p1", MEMBERS, "memory", services=(shop,), canaries=(till,))
    meter = Meter(config)
    yield meter
    meter.close()
    port.close()


def until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert is_so()


def kill(meter: Meter) -> None:
    watch = meter.open()
    assert isinstance(watch, Watch)
    engine = watch._engine
    engine._loop.call_soon_threadsafe(engine._loop.stop)
    until(lambda: not engine.is_alive)


def test_what_is_measured_slowly_in_a_hold_is_no_outage(meter: Meter) -> None:
    meter.before_switchover()
    until(lambda: meter.outages(is_switchover=True)[0].good > 30)
    meter.slow_down()
    time.sleep(2.2)
    meter.slow_down()
    (gap,) = meter.outages(is_switchover=True)
    assert gap.seconds is not None
    assert gap.resolution is not None
    assert gap.resolution < 0.5
    assert gap.seconds < 0.9, "a pause of our own between two probes counts as the service's"
    assert meter.is_switchover


def test_slowing_down_outside_of_a_switchover_leaves_the_window_open(meter: Meter) -> None:
    meter.slow_down()
    meter.open()
    meter.rest()
    meter.slow_down()
    assert meter._until is None


def test_after_the_death_of_what_measures_it_is_measured_anew_and_the_window_is_not(
    meter: Meter,
) -> None:
    meter.before_switchover()
    assert meter.measure()[0].is_good is True
    kill(meter)
    assert meter.measure()[0].is_good is True
    (gap,) = meter.outages(is_switchover=True)
    assert gap.seconds is None
    (canary,) = meter.canaries(is_switchover=True)
    assert canary.is_alive is None
