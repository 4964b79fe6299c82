"""Notifications: what happens to a pair, POSTed to a webhook or appended to a file.

In the inventory, on the group of both members::

    data:
      webhook: "https://chat.example.com/hooks/firewalls"
      event_log: events.jsonl            # beside config.yaml
      ha:
        notify: [tasks.notify.post, tasks.notify.append]

``docs/site_tasks.md`` lists what an event holds.
"""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from nornir.core.task import Result, Task

_PROJECT = Path(__file__).parents[1]


def post(task: Task, event: dict[str, Any]) -> Result:
    """POST the event as JSON to the host's ``webhook``; a refusal is told by its status."""
    request = Request(  # noqa: S310 - the site's own address
        task.host["webhook"],
        data=json.dumps(event).encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urlopen(request, timeout=5) as answer:  # noqa: S310 - idem
            return Result(task.host, result=f"HTTP {answer.status}", changed=True)
    except HTTPError as error:
        with closing(error):
            return Result(task.host, result=f"HTTP {error.code}", failed=True)


def append(task: Task, event: dict[str, Any]) -> Result:
    """Append the event as one line of JSON to the host's ``event_log``."""
    log = _PROJECT / task.host["event_log"]
    with log.open("a", encoding="utf-8") as lines:
        lines.write(f"{json.dumps(event)}\n")
    return Result(task.host, result=str(log), changed=True)
