"""How long each step took on the twins' clock."""

from __future__ import annotations

import pytest

from nornir_haupgrade.lab import simple_pair
from nornir_haupgrade.procedure.records import Action, Run, Step
from nornir_haupgrade.rehearsal.story import Story, Took

SPEC = simple_pair("p1", install_seconds=60.0, ha_seconds=0.5)
SPEED = 30.0


def took(
    action: Action, step: Step, *, real: float, waited: float = 0.0, good: bool = True
) -> Took:
    return Took(Run(action, ("p1a",), step=step), 100.0, 100.0 + real, waited, good)


def seconds(*taken: Took, audit: tuple[dict[str, object], ...] = ()) -> dict[Step, float]:
    return Story(list(taken)).seconds(SPEC, audit, SPEED)


def test_our_own_work_takes_as_long_as_here() -> None:
    found = seconds(took(Action.BACK_UP, Step.BACK_UP, real=0.4))
    assert found == {Step.BACK_UP: pytest.approx(0.4)}


def test_waiting_for_a_device_takes_its_time() -> None:
    found = seconds(took(Action.SERVICES, Step.SERVICES, real=0.5, waited=0.4))
    assert found == {Step.SERVICES: pytest.approx(0.1 + 0.4 * SPEED)}


def test_our_canaries_pace_is_not_the_devices() -> None:
    found = seconds(took(Action.BASELINE, Step.PREPARE, real=2.0, waited=1.9))
    assert found == {Step.PREPARE: pytest.approx(2.0)}


def test_an_installation_takes_what_the_device_takes() -> None:
    found = seconds(took(Action.INSTALL, Step.UPGRADE_STANDBY, real=2.5))
    assert found == {Step.UPGRADE_STANDBY: pytest.approx(60 + 0.5)}


def test_a_reload_takes_from_the_command_to_its_role() -> None:
    audit = (
        {"kind": "command", "member": "p1a", "wall": 100.1, "at": 500.0},
        {"kind": "boot", "member": "p1a", "wall": 101.0, "at": 530.0},
        {"kind": "boot", "member": "p1b", "wall": 300.0, "at": 9000.0},  # later, and not its own
    )
    found = seconds(took(Action.RELOAD, Step.UPGRADE_STANDBY, real=1.5), audit=audit)
    assert found == {Step.UPGRADE_STANDBY: pytest.approx(30.5 + (1.5 - 30.5 / SPEED))}


def test_the_steps_come_in_the_order_in_which_they_began_and_add_up() -> None:
    found = seconds(
        took(Action.LOOK, Step.PREPARE, real=0.25),
        took(Action.REPORT, Step.REPORT, real=0.5),
        took(Action.READINESS, Step.PREPARE, real=0.25),
    )
    assert list(found.items()) == [(Step.PREPARE, 0.5), (Step.REPORT, 0.5)]
