"""What was not sent, what was sent without a reply, and what was cut off by a crash."""

from __future__ import annotations

from dataclasses import replace

from nornir_haupgrade.model import PairFacts, Switching
from nornir_haupgrade.procedure.plan import Traits
from nornir_haupgrade.procedure.records import (
    Action,
    Choice,
    Kind,
    Outcome,
    Result,
)
from nornir_haupgrade.procedure.state import TRIES
from tests.explorer.world import facts
from tests.procedure.story import (
    PREEMPTION,
    UNCLEAR,
    story,
)

# --- nothing is sent on what is no longer true ----------------------------------------------------


def test_what_is_stale_is_decided_again_and_asked_about_after_its_tries() -> None:
    pair = story()
    pair.before(Action.SAVE_ORIGINAL)
    for _ in range(TRIES):
        pair.is_stale()
        assert pair.run.action is Action.SAVE_ORIGINAL
    pair.is_stale()
    assert pair.ask.kind is Kind.UNCLEAR
    assert Choice.CONTINUE not in pair.ask.options


def test_a_person_s_answer_gives_new_tries() -> None:
    pair = story()
    pair.before(Action.SAVE_ORIGINAL)
    for _ in range(TRIES + 1):
        pair.is_stale()
    pair.answers(Choice.RETRY)
    pair.looks()
    pair.before(Action.SAVE_ORIGINAL)
    pair.is_stale()
    assert pair.run.action is Action.SAVE_ORIGINAL


def test_what_was_not_sent_explains_no_difference() -> None:
    """The switchover was not sent, and yet the role moved: somebody else did that."""
    pair = story(preempts=False)
    run = pair.before(Action.SWITCH)
    pair.moves_to("b")
    pair.node("a", failovers=7)
    pair.node("b", failovers=7)
    assert run.action is Action.SWITCH
    pair.is_stale()
    assert pair.ask.kind is Kind.CHANGED


# --- a reply that was lost ------------------------------------------------------------------------


def test_a_switchover_whose_reply_was_lost_and_that_is_found_done_is_adopted() -> None:
    pair = story()
    pair.before(Action.SWITCH)
    pair.loses_reply(is_done=True)
    assert (pair.run.action, pair.run.after) == (Action.LOOK, Action.SWITCH)
    pair.works()
    done = [pair.works(), pair.works()]
    assert [run.action for run in done] == [Action.RELEASE, Action.SERVICES]
    assert done[1].members == ("b",)
    assert pair.state.is_tried


def test_a_switchover_whose_reply_was_lost_and_that_is_found_undone_is_decided_afresh() -> None:
    pair = story()
    pair.before(Action.SWITCH)
    pair.loses_reply(is_done=False)
    pair.looks()
    assert pair.run.action is not Action.SWITCH
    pair.before(Action.SWITCH)
    assert pair.run.to == "b"


def test_a_member_that_was_cut_off_while_it_took_the_role_gives_up_its_claim_first() -> None:
    """Its priorities were raised, and no group preempted yet: it stands by with our latch."""
    pair = story(Traits(switching=Switching.TAKE), preempts=False)
    pair.before(Action.SWITCH)
    pair.loses_reply(is_done=False)
    pair.node("b", is_latched=True)
    pair.looks()
    assert pair.before(Action.RELEASE).members == ("b",)
    pair.node("b", is_latched=False)
    pair.works()
    assert pair.before(Action.SWITCH).to == "b"


def test_a_switchover_that_read_back_as_not_done_is_never_sent_again_without_a_person() -> None:
    pair = story()
    pair.before(Action.SWITCH)
    pair.fails(UNCLEAR)
    assert pair.ask.kind is Kind.UNCLEAR
    assert Choice.CONTINUE not in pair.ask.options


def test_a_switchover_that_was_refused_is_asked_about() -> None:
    pair = story()
    pair.before(Action.SWITCH)
    pair.fails()
    assert pair.ask.kind is Kind.REFUSED
    assert pair.ask.about is not None
    assert pair.ask.about.action is Action.SWITCH


def test_an_installation_whose_reply_was_lost_is_not_done_twice() -> None:
    pair = story()
    pair.before(Action.INSTALL)
    pair.loses_reply(is_done=True)
    pair.looks()
    done = pair.to_the_end()
    assert pair.finish.outcome is Outcome.DONE
    assert ("a",) not in [run.members for run in done if run.action is Action.INSTALL]


def test_a_crash_between_sending_and_its_result_is_looked_at_first() -> None:
    pair = story()
    pair.before(Action.RELOAD)
    run = pair.starts()
    pair.happens(run)
    look = pair.run
    assert (look.action, look.after) == (Action.LOOK, Action.RELOAD)
    pair.looks()
    pair.to_the_end()
    assert pair.finish.outcome is Outcome.DONE


def test_a_crash_while_looking_forgets_nothing_of_what_was_under_way() -> None:
    pair = story()
    pair.before(Action.SWITCH)
    pair.happens(pair.starts())
    pair.starts()  # the look, and another crash
    assert (pair.run.action, pair.run.after) == (Action.LOOK, Action.SWITCH)
    pair.looks()
    assert pair.run.action is Action.RELEASE


def test_a_change_that_was_refused_is_not_tried_again_by_itself() -> None:
    pair = story()
    pair.before(Action.INSTALL)
    pair.fails()
    assert pair.ask.kind is Kind.REFUSED


def test_a_synchronisation_whose_reply_was_lost_explains_nothing() -> None:
    """Another hash on the standby could be anybody's work."""
    pair = story()
    pair.before(Action.SYNC_CONFIG)
    pair.loses_reply(is_done=True)
    pair.node("b", hand=1)
    pair.looks()
    assert pair.ask.kind is Kind.CHANGED


def test_preemption_is_owed_until_it_is_back_in_every_group() -> None:
    """Whoever is cut off while it is given back has brought it back in the first groups only."""
    lines = ("interface Vlan1|standby 1 preempt", "interface Vlan2|standby 2 preempt")
    pair = story()

    def shown(*preempting: str) -> PairFacts:
        return PairFacts(
            tuple(
                (name, replace(own, preempting=preempting) if own and name == "a" else own)
                for name, own in facts(pair.world).members
            )
        )

    pair.before(Action.RETURN_PREEMPTION)
    pair.state = replace(pair.state, start=shown(*lines))
    for back, is_owed in ((lines[:1], True), (lines, False)):
        run = pair.starts()
        pair.node("a", preempts=True)
        pair.write(Result(run, UNCLEAR, shown(*back)))
        assert (PREEMPTION in pair.state.leases) is is_owed
