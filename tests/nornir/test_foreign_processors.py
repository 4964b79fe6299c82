"""A processor of the caller that raises: Nornir loses every result by it, a pair of ours none."""

from __future__ import annotations

from pathlib import Path

import pytest
from nornir.core import Nornir
from nornir.core.task import Task
from nornir.plugins.runners import ThreadedRunner

from nornir_haupgrade import pair as pairs
from nornir_haupgrade.model import MemberFacts
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.processors import Progress
from nornir_haupgrade.settings import MemberConfig, PairConfig, Settings, TaskService
from nornir_haupgrade.tasks.foreign import kept_from_raising
from nornir_haupgrade.tasks.site import run_service_task
from tests.nornir.samples import good, nornir, three_deep
from tests.processors.streams import Raising
from tests.test_pair import FACTS, Device

HOOKS = (
    "task_started", "task_completed", "task_instance_started", "task_instance_completed",
    "subtask_instance_started", "subtask_instance_completed",
)  # fmt: skip
AT_ONCE = HOOKS[:4]


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
def test_an_exception_of_a_processor_escapes_from_nornir(hook: str) -> None:
    # What the rest of this file is for: but for subtasks, where it ends up as the task's failure.
    nr = nornir("a", runner=ThreadedRunner(2)).with_processors([Foreign(hook)])  # type: ignore[list-item]
    if hook in AT_ONCE:
        with pytest.raises(BrokenPipeError):
            nr.run(three_deep)
    else:
        assert isinstance(nr.run(three_deep)["a"][0].exception, BrokenPipeError)


@pytest.mark.parametrize("hook", HOOKS)
def test_a_guarded_one_is_told_everything_and_harms_nothing(hook: str) -> None:
    foreign = Foreign(hook)
    heard: list[tuple[str, str]] = []
    nr = nornir("a")
    nr.processors = kept_from_raising([foreign], lambda *said: heard.append(said))  # type: ignore[list-item]
    for _ in range(2):
        assert not nr.run(three_deep).failed
    assert set(foreign.called) == set(HOOKS)
    # Each hook's first exception is kept: a pair reads its members hundreds of times.
    ((name, traceback),) = heard
    assert name == f"Foreign.{hook}"
    assert "BrokenPipeError: the terminal has gone" in traceback


def test_a_processor_that_lacks_hooks_harms_nothing() -> None:
    heard: list[str] = []
    nr = nornir("a")
    nr.processors = kept_from_raising([object()], lambda name, _: heard.append(name))  # type: ignore[list-item]
    assert not nr.run(good).failed
    assert heard == [f"object.{hook}" for hook in (HOOKS[0], HOOKS[2], HOOKS[3], HOOKS[1])]


def test_what_cannot_be_kept_harms_nothing_either() -> None:
    def full(name: str, traceback: str) -> None:
        raise OSError("no space")

    nr = nornir("a")
    nr.processors = kept_from_raising([Foreign("task_completed")], full)  # type: ignore[list-item]
    assert not nr.run(good).failed


def pair_of(nr: Nornir, heard: list[tuple[str, str, str]], monkeypatch: pytest.MonkeyPatch) -> Pair:
    device = Device()
    monkeypatch.setattr(pairs, "driver_class", lambda _: device)
    monkeypatch.setattr(pairs, "open_transport", lambda *_, **__: device)
    members = (MemberConfig("a", None, "memory"), MemberConfig("b", None, "memory"))
    config = PairConfig("p1", members, "memory")
    return Pair(nr, config, Settings(), is_read_only=True, heard=lambda *said: heard.append(said))


@pytest.mark.parametrize("hook", AT_ONCE)
def test_a_pair_reads_its_members_all_the_same_and_says_once_who_raised(
    hook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str, str]] = []
    foreign = Foreign(hook)
    nr = nornir("a", "b").with_processors([foreign])  # type: ignore[list-item]
    pair = pair_of(nr, heard, monkeypatch)
    for _ in range(3):
        facts, errors = pair.look()
        assert errors == {}
        assert facts.members == (("a", FACTS), ("b", FACTS))
    assert [(member, command) for member, command, _ in heard] == [
        ("a", f"processor Foreign.{hook}")
    ]
    assert foreign.called.count("task_instance_completed") == 6
    assert nr.data.failed_hosts == set()
    assert [*nr.processors] == [foreign]


def test_the_caller_s_processors_see_what_a_pair_does(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Raising([])
    nr = nornir("a", "b").with_processors([Progress(stream)])

    def reads(task: Task) -> MemberFacts:
        facts = pair.look()[0].of(task.host.name)
        assert facts is not None
        return facts

    pair = pair_of(nr, [], monkeypatch)
    nr.run(reads)
    lines = [line.split(" ", 1)[1].split(" in ")[0] for line in stream.getvalue().splitlines()]
    # Its own reads are part of the run.
    assert lines == ["reads  2 hosts", "a  ok  1/2", "b  ok  2/2", "reads  2 hosts"]


MODULE = """
def broken(task):
    raise ValueError("no such page")

def below(task):
    task.run(broken)
"""


@pytest.fixture
def _tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sites_raising_checks.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("_tasks")
@pytest.mark.parametrize("hook", HOOKS)
def test_a_site_s_task_is_asked_all_the_same(hook: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nr = nornir("a", "b").with_processors([Foreign(hook)])  # type: ignore[list-item]
    pair = pair_of(nr, [], monkeypatch)
    found = pair.run_site_task(
        TaskService(name="own", type="task", task="sites_raising_checks.below")
    )
    assert (found.is_good, "NornirSubTaskError" in found.detail) == (None, True)


@pytest.mark.usefixtures("_tasks")
def test_a_site_s_task_that_raises_is_an_answer_even_with_raise_on_error() -> None:
    nr = nornir("a")
    nr.config.core.raise_on_error = True
    found = run_service_task(nr, "a", name="x", task="sites_raising_checks.broken", said=print)
    assert found.is_good is None
    assert found.detail == "sites_raising_checks.broken: ValueError: no such page"
