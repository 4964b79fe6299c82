"""One thing on one member keeps the same invariants, whatever the pair and its people do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nornir_haupgrade.model import Activation, Switching
from nornir_haupgrade.procedure import apply as states
from nornir_haupgrade.procedure.plan import Purpose, Traits
from nornir_haupgrade.procedure.records import Goal, Opened
from nornir_haupgrade.procedure.state import State
from tests.explorer.explore import At, Found, explore, plan_for, start

ALONE = tuple(purpose for purpose in Purpose if purpose.is_single)
KINDS = (
    Traits(),
    Traits(
        can_sync=False,
        activation=Activation.RELOAD,
        switching=Switching.TAKE,
        needs_commit=True,
    ),
)
"""A firewall that gives its role away, and a router that takes it."""


def _explored(
    purpose: Purpose,
    member: str,
    traits: Traits,
    *,
    faults: int,
    preempts: bool = False,
    ahead: int | None = None,
) -> Found:
    plan = replace(plan_for(traits, purpose=purpose), member=member)
    first = start(faults=faults, commands=1, preempts=preempts, adopted=ahead, plan=plan)
    opened = states.apply(plan, State(), Opened(plan, Goal.UP))
    found = explore(plan, At("idle", opened, first.world))
    print(f"\n{purpose} on {member}: {found.states} states, endings {dict(found.endings)}")
    return found


def _holds(found: Found) -> None:
    assert found.counterexample is None, " > ".join(found.trace)
    assert found.unending == 0, "states from which no end can be reached"
    assert found.cycles == 0, "states on a cycle without a person or a fault"
    assert found.endings, "no end was reached at all"


@pytest.mark.parametrize("preempts", [False, True])
@pytest.mark.parametrize("member", ["a", "b"])
@pytest.mark.parametrize("traits", KINDS, ids=["gives", "takes"])
@pytest.mark.parametrize("purpose", ALONE)
def test_one_thing_with_kills_at_any_record(
    purpose: Purpose, traits: Traits, member: str, preempts: bool
) -> None:
    _holds(_explored(purpose, member, traits, faults=0, preempts=preempts))


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("ahead", [None, 0, 1])
@pytest.mark.parametrize("traits", KINDS, ids=["gives", "takes"])
@pytest.mark.parametrize("purpose", [Purpose.SWITCH_OVER, Purpose.ROLL_BACK_MEMBER])
def test_one_thing_in_a_mixed_pair_and_one_fault_anywhere(
    purpose: Purpose, traits: Traits, ahead: int | None
) -> None:
    _holds(_explored(purpose, "b", traits, faults=1, ahead=ahead))


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("traits", KINDS, ids=["gives", "takes"])
@pytest.mark.parametrize("purpose", [Purpose.UPGRADE_MEMBER, Purpose.PREEMPTION_ON])
def test_one_thing_and_one_fault_anywhere(purpose: Purpose, traits: Traits) -> None:
    _holds(_explored(purpose, "b", traits, faults=1))


def test_what_it_is_for_can_be_reached() -> None:
    for purpose in ALONE:
        assert _explored(purpose, "b", KINDS[0], faults=0).endings["done"], purpose


def test_preemption_that_is_switched_off_is_owed() -> None:
    found = _explored(Purpose.PREEMPTION_OFF, "a", KINDS[0], faults=0, preempts=True)
    _holds(found)
    assert found.endings["done (owed)"]
