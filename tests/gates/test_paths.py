from __future__ import annotations

import pytest

from nornir_haupgrade.gates.paths import management_path, proven_through
from nornir_haupgrade.model import Flow, Session, Status

SHOP = Flow("tcp", "10.1.1.9:40000", "10.2.1.100:7000")
SIX = Flow("tcp", "fd00::9:40000", "fd00:0:0:0:0:0:0:64:7000")


def session(source: str, destination: str) -> Session:
    return Session("tcp", (source, destination), (destination, source), "ESTABLISHED", 3)


CARRIED = (session("10.1.1.9:40000", "10.2.1.100:7000"),)


def test_a_probe_in_the_sessions_of_the_active_is_proven_through_it() -> None:
    found = proven_through("fw1", {"shop": SHOP, "ping": None}, CARRIED)
    assert found.status is Status.PASS
    assert found.reason == "fw1 carries the probes of shop"


def test_one_spelling_of_an_address_is_as_good_as_another() -> None:
    held = (session("[fd00::9]:40000", "[fd00::64]:7000"),)
    assert proven_through("fw1", {"six": SIX}, held).status is Status.PASS


@pytest.mark.parametrize("held", [(), (session("10.1.1.9:40001", "10.2.1.100:7000"),)])
def test_a_probe_that_the_active_does_not_carry_is_a_warning(held: tuple[Session, ...]) -> None:
    found = proven_through("fw1", {"shop": SHOP}, held)
    assert found.status is Status.WARN
    assert "not proven through this pair" in found.reason
    assert "shop (10.1.1.9:40000 > 10.2.1.100:7000)" in found.reason


def test_without_a_flow_there_is_nothing_to_look_for() -> None:
    assert proven_through("fw1", {"ping": None}, CARRIED).status is Status.SKIPPED


@pytest.mark.parametrize(
    ("is_through_pair", "held", "status"),
    [
        (True, CARRIED, Status.PASS),
        (True, (), Status.WARN),
        (False, CARRIED, Status.FAIL),
        (False, (), Status.PASS),
    ],
)
def test_the_management_path_is_as_declared(
    is_through_pair: bool, held: tuple[Session, ...], status: Status
) -> None:
    found = management_path("fw1", "fw2", is_through_pair=is_through_pair, flow=SHOP, sessions=held)
    assert found.status is status
    assert "fw2" in found.reason


def test_a_session_without_addresses_cannot_be_looked_for() -> None:
    found = management_path("fw1", "fw2", is_through_pair=False, flow=None, sessions=CARRIED)
    assert found.status is Status.WARN


def test_a_session_to_the_same_place_from_elsewhere_may_be_ours_translated() -> None:
    other = Session("tcp", ("10.9.9.9:50000", SHOP.destination), None, "ESTABLISHED", 5)
    found = management_path("fw1", "fw2", is_through_pair=False, flow=SHOP, sessions=(other,))
    assert found.status is Status.WARN
    assert "ours, if it is translated" in found.reason


def test_where_no_sessions_are_kept_nothing_is_proven() -> None:
    found = proven_through("fw1", {"shop": SHOP}, None)
    assert found.status is Status.WARN
    assert found.reason == "not proven through this pair, fw1 keeps no sessions: shop"


@pytest.mark.parametrize(
    ("is_through_pair", "declared"), [(True, "through_pair"), (False, "out_of_band")]
)
def test_where_no_sessions_are_kept_the_way_is_only_declared(
    is_through_pair: bool, declared: str
) -> None:
    found = management_path("fw1", "fw2", is_through_pair=is_through_pair, flow=SHOP, sessions=None)
    assert found.status is Status.WARN
    assert found.reason == (
        f"fw1 keeps no sessions to look for ours in; {declared} is only declared"
    )
