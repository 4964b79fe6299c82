"""Step 6 by hand: move the active role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.tasks.alone import alone
from nornir_haupgrade.tasks.answer import told

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def switch_over(task: Task, *, dry_run: bool = False, yes: bool = False) -> Result:
    """Make this member active, with a switchover's gates before and services proven after.

    It refuses while preemption is on, and when both members are selected.

    Args:
        task: Nornir's.
        dry_run: Only show what would be sent. A dry run of Nornir's stays one.
        yes: Answer the named questions before the first write with yes.

    Returns:
        How it ended, each thing that was done with its verdict, and where the evidence is.
        ``changed`` if anything was sent that changes the pair; ``diff`` of its facts.
    """
    return alone(task, Errand(Purpose.SWITCH_OVER, member=task.host.name), dry_run=dry_run, yes=yes)
