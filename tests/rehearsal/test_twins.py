"""From what pairs look like to a lab: names, roles, versions, faults, and what is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.lab import Fault, PairRig, Platform, When
from nornir_haupgrade.lab.audit import Audit
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.lab.timeline import Timeline
from nornir_haupgrade.rehearsal.likeness import MemberLikeness
from nornir_haupgrade.rehearsal.twins import PASSWORD, Times, Twin, lab_of, twins_of
from nornir_haupgrade.settings import (
    CriticalSession,
    Getter,
    ManagementPath,
    PairConfig,
    SiteGate,
)
from tests.rehearsal.samples import OLD, config, likeness

QUICK = Times(2.0, 0.5)


def twin(pair: PairConfig, *faults: Fault) -> Twin:
    (found,) = twins_of([likeness(pair)], QUICK, faults)
    return found


@pytest.mark.parametrize("active", ["p1a", "p1b"])
@pytest.mark.parametrize("platform", Platform)
def test_who_is_active_in_the_pair_is_active_in_its_twin(platform: Platform, active: str) -> None:
    read = replace(likeness(config(platform=platform), PERSONALITIES[platform].version),
                   active=active, preempts=True)  # fmt: skip
    (found,) = twins_of([read], QUICK)
    timeline = Timeline(lambda: 0.0)
    rig = PairRig(found.spec, timeline, Audit(timeline), "admin")
    assert rig.pair.active is rig.pair.device(active)


def test_versions_and_what_else_is_installed_are_kept() -> None:
    members = (MemberLikeness("p1a", "12.14", "12.13"), MemberLikeness("p1b", "12.15"))
    (found,) = twins_of([replace(likeness(config()), members=members)], QUICK)
    assert [own.version for own in found.spec.members] == ["12.14", "12.15"]
    assert [own.other_version for own in found.spec.members] == ["12.13", None]


def test_hosts_keep_their_names_where_a_device_could_be_called_that() -> None:
    found = twin(config(members=("fw-1.muc.example", "Füße / Standort 2")))
    assert [name for name, _ in found.names] == ["fw-1.muc.example", "Füße / Standort 2"]
    first, second = (own.name for own in found.spec.members)
    assert first == "fw-1.muc.example"
    assert second.isascii()
    assert f"Füße / Standort 2 is called {second} in the lab" in found.differs


def test_no_two_twins_share_a_name() -> None:
    pairs = [
        likeness(config("p1", members=("a b", "a_b"))),
        likeness(config("p2", members=("a/b", "a-b"))),
        likeness(config("p3", members=("ä", "ö"))),
    ]
    names = [own.name for found in twins_of(pairs, QUICK) for own in found.spec.members]
    assert len(set(names)) == 6


def test_critical_sessions_are_old_enough() -> None:
    old = CriticalSession(name="db", protocol="tcp", destination_port=5432, min_age=7200)
    assert twin(config(critical_sessions=(old,))).spec.session_age > 7200


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"gates": (SiteGate(name="ticket", task="tasks.open"),)}, "gates are not asked: ticket"),
        ({"notify": ("tasks.tell",)}, "nobody is notified: tasks.tell"),
        ({"getters": (Getter(getter="get_facts"),)}, "getters are not read"),
        ({"management_path": ManagementPath.THROUGH_PAIR}, "reached past the active"),
    ],
)
def test_what_is_the_site_s_own_is_left_out_and_said(settings: dict[str, Any], said: str) -> None:
    assert not any(said in line for line in twin(config(getters=())).differs)
    assert any(said in line for line in twin(config(**settings)).differs)


def test_the_lab_has_a_login_of_its_own() -> None:
    lab = lab_of([twin(config())], speed=7.0)
    assert (lab.speed, lab.password) == (7.0, PASSWORD)
    assert all(own.port == 0 for pair in lab.pairs for own in pair.members)


@pytest.mark.parametrize("platform", Platform)
def test_every_simulated_platform_has_twins(platform: Platform) -> None:
    found = twin(config(platform=platform))
    assert found.spec.platform is platform
    # What a device runs where nobody knows better is a version as the platform prints them.
    assert [own.version for own in found.spec.members] == [OLD, OLD]
    assert PERSONALITIES[platform].version != "1.0"


def test_a_platform_that_is_not_simulated_is_named_with_its_pair() -> None:
    with pytest.raises(BadInput, match=r"pair p7: the lab cannot simulate the platform abacus"):
        twins_of([likeness(config("p7", platform="abacus"))], QUICK)


def test_faults_strike_whom_they_name_and_nobody_else() -> None:
    one, two = likeness(config("p1")), likeness(config("p2", members=("x y", "p2b")))
    faults = (
        Fault("never_boots", "p1b"),
        Fault("never_boots", "x y", When(by="p2b")),
        Fault("sessions_never_sync", pair="p2"),
        Fault("boot_without_ha", "standby"),
    )
    first, second = twins_of([one, two], QUICK, faults)
    called = dict(second.names)["x y"]
    assert [(own.name, own.member) for own in first.spec.faults] == [
        ("never_boots", "p1b"),
        ("boot_without_ha", "standby"),
    ]
    assert [(own.name, own.member, own.when.by) for own in second.spec.faults] == [
        ("never_boots", called, "p2b"),
        ("sessions_never_sync", None, None),
        ("boot_without_ha", "standby", None),
    ]


def test_a_fault_for_all_strikes_only_the_platforms_that_have_it() -> None:
    routers = set(PERSONALITIES[Platform.CISCO_IOSXE].faults)
    firewalls = set(PERSONALITIES[Platform.LINUX_HA].faults)
    only = min(routers - firewalls)
    pairs = [likeness(config("p1")), likeness(config("p2", platform="cisco_iosxe"))]
    first, second = twins_of(pairs, QUICK, (Fault(only),))
    assert first.spec.faults == ()
    assert [own.name for own in second.spec.faults] == [only]
