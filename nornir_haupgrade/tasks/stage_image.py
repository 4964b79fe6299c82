"""Bring an image to one member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.tasks.alone import alone
from nornir_haupgrade.tasks.answer import told

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def stage_image(task: Task, *, to: str, dry_run: bool = False) -> Result:
    """Upload the image of a version, unless it is there, and let the member itself measure it.

    Args:
        task: Nornir's.
        to: The version, as in the settings' images.
        dry_run: Only show what would be sent. A dry run of Nornir's stays one.

    Returns:
        How it ended, each thing that was done with its verdict, and where the evidence is.
        ``changed`` if anything was sent that changes the pair; ``diff`` of its facts.
    """
    errand = Errand(Purpose.STAGE, to, member=task.host.name)
    return alone(task, errand, dry_run=dry_run)
