"""The whole procedure, as a Nornir task."""

from __future__ import annotations

from nornir_haupgrade.engines.errand import Errand, step_of
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.tasks.pair_task import PairTask, Work


@PairTask
def upgrade_pair(*, to: str, until: str | int | None = None, new: bool = False) -> Work:
    """Upgrade both members of each pair by the ten steps, or go on where an earlier run stopped.

    Run it with the runner ``HAPairs``. A dry run (``nr.data.dry_run``) shows what would be done.

    Args:
        to: The target version, as in the settings' images.
        until: Stop after this step: its number, 0 to 10, or its name.
        new: Refuse if an unfinished campaign of a pair exists.

    Returns:
        For each member how its pair ended, and below it a result for each step: what was done,
        its verdict and reason, what was measured, and where the evidence is kept. ``failed`` unless
        the pair is done, or stopped after ``until`` as asked.
    """
    return Work(Errand(Purpose.UPGRADE, to, step_of(until)), is_new=new)
