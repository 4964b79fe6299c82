"""A drill of the pair, as a Nornir task."""

from __future__ import annotations

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.tasks.pair_task import PairTask, Work


@PairTask
def drill_pair(*, new: bool = False) -> Work:
    """Switch each pair over and back, gated and measured; nothing is reloaded.

    Args:
        new: Refuse if an unfinished campaign of a pair exists.

    Returns:
        As ``upgrade_pair``.
    """
    return Work(Errand(Purpose.DRILL), is_new=new)
