"""A reboot of the pair, as a Nornir task."""

from __future__ import annotations

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.tasks.pair_task import PairTask, Work


@PairTask
def reboot_pair(*, new: bool = False) -> Work:
    """Reload both members of each pair, one after the other, with the same care; no software.

    Args:
        new: Refuse if an unfinished campaign of a pair exists.

    Returns:
        As ``upgrade_pair``.
    """
    return Work(Errand(Purpose.REBOOT), is_new=new)
