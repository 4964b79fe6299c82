"""A change is proven by reading back: refused, lost on the way, or done."""

from __future__ import annotations

import pytest

from nornir_haupgrade.errors import CommandRefused, CommandTimeout, HAUpgradeError, LineDropped
from nornir_haupgrade.model import PairFacts, Preemption, Role, Status
from nornir_haupgrade.procedure.actions.look import describe
from nornir_haupgrade.procedure.actions.writing import perform
from nornir_haupgrade.procedure.records import Action
from nornir_haupgrade.settings import ManagementPath
from tests.actions.conftest import Bench
from tests.actions.memory import NEW, OLD, unreadable

LOST = (CommandTimeout("no answer in time"), LineDropped("the line broke"))


def latched(bench: Bench) -> None:
    bench.b.becomes(role=Role.SUSPENDED, is_latched=True)


# --- preemption -----------------------------------------------------------------------------------


def test_preemption_is_borrowed_from_both_and_read_back(bench: Bench) -> None:
    result = bench.do(Action.BORROW_PREEMPTION)
    assert result.verdict.status is Status.PASS
    assert bench.a.facts_held.preemption is Preemption.OFF
    assert bench.b.facts_held.preemption is Preemption.OFF
    assert result.seen == bench.facts


def test_preemption_that_is_accepted_but_still_on_is_a_failure(bench: Bench) -> None:
    bench.a.is_deaf = True
    assert bench.do(Action.BORROW_PREEMPTION).verdict.status is Status.FAIL


def test_preemption_that_is_off_and_not_saved_is_a_failure(bench: Bench) -> None:
    bench.b.becomes(is_saved=False)
    result = bench.do(Action.BORROW_PREEMPTION)
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "preemption is off, but not saved, on p1b"


@pytest.mark.parametrize("error", LOST)
def test_a_lost_reply_is_no_proof_for_what_a_look_settles(
    bench: Bench, error: HAUpgradeError
) -> None:
    bench.a.acts_before_failing = True
    bench.a.goes_wrong("preemption-off", error)
    result = bench.do(Action.BORROW_PREEMPTION)
    assert result.verdict.status is Status.ERROR
    assert result.seen == bench.facts  # off on both: a look adopts it


def test_preemption_is_returned_where_it_was_on(bench: Bench) -> None:
    bench.a.becomes(preemption=Preemption.OFF)
    bench.b.becomes(preemption=Preemption.OFF)
    result = bench.do(Action.RETURN_PREEMPTION, "p1a")
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "on again on p1a; active: p1a"
    assert bench.sent == [("p1a", "preemption-on")]


def test_preemption_that_is_not_on_again_is_named(bench: Bench) -> None:
    bench.a.becomes(preemption=Preemption.OFF)
    bench.a.is_deaf = True
    result = bench.do(Action.RETURN_PREEMPTION, "p1a")
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "preemption is not on again, and saved, on p1a"


def test_preemption_that_is_on_again_in_one_group_only_is_not_returned(bench: Bench) -> None:
    both = ("interface Vlan1|standby 1 preempt", "interface Vlan2|standby 2 preempt")
    bench.a.becomes(preempting=both)
    bench.state = {"start": bench.facts}
    bench.a.becomes(preemption=Preemption.OFF, preempting=both[:1])
    assert bench.do(Action.RETURN_PREEMPTION, "p1a").verdict.status is Status.FAIL
    bench.a.becomes(preemption=Preemption.OFF)
    bench.a.on_change = lambda _: bench.a.becomes(preempting=both, is_saved=False)
    assert bench.do(Action.RETURN_PREEMPTION, "p1a").verdict.status is Status.FAIL
    bench.a.on_change = lambda _: bench.a.becomes(is_saved=True)
    assert bench.do(Action.RETURN_PREEMPTION, "p1a").verdict.status is Status.PASS


def test_roles_that_do_not_settle_after_preemption_are_a_failure(bench: Bench) -> None:
    bench.a.becomes(preemption=Preemption.OFF)
    bench.a.on_change = lambda _: bench.a.becomes(role=Role.NEGOTIATING)
    result = bench.do(Action.RETURN_PREEMPTION, "p1a")
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "the roles have not settled after preemption was returned"
    assert bench.clock.passed >= 3  # settle_timeout


# --- the switchover -------------------------------------------------------------------------------


def test_a_switchover_is_proven_by_the_one_who_took_the_role(bench: Bench) -> None:
    result = bench.do(Action.SWITCH, to="p1b")
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "p1b is active"
    assert bench.sent == [("p1a", "relinquish")]
    assert bench.a.facts_held.is_latched


def test_roles_get_their_time_to_move(bench: Bench) -> None:
    def late(number: int) -> None:
        if number == 4:
            bench.b.becomes(role=Role.ACTIVE, is_forwarding=True)

    bench.a.on_change = lambda _: bench.b.becomes(role=Role.NEGOTIATING, is_forwarding=False)
    bench.b.on_read = late
    assert bench.do(Action.SWITCH, to="p1b").verdict.status is Status.PASS


def test_a_switchover_that_moves_nothing_is_an_error_and_is_not_sent_again(bench: Bench) -> None:
    bench.a.is_deaf = True
    result = bench.do(Action.SWITCH, to="p1b")
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == "p1b did not become active; active: p1a"
    assert bench.sent == [("p1a", "relinquish")]


