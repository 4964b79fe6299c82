"""Ctrl-C: the running step reaches its safe point, what is borrowed is returned or owed."""

from __future__ import annotations

from pathlib import Path

import pytest

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.events import Ended, Event, RunStarted
from nornir_haupgrade.engines.local import LocalEngine
from nornir_haupgrade.procedure.records import Action, Command, Goal, LeaseKind, Outcome, Step
from tests.end_to_end.rig import NEW, OLD, Rig, Scenario, together
from tests.end_to_end.test_kill import RUNS

AGAIN = {"suspend": 3}
"""The role goes back for preemption to be returned, and comes again later."""


def run_with(rig: Rig, at: int, *, is_stop: bool = False) -> Outcome | Ended:
    """Upgrade, and press Ctrl-C when the run of this number begins."""
    begun: list[RunStarted] = []
    engines: list[LocalEngine] = []

    def press(event: Event) -> None:
        if isinstance(event, RunStarted):
            begun.append(event)
            if len(begun) == at:
                engines[0].cancel.set()
                if is_stop:
                    engines[0].stop.set()

    engines.append(rig.engine(listener=press))
    return rig.ended(engines[0].run(Errand(to=NEW))).end


def cancelled(at: int) -> Scenario:
    def scenario(rig: Rig) -> None:
        end = run_with(rig, at)
        runs = rig.versions
        expected = {(OLD, OLD): {Outcome.NOT_STARTED}, (NEW, OLD): {Outcome.PARKED}}
        assert end in expected.get(runs, {Outcome.PARKED, Outcome.DONE}), (end, runs)
        if end is not Outcome.DONE:
            (command,) = [record for record in rig.records if isinstance(record, Command)]
            assert (command.goal, command.why) == (Goal.CLOSE, "interrupted")
        owed = {(owed.lease.kind, owed.lease.member) for owed in rig.ends[-1].owed}
        if runs == (NEW, OLD):
            assert owed == {(LeaseKind.PREEMPTION, "p1a"), (LeaseKind.PREEMPTION, "p1b")}
        else:
            assert owed == set()
        rig.audit_proof(times=AGAIN)
        if end is not Outcome.DONE:
            assert rig.run().end is Outcome.DONE
        assert rig.versions == (NEW, NEW)
        rig.audit_proof(times=AGAIN)

    return scenario


def stopped(at: int) -> Scenario:
    """Pressed twice: nothing is waited for, and the next run looks at what is there."""

    def scenario(rig: Rig) -> None:
        end = run_with(rig, at, is_stop=True)
        assert end in {Ended.INTERRUPTED, Outcome.NOT_STARTED, Outcome.PARKED}
        if end is Ended.INTERRUPTED:
            assert "run again" in rig.ends[-1].advice
        end = rig.run().end
        if end is not Outcome.DONE:
            end = rig.run().end
        assert end is Outcome.DONE
        assert rig.versions == (NEW, NEW)
        rig.audit_proof(times=AGAIN)

    return scenario


def numbers(*wanted: tuple[Step, Action]) -> list[int]:
    """Which runs of an upgrade these are, counted from 1."""
    return [ORDER.index(one) + 1 for one in wanted]


ORDER = [
    (Step.PREPARE, Action.LOOK),
    (Step.PREPARE, Action.READINESS),
    (Step.PREPARE, Action.BASELINE),
    (Step.PREPARE, Action.SAVE_ORIGINAL),
    (Step.PREPARE, Action.STAGE),
    (Step.PREPARE, Action.BORROW_PREEMPTION),
    (Step.TRIAL, Action.SYNC_CONFIG),
    (Step.TRIAL, Action.REPORT),
    (Step.TRIAL, Action.SESSIONS),
    (Step.TRIAL, Action.SERVICES),
    (Step.TRIAL, Action.ENTRY),
    (Step.TRIAL, Action.SWITCH),
    (Step.TRIAL, Action.RELEASE),
    (Step.TRIAL, Action.SERVICES),
    (Step.REPORT, Action.REPORT),
    (Step.BACK_UP, Action.BACK_UP),
    (Step.PREEMPTION_OFF, Action.PREEMPTION_IS_OFF),
    (Step.UPGRADE_STANDBY, Action.INSTALL),
    (Step.UPGRADE_STANDBY, Action.RESTORE_POINT),
    (Step.UPGRADE_STANDBY, Action.ACTIVATE),
    (Step.UPGRADE_STANDBY, Action.RELOAD),
    (Step.UPGRADE_STANDBY, Action.WHOLE),
    (Step.SWITCH_OVER, Action.SESSIONS),
    (Step.SWITCH_OVER, Action.SERVICES),
    (Step.SWITCH_OVER, Action.ENTRY),
    (Step.SWITCH_OVER, Action.SWITCH),
    (Step.SWITCH_OVER, Action.RELEASE),
    (Step.SWITCH_OVER, Action.SERVICES),
    (Step.UPGRADE_OTHER, Action.INSTALL),
    (Step.UPGRADE_OTHER, Action.RESTORE_POINT),
    (Step.UPGRADE_OTHER, Action.ACTIVATE),
    (Step.UPGRADE_OTHER, Action.RELOAD),
]
"""As it begins; what follows has no change but the last."""

SAMPLE = numbers(
    (Step.PREPARE, Action.BORROW_PREEMPTION),
    (Step.TRIAL, Action.SWITCH),
    (Step.UPGRADE_STANDBY, Action.ACTIVATE),
    (Step.UPGRADE_STANDBY, Action.RELOAD),
    (Step.SWITCH_OVER, Action.SWITCH),
    (Step.UPGRADE_OTHER, Action.RELOAD),
)


def test_cancelled_in_a_step(tmp_path: Path) -> None:
    together(tmp_path, {f"run-{at}": (cancelled(at), {}) for at in SAMPLE})


def test_stopped_in_a_step(tmp_path: Path) -> None:
    wanted = numbers((Step.TRIAL, Action.SWITCH), (Step.UPGRADE_STANDBY, Action.RELOAD))
    together(tmp_path, {f"run-{at}": (stopped(at), {}) for at in wanted})


@pytest.mark.prove
@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", range(1, RUNS + 1, 3))
def test_cancelled_or_stopped_in_every_run(tmp_path: Path, first: int) -> None:
    every = range(first, min(first + 3, RUNS + 1))
    together(tmp_path, {f"cancelled-{at}": (cancelled(at), {}) for at in every})
    together(tmp_path, {f"stopped-{at}": (stopped(at), {}) for at in every})
