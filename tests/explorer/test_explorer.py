"""Every state that the machine and a misbehaving pair can reach together keeps the invariants."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import astuple
from itertools import product

import pytest
from _pytest.mark import ParameterSet

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.model import (
    Activation,
    Capabilities,
    MixedVersions,
    PreemptionKind,
    Restore,
    Scope,
    Switching,
    SyncModel,
)
from nornir_haupgrade.procedure.plan import (
    Purpose,
    Question,
    Traits,
    questions_of,
    refuse_impossible,
    traits_of,
)
from nornir_haupgrade.procedure.records import Step
from tests.explorer.explore import Found, explore, plan_for, start

Begin = tuple[bool, int | None]
"""Whether the preferred member preempts; which member is at the target already (None: neither)."""

BEGINNINGS: tuple[Begin, ...] = tuple(product((True, False), (None, 0, 1)))
WAYS = (
    *((activation, Switching.GIVE, False) for activation in Activation),
    (Activation.SELECT, Switching.TAKE, False),
    (Activation.RELOAD, Switching.GIVE, True),
    (Activation.RELOAD, Switching.TAKE, True),
)
"""How new software comes to run, who is told to switch over, whether software must be committed."""

ALL_TRAITS = tuple(
    Traits(sync, preemption, release, back, activation, switching, commit)
    for sync, preemption, release, back in product((False, True), repeat=4)
    for activation, switching, commit in WAYS
)

WITH_A_FAULT = tuple(
    traits
    for traits in ALL_TRAITS
    if (traits.activation, traits.switching) == (Activation.SELECT, Switching.GIVE)
    or (traits.needs_release and traits.can_roll_back)
)
"""Every kind that selects and gives; of the other ways, those with the most to go wrong."""


def _explore(
    traits: Traits,
    begin: Begin,
    *,
    faults: int,
    commands: int = 0,
    hops: int = 1,
    questions: tuple[Question, ...] = (),
    purpose: Purpose = Purpose.UPGRADE,
    until: Step | None = None,
    limit: int | None = None,
) -> Found:
    preempts, adopted = begin
    plan = plan_for(traits, hops=hops, questions=questions, purpose=purpose)
    first = start(
        faults=faults,
        commands=commands,
        preempts=preempts and traits.has_preemption,
        adopted=adopted,
        until=until,
        plan=plan,
    )
    began = time.monotonic()
    found = explore(plan, first, limit=limit)
    seconds = time.monotonic() - began
    print(
        f"\n{purpose} {astuple(traits)} preempts={preempts} ahead={adopted} faults={faults}"
        f" commands={commands} hops={hops}: {found.states} states, {found.edges} edges,"
        f" {seconds:.0f} s, endings {dict(sorted(found.endings.items()))}",
    )
    return found


def _holds(found: Found) -> None:
    assert found.counterexample is None, " > ".join(found.trace)
    assert found.unending == 0, "states from which no end can be reached"
    assert found.cycles == 0, "states on a cycle without a person or a fault"
    assert found.endings, "no end was reached at all"


def _every_kind() -> Iterator[ParameterSet]:
    """All kinds at all beginnings; of the rarer ways, most are left to the long proofs."""
    for traits, begin in product(ALL_TRAITS, BEGINNINGS):
        is_usual = (traits.activation, traits.switching) == (Activation.SELECT, Switching.GIVE)
        is_quick = is_usual or begin in {(True, None), (False, 1)}
        marks = () if is_quick else (pytest.mark.prove,)
        yield pytest.param(traits, begin, marks=marks, id=f"{astuple(traits)}-{begin}")


@pytest.mark.parametrize(("traits", "begin"), [*_every_kind()])
def test_every_kind_of_platform_with_kills_at_any_record(traits: Traits, begin: Begin) -> None:
    _holds(_explore(traits, begin, faults=0, commands=1))


@pytest.mark.parametrize("begin", [(True, None), (False, 1)])
def test_one_fault_anywhere(begin: Begin) -> None:
    _holds(_explore(Traits(), begin, faults=1))


def test_a_whole_pair_comes_home_with_its_preemption_back() -> None:
    found = _explore(Traits(), (True, None), faults=0)
    _holds(found)
    assert set(found.endings) == {"done"}


@pytest.mark.parametrize("ahead", [None, 0, 1])
def test_two_hops(ahead: int | None) -> None:
    found = _explore(Traits(), (True, ahead), faults=0, commands=1, hops=2)
    _holds(found)
    assert {"done", "rolled_back"} <= set(found.endings)


WITHOUT_SOFTWARE = (Purpose.DRILL, Purpose.REBOOT)


@pytest.mark.parametrize("preempts", [True, False])
@pytest.mark.parametrize("traits", ALL_TRAITS, ids=lambda traits: str(astuple(traits)))
@pytest.mark.parametrize("purpose", WITHOUT_SOFTWARE)
def test_no_software_on_every_kind_of_platform(
    purpose: Purpose, traits: Traits, preempts: bool
) -> None:
    begin = (preempts, None)
    _holds(_explore(traits, begin, faults=0, commands=1, hops=0, purpose=purpose))


@pytest.mark.parametrize("purpose", WITHOUT_SOFTWARE)
def test_no_software_and_one_fault_anywhere(purpose: Purpose) -> None:
    found = _explore(Traits(), (True, None), faults=1, hops=0, purpose=purpose)
    _holds(found)
    assert {"done", "not_started"} <= set(found.endings)


@pytest.mark.parametrize("until", list(Step)[: Step.GIVE_BACK + 1])
def test_stopping_after_any_step_parks_or_is_done(until: Step) -> None:
    found = _explore(Traits(), (True, None), faults=0, until=until)
    _holds(found)
    ends = {end.removesuffix(" (owed)") for end in found.endings}
    # After step 9 only giving back is left, and that is done on every way out.
    assert ends == ({"done"} if until >= Step.SERVICES else {"parked"})


def test_named_questions_are_asked_and_can_be_declined() -> None:
    questions = tuple(Question)
    found = _explore(Traits(), (True, None), faults=0, questions=questions)
    _holds(found)
    assert found.asks["question"] >= len(questions)
    assert {"done", "not_started"} == set(found.endings)


@pytest.mark.prove
@pytest.mark.exhaustive
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("begin", [(True, None), (True, 0), (False, 1)])
def test_one_fault_and_one_command_of_a_person_anywhere(begin: Begin) -> None:
    _holds(_explore(Traits(), begin, faults=1, commands=1))


@pytest.mark.prove
@pytest.mark.exhaustive
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("traits", WITH_A_FAULT, ids=lambda traits: str(astuple(traits)))
def test_one_fault_on_every_kind_of_platform(traits: Traits) -> None:
    _holds(_explore(traits, (True, None), faults=1))


@pytest.mark.prove
@pytest.mark.exhaustive
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("purpose", WITHOUT_SOFTWARE)
def test_no_software_and_one_fault_and_one_command(purpose: Purpose) -> None:
    _holds(_explore(Traits(), (True, None), faults=1, commands=1, hops=0, purpose=purpose))


@pytest.mark.prove
@pytest.mark.exhaustive
@pytest.mark.timeout(3000)
def test_two_faults_as_far_as_they_fit_into_memory() -> None:
    """Breadth first to a bound: no counterexample among the nearest states."""
    found = _explore(Traits(), (True, None), faults=2, limit=1_000_000)
    assert found.counterexample is None, " > ".join(found.trace)


@pytest.mark.prove
@pytest.mark.exhaustive
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("ahead", [None, 0, 1])
def test_two_hops_with_a_fault(ahead: int | None) -> None:
    _holds(_explore(Traits(), (True, ahead), faults=1, hops=2))


def _all_capabilities() -> Iterator[Capabilities]:
    decided_by = {
        "scope": Scope,
        "sync_model": SyncModel,
        "is_sync_destructive": (False, True),
        "preemption": PreemptionKind,
        "needs_release": (False, True),
        "mixed_versions": MixedVersions,
        "replicates_sessions": (False, True),
        "restore": Restore,
        "is_boot_selection_shared": (False, True),
    }
    for values in product(WAYS, *decided_by.values()):
        (activation, switching, needs_commit), *others = values
        yield Capabilities(
            activation=activation,
            switching=switching,
            needs_commit=needs_commit,
            **dict(zip(decided_by, others, strict=True)),
        )


def test_platforms_that_decide_alike_are_explored_once() -> None:
    """Decisions read traits and questions only, so equal traits are one machine."""
    possible, impossible = 0, 0
    machines = set()
    for capabilities in _all_capabilities():
        try:
            refuse_impossible("p", capabilities)
        except BadInput:
            impossible += 1
            continue
        possible += 1
        machines.add(traits_of(capabilities))
        questions_of(capabilities, has_services=True)
    print(f"\n{possible} possible, {impossible} refused, {len(machines)} machines")
    assert machines == set(ALL_TRAITS)
    assert impossible > 0


@pytest.mark.parametrize(
    ("capabilities", "reason"),
    [
        (Capabilities(scope=Scope.CLUSTER), "the platform upgrades the whole cluster at once"),
        (
            Capabilities(mixed_versions=MixedVersions.FORBIDDEN),
            "members of different versions may not talk to each other",
        ),
        (Capabilities(is_boot_selection_shared=True), "both members share one boot selection"),
    ],
)
def test_what_cannot_be_done_member_by_member_is_refused_by_name(
    capabilities: Capabilities,
    reason: str,
) -> None:
    with pytest.raises(BadInput) as refused:
        refuse_impossible("p1", capabilities)
    assert [finding.what for finding in refused.value.findings] == [reason]