def test_an_active_that_carries_no_traffic_is_no_switchover(bench: Bench) -> None:
    bench.a.on_change = lambda _: bench.b.becomes(is_forwarding=False)
    result = bench.do(Action.SWITCH, to="p1b")
    assert result.verdict.status is Status.ERROR


def test_nobody_active_after_a_switchover_is_said(bench: Bench) -> None:
    bench.a.on_change = lambda _: bench.b.becomes(role=Role.FAILED, is_forwarding=False)
    result = bench.do(Action.SWITCH, to="p1b")
    assert result.verdict.reason == "p1b did not become active; active: nobody"


@pytest.mark.parametrize("error", LOST)
def test_a_switchover_whose_reply_was_lost_is_judged_by_the_roles(
    bench: Bench, error: HAUpgradeError
) -> None:
    bench.a.acts_before_failing = True
    bench.a.goes_wrong("relinquish", error)
    result = bench.do(Action.SWITCH, to="p1b")
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "p1b is active (the reply was lost)"


def test_a_switchover_that_was_lost_and_moved_nothing_is_an_error(bench: Bench) -> None:
    bench.a.goes_wrong("relinquish", LOST[0])
    result = bench.do(Action.SWITCH, to="p1b")
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == "p1/p1a: no answer in time"
    assert result.seen == bench.facts


def test_a_refused_switchover_is_a_failure_with_the_devices_reason(bench: Bench) -> None:
    bench.a.goes_wrong("relinquish", CommandRefused("peer is not ready"))
    result = bench.do(Action.SWITCH, to="p1b")
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1/p1a: peer is not ready"


def test_members_that_cannot_be_read_back_are_seen_by_nobody(bench: Bench) -> None:
    bench.a.goes_wrong("facts", None, unreadable())
    result = bench.do(Action.SWITCH, to="p1b")
    assert result.verdict.status is Status.ERROR
    assert result.seen is None


@pytest.mark.parametrize("path", list(ManagementPath))
def test_sessions_that_run_through_the_pair_are_opened_anew_when_the_role_has_moved(
    bench: Bench, path: ManagementPath
) -> None:
    bench.config = {"management_path": path}
    assert bench.do(Action.SWITCH, to="p1b").verdict.status is Status.PASS
    is_through = path is ManagementPath.THROUGH_PAIR
    assert bench.pair.closed == (["p1a", "p1b"] if is_through else [])


# --- the latch ------------------------------------------------------------------------------------


def test_a_released_member_stands_ready_again(bench: Bench) -> None:
    latched(bench)
    result = bench.do(Action.RELEASE, "p1b")
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "p1b is standby again"


def test_a_latch_that_stays_is_a_failure(bench: Bench) -> None:
    latched(bench)
    bench.b.is_deaf = True
    result = bench.do(Action.RELEASE, "p1b")
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1b still holds its latch"


def test_a_released_member_that_is_not_ready_is_a_failure(bench: Bench) -> None:
    latched(bench)
    bench.b.on_change = lambda _: bench.b.becomes(role=Role.FAILED)
    result = bench.do(Action.RELEASE, "p1b")
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1b is failed after its latch was released"


# --- software -------------------------------------------------------------------------------------


def test_an_installed_version_is_named_with_its_slot(bench: Bench) -> None:
    result = bench.do(Action.INSTALL, "p1b", to=NEW)
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "p1b holds 13.8 in slot slot2"


def test_an_installation_that_left_nothing_is_a_failure(bench: Bench) -> None:
    bench.b.is_deaf = True
    result = bench.do(Action.INSTALL, "p1b", to=NEW)
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1b does not hold 13.8 after installing it"


def test_the_next_boot_is_read_back(bench: Bench) -> None:
    result = bench.do(Action.ACTIVATE, "p1b", to=NEW)
    assert result.verdict.status is Status.PASS
    assert result.verdict.reason == "p1b will boot 13.8"


def test_a_next_boot_that_did_not_change_is_a_failure(bench: Bench) -> None:
    bench.b.is_deaf = True
    result = bench.do(Action.ACTIVATE, "p1b", to=NEW)
    assert result.verdict.status is Status.FAIL
    assert result.verdict.reason == "p1b will boot 12.15, not 13.8"


def test_a_role_that_moved_after_it_was_read_is_refused_by_the_device(bench: Bench) -> None:
    ctx, run, read = bench.context(), bench.run(Action.ACTIVATE, "p1b", to=NEW), bench.facts
    bench.b.becomes(role=Role.ACTIVE, is_forwarding=True)
    failed = perform(ctx, run, read)
    assert isinstance(failed["p1b"], CommandRefused)
    assert bench.b.facts_held.next_version == OLD


# --- in words -------------------------------------------------------------------------------------


def test_a_look_says_who_is_what_and_who_does_not_answer(bench: Bench) -> None:
    facts = PairFacts((("p1a", bench.a.facts_held), ("p1b", None)))
    assert describe(facts, {}) == "p1a active 12.15, p1b: no answer"
    assert describe(facts, {"p1b": unreadable()}) == (
        "p1a active 12.15, p1b: cannot make sense of the answer"
    )
