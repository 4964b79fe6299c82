"""The way back by hand, for one member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.tasks.alone import alone
from nornir_haupgrade.tasks.answer import told

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def roll_back_member(task: Task, *, to: str | None = None, dry_run: bool = False) -> Result:
    """Take this member, which must not forward, back to a version that it holds.

    It refuses on the active, while preemption is on, and when both members are selected.

    Args:
        task: Nornir's.
        to: The version; None: the only other one that it holds.
        dry_run: Only show what would be sent. A dry run of Nornir's stays one.

    Returns:
        How it ended, each thing that was done with its verdict, and where the evidence is.
        ``changed`` if anything was sent that changes the pair; ``diff`` of its facts.
    """
    errand = Errand(Purpose.ROLL_BACK_MEMBER, to, member=task.host.name)
    return alone(task, errand, dry_run=dry_run)
