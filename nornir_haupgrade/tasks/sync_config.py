"""Step 1 by hand: synchronise the configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.tasks.alone import alone
from nornir_haupgrade.tasks.answer import told

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def sync_config(task: Task, *, dry_run: bool = False) -> Result:
    """Push this member's configuration to its peer, if it is the active, and read the report.

    On the standby, and where members do not push, nothing is done.

    Args:
        task: Nornir's.
        dry_run: Only show what would be sent. A dry run of Nornir's stays one.

    Returns:
        How it ended, each thing that was done with its verdict, and where the evidence is.
        ``changed`` if anything was sent that changes the pair; ``diff`` of its facts.
    """
    return alone(task, Errand(Purpose.SYNC_CONFIG, member=task.host.name), dry_run=dry_run)
