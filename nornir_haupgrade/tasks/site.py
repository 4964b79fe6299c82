"""The site's own Nornir tasks, called by dotted name: they say whether a service is good."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.model import ServiceResult

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.task import Result, Task

_WIDTH = 200
"""Characters of what a task says that are shown."""


def load_task(name: str) -> Callable[[Task], Result]:
    """The task of a dotted name, such as ``tasks.shop.check``.

    Raises:
        HAUpgradeError: There is none, or its module cannot be imported.
    """
    module, _, attribute = name.rpartition(".")
    advice = "it is looked for from the folder of the configuration file"
    try:
        task = getattr(importlib.import_module(module), attribute, None)
    except Exception as error:
        message = f"the task {name} cannot be imported: {type(error).__name__}: {error}"
        raise HAUpgradeError(message, advice=advice) from error
    if not callable(task):
        message = f"there is no task {attribute} in {module}"
        raise HAUpgradeError(message, advice=advice)
    return task  # type: ignore[no-any-return]  # what it takes shows when it is called


def run_service_task(
    nr: Nornir, host: str, *, name: str, task: str, said: Callable[[str], None]
) -> ServiceResult:
    """Run a site's task once, on one host of the pair, and take its result as a service's.

    A result that failed, or whose value is ``False``, is bad; an exception is no measurement at
    all.

    Args:
        nr: The pair's own Nornir.
        host: The member whose host the task sees; the pair's data is the same on both.
        name: What the service is called.
        task: The task's dotted name.
        said: Told the traceback of a task that raises.
    """
    from nornir.core.state import GlobalState
    from nornir.plugins.runners import SerialRunner

    try:
        run = load_task(task)
    except HAUpgradeError as error:
        return ServiceResult(name, None, str(error))
    own = nr.filter(name=host).with_runner(SerialRunner())
    own.data = GlobalState(dry_run=True)
    answer = own.run(task=run, name=name)[host][0]
    if answer.exception is not None:
        said(f"{answer.result}")
        detail = f"{task}: {type(answer.exception).__name__}: {answer.exception}"
        return ServiceResult(name, None, detail[:_WIDTH])
    is_good = not answer.failed and answer.result is not False
    return ServiceResult(name, is_good, f"{task}: {answer.result}"[:_WIDTH])
