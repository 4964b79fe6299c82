"""Which earlier campaign is taken back or gone on with; from histories by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.past import Past, gone_on_with, left_half_done
from nornir_haupgrade.engines.way_back import way_back
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.model import MemberFacts, PairFacts, Preemption, Role, Status, Verdict
from nornir_haupgrade.procedure.apply import replay
from nornir_haupgrade.procedure.machine import decide
from nornir_haupgrade.procedure.plan import Plan, Purpose, Traits
from nornir_haupgrade.procedure.records import (
    Action,
    Command,
    Goal,
    Kind,
    Lease,
    LeaseKind,
    Opened,
    Record,
    Result,
    Run,
    Started,
)

OLD, NEW = "12.15", "13.8"
BOTH = ("p1a", "p1b")
LOOK = Run(Action.LOOK, BOTH)
GOOD = Verdict(Status.PASS, "seen")
PLAN = Plan("p1", BOTH, ("id-p1a", "id-p1b"), (OLD, NEW), Traits())
OWED = Lease(LeaseKind.PREEMPTION, "p1a")


def pair(version: str = NEW, *, boot: str = "1", is_staged: bool = False) -> PairFacts:
    held = (("A", OLD), *([("B", NEW)] if is_staged else []))
    roles = zip(BOTH, (Role.ACTIVE, Role.STANDBY), strict=True)
    return PairFacts(
        tuple(
            (
                name,
                MemberFacts(
                    f"id-{name}",
                    role,
                    version,
                    f"boot-{boot}",
                    version,
                    preemption=Preemption.OFF,
                    installed=held if name == "p1b" else (),
                ),
            )
            for name, role in roles
        )
    )


def did(run: Run, seen: PairFacts) -> tuple[Record, ...]:
    return Started(run), Result(run, GOOD, seen)


def upgraded(*more: Record) -> Past:
    measured = Run(Action.BASELINE, BOTH)
    records: tuple[Record, ...] = (
        Opened(PLAN, Goal.UP),
        *did(LOOK, pair(OLD, boot="0")),
        Started(measured),
        Result(measured, GOOD, pair(OLD, boot="0"), facts=(("service:shop", "good: 5 ms"),)),
        Started(Run(Action.RELOAD, BOTH, NEW)),
        Result(Run(Action.RELOAD, BOTH, NEW), GOOD, pair()),
        *more,
    )
    return Past.of("1-upgrade", records)


def single(
    campaign: str,
    purpose: Purpose,
    *seen: PairFacts,
    action: Action = Action.BACK_UP,
    owed: frozenset[Lease] = frozenset(),
) -> Past:
    """One thing on p1b: how the pair was found, and how it was left."""
    plan = replace(PLAN, purpose=purpose, member="p1b")
    run = Run(action, ("p1b",), NEW if action is Action.STAGE else None)
    done = did(run, seen[-1]) if len(seen) > 1 else ()
    opened = Opened(plan, Goal.UP, owed=owed, before=pair())
    return Past.of(campaign, (opened, *did(LOOK, seen[0]), *done))


def taken_back(*past: Past) -> Opened:
    """The newest first."""
    opened = way_back("p1", iter(past))
    assert opened is not None
    return opened


def test_an_upgrade_that_is_the_newest_goes_back_itself() -> None:
    assert way_back("p1", iter([upgraded()])) is None


def test_what_came_later_is_explained_and_what_it_owes_is_taken_over() -> None:
    first = single("2-backup", Purpose.BACK_UP, pair(), pair())
    left = pair(is_staged=True)
    later = single(
        "3-stage", Purpose.STAGE, pair(), left, action=Action.STAGE, owed=frozenset({OWED})
    )
    opened = taken_back(later, first, upgraded())
    assert (opened.plan, opened.goal, opened.earlier) == (PLAN, Goal.BACK, "3-stage")
    assert opened.found == left
    assert (opened.owed, opened.before) == (frozenset({OWED}), pair())
    assert opened.baseline == (("service:shop", "good: 5 ms"),)


@pytest.mark.parametrize("is_told", [True, False])
def test_it_begins_on_the_way_to_the_old_version(is_told: bool) -> None:
    """Also if it was killed before the reason was written down."""
    opened = taken_back(single("2-backup", Purpose.BACK_UP, pair(), pair()), upgraded())
    said = (Command(Goal.BACK, "tester", "asked"),) if is_told else ()
    state = replay(opened.plan, (opened, *said, *did(LOOK, pair())))
    assert (state.goal, state.back_to, state.trouble) == (Goal.BACK, OLD, None)
    assert state.original == pair()
    decision = decide(opened.plan, state)
    assert isinstance(decision, Run)
    assert decision.members == ("p1b",), "the standby first"


def test_what_nobody_explains_is_found_by_the_first_look() -> None:
    """It was there before the later task began: that one did not do it."""
    later = single("2-backup", Purpose.BACK_UP, pair(boot="9"), pair(boot="9"))
    opened = taken_back(later, upgraded())
    assert opened.found == pair()
    state = replay(opened.plan, (opened, *did(LOOK, pair(boot="9"))))
    assert state.trouble is not None
    assert state.trouble.kind is Kind.CHANGED


@pytest.mark.parametrize("purpose", [Purpose.UPGRADE_MEMBER, Purpose.ROLL_BACK_MEMBER])
def test_a_member_whose_software_was_changed_later_is_named(purpose: Purpose) -> None:
    changed = single("2-member", purpose, pair(), pair(boot="2"), action=Action.RELOAD)
    backup = single("3-backup", Purpose.BACK_UP, pair(boot="2"), pair(boot="2"))
    with pytest.raises(BadInput, match=r"one member, p1b \(2-member\).*roll_back_member"):
        way_back("p1", iter([backup, changed, upgraded()]))


def test_one_that_was_refused_changed_no_software() -> None:
    refused = single("2-member", Purpose.UPGRADE_MEMBER, pair())
    backup = single("3-backup", Purpose.BACK_UP, pair(), pair())
    assert taken_back(backup, refused, upgraded()).found == pair()


def test_what_did_not_come_to_its_end_comes_first() -> None:
    with pytest.raises(BadInput, match=r"2-backup\) did not come to its end.*give-back"):
        way_back("p1", iter([single("2-backup", Purpose.BACK_UP, pair()), upgraded()]))


def test_nothing_is_rolled_back_twice() -> None:
    back = Command(Goal.BACK, "tester", "asked")
    services, report = Run(Action.SERVICES, ("p1a",)), Run(Action.REPORT, BOTH)
    whole = [did(Run(Action.WHOLE, (name,)), pair(OLD, boot="2")) for name in BOTH]
    over = upgraded(
        back,
        *did(LOOK, pair()),
        *did(Run(Action.RELOAD, BOTH, OLD), pair(OLD, boot="2")),
        *whole[0],
        *whole[1],
        *did(report, pair(OLD, boot="2")),
        *did(services, pair(OLD, boot="2")),
    )
    backup = single("2-backup", Purpose.BACK_UP, pair(OLD, boot="2"), pair(OLD, boot="2"))
    with pytest.raises(BadInput, match="rolled back already"):
        way_back("p1", iter([backup, over]))


# --- gone on with ---------------------------------------------------------------------------------

UP_B = Errand(Purpose.UPGRADE_MEMBER, NEW, member="p1b")
BACK_B = Errand(Purpose.ROLL_BACK_MEMBER, member="p1b")


def broken() -> Past:
    """p1b was upgraded, was not proven whole, and was left there."""
    was = pair(OLD, boot="0")
    now = PairFacts((was.members[0], pair().members[1]))
    half = single("1-member", Purpose.UPGRADE_MEMBER, was, now, action=Action.RELOAD)
    records = (*half.records, Command(Goal.CLOSE, "tester", "x"), *did(LOOK, now))
    return Past.of(half.id, records)


def test_what_was_left_half_done_is_found_behind_other_tasks() -> None:
    backup = single("2-backup", Purpose.BACK_UP, pair(), pair())
    half = broken()
    assert left_half_done(UP_B, iter([backup, half])) is half
    fresh = Opened(replace(PLAN, path=(NEW,)), Goal.UP, earlier="2-backup")
    opened = gone_on_with(fresh, half)
    assert opened.plan.path == (OLD, NEW), "its backup is of the old version"
    assert opened.start == pair(OLD, boot="0")
    elsewhere = replace(fresh, plan=replace(PLAN, path=("13.9", NEW)))
    assert gone_on_with(elsewhere, half) == elsewhere


@pytest.mark.parametrize(
    ("errand", "later"),
    [
        (BACK_B, ()),
        (Errand(Purpose.UPGRADE_MEMBER, NEW, member="p1a"), ()),
        (Errand(Purpose.BACK_UP, member="p1b"), ()),
        (UP_B, (single("2-back", Purpose.ROLL_BACK_MEMBER, pair(), pair(boot="2")),)),
        (UP_B, (single("2-done", Purpose.UPGRADE_MEMBER, pair()),)),
    ],
    ids=["another thing", "another member", "a backup", "taken back since", "done since"],
)
def test_what_is_another_thing_or_settled_since_is_not_gone_on_with(
    errand: Errand, later: tuple[Past, ...]
) -> None:
    assert left_half_done(errand, iter([*later, broken()])) is None
