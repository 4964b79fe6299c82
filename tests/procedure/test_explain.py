"""What our own changes explain, and that nothing else is taken for ours."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.model import MemberFacts, PairFacts, Role, Switching
from nornir_haupgrade.procedure.explain import differences, digest, last_known
from nornir_haupgrade.procedure.plan import Traits
from nornir_haupgrade.procedure.records import Action, Run
from tests.gates.samples import HEALTHY, any_pair, pair

BOTH = ("fw1", "fw2")
MARKS = {
    "identity": "SN9",
    "role": Role.FAILED,
    "version": "99",
    "boot_id": "boot-9",
    "next_version": "99",
    "installed": (),
    "preemption": "on",
    "is_latched": True,
    "is_on_trial": True,
    "is_forwarding": None,
    "failovers": 99,
    "config": "other",
}


def changed(before: PairFacts, **changes: dict[str, Any]) -> PairFacts:
    """The pair with some of each member's facts changed."""
    return PairFacts(
        tuple(
            (name, replace(own, **changes.get(name, {})) if own else None)
            for name, own in before.members
        ),
    )


def unexplained(run: Run | None, now: PairFacts, traits: Traits = Traits()) -> set[str]:  # noqa: B008 - frozen
    """fw1.mark for each difference that the run does not account for."""
    found = differences(pair(), now, run, traits)
    return {f"{member}.{mark}" for member, mark, _, _ in found}


@given(any_pair)
def test_nothing_differs_from_itself(facts: PairFacts) -> None:
    assert differences(facts, facts, None) == ()


@pytest.mark.parametrize("mark", MARKS)
def test_every_mark_that_changed_by_itself_is_found(mark: str) -> None:
    assert unexplained(None, changed(pair(), fw2={mark: MARKS[mark]})) == {f"fw2.{mark}"}


def test_the_old_and_the_new_value_are_told() -> None:
    now = changed(pair(), fw1={"config": "beef"})
    assert differences(pair(), now, None) == (("fw1", "config", "c0ffee", "beef"),)


def test_a_member_that_does_not_answer_differs_in_nothing() -> None:
    silent = PairFacts((("fw1", None), pair().members[1]))
    assert differences(pair(), silent, None) == ()
    assert differences(silent, pair(), None) == ()


@pytest.mark.parametrize(("before", "now", "is_new"), [(0, 1, True), (1, 0, False), (1, 1, False)])
def test_an_administrator_who_logged_in_is_somebody_else(
    before: int,
    now: int,
    is_new: bool,
) -> None:
    was = pair({"others": before})
    found = differences(was, changed(was, fw1={"others": now}), None)
    assert bool(found) == is_new


def test_an_administrator_is_found_also_while_something_of_ours_is_done() -> None:
    run = Run(Action.RELOAD, ("fw2",))
    now = changed(pair(), fw2={"boot_id": "boot-9", "others": 1})
    assert unexplained(run, now) == {"fw2.administrators logged in"}


def test_a_count_that_is_no_longer_reported_is_nobody_s_login() -> None:
    was = pair({"others": 1})
    assert differences(was, changed(was, fw1={"others": None}), None) == ()


REBOOTED = {
    "version": "13.8",
    "boot_id": "boot-9",
    "next_version": "13.8",
    "config": "other",
    "role": Role.FAILED,
    "failovers": 0,
}


@pytest.mark.parametrize(
    ("run", "trace"),
    [
        (
            Run(Action.BORROW_PREEMPTION, BOTH),
            {"fw1": {"preemption": "unknown", "config": "other"}},
        ),
        (Run(Action.SYNC_CONFIG, ("fw1",)), {"fw2": {"config": "other"}}),
        # Where one file boots, it counts as installed as soon as it lies there.
        (
            Run(Action.STAGE, BOTH, "14.1"),
            {"fw1": {"installed": (*HEALTHY.installed, ("C", "14.1"))}},
        ),
        (Run(Action.INSTALL, ("fw2",), "13.8"), {"fw2": {"installed": (("B", "13.8"),)}}),
        (Run(Action.ACTIVATE, ("fw2",), "13.8"), {"fw2": {"next_version": "13.8"}}),
        (Run(Action.RELOAD, ("fw2",), "13.8"), {"fw2": REBOOTED}),
        (
            Run(Action.SWITCH, BOTH, "fw2"),
            {
                "fw1": {"role": Role.SUSPENDED, "is_latched": True, "is_forwarding": False},
                "fw2": {"role": Role.ACTIVE, "is_forwarding": True, "failovers": 4},
            },
        ),
        (
            Run(Action.RETURN_PREEMPTION, ("fw1",)),
            {
                "fw1": {"preemption": "on", "config": "other", "role": Role.STANDBY},
                "fw2": {"role": Role.ACTIVE, "is_forwarding": True},
            },
        ),
    ],
)
def test_our_own_change_explains_its_own_trace(
    run: Run,
    trace: dict[str, dict[str, Any]],
) -> None:
    now = changed(pair(), **trace)
    assert unexplained(run, now) == set()
    assert unexplained(None, now) == {
        f"{who}.{mark}" for who, marks in trace.items() for mark in marks
    }


def test_a_release_explains_the_latch_and_the_role() -> None:
    was = pair({}, {"is_latched": True, "role": Role.SUSPENDED})
    now = changed(was, fw2={"is_latched": False, "role": Role.STANDBY})
    assert differences(was, now, Run(Action.RELEASE, ("fw2",))) == ()
    assert differences(was, now, Run(Action.RELEASE, ("fw1",))) != ()


