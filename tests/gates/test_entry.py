from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.gates.entry import entry
from nornir_haupgrade.model import PairFacts, Preemption, Role, Status
from tests.gates.samples import any_pair, pair, without

UP = (("eth0", True), ("eth1", True))


def test_a_healthy_pair_may_switch_over() -> None:
    assert entry(pair(), "fw2", UP).status is Status.PASS


@pytest.mark.parametrize(
    ("one", "other", "status", "said"),
    [
        ({}, {"role": Role.SUSPENDED}, Status.FAIL, "suspended"),
        ({}, {"role": Role.FAILED}, Status.FAIL, "failed"),
        ({}, {"role": Role.NEGOTIATING}, Status.ERROR, "negotiating"),
        ({}, {"role": Role.UNKNOWN}, Status.ERROR, "cannot be told"),
        ({}, {"role": Role.MIXED, "is_forwarding": False}, Status.ERROR, "mixed"),
        ({}, {"role": Role.ACTIVE, "is_forwarding": True}, Status.FAIL, "split brain"),
        ({"role": Role.STANDBY, "is_forwarding": False}, {}, Status.FAIL, "nobody is active"),
        ({}, {"is_peer_link_up": False}, Status.FAIL, "HA link is down"),
        ({"is_peer_link_up": None}, {}, Status.ERROR, "HA link could not be read"),
        ({}, {"is_latched": True}, Status.FAIL, "latch"),
        ({"is_forwarding": False}, {}, Status.FAIL, "says active, but does not forward"),
        ({}, {"is_forwarding": True}, Status.FAIL, "says standby, but forwards"),
        ({"is_forwarding": None}, {}, Status.ERROR, "whether it forwards could not be read"),
    ],
)
def test_it_is_refused_by_name(
    one: dict[str, Any],
    other: dict[str, Any],
    status: Status,
    said: str,
) -> None:
    found = entry(pair(one, other), "fw2", UP)
    assert found.status is status
    assert said in found.reason


@pytest.mark.parametrize("silent", ["fw1", "fw2"])
def test_a_member_that_did_not_answer_forbids_it(silent: str) -> None:
    found = entry(without(silent), "fw2", UP)
    assert found.status is Status.ERROR
    assert silent in found.reason


def test_the_role_is_never_given_to_the_member_that_has_it() -> None:
    found = entry(pair(), "fw1", UP)
    assert found.status is Status.FAIL
    assert "fw1 is active, not standby" in found.reason


def test_the_role_is_never_given_to_a_stranger() -> None:
    found = entry(pair(), "fw3", UP)
    assert found.status is Status.ERROR
    assert "fw3 is no member of this pair (fw1, fw2)" in found.reason


def test_a_data_interface_that_is_down_on_the_target_forbids_it() -> None:
    found = entry(pair(), "fw2", (("eth0", True), ("eth1", False)))
    assert found.status is Status.FAIL
    assert "1 of 2 down: eth1" in found.reason


@pytest.mark.parametrize("interfaces", [None, ()])
def test_interfaces_that_were_not_reported_forbid_it(
    interfaces: tuple[tuple[str, bool], ...] | None,
) -> None:
    assert entry(pair(), "fw2", interfaces).status is Status.ERROR


def test_no_finding_is_hidden_by_another() -> None:
    found = entry(pair({}, {"is_peer_link_up": False, "is_latched": True}), "fw2", None)
    for said in ("HA link is down", "latch", "interfaces could not be read"):
        assert said in found.reason


@given(any_pair, st.sampled_from(["fw1", "fw2"]), st.none() | st.just(UP))
def test_only_what_is_known_to_be_good_passes(
    facts: PairFacts,
    to: str,
    interfaces: tuple[tuple[str, bool], ...] | None,
) -> None:
    target, other = facts.of(to), facts.of(facts.peer_of(to))
    is_good = (
        target is not None
        and other is not None
        and interfaces is not None
        and (target.role, other.role) == (Role.STANDBY, Role.ACTIVE)
        and (target.is_forwarding, other.is_forwarding) == (False, True)
        and target.is_peer_link_up is True
        and other.is_peer_link_up is True
        and not target.is_latched
    )
    assert entry(facts, to, interfaces).is_good == is_good


@given(st.sampled_from(Preemption))
def test_preemption_is_another_gate_s_question(preemption: Preemption) -> None:
    assert entry(pair({"preemption": preemption}), "fw2", UP).is_good
