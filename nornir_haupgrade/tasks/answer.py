"""How a task answers: plain data, and an error as a result, since it needs no traceback."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec

from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.tasks.result import MemberResult

if TYPE_CHECKING:
    from typing import Concatenate

    from nornir.core.task import Result, Task

P = ParamSpec("P")


def failed(task: Task, error: HAUpgradeError) -> Result:
    """A result that says what is wrong, and what to do about it."""
    return MemberResult(task.host, result=str(error), exception=error, failed=True)


def told(
    work: Callable[Concatenate[Task, P], Result],
) -> Callable[Concatenate[Task, P], Result]:
    """A task whose errors of ours are its result: what was expected needs no traceback.

    Nor do arguments that are not the task's.
    """
    takes = inspect.signature(work)

    @functools.wraps(work)
    def tell(task: Task, /, *args: P.args, **params: P.kwargs) -> Result:
        try:
            takes.bind(task, *args, **params)
        except TypeError as error:
            name = work.__name__
            return failed(task, BadInput(f"{name}: {error}", advice=f"see help({name})"))
        try:
            return work(task, *args, **params)
        except HAUpgradeError as error:
            error.member = error.member or task.host.name
            return failed(task, error)

    return tell
