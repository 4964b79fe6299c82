"""Which run an event belongs to, and whether that run still goes on.

Nornir tells a processor neither: each host works on a copy of the task that the run began with, and
a task may start runs of its own, on the same processors.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from nornir_haupgrade.processors.calls import Call

if TYPE_CHECKING:
    from nornir.core.inventory import Host
    from nornir.core.task import Task


class Run:
    """One call of ``nr.run``.

    Attributes:
        id: Names it among all runs of all processes.
        inside: The run that it is part of: the one that is at work on the same hosts already.
        left_out: Hosts that failed before; they run only where ``on_failed`` is set, which Nornir
            does not tell.
        is_stray: Whether a task began it whose own run is over, as after Ctrl-C.

    Args:
        outer: The other runs that go on, but for those that are part of another one.
    """

    def __init__(self, task: Task, outer: Sequence[Run]) -> None:
        from nornir.core import Nornir
        from nornir.core.task import Task as AnyTask

        self.id = uuid4().hex[:12]
        self.name = task.name
        self.task = task
        self._hosts = dict(task.nornir.inventory.hosts)
        self.inside = next((run for run in outer if run.covers(self._hosts)), None)
        self._failed = {*task.nornir.data.failed_hosts}
        self.good = tuple(name for name in self._hosts if name not in self._failed)
        self.left_out = tuple(name for name in self._hosts if name in self._failed)
        self.started: set[str] = set()
        self.finished: set[str] = set()
        self._begun_good = self._begun_again = False
        self._working: dict[str, Call] = {}
        self._call = Call(Nornir.run)
        self.is_stray = not outer and self._call.is_inside(AnyTask.start)

    @property
    def total(self) -> int:
        """How many hosts it runs on, as far as can be told while it runs."""
        if self._begun_again and not self._begun_good:
            return len(self.left_out)
        return len(self.good) + (len(self.left_out) if self._begun_again else 0)

    def covers(self, hosts: dict[str, Host]) -> bool:
        """Whether it is on all of these hosts and not done with them; copies share the objects."""
        are_mine = all(self._hosts.get(name) is host for name, host in hosts.items())
        return are_mine and not self.finished.issuperset(hosts)

    def is_working(self, host: str) -> bool:
        """Whether a host has begun and not ended."""
        return host in self.started and host not in self.finished

    def is_of(self, task: Task) -> bool:
        """Whether a task is the run's own, or a host's copy of it."""
        own = self.task
        return task is own or (task.nornir is own.nornir and task.name == own.name)

    def begin(self, host: str) -> None:
        """A host begins, on the current thread."""
        from nornir.core.task import Task

        self.started.add(host)
        if host in self._failed:
            self._begun_again = True
        else:
            self._begun_good = True
        self._working[host] = Call(Task.start)

    def finish(self, host: str) -> None:
        """A host is done."""
        self.finished.add(host)
        self._working.pop(host, None)

    def is_alive(self) -> bool:
        """Whether it still goes on.

        Ctrl-C ends the call, but Nornir's threads work on, those of hosts that have not begun yet
        too. At an interactive prompt that is not waited for: a person types there again.
        """
        if self._call.is_alive():
            return True
        is_script = not hasattr(sys, "ps1")
        return is_script and any(call.is_alive() for call in [*self._working.values()])


class Runs:
    """The runs that go on; serves all threads."""

    def __init__(self) -> None:
        self._open: list[Run] = []
        self._lock = threading.Lock()

    def begin(self, task: Task) -> Run:
        """A run that begins."""
        with self._lock:
            outer = [run for run in self._open if run.inside is None and run.is_alive()]
            self._keep_those_of(outer)
            run = Run(task, outer)
            self._open.append(run)
            return run

    def start(self, task: Task, host: Host) -> Run | None:
        """The run whose task begins on a host; None for one that nobody announced."""
        with self._lock:
            mine = self._of(task)
            run = next((run for run in mine if host.name not in run.started), None)
            if run is not None:
                run.begin(host.name)
            return run

    def find(self, task: Task, host: Host) -> Run | None:
        """The run that a task or subtask of a host belongs to."""
        with self._lock:
            mine = self._of(root_of(task))
            working = (run for run in mine if run.is_working(host.name))
            return next(working, None)

    def finish(self, task: Task, host: Host) -> Run | None:
        """The run whose task ended on a host."""
        run = self.find(task, host)
        if run is not None:
            run.finish(host.name)
        return run

    def end(self, task: Task) -> Run | None:
        """A run that ended as it should."""
        with self._lock:
            run = next((run for run in self._of(task)), None)
            if run is not None:
                self._open.remove(run)
                self._keep_those_of([run for run in self._open if run.inside is None])
            return run

    def _keep_those_of(self, outer: list[Run]) -> None:
        self._open = [run for run in self._open if (run.inside or run) in outer]

    def _of(self, task: Task) -> list[Run]:
        """Those of a task, the latest first; the very task of a run before its likes."""
        mine = [run for run in reversed(self._open) if run.is_of(task)]
        return sorted(mine, key=lambda run: run.task is not task)


def root_of(task: Task) -> Task:
    """The task that a subtask of any depth belongs to."""
    while task.parent_task is not None:
        task = task.parent_task
    return task


def path_of(task: Task) -> tuple[str, ...]:
    """The names from the task of the run down to this subtask."""
    above = () if task.parent_task is None else path_of(task.parent_task)
    return (*above, task.name)
