"""A script that uses Nornir: a task of ours by its name, and its result as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from nornir import InitNornir

from nornir_haupgrade import HAPairs, aggregate_rows, tasks


def main(arguments: list[str]) -> None:
    """Run one task, for whole pairs if it is one of those."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--config")
    parser.add_argument("task")
    parser.add_argument("--host", help="only this one")
    parser.add_argument("--on-hold", default="wait")
    parser.add_argument("--params", type=json.loads, default={})
    options = parser.parse_args(arguments)
    nr = InitNornir(config_file=options.config)
    if options.host:
        nr = nr.filter(name=options.host)
    task: Any = getattr(tasks, options.task)
    if options.task.endswith("_pair") or options.task == "give_back":
        nr = nr.with_runner(HAPairs(on_hold=options.on_hold))
    result = nr.run(task=task, **options.params)
    sys.stdout.write(json.dumps({"failed": result.failed, "rows": aggregate_rows(result)}) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
