"""Single steps and conditions, asked by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from nornir_haupgrade.model import PairFacts, Role
from nornir_haupgrade.procedure.conditions import condition, forwards_nobody, own_latch, versions
from nornir_haupgrade.procedure.plan import Plan
from nornir_haupgrade.procedure.records import Action, Ask, Kind, Lease, LeaseKind, Run, Step
from nornir_haupgrade.procedure.state import State
from nornir_haupgrade.procedure.steps.prepare import borrow_preemption
from nornir_haupgrade.procedure.steps.step04_preemption_off import preemption_off
from nornir_haupgrade.procedure.steps.step05_upgrade_standby import change_software
from nornir_haupgrade.procedure.steps.step06_switch_over import move_role
from nornir_haupgrade.procedure.steps.step07_upgrade_other import walk
from nornir_haupgrade.procedure.switchover import after_switchover, switch_over
from tests.explorer.world import facts
from tests.procedure.story import story

PLAN = story().plan


def read(**members: dict[str, object]) -> PairFacts:
    """A pair as it was read, with changes to its members."""
    pair = story()
    for name, changes in members.items():
        pair.node(name, **changes)
    return facts(pair.world)


def roles(one: Role, other: Role) -> PairFacts:
    found = read()
    a, b = (own for _, own in found.members)
    assert a is not None
    assert b is not None
    return PairFacts((("a", replace(a, role=one)), ("b", replace(b, role=other))))


NO_ACTIVE = State(facts=roles(Role.STANDBY, Role.STANDBY))


@pytest.mark.parametrize(
    "decide",
    [
        lambda plan, state: switch_over(plan, state, "b", Step.TRIAL),
        lambda plan, state: move_role(plan, state, Step.SWITCH_OVER),
    ],
)
@pytest.mark.parametrize("state", [State(), NO_ACTIVE])
def test_no_role_is_moved_on_facts_without_an_active_member(
    decide: Callable[[Plan, State], object],
    state: State,
) -> None:
    with pytest.raises(ValueError, match="active member"):
        decide(PLAN, state)


@pytest.mark.parametrize("state", [State(), State(facts=read(b={"power": "dead"}))])
def test_no_software_is_changed_on_a_member_that_was_not_read(state: State) -> None:
    with pytest.raises(ValueError, match="facts of the member"):
        change_software(PLAN, state, "b", "v1", Step.UPGRADE_STANDBY)


def test_software_is_never_changed_on_the_active_member() -> None:
    state = State(facts=read())
    found = change_software(PLAN, state, "a", "v1", Step.UPGRADE_STANDBY)
    assert isinstance(found, Ask)
    assert found.kind is Kind.SOLO


def test_the_walk_waits_for_facts() -> None:
    assert walk(PLAN, State(), "v1") is None


def test_preemption_that_somebody_turned_on_again_is_taken_again_in_step_4() -> None:
    found = preemption_off(PLAN, State(facts=read(a={"preempts": True})))
    assert isinstance(found, Run)
    assert (found.action, found.step) == (Action.BORROW_PREEMPTION, Step.PREEMPTION_OFF)


OWED = frozenset({Lease(LeaseKind.PREEMPTION, "a")})


def unsaved(leases: frozenset[Lease], *, is_latched: bool = False) -> State:
    """What was borrowed was cut off behind its last line."""
    found = read(a={"preempts": False}, b={"preempts": False})
    own = found.of("a")
    assert own is not None
    own = replace(own, is_saved=False, is_latched=is_latched)
    return State(facts=PairFacts((("a", own), ("b", found.of("b")))), leases=leases)


def test_preemption_that_was_borrowed_and_not_saved_is_saved() -> None:
    found = borrow_preemption(PLAN, unsaved(OWED), Step.PREPARE)
    assert isinstance(found, Run)
    assert (found.action, found.members) == (Action.BORROW_PREEMPTION, ("a",))


@pytest.mark.parametrize(
    "state",
    [
        pytest.param(lambda: unsaved(frozenset()), id="not ours"),
        pytest.param(lambda: unsaved(OWED, is_latched=True), id="latched"),
        pytest.param(lambda: replace(unsaved(OWED), given_up=OWED), id="given up"),
        pytest.param(
            lambda: State(facts=read(a={"preempts": False}, b={"preempts": False}), leases=OWED),
            id="nothing to save",
        ),
    ],
)
def test_what_is_not_ours_to_save_is_not_saved(state: Callable[[], State]) -> None:
    assert borrow_preemption(PLAN, state(), Step.PREPARE) is None


@pytest.mark.parametrize("state", [State(), State(facts=read(a={"power": "dead"}))])
def test_a_member_that_is_gone_after_a_switchover_holds(state: State) -> None:
    found = after_switchover(PLAN, state, "a", Step.TRIAL)
    assert isinstance(found, Ask)
    assert found.kind is Kind.UNREACHABLE


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (read(), None),
        (read(b={"is_wrong": True}), Kind.WRONG_DEVICE),
        (read(b={"power": "dead"}), Kind.UNREACHABLE),
        (read(a={"is_wrong": True}, b={"power": "dead"}), Kind.WRONG_DEVICE),
        (roles(Role.ACTIVE, Role.ACTIVE), Kind.SPLIT),
        (roles(Role.ACTIVE, Role.UNKNOWN), Kind.ROLE_UNKNOWN),
        (roles(Role.MIXED, Role.STANDBY), Kind.ROLE_UNKNOWN),
        (roles(Role.STANDBY, Role.NEGOTIATING), Kind.ROLE_UNKNOWN),
        (roles(Role.STANDBY, Role.STANDBY), Kind.NOBODY_FORWARDS),
        (roles(Role.FAILED, Role.SUSPENDED), Kind.NOBODY_FORWARDS),
        # A standby that is not ready is no condition: whether it matters depends on what is next.
        (roles(Role.ACTIVE, Role.FAILED), None),
        (roles(Role.ACTIVE, Role.SUSPENDED), None),
    ],
)
def test_a_pair_is_held_by_its_facts_alone(seen: PairFacts, kind: Kind | None) -> None:
    assert condition(PLAN, seen) is kind


@pytest.mark.parametrize(
    ("seen", "is_so"),
    [
        (roles(Role.SUSPENDED, Role.FAILED), True),
        (roles(Role.ACTIVE, Role.STANDBY), False),
        (roles(Role.SUSPENDED, Role.UNKNOWN), False),
        (roles(Role.SUSPENDED, Role.NEGOTIATING), False),
        (PairFacts((("a", None), ("b", None))), False),
    ],
)
def test_that_nobody_forwards_must_be_known(seen: PairFacts, is_so: bool) -> None:
    assert forwards_nobody(seen) == is_so


LATCH = Lease(LeaseKind.LATCH, "a")


@pytest.mark.parametrize(
    ("changes", "leases", "given_up", "found"),
    [
        ({"is_latched": True}, {LATCH}, (), "a"),
        ({"is_latched": True}, (), (), None),
        ({"is_latched": True}, {LATCH}, {LATCH}, None),
        ({"is_latched": False}, {LATCH}, (), None),
        ({"is_latched": True, "is_wrong": True}, {LATCH}, (), None),
        ({"is_latched": True, "power": "dead"}, {LATCH}, (), None),
    ],
)
def test_only_a_latch_that_is_ours_and_can_be_seen_is_ours_to_release(
    changes: dict[str, object],
    leases: set[Lease],
    given_up: set[Lease],
    found: str | None,
) -> None:
    state = State(facts=read(a=changes), leases=frozenset(leases), given_up=frozenset(given_up))
    assert own_latch(PLAN, state) == found


def test_without_a_look_no_latch_is_known() -> None:
    assert own_latch(PLAN, State(leases=frozenset({LATCH}))) is None


def test_versions_are_those_that_were_read() -> None:
    assert versions(read(b={"version": 1})) == {"v0", "v1"}
    assert versions(read(b={"power": "dead"})) == {"v0"}
