"""Waiting, results, and what the registry makes of errors."""

from __future__ import annotations

import pytest

from nornir_haupgrade.errors import HAUpgradeError, Interrupted
from nornir_haupgrade.model import Role, Status
from nornir_haupgrade.procedure.actions.context import error_verdict
from nornir_haupgrade.procedure.actions.registry import ACTIONS, do
from nornir_haupgrade.procedure.records import Action
from tests.actions.conftest import Bench
from tests.actions.memory import NEW


def test_every_action_has_its_function() -> None:
    assert set(ACTIONS) == set(Action)


def test_an_image_that_is_not_configured_is_an_error_that_says_what_to_do(bench: Bench) -> None:
    bench.images = ()
    result = bench.do(Action.STAGE, to=NEW)
    assert result.verdict.status is Status.ERROR
    assert result.verdict.reason == (
        "p1: no image of version 13.8 is configured. Next: add it to images in the settings"
    )
    assert result.seen is None
    assert bench.sent == []


def test_a_second_stop_leaves_the_run_open(bench: Bench) -> None:
    bench.a.becomes(role=Role.STANDBY)  # nobody is active, so that it waits
    bench.clock.stop_after = 0.4
    with pytest.raises(Interrupted, match="stopped while waiting"):
        bench.do(Action.LOOK, after=Action.SWITCH)


def test_a_result_names_each_raw_text_once_and_only_its_own(bench: Bench) -> None:
    ctx = bench.context()
    ctx.raw += ["one", "two", "one"]
    assert do(ctx, bench.run(Action.PREEMPTION_IS_OFF)).raw == ("one", "two")
    assert do(ctx, bench.run(Action.PREEMPTION_IS_OFF)).raw == ()


def test_what_could_not_be_measured_is_said_member_by_member() -> None:
    errors = {name: HAUpgradeError("no answer", member=name) for name in ("p1a", "p1b")}
    verdict = error_verdict(errors)
    assert verdict.status is Status.ERROR
    assert verdict.reason == "p1a: no answer; p1b: no answer"
