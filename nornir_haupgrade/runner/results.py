"""Results of hosts on which the task itself did not run, or did not come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.errors import HAUpgradeError, Interrupted
from nornir_haupgrade.runner.foreign import copy_of
from nornir_haupgrade.tasks.result import MemberResult

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nornir.core.inventory import Host
    from nornir.core.task import AggregatedResult, MultiResult, Result, Task


def refused(task: Task, hosts: Sequence[Host], error: HAUpgradeError) -> AggregatedResult:
    """Nothing was contacted: every host has the reason, and processors see it."""
    from nornir.core.task import AggregatedResult

    result = AggregatedResult(task.name)
    for host in hosts:
        result[host.name] = skipped(task, host, error)
    return result


def skipped(task: Task, host: Host, error: HAUpgradeError | None) -> MultiResult:
    """The result of a host on which the task is not run; its processors see it fail."""
    return started(task, host, lambda _: not_run(host, error))


def started(task: Task, host: Host, follow: Callable[[Task], Result]) -> MultiResult:
    """Run something in the task's place, as Nornir runs it: its processors see the task."""
    own = copy_of(task)
    own.task = follow
    own.params = {}
    return own.start(host)


def not_run(host: Host, error: HAUpgradeError | None, *, changed: bool = False) -> Result:
    """Why nothing was done on a host, or it did not come to its end; it counts as failed."""
    why = error or Interrupted("stopped before it began", member=host.name)
    return MemberResult(host, result=str(why), exception=why, changed=changed, failed=True)
