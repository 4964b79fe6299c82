"""The site's own Nornir tasks, called by dotted name: services, gates and notifications."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.errors import Finding, HAUpgradeError
from nornir_haupgrade.settings import TaskService

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from nornir.core import Nornir
    from nornir.core.task import Result

    from nornir_haupgrade.settings import PairConfig

_WIDTH = 200
"""Characters of what a task says that are shown."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a task said.

    Attributes:
        is_good: Whether its value is true and it did not fail; None if it could not be asked.
        text: What it said, or why it could not be asked.
        has_failed: Whether it failed by its own word, or raised.
    """

    is_good: bool | None
    text: str
    has_failed: bool


def load_task(name: str) -> Callable[..., Result]:
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


def missing_tasks(pairs: Iterable[PairConfig]) -> Iterator[Finding]:
    """The tasks that the pairs call and that cannot be imported."""
    for pair in pairs:
        for what, task in _tasks(pair):
            try:
                load_task(task)
            except HAUpgradeError as error:
                where = f"pair {pair.name}: {what}"
                yield Finding(where, error.message, error.advice or "Mend the task.")


def _tasks(pair: PairConfig) -> Iterator[tuple[str, str]]:
    """What a pair calls the site's tasks for, and their dotted names."""
    for service in pair.services:
        if isinstance(service, TaskService):
            yield f"service {service.name}", service.task
    for gate in pair.gates:
        yield f"gate {gate.name}", gate.task
    for task in pair.notify:
        yield "notify", task


def run_task(
    nr: Nornir,
    host: str,
    *,
    name: str,
    task: str,
    kept: Callable[[str], None],
    is_read_only: bool = True,
    **given: Any,  # noqa: ANN401 - plain data for the task
) -> Said:
    """Run a site's task once, on one host of the pair, and take it at its word.

    Only a value that is true is good: a task that returns nothing by mistake proves nothing.

    Args:
        nr: Nornir with the pair's hosts.
        host: The member whose host the task sees; the pair's data is the same on both.
        name: What the task is run for.
        task: Its dotted name.
        kept: Told the traceback of a task that raises.
        is_read_only: What ``task.is_dry_run()`` says.
        given: Keyword arguments of the task. Nornir logs them: no secrets.
    """
    from nornir.core.state import GlobalState
    from nornir.plugins.runners import SerialRunner

    try:
        run = load_task(task)
    except HAUpgradeError as error:
        return Said(None, str(error), has_failed=True)
    own = nr.filter(name=host).with_runner(SerialRunner()).with_processors([])
    own.data = GlobalState(dry_run=is_read_only)
    # What it raises is its answer, whatever the caller's configuration says.
    answer: Result = own.run(task=run, name=name, raise_on_error=False, **given)[host][0]
    if answer.exception is not None:
        kept(f"{answer.result}")
        text = f"{task}: {type(answer.exception).__name__}: {answer.exception}"
        return Said(None, text[:_WIDTH], has_failed=True)
    has_failed = bool(answer.failed)
    words = "it said nothing" if answer.result is None else answer.result
    return Said(not has_failed and bool(answer.result), f"{task}: {words}"[:_WIDTH], has_failed)


class Asking:
    """A task that runs in a thread of its own: one that hangs holds up nothing but itself."""

    def __init__(self, ask: Callable[[], Said], name: str) -> None:
        self._name = name
        self._future: Future[Said] = Future()

        def run() -> None:
            try:
                self._future.set_result(ask())
            except BaseException as error:  # noqa: BLE001 - a site's own task may raise anything
                self._future.set_exception(error)

        # Not an executor's: Python waits for its threads at exit.
        try:
            Thread(target=run, name=name, daemon=True).start()
        except RuntimeError as error:  # this machine has no thread left
            self._future.set_exception(error)

    def is_over(self, within: float) -> bool:
        """Wait for its end, up to so many seconds; whether it has ended."""
        return bool(wait([self._future], within).done)

    @property
    def said(self) -> Said:
        """What it said; after ``is_over`` only."""
        error = self._future.exception()
        if error is None:
            return self._future.result()
        text = f"{self._name}: {type(error).__name__}: {error}"
        return Said(None, text[:_WIDTH], has_failed=True)
