"""A script as a user writes it, with every public name: checked by mypy --strict, never run."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import assert_type

from nornir import InitNornir
from nornir.core import Nornir
from nornir.core.processor import Processor
from nornir.core.task import Result, Task

from nornir_haupgrade import (
    HAPairs,
    aggregate_rows,
    drill_pair,
    give_back,
    reboot_pair,
    roll_back_pair,
    tasks,
    upgrade_pair,
)
from nornir_haupgrade.plain_data import Plain
from nornir_haupgrade.processors import JsonLines, Progress
from nornir_haupgrade.rows import COLUMNS, Row
from nornir_haupgrade.tasks.result import MemberResult


def back_up(task: Task, folder: Path) -> Result:
    """A task of the user's own."""
    (folder / task.host.name).write_text("!")
    return MemberResult(host=task.host, result={"lines": 1}, changed=False)


def main() -> int:
    """Watch a run, keep a record of it, and write its rows."""
    record = JsonLines(Path("record.jsonl"), limit=1_000, secrets=["s3cret"], tracebacks=True)
    processors: list[Processor] = [Progress(), Progress(sys.stdout), record, JsonLines(sys.stderr)]
    nr = InitNornir(config_file="config.yaml")
    result = nr.with_processors(processors).run(task=back_up, folder=Path("backups"))
    assert_type(record.errors, tuple[Exception, ...])

    rows = aggregate_rows(result, expected=nr)
    assert_type(rows, list[Row])
    assert_type(aggregate_rows(result, ["p1a", "p1b"]), list[Row])
    assert_type(aggregate_rows(result, nr.inventory.hosts), list[Row])
    for row in rows:
        assert_type(row["host"], str)
        assert_type(row["failed"], bool)
        assert_type(row["changed"], bool | None)
        assert_type(row["exception"], str | None)
        value: Plain = row["result"]
        print(row["path"], row["depth"], row["name"], row["state"], row["severity"], value)
    write(Path("rows.csv"), rows)
    return int(any(row["failed"] for row in rows))


def upgrade(nr: Nornir) -> list[Row]:
    """Pairs, by the ten steps; what else can be asked of a pair or of one member."""
    own = nr.with_runner(HAPairs(num_workers=50, on_hold="switch-back", yes=True))
    own.run(task=tasks.ha_status)
    own.run(task=tasks.stage_image, to="13.8")
    own.run(task=drill_pair)
    result = own.run(task=upgrade_pair, to="13.8", until=6)
    if result.failed:
        own.run(task=roll_back_pair, why="services are bad", on_failed=True)
        own.run(task=give_back, on_failed=True)
    own.run(task=reboot_pair)
    return aggregate_rows(result, expected=nr)


def by_hand(task: Task) -> Result:
    """The library's tasks for one member, as subtasks of the user's own, and called by it."""
    for read in (tasks.ha_status, tasks.check_services, tasks.session_summary, tasks.sync_report):
        task.run(task=read)
        assert_type(read(task), Result)
    tasks.back_up_config(task, dry_run=True)
    tasks.config_diff(task, dry_run=True)
    tasks.stage_image(task, to="13.8")
    tasks.set_preemption(task, on=False)
    tasks.sync_config(task)
    tasks.upgrade_member(task, to="13.8", yes=True)
    tasks.switch_over(task, yes=True)
    return tasks.roll_back_member(task, to="13.7")


def by_pair(nr: Nornir) -> None:
    """The same names are in `tasks` as well."""
    for whole in (
        *(tasks.drill_pair, tasks.give_back, tasks.reboot_pair),
        *(tasks.roll_back_pair, tasks.upgrade_pair),
    ):
        nr.run(task=whole, name=whole.__name__)


def write(path: Path, rows: Iterable[Row]) -> None:
    """As a file for a spreadsheet."""
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, fieldnames=COLUMNS)
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    raise SystemExit(main())
