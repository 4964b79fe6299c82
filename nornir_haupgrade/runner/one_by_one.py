"""Any other task: pairs in parallel, the two members one after the other, the standby first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from threading import Event as Flag
from typing import TYPE_CHECKING

from nornir_haupgrade.errors import BadInput, HAUpgradeError
from nornir_haupgrade.model import Role
from nornir_haupgrade.runner.foreign import copy_of
from nornir_haupgrade.runner.results import skipped
from nornir_haupgrade.settings import pair_name_of
from nornir_haupgrade.tasks.project import project_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from nornir.core.inventory import Host
    from nornir.core.task import AggregatedResult, MultiResult, Task

_TICK = 0.2


@dataclass(frozen=True, slots=True)
class _Row:
    """Hosts that come one after the other."""

    pair: str | None
    hosts: tuple[Host, ...]


def run_one_by_one(task: Task, hosts: Sequence[Host], *, workers: int) -> AggregatedResult:
    """Run it; Ctrl-C lets what runs come to its end, and begins nothing more."""
    from nornir.core.task import AggregatedResult

    stop = Flag()
    rows = list(_rows(hosts))
    with ThreadPoolExecutor(max_workers=min(workers, len(rows)), thread_name_prefix="pair") as pool:
        futures = [pool.submit(_run_row, task, row, stop) for row in rows]
        waiting = set(futures)
        while waiting:
            try:
                waiting = wait(waiting, timeout=_TICK).not_done
            except KeyboardInterrupt:
                if stop.is_set():
                    raise
                stop.set()
    done = {name: one for future in futures for name, one in future.result().items()}
    result = AggregatedResult(task.name)
    for host in hosts:
        result[host.name] = done[host.name]
    return result


def _rows(hosts: Sequence[Host]) -> Iterator[_Row]:
    pairs: dict[str, list[Host]] = {}
    for host in hosts:
        pair = pair_name_of(host)
        if pair is None:
            yield _Row(None, (host,))
        else:
            pairs.setdefault(pair, []).append(host)
    for pair, members in pairs.items():
        yield _Row(pair, tuple(members))


def _run_row(task: Task, row: _Row, stop: Flag) -> dict[str, MultiResult]:
    results: dict[str, MultiResult] = {}
    try:
        hosts = row.hosts if len(row.hosts) == 1 or stop.is_set() else _standby_first(task, row)
    except HAUpgradeError as error:
        return {host.name: skipped(task, host, error) for host in row.hosts}
    first_failed: str | None = None
    for host in hosts:
        if stop.is_set():
            results[host.name] = skipped(task, host, None)
        elif first_failed is not None:
            results[host.name] = skipped(task, host, _after(row, host, first_failed))
        else:
            results[host.name] = copy_of(task).start(host)
            first_failed = host.name if results[host.name].failed else None
    return results


def _after(row: _Row, host: Host, first: str) -> HAUpgradeError:
    what = f"not run, since it failed on {first}"
    return HAUpgradeError(what, pair=row.pair, member=host.name, advice="mend that member first")


def _standby_first(task: Task, row: _Row) -> tuple[Host, ...]:
    """The members in their order, as they say themselves just now.

    Raises:
        HAUpgradeError: Who stands by could not be told.
    """
    from nornir_haupgrade.pair import Pair

    by_name = {host.name: host for host in row.hosts}
    project = project_of(task.nornir, [str(row.pair)])
    (config,) = project.pairs
    pair = Pair(task.nornir, config, project.settings, is_read_only=True)
    try:
        facts, errors = pair.look()
    finally:
        pair.close()
    if errors:
        raise next(iter(errors.values()))
    standby = facts.with_role(Role.STANDBY)
    if facts.active is None or len(standby) != 1:
        roles = ", ".join(f"{name} {own.role}" for name, own in facts.members if own)
        raise BadInput(
            f"which member stands by cannot be told ({roles}), so nothing was run",
            pair=config.name,
            advice="look at both members; Nornir's own runner runs it whatever their roles are",
        )
    return (by_name[standby[0]], by_name[facts.active])
