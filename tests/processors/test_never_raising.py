"""A processor that raises ends the run it watches and loses every result: ours never do."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO, TypeAlias

import pytest
from hypothesis import given, settings, strategies as st
from nornir.core.task import AggregatedResult, Result, Task
from nornir.plugins.runners import SerialRunner, ThreadedRunner

from nornir_haupgrade.processors import JsonLines, Progress
from nornir_haupgrade.processors.quiet import KEPT
from tests.nornir.samples import broken_on_b, good, nornir
from tests.processors.streams import Raising

Make: TypeAlias = Callable[[TextIO], Progress | JsonLines]
OURS: tuple[Make, ...] = (Progress, JsonLines)
HOOKS = (
    "task_started", "task_completed", "task_instance_started", "task_instance_completed",
    "subtask_instance_started", "subtask_instance_completed",
)  # fmt: skip
ERRORS = [OSError("no space"), BrokenPipeError(), ValueError("closed"), RuntimeError("odd"), None]


def some_of_each(task: Task) -> None:
    task.run(good)
    task.run(broken_on_b)


def run(processors: list[Any], workers: int) -> AggregatedResult:
    runner = ThreadedRunner(workers) if workers > 1 else SerialRunner()
    nr = nornir("a", "b", "c", runner=runner)
    return nr.with_processors(processors).run(some_of_each)


@pytest.mark.parametrize("make", OURS)
@settings(deadline=None)  # threads on a busy machine
@given(plan=st.lists(st.sampled_from(ERRORS), max_size=30), workers=st.sampled_from([1, 3]))
def test_a_stream_that_raises_at_random_costs_no_result(
    make: Make, plan: list[Exception | None], workers: int
) -> None:
    stream = Raising([*plan])
    ours = make(stream)
    for _ in range(2):
        result = run([ours], workers)
        assert set(result) == {"a", "b", "c"}
        assert set(result.failed_hosts) == {"b"}
    # Whoever read it has gone: it is not written to again.
    assert [*ours.errors] == stream.raised
    assert stream.asked_after == 0


@pytest.mark.parametrize("make", OURS)
@pytest.mark.parametrize("hook", HOOKS)
def test_no_hook_raises_whatever_it_is_given(make: Make, hook: str) -> None:
    stream = Raising([])
    ours = make(stream)
    for _ in range(KEPT):
        getattr(ours, hook)()
        getattr(ours, hook)(None, None, None)
    assert len(ours.errors) == KEPT
    assert all(error.__traceback__ is None for error in ours.errors)


class Refuses:
    def __str__(self) -> str:
        raise RuntimeError("no")

    __repr__ = __str__


class SilentError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no")


def returns_what_refuses(task: Task) -> Result:
    return Result(host=task.host, result=[Refuses()], diff=Refuses(), failed=True)  # type: ignore[arg-type]


def raises_what_refuses(task: Task) -> None:
    raise SilentError


@pytest.mark.parametrize("make", OURS)
@pytest.mark.parametrize("task", [returns_what_refuses, raises_what_refuses])
def test_what_refuses_to_be_shown_is_told_all_the_same(
    make: Make, task: Callable[[Task], Result]
) -> None:
    stream = Raising([])
    ours = make(stream)
    result = nornir("a").with_processors([ours]).run(task)
    assert result.failed
    assert ours.errors == ()
    assert "that cannot be shown)" in stream.getvalue()


@pytest.mark.parametrize("make", OURS)
def test_a_closed_pipe_ends_the_output_not_the_run(make: Make) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    ours = make(stream)
    assert set(run([ours], 3)) == {"a", "b", "c"}
    (error,) = ours.errors
    assert isinstance(error, BrokenPipeError)
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_a_file_that_cannot_be_written_for_a_while_costs_lines_not_results(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    ours = JsonLines(path)
    path.unlink()
    path.mkdir()
    assert set(run([ours], 1)) == {"a", "b", "c"}
    assert {type(error) for error in ours.errors} == {IsADirectoryError}
    path.rmdir()
    assert set(run([ours], 1)) == {"a", "b", "c"}
    first, *others = path.read_text().splitlines()
    assert f'"lost": {len(ours.errors)}' in first
    assert not [line for line in others if "lost" in line]


def test_ctrl_c_is_not_kept_from_anybody() -> None:
    class Interrupted(Raising):
        def write(self, text: str) -> int:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run([JsonLines(Interrupted([]))], 1)
