"""Step 5 by hand: upgrade one member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.tasks.alone import alone
from nornir_haupgrade.tasks.answer import told

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def upgrade_member(task: Task, *, to: str, dry_run: bool = False, yes: bool = False) -> Result:
    """Upgrade this member, which must stand by, and prove it whole.

    It refuses on the active, while preemption is on, and when both members are selected.

    Args:
        task: Nornir's.
        to: The version, as in the settings' images.
        dry_run: Only show what would be sent. A dry run of Nornir's stays one.
        yes: Answer the named questions before the first write with yes.

    Returns:
        How it ended, each thing that was done with its verdict, and where the evidence is.
        ``changed`` if anything was sent that changes the pair; ``diff`` of its facts.
    """
    errand = Errand(Purpose.UPGRADE_MEMBER, to, member=task.host.name)
    return alone(task, errand, dry_run=dry_run, yes=yes)
