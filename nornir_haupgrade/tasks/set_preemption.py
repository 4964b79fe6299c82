"""Steps 4 and 10 by hand: preemption, lent and given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.tasks.alone import alone
from nornir_haupgrade.tasks.answer import told

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def set_preemption(task: Task, *, on: bool, dry_run: bool = False, yes: bool = False) -> Result:
    """Switch this member's preemption off, or on again.

    Off is a loan: it is owed from now on, ``haupgrade owed`` shows it, and a later upgrade of the
    pair gives it back. On may move the active role, so it passes a switchover's gate first.

    Args:
        task: Nornir's.
        on: What it is to be.
        dry_run: Only show what would be sent. A dry run of Nornir's stays one.
        yes: Answer the named questions before the first write with yes.

    Returns:
        How it ended, each thing that was done with its verdict, and where the evidence is.
        ``changed`` if anything was sent that changes the pair; ``diff`` of its facts.
    """
    purpose = Purpose.PREEMPTION_ON if on else Purpose.PREEMPTION_OFF
    return alone(task, Errand(purpose, member=task.host.name), dry_run=dry_run, yes=yes)
