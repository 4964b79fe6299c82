"""Two controllers, decisions from elsewhere, deadlines that pass, and stopping on the way."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.events import Ended, Event, RunStarted
from nornir_haupgrade.errors import AnotherController, BadInput
from nornir_haupgrade.procedure.records import (
    Action,
    By,
    Choice,
    Decided,
    Kind,
    Outcome,
    Step,
)
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import NEW, OLD, Rig, together


def test_a_second_controller_is_refused(make_rig: MakeRig) -> None:
    rig = make_rig()
    said: list[str] = []

    def second(event: Event) -> None:
        if isinstance(event, RunStarted) and event.run.action is Action.BASELINE:
            with pytest.raises(AnotherController) as refused:
                rig.engine().run(Errand(to=NEW))
            said.append(str(refused.value))

    assert rig.run(listener=second, until=Step.PREPARE).end is Outcome.PARKED
    assert len(said) == 1
    assert "p1" in said[0]
    rig.audit_proof()


def test_a_new_campaign_is_refused_while_one_is_unfinished(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.fault("install_fails", times=1)
    assert rig.run().end is Ended.HELD
    with pytest.raises(BadInput, match="an unfinished campaign of this pair exists"):
        rig.engine().run(Errand(to=NEW), is_new=True)
    rig.audit_proof()


def test_decided_from_elsewhere_while_held(tmp_path: Path) -> None:
    def between_two_runs(rig: Rig) -> None:
        rig.fault("install_fails", "p1a", times=1)
        assert rig.run().end is Ended.HELD
        answer = Decided(rig.held[-1].number, Choice.RETRY, By.PERSON, "somebody", "mended")
        rig.campaign.history.append("p1", answer)
        assert rig.run().end is Outcome.DONE
        rig.audit_proof()

    def while_a_person_is_asked(rig: Rig) -> None:
        """The one that is alive acts on it: nobody answers here, somebody does elsewhere."""
        rig.fault("data_dead", "p1a", on="fwctl reboot", is_after_effect=True)

        def answer(event: Event) -> None:
            is_it = getattr(getattr(event, "ask", None), "kind", None) is Kind.SERVICES_BAD
            if is_it and not [r for r in rig.records if isinstance(r, Decided)]:
                record = Decided(rig.held[-1].number, Choice.SWITCH_BACK, By.PERSON, "somebody")
                rig.campaign.history.append("p1", record)

        end = rig.run(listener=answer)
        assert end.end is Ended.HELD
        assert end.ask is not None
        assert end.ask.kind is Kind.SWITCHED_BACK
        (decided,) = [record for record in rig.records if isinstance(record, Decided)]
        assert decided.who == "somebody"
        rig.audit_proof(is_dead=True, times={"suspend": 2})

    def deadline(rig: Rig) -> None:
        """It passed while nobody was running."""
        rig.fault("install_fails")
        assert rig.run().end is Ended.HELD
        time.sleep(2.1)
        end = rig.run()
        assert end.end is Outcome.NOT_STARTED
        (decided,) = [record for record in rig.records if isinstance(record, Decided)]
        assert (decided.choice, decided.by) == (Choice.PARK, By.DEADLINE)
        assert end.owed == ()
        rig.audit_proof()

    together(
        tmp_path,
        {
            "between": (between_two_runs, {}),
            "alive": (while_a_person_is_asked, {"settings": {"switch_back_after": 60}}),
            "deadline": (deadline, {"settings": {"decision_deadline": 2}}),
        },
    )


def test_stopped_after_step_6_for_days(make_rig: MakeRig) -> None:
    """A planned ending: preemption stays owed, and a later run goes on."""
    rig = make_rig()
    end = rig.run(until=Step.SWITCH_OVER)
    assert end.end is Outcome.PARKED
    assert "stopped after step 6" in end.reason
    assert rig.versions == (NEW, OLD)
    assert {owed.commands for owed in end.owed} == {("fwctl ha preempt on",)}
    assert rig.engine().owed() == {"p1": end.owed}
    rig.audit_proof()
    with pytest.raises(BadInput, match="unfinished"):
        rig.engine().run(Errand(to=NEW), is_new=True)

    end = rig.run()
    assert end.end is Outcome.DONE
    assert end.owed == ()
    rig.audit_proof()
