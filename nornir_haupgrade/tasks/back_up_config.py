"""Step 3 by hand: back up one configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.tasks.alone import alone
from nornir_haupgrade.tasks.answer import told

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def back_up_config(task: Task, *, dry_run: bool = False) -> Result:
    """Keep this member's configuration in the campaign's folder: hashed, readable back, 0600.

    Args:
        task: Nornir's.
        dry_run: Only show what would be sent. A dry run of Nornir's stays one.

    Returns:
        How it ended, each thing that was done with its verdict, and where the evidence is.
        ``changed`` if anything was sent that changes the pair; ``diff`` of its facts.
    """
    return alone(task, Errand(Purpose.BACK_UP, member=task.host.name), dry_run=dry_run)
