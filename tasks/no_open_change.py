"""A gate: nobody else has a change open on this pair, by a list that the site keeps.

The list is a file beside ``config.yaml`` with a line for each open change, which begins with what
it is about: ``muc CHG0042 line card replaced until Friday``.

In the inventory, on the group of both members::

    data:
      open_changes: {file: open_changes.txt, about: [p1, muc]}
      ha:
        gates:
          - {name: no-open-change, task: tasks.no_open_change.no_open_change, when: [prepare]}
"""

from __future__ import annotations

from pathlib import Path

from nornir.core.task import Result, Task

_PROJECT = Path(__file__).parents[1]


def no_open_change(task: Task) -> Result:
    """Good if the list names none; a list that is not there says nothing, and raises."""
    asked = task.host["open_changes"]
    lines = (_PROJECT / asked["file"]).read_text(encoding="utf-8").splitlines()
    found = [line for line in lines if line.split()[:1] and line.split()[0] in asked["about"]]
    if found:
        return Result(task.host, result=f"open: {'; '.join(found)}", failed=True)
    return Result(task.host, result=f"no change is open on {', '.join(asked['about'])}")
