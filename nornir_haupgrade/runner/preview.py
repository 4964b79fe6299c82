"""A dry run's result: each member's steps with their exact commands; nothing was sent but reads."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.runner.results import started
from nornir_haupgrade.tasks.result import MemberResult

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nornir.core.inventory import Host
    from nornir.core.task import AggregatedResult, Result, Task

    from nornir_haupgrade.engines.local import DryRun
    from nornir_haupgrade.engines.preview import PreviewRow


def shown(task: Task, hosts: Sequence[Host], found: Sequence[DryRun]) -> AggregatedResult:
    """What would be done on each host, step by step."""
    from nornir.core.task import AggregatedResult

    of_member = {name: one for one in found for name in one.checked.facts.names}
    result = AggregatedResult(task.name)
    for host in hosts:
        result[host.name] = started(task, host, _preview(of_member[host.name]))
    return result


def _preview(found: DryRun) -> Callable[[Task], Result]:
    def preview(task: Task) -> Result:
        name = task.host.name
        for _, rows in groupby(found.rows, key=lambda row: row.step):
            step = list(rows)
            task.run(task=_step(step), name=step[0].step.title)
        sent = _commands(found.rows, name)
        return MemberResult(
            task.host,
            result={
                "pair": found.checked.pair,
                "is_ready": found.checked.is_ready,
                "errors": {who: str(error) for who, error in found.checked.errors},
                "checks": {
                    check.name: {
                        "verdict": check.verdict.status.value,
                        "reason": check.verdict.reason,
                    }
                    for check in found.checked.checks
                },
            },
            changed=bool(sent),
            diff="\n".join(sent),
            failed=not found.checked.is_ready,
        )

    return preview


def _step(rows: Sequence[PreviewRow]) -> Callable[[Task], Result]:
    def step(task: Task) -> Result:
        sent = _commands(rows, task.host.name)
        what: list[dict[str, Any]] = [
            {"action": row.action, "members": list(row.members), "to": row.to} for row in rows
        ]
        return MemberResult(task.host, result=what, changed=bool(sent), diff="\n".join(sent))

    return step


def _commands(rows: Sequence[PreviewRow], member: str) -> list[str]:
    return [text for row in rows for name, text in row.commands if name == member]
