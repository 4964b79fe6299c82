"""Tasks of a site that go wrong, by dotted name."""

from __future__ import annotations

from typing import Any

from nornir.core.task import Result, Task


def broken_gate(task: Task) -> Result:
    """The ticket system cannot be asked, and the error holds the password."""
    raise ConnectionError(f"the ticket system refuses {task.host.password}")


def broken_notice(task: Task, event: dict[str, Any]) -> Result:
    """Nobody can be told."""
    raise ValueError(f"no room for {event['event']}")
