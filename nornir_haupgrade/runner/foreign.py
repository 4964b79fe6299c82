"""The caller's processors and person, kept from costing a host its result.

An exception of a processor takes the place of what it was told about: a progress bar whose terminal
has gone would make a host fail whose pair is upgraded.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from nornir_haupgrade.procedure.records import Choice

if TYPE_CHECKING:
    from nornir.core.inventory import Host
    from nornir.core.processor import Processor
    from nornir.core.task import AggregatedResult, MultiResult, Task

    from nornir_haupgrade.engines.answers import Person
    from nornir_haupgrade.procedure.records import Asked

_LOG = logging.getLogger(__name__)
# Where no logging is configured, Python writes to stderr, which is the caller's.
_LOG.addHandler(logging.NullHandler())


def copy_of(task: Task) -> Task:
    """A host's own copy of a task, whose processors may raise what they want.

    What they raise is logged, as Nornir logs what tasks raise. ``task_started`` and
    ``task_completed`` are called by ``nr.run`` itself: no runner can help there.
    """
    from nornir.core.processor import Processors

    own = task.copy()
    own.processors = Processors([Foreign(processor) for processor in task.processors])
    return own


def asking(person: Person) -> Person:
    """The caller's person; an answer that is none leaves the pair held, and is logged."""

    def ask(pair: str, asked: Asked) -> tuple[Choice, str] | None:
        try:
            answer = person(pair, asked)
            if answer is None:
                return None
            choice, why = Choice(answer[0]), str(answer[1])
        except Exception:  # noqa: BLE001 - anybody's, as above
            _LOG.exception("The person raised at the hold of %s, which stays held", pair)
            return None
        if choice not in asked.ask.options:
            offered = ", ".join(asked.ask.options)
            _LOG.error("The person chose %s for %s, which stays held: %s", choice, pair, offered)
            return None
        return choice, why

    return ask


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
