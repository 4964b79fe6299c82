from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from nornir_haupgrade.gates import readiness as gate
from nornir_haupgrade.model import (
    ImageFile,
    PairFacts,
    Preemption,
    Role,
    StagedImage,
    Status,
    Verdict,
)
from tests.gates.samples import any_pair, pair, without

PLANNED = {"fw1": "SN1", "fw2": "SN2"}
PATH = ("13.6", "13.8")
SHA = "ab" * 32
IMAGE = ImageFile("13.8", "/images/fw-13.8.img", SHA, 1000)


def identities(facts: PairFacts) -> Verdict:
    return gate.identities(facts, PLANNED)


def versions(facts: PairFacts) -> Verdict:
    return gate.versions(facts, PATH)


PAIR_GATES: list[Callable[[PairFacts], Verdict]] = [
    identities,
    gate.roles,
    gate.peer_links,
    versions,
    gate.nothing_pending,
    gate.settled,
    gate.alone,
    gate.latches,
    gate.preemption_known,
]


@pytest.mark.parametrize("judge", PAIR_GATES)
def test_a_healthy_pair_is_ready(judge: Callable[[PairFacts], Verdict]) -> None:
    assert judge(pair()).status is Status.PASS


@pytest.mark.parametrize("silent", ["fw1", "fw2"])
@pytest.mark.parametrize("judge", PAIR_GATES)
def test_a_member_that_did_not_answer_is_an_error_that_names_it(
    judge: Callable[[PairFacts], Verdict],
    silent: str,
) -> None:
    found = judge(without(silent))
    assert found.status is Status.ERROR
    assert silent in found.reason


@pytest.mark.parametrize(
    ("judge", "other", "status", "said"),
    [
        (identities, {"identity": "SN9"}, Status.FAIL, "'SN9', planned is 'SN2'"),
        (identities, {"identity": ""}, Status.ERROR, "did not say who it is"),
        (identities, {"identity": "SN1"}, Status.FAIL, "both addresses lead to one device"),
        (gate.peer_links, {"is_peer_link_up": False}, Status.FAIL, "HA link is down"),
        (gate.peer_links, {"is_peer_link_up": None}, Status.ERROR, "could not be read"),
        (versions, {"version": "12.0"}, Status.FAIL, "not on the path 13.6 -> 13.8"),
        (versions, {"version": ""}, Status.ERROR, "could not be read"),
        (gate.nothing_pending, {"next_version": "13.8"}, Status.FAIL, "next boot runs 13.8"),
        (gate.nothing_pending, {"next_version": None}, Status.ERROR, "could not be read"),
        (gate.nothing_pending, {"version": ""}, Status.ERROR, "could not be read"),
        (gate.latches, {"is_latched": True}, Status.FAIL, "latch"),
        (
            gate.preemption_known,
            {"preemption": Preemption.UNKNOWN},
            Status.ERROR,
            "could not be read",
        ),
        (gate.alone, {"others": 2}, Status.WARN, "logged in: 2"),
        (gate.alone, {"others": None}, Status.WARN, "not reported"),
    ],
)
def test_what_stands_in_the_way_is_named_with_its_member(
    judge: Callable[[PairFacts], Verdict],
    other: dict[str, Any],
    status: Status,
    said: str,
) -> None:
    found = judge(pair({}, other))
    assert found.status is status
    assert said in found.reason
    assert "fw2" in found.reason or "pair" in found.reason


def test_an_identity_that_was_not_planned_is_an_error() -> None:
    found = gate.identities(pair(), {"fw1": "SN1"})
    assert found.status is Status.ERROR
    assert "no identity is planned" in found.reason


def test_a_planned_member_that_was_not_read_is_an_error() -> None:
    found = gate.identities(pair(), PLANNED | {"fw3": "SN3"})
    assert found.status is Status.ERROR
    assert "fw3" in found.reason


def test_swapped_members_are_wrong_devices() -> None:
    assert gate.identities(pair(), {"fw1": "SN2", "fw2": "SN1"}).status is Status.FAIL


@pytest.mark.parametrize(
    ("one", "other", "status", "said"),
    [
        (Role.ACTIVE, Role.STANDBY, Status.PASS, "fw1 active, fw2 standby"),
        (Role.STANDBY, Role.ACTIVE, Status.PASS, "fw2 active, fw1 standby"),
        (Role.ACTIVE, Role.ACTIVE, Status.FAIL, "split brain"),
        (Role.STANDBY, Role.STANDBY, Status.FAIL, "nobody is active"),
        (Role.ACTIVE, Role.SUSPENDED, Status.FAIL, "without standby"),
        (Role.ACTIVE, Role.FAILED, Status.FAIL, "without standby"),
        (Role.SUSPENDED, Role.FAILED, Status.FAIL, "nobody is active"),
        (Role.ACTIVE, Role.UNKNOWN, Status.ERROR, "no known standby"),
        (Role.ACTIVE, Role.NEGOTIATING, Status.ERROR, "cannot be told"),
        (Role.MIXED, Role.STANDBY, Status.ERROR, "nobody is known to be active"),
    ],
)
def test_exactly_one_active_and_one_standby(
    one: Role,
    other: Role,
    status: Status,
    said: str,
) -> None:
    found = gate.roles(pair({"role": one}, {"role": other}))
    assert found.status is status
    assert said in found.reason + str(found.facts)


