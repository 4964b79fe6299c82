from __future__ import annotations

from dataclasses import fields, replace
from itertools import product

import pytest
from hypothesis import given, strategies as st

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
    Question,
    Traits,
    questions_of,
    refuse_impossible,
    stricter,
    traits_of,
)
from tests.procedure.story import story

any_capabilities = st.builds(Capabilities, **{field.name: ... for field in fields(Capabilities)})


def refused(found: Capabilities) -> set[str]:
    try:
        refuse_impossible("p", found)
    except BadInput as error:
        return {finding.what for finding in error.findings}
    return set()


@given(any_capabilities)
def test_a_pair_of_equals_can_do_what_each_can(one: Capabilities) -> None:
    assert stricter(one, one) == one


@given(any_capabilities, any_capabilities)
def test_a_mixed_pair_is_refused_whatever_one_of_its_members_is_refused(
    one: Capabilities,
    other: Capabilities,
) -> None:
    assert refused(stricter(one, other)) >= refused(one) | refused(other)


@given(any_capabilities, any_capabilities)
def test_a_mixed_pair_is_never_trusted_with_more_than_each_member(
    one: Capabilities,
    other: Capabilities,
) -> None:
    both = traits_of(stricter(one, other))
    first, second = traits_of(one), traits_of(other)
    assert both.can_sync <= min(first.can_sync, second.can_sync)
    assert both.can_roll_back == min(first.can_roll_back, second.can_roll_back)
    assert both.needs_release == max(first.needs_release, second.needs_release)
    assert both.needs_commit == max(first.needs_commit, second.needs_commit)
    assert both.has_preemption == max(first.has_preemption, second.has_preemption)


@given(any_capabilities, any_capabilities)
def test_what_one_member_asks_a_mixed_pair_asks(one: Capabilities, other: Capabilities) -> None:
    both = set(questions_of(stricter(one, other), has_services=True))
    for member in (one, other):
        asked = set(questions_of(member, has_services=True))
        # Where the members cannot synchronise with each other, that is said instead.
        assert asked - both <= {Question.DESTRUCTIVE_SYNC}
        assert asked <= both or Question.NO_SYNC in both


@given(any_capabilities, any_capabilities)
def test_what_only_one_member_can_do_a_mixed_pair_cannot(
    one: Capabilities,
    other: Capabilities,
) -> None:
    both = stricter(one, other)
    for name in ("sees_peer", "replicates_sessions", "has_conditional_commands"):
        assert getattr(both, name) == (getattr(one, name) and getattr(other, name))


def test_two_ways_of_synchronising_are_none() -> None:
    one = Capabilities(sync_model=SyncModel.PUSH)
    assert stricter(one, replace(one, sync_model=SyncModel.PULL)).sync_model is SyncModel.NONE


@pytest.mark.parametrize("order", [1, -1])
def test_the_member_that_preempts_decides_for_the_pair(order: int) -> None:
    kinds = (
        Capabilities(preemption=PreemptionKind.NONE),
        Capabilities(preemption=PreemptionKind.PER_MEMBER),
    )[::order]
    assert stricter(*kinds).preemption is PreemptionKind.PER_MEMBER


@pytest.mark.parametrize(
    ("found", "has_services", "questions"),
    [
        (Capabilities(sync_model=SyncModel.PUSH), True, ()),
        (Capabilities(sync_model=SyncModel.PUSH), False, (Question.NO_SERVICES,)),
        (
            Capabilities(sync_model=SyncModel.PUSH, replicates_sessions=False),
            True,
            (Question.NO_REPLICATION,),
        ),
        (
            Capabilities(sync_model=SyncModel.PUSH, is_sync_destructive=True),
            True,
            (Question.DESTRUCTIVE_SYNC,),
        ),
        # Nobody synchronises by hand there, so nothing is cleared.
        (Capabilities(sync_model=SyncModel.AUTOMATIC, is_sync_destructive=True), True, ()),
        (Capabilities(sync_model=SyncModel.NONE), True, (Question.NO_SYNC,)),
        (
            Capabilities(sync_model=SyncModel.PULL, restore=Restore.NONE),
            True,
            (Question.NO_ROLLBACK,),
        ),
    ],
)
def test_what_a_person_has_to_know_beforehand_is_asked(
    found: Capabilities,
    has_services: bool,
    questions: tuple[Question, ...],
) -> None:
    assert questions_of(found, has_services=has_services) == questions


@pytest.mark.parametrize("model", list(SyncModel))
def test_synchronising_by_hand_needs_a_member_that_pushes_or_pulls(model: SyncModel) -> None:
    can_sync = model in {SyncModel.PUSH, SyncModel.PULL}
    assert traits_of(Capabilities(sync_model=model)).can_sync == can_sync


def test_every_kind_of_platform_has_its_traits() -> None:
    for kind, release, activation, switching, commit, restore in product(
        PreemptionKind, (False, True), Activation, Switching, (False, True), Restore
    ):
        found = Capabilities(
            sync_model=SyncModel.PUSH,
            preemption=kind,
            needs_release=release,
            activation=activation,
            switching=switching,
            needs_commit=commit,
            restore=restore,
        )
        assert traits_of(found) == Traits(
            can_sync=True,
            has_preemption=kind is not PreemptionKind.NONE,
            needs_release=release,
            can_roll_back=restore is Restore.SLOT,
            activation=activation,
            switching=switching,
            needs_commit=commit,
        )


def test_every_reason_to_refuse_is_named_and_none_where_there_is_none() -> None:
    assert refused(Capabilities()) == set()
    worst = Capabilities(
        scope=Scope.CLUSTER,
        mixed_versions=MixedVersions.FORBIDDEN,
        is_boot_selection_shared=True,
    )
    assert len(refused(worst)) == 3


def test_a_plan_knows_its_devices_and_its_images() -> None:
    plan = story().plan
    assert [plan.identity_of(name) for name in plan.members] == ["id-a", "id-b"]
    image = plan.image_of("v1")
    assert image is not None
    assert image.version == "v1"
    assert plan.image_of("v9") is None