@pytest.mark.parametrize(
    ("run", "now", "found"),
    [
        # What was never sent left no trace of its own, and so explains nothing else.
        (Run(Action.RELOAD, ("fw2",)), {"fw2": {"config": "other"}}, {"fw2.config"}),
        (Run(Action.BORROW_PREEMPTION, BOTH), {"fw1": {"config": "other"}}, {"fw1.config"}),
        (Run(Action.RETURN_PREEMPTION, ("fw1",)), {"fw2": {"role": Role.ACTIVE}}, {"fw2.role"}),
        (Run(Action.SWITCH, BOTH, "fw2"), {"fw2": {"role": Role.ACTIVE}}, {"fw2.role"}),
        (Run(Action.RELEASE, ("fw1",)), {"fw1": {"role": Role.STANDBY}}, {"fw1.role"}),
        # Nor does it explain what somebody did to the other member.
        (Run(Action.STAGE, ("fw2",), "14.1"), {"fw2": {"installed": ()}}, {"fw2.installed"}),
        (
            Run(Action.STAGE, ("fw2",), "14.1"),
            {"fw2": {"installed": (*HEALTHY.installed, ("C", "14.1"), ("D", "9"))}},
            {"fw2.installed"},
        ),
        (
            Run(Action.STAGE, ("fw2",), "14.1"),
            {"fw1": {"installed": (*HEALTHY.installed, ("C", "14.1"))}},
            {"fw1.installed"},
        ),
        (Run(Action.INSTALL, ("fw2",)), {"fw1": {"installed": ()}}, {"fw1.installed"}),
        (Run(Action.ACTIVATE, ("fw2",)), {"fw2": {"config": "other"}}, {"fw2.config"}),
        (Run(Action.ACTIVATE, ("fw2",)), {"fw1": {"next_version": "9"}}, {"fw1.next_version"}),
        (Run(Action.SYNC_CONFIG, ("fw1",)), {"fw1": {"config": "other"}}, {"fw1.config"}),
        (Run(Action.RELOAD, ("fw2",)), {"fw1": {"boot_id": "9"}}, {"fw1.boot_id"}),
        (Run(Action.BACK_UP, BOTH), {"fw1": {"config": "other"}}, {"fw1.config"}),
        (Run(Action.LOOK, BOTH), {"fw1": {"failovers": 9}}, {"fw1.failovers"}),
        # A reload replaces no device.
        (
            Run(Action.RELOAD, ("fw2",)),
            {"fw2": REBOOTED | {"identity": "SN9"}},
            {"fw2.identity"},
        ),
    ],
)
def test_what_is_not_its_own_trace_is_somebody_else_s(
    run: Run,
    now: dict[str, dict[str, Any]],
    found: set[str],
) -> None:
    assert unexplained(run, changed(pair(), **now)) == found


@pytest.mark.parametrize(
    "action", [Action.BORROW_PREEMPTION, Action.RETURN_PREEMPTION, Action.RELEASE]
)
def test_lines_that_were_changed_before_the_rest_was_cut_off_are_ours(action: Action) -> None:
    run = Run(action, ("fw2",))
    half = changed(pair(), fw2={"config": "other", "ha_lines": ("interface Vlan1|priority 9",)})
    assert unexplained(run, half) == set()
    assert unexplained(None, half) == {"fw2.config"}
    assert unexplained(replace(run, members=("fw1",)), half) == {"fw2.config"}
    assert unexplained(run, changed(pair(), fw2={"config": "other"})) == {"fw2.config"}


def test_a_choice_of_what_boots_is_a_changed_configuration_where_the_role_is_one() -> None:
    run = Run(Action.ACTIVATE, ("fw2",), "13.8")
    now = changed(pair(), fw2={"next_version": "13.8", "config": "other"})
    takes = Traits(switching=Switching.TAKE)
    assert unexplained(run, now, takes) == set()
    assert unexplained(run, now) == {"fw2.config"}
    now = changed(pair(), fw2={"config": "other"})
    assert unexplained(run, now, takes) == {"fw2.config"}, "what was never chosen explains nothing"


def test_a_switchover_that_leaves_no_latch_needs_none_as_its_trace() -> None:
    run = Run(Action.SWITCH, BOTH, "fw2")
    now = changed(pair(), fw1={"role": Role.STANDBY}, fw2={"role": Role.ACTIVE})
    assert unexplained(run, now, Traits(needs_release=False)) == set()
    assert unexplained(run, now) == {"fw1.role", "fw2.role"}


def test_a_switchover_is_not_explained_by_a_member_that_does_not_answer() -> None:
    now = PairFacts((("fw1", None), ("fw2", replace(HEALTHY, identity="SN2"))))
    assert "fw2.role" in unexplained(Run(Action.SWITCH, BOTH, "fw2"), now)


def test_the_newest_facts_of_each_member_are_kept_while_it_does_not_answer() -> None:
    before, after = pair(), changed(pair(), fw2={"version": "13.8"})
    silent = PairFacts((("fw1", None), after.members[1]))
    known = last_known(before, silent)
    assert known.of("fw1") == before.of("fw1")
    assert known.of("fw2") == after.of("fw2")
    assert last_known(None, silent) == silent


@pytest.mark.parametrize("mark", MARKS)
def test_a_decision_is_bound_to_every_mark(mark: str) -> None:
    assert digest(changed(pair(), fw1={mark: MARKS[mark]})) != digest(pair())


def test_a_decision_is_bound_to_a_member_s_answering() -> None:
    assert digest(PairFacts((("fw1", None), pair().members[1]))) != digest(pair())


@given(st.builds(lambda own: own, st.just(HEALTHY)), st.none() | st.integers(0, 9))
def test_who_else_is_logged_in_binds_no_decision(own: MemberFacts, others: int | None) -> None:
    one = PairFacts((("fw1", own),))
    assert digest(one) == digest(PairFacts((("fw1", replace(own, others=others)),)))
