"""The caller's processors, kept from costing a host its result.

An exception of a processor takes the place of what it was told about: a progress bar whose terminal
has gone would make a host fail whose pair is upgraded.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nornir.core.inventory import Host
    from nornir.core.processor import Processor
    from nornir.core.task import AggregatedResult, MultiResult, Task

_LOG = logging.getLogger(__name__)


def copy_of(task: Task) -> Task:
    """A host's own copy of a task, whose processors may raise what they want.

    What they raise is logged, as Nornir logs what tasks raise. ``task_started`` and
    ``task_completed`` are called by ``nr.run`` itself: no runner can help there.
    """
    from nornir.core.processor import Processors

    own = task.copy()
    own.processors = Processors([Foreign(processor) for processor in task.processors])
    return own


class Foreign:
    """A processor of the caller."""

    def __init__(self, processor: Processor) -> None:
        self._processor = processor

    def task_started(self, task: Task) -> None:
        """A run begins."""
        self._tell("task_started", task)

    def task_completed(self, task: Task, result: AggregatedResult) -> None:
        """A run is over."""
        self._tell("task_completed", task, result)

    def task_instance_started(self, task: Task, host: Host) -> None:
        """A host begins."""
        self._tell("task_instance_started", task, host)

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """A host is done."""
        self._tell("task_instance_completed", task, host, result)

    def subtask_instance_started(self, task: Task, host: Host) -> None:
        """A host begins a subtask."""
        self._tell("subtask_instance_started", task, host)

    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """A host ended a subtask."""
        self._tell("subtask_instance_completed", task, host, result)

    def _tell(self, hook: str, *told: object) -> None:
        try:
            getattr(self._processor, hook)(*told)
        except Exception:  # noqa: BLE001 - anybody's; it is told where the tasks' are
            _LOG.exception("The processor %s raised in %s", type(self._processor).__name__, hook)
