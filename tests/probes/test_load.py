"""How often is probed, by what it costs: pure figures."""

from __future__ import annotations

import resource

import pytest

from nornir_haupgrade.probes.load import FAST, REST, Load


def test_the_paces_are_one_and_a_hundred_a_second() -> None:
    load = Load()
    load.hastened = 20
    assert load.interval(is_hastened=False) == 1.0
    assert load.interval(is_hastened=True) == 0.01


def costing(load: Load, share: float, since: float, until: float) -> None:
    """Let time pass in which probing at full pace would take a share of a core."""
    at, spent = since, 0.0
    while at < until:
        at += 0.25
        spent += 0.25 * share * FAST / load.interval(is_hastened=True)
        load.look(at, spent)


def test_more_than_a_share_of_a_core_makes_all_slower_and_no_slower_than_needed() -> None:
    load = Load()
    load.look(0, 0)
    costing(load, 2.0, 0, 10)
    assert load.interval(is_hastened=True) == pytest.approx(FAST * 2.0 / 0.4, rel=0.3)
    assert load.interval(is_hastened=False) == pytest.approx(REST * 2.0 / 0.4, rel=0.3)


def test_when_it_costs_less_again_the_pace_comes_back() -> None:
    load = Load()
    load.look(0, 0)
    load.look(1, 1)
    assert load.interval(is_hastened=True) > 2 * FAST
    for at in range(2, 12):
        load.look(at, 1)
    assert load.interval(is_hastened=True) == FAST


def test_what_is_no_probe_s_cost_does_not_stop_probing() -> None:
    load = Load()
    for at in range(1000):
        load.look(at, 0.9 * at)
    assert load.interval(is_hastened=True) <= 1
    assert load.interval(is_hastened=False) <= 10


def test_dark_services_leave_files_to_the_process_and_no_holes_in_the_measurement() -> None:
    load = Load()
    load.hastened = 200
    load.in_flight = load.room // 2 + 1
    begun_within_a_timeout = load.hastened * 0.5 / load.interval(is_hastened=True)
    assert begun_within_a_timeout <= load.room


def test_services_at_rest_leave_room_to_hastened_ones() -> None:
    load = Load()
    load.in_flight = load.room // 2
    assert load.is_full(is_hastened=False)
    assert not load.is_full(is_hastened=True)
    load.in_flight = load.room
    assert load.is_full(is_hastened=True)


@pytest.mark.parametrize(
    ("limit", "room"), [(1024, 512), (100, 64), (10**6, 1024), (resource.RLIM_INFINITY, 1024)]
)
def test_half_the_files_of_the_process_at_most(
    limit: int, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    assert Load().room == room