@given(any_pair)
def test_roles_that_cannot_be_told_are_never_good(facts: PairFacts) -> None:
    roles = {own.role if own else Role.UNKNOWN for _, own in facts.members}
    assert gate.roles(facts).is_good == (roles == {Role.ACTIVE, Role.STANDBY})


@given(any_pair)
def test_unknown_is_good_for_nothing_but_other_logins(facts: PairFacts) -> None:
    """Who else is logged in is a warning where it is not reported; the rest must be known."""
    members = [own for _, own in facts.members]
    is_missing = None in members
    known = [own for own in members if own]
    unknowns = {
        identities: any(not own.identity for own in known),
        gate.peer_links: any(own.is_peer_link_up is None for own in known),
        versions: any(not own.version for own in known),
        gate.nothing_pending: any(not own.next_version for own in known),
        gate.preemption_known: any(own.preemption is Preemption.UNKNOWN for own in known),
        gate.latches: False,
        gate.alone: False,
    }
    for judge, is_unknown in unknowns.items():
        if is_missing or is_unknown:
            assert judge(facts).status is Status.ERROR


def test_a_half_upgraded_pair_is_a_warning_that_says_who_runs_what() -> None:
    found = versions(pair({}, {"version": "13.8"}))
    assert found.status is Status.WARN
    assert "fw1 runs 13.6 and fw2 runs 13.8" in found.reason


def test_an_empty_path_allows_no_version() -> None:
    assert gate.versions(pair(), ()).status is Status.FAIL


def test_both_members_are_named_when_both_are_wrong() -> None:
    found = gate.latches(pair({"is_latched": True}, {"is_latched": True}))
    assert "fw1" in found.reason
    assert "fw2" in found.reason


@pytest.mark.parametrize(
    ("free", "needed", "status"),
    [
        (1000, 1000, Status.PASS),
        (999, 1000, Status.FAIL),
        (0, 1000, Status.FAIL),
        (None, 1000, Status.ERROR),
        (None, 0, Status.PASS),
        (0, 0, Status.PASS),
    ],
)
def test_free_space_in_bytes(free: int | None, needed: int, status: Status) -> None:
    assert gate.free_space("fw1", free, needed).status is status


def test_too_little_space_says_how_much_is_missing() -> None:
    assert "400 too few" in gate.free_space("fw1", 600, 1000).reason


@pytest.mark.parametrize(
    ("staged", "status", "said"),
    [
        (StagedImage("fw-13.8.img", 1000, SHA), Status.PASS, "whole"),
        (StagedImage("fw-13.8.img", 1000, SHA.upper()), Status.PASS, "whole"),
        (StagedImage("fw-13.8.img", 999, SHA), Status.FAIL, "999 bytes, expected 1000"),
        (StagedImage("fw-13.8.img", 1000, "cd" * 32), Status.FAIL, "sha256"),
        (StagedImage("fw-13.8.img", 1000, ""), Status.ERROR, "no checksum"),
        (None, Status.FAIL, "fw-13.8.img is not on the device"),
    ],
)
def test_an_image_is_judged_by_the_device_s_own_measure(
    staged: StagedImage | None,
    status: Status,
    said: str,
) -> None:
    found = gate.image("fw1", IMAGE, staged, is_installed=False)
    assert found.status is status
    assert said in found.reason


def test_an_installed_image_need_not_lie_there_as_a_file() -> None:
    assert gate.image("fw1", IMAGE, None, is_installed=True).status is Status.PASS


def test_lines_that_are_not_saved_are_named() -> None:
    assert gate.saved("fw1", ()).status is Status.PASS
    found = gate.saved("fw1", [f" line {n}" for n in range(7)])
    assert found.status is Status.FAIL
    assert found.reason == (
        "fw1: 7 lines are not saved: line 0, line 1, line 2, line 3, line 4 and 2 more; "
        "save or revert them first"
    )


# --- software on trial ----------------------------------------------------------------------------


def test_software_on_trial_is_not_built_upon() -> None:
    found = gate.settled(pair({"is_on_trial": True}))
    assert found.status is Status.FAIL
    assert "fw1: runs 13.6 on trial, and goes back by itself" in found.reason


def test_a_trial_of_ours_is_gone_on_with() -> None:
    facts = pair({"is_on_trial": True})
    assert gate.settled(facts, ["fw1"]).status is Status.WARN
    assert gate.settled(facts, ["fw2"]).status is Status.FAIL
    assert gate.settled(pair({}, {"is_on_trial": True}), ["fw1"]).status is Status.FAIL
