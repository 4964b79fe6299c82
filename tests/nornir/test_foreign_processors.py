"""A processor of the caller that raises: Nornir loses results by it, ours keeps them."""

from __future__ import annotations

import io
import logging
from typing import cast

import pytest
from nornir.core import Nornir
from nornir.core.task import Task
from nornir.plugins.runners import ThreadedRunner

from nornir_haupgrade import pair as pairs
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.platforms.base import Transport
from nornir_haupgrade.processors import Progress
from nornir_haupgrade.runner import HAPairs
from nornir_haupgrade.runner.foreign import copy_of
from nornir_haupgrade.settings import MemberConfig, PairConfig, Settings
from nornir_haupgrade.tasks import upgrade_pair
from nornir_haupgrade.world import World
from tests.nornir.samples import broken_on_b, good, nornir, three_deep
from tests.test_pair import FACTS, Device

HOOKS = (
    "task_started", "task_completed", "task_instance_started", "task_instance_completed",
    "subtask_instance_started", "subtask_instance_completed",
)  # fmt: skip
PER_HOST = HOOKS[2:]


class Foreign:
    """Raises in one hook, and counts how often each was called."""

    def __init__(self, hook: str) -> None:
        self._hook = hook
        self.called: list[str] = []

    def __getattr__(self, name: str) -> object:
        if name not in HOOKS:
            raise AttributeError(name)

        def hook(*_: object) -> None:
            self.called.append(name)
            if name == self._hook:
                raise BrokenPipeError("the terminal has gone")

        return hook


@pytest.mark.parametrize("hook", HOOKS)
def test_to_nornir_it_costs_every_result(hook: str) -> None:
    # What the rest of this file is for: but for subtasks, where it is taken for the task's failure.
    nr = nornir("a", runner=ThreadedRunner(2)).with_processors([Foreign(hook)])  # type: ignore[list-item]
    if hook in HOOKS[:4]:
        with pytest.raises(BrokenPipeError):
            nr.run(three_deep)
    else:
        assert isinstance(nr.run(three_deep)["a"][0].exception, BrokenPipeError)


@pytest.mark.parametrize("hook", PER_HOST)
def test_to_the_runner_it_costs_no_result(hook: str, caplog: pytest.LogCaptureFixture) -> None:
    foreign = Foreign(hook)
    nr = nornir("a", "b", runner=HAPairs()).with_processors([foreign])  # type: ignore[list-item]
    with caplog.at_level(logging.ERROR, "nornir_haupgrade"):
        result = nr.run(three_deep)
    assert [(name, multi[0].result) for name, multi in result.items()] == [
        ("a", "the whole"),
        ("b", "the whole"),
    ]
    assert not result.failed
    assert set(foreign.called) == set(HOOKS)
    assert f"The processor Foreign raised in {hook}" in caplog.text
    assert "BrokenPipeError: the terminal has gone" in caplog.text


def test_a_host_that_failed_keeps_its_own_reason() -> None:
    foreign = Foreign("task_instance_completed")
    nr = nornir("a", "b", runner=HAPairs()).with_processors([foreign])  # type: ignore[list-item]
    result = nr.run(broken_on_b)
    assert set(result.failed_hosts) == {"b"}
    assert isinstance(result["b"][0].exception, ValueError)


def test_a_processor_that_lacks_hooks_costs_nothing() -> None:
    nr = nornir("a")
    task = Task(good, nr, global_dry_run=False, processors=nr.processors)
    task.processors.append(object())  # type: ignore[arg-type]
    assert not copy_of(task).start(nr.inventory.hosts["a"]).failed


def test_hosts_that_a_pair_s_task_refuses_are_told_to_processors_that_raise_or_not() -> None:
    shown = io.StringIO()
    foreign = Foreign("task_instance_completed")
    nr = nornir("a", "b", runner=HAPairs()).with_processors([foreign, Progress(shown)])  # type: ignore[list-item]
    result = nr.run(task=upgrade_pair, to="13.8")
    assert set(result.failed_hosts) == {"a", "b"}
    lines = shown.getvalue().splitlines()
    assert [line.split()[1:4] for line in lines[1:3]] == [
        ["a", "FAILED", "1/2"],
        ["b", "FAILED", "2/2"],
    ]
    assert "BadInput: " in lines[1]
    assert lines[3].endswith("0 ok, 2 FAILED (a, b)")


def pair_of(nr: Nornir, monkeypatch: pytest.MonkeyPatch) -> Pair:
    device = Device()
    monkeypatch.setattr(pairs, "driver_class", lambda _: device)
    world = World(open_transport=lambda *_, **__: cast("Transport", device))
    members = (MemberConfig("a", None, "memory"), MemberConfig("b", None, "memory"))
    return Pair(nr, PairConfig("p1", members, "memory"), Settings(), is_read_only=True, world=world)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_pair_reads_its_members_without_it(hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = Foreign(hook)
    nr = nornir("a", "b").with_processors([foreign])  # type: ignore[list-item]
    facts, errors = pair_of(nr, monkeypatch).look()
    assert errors == {}
    assert facts.members == (("a", FACTS), ("b", FACTS))
    assert foreign.called == []
    assert nr.data.failed_hosts == set()
    assert [*nr.processors] == [foreign]
