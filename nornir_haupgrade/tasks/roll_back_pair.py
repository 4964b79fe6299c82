"""The way back, as a Nornir task."""

from __future__ import annotations

from nornir_haupgrade.procedure.records import Goal
from nornir_haupgrade.tasks.pair_task import PairTask, Work


@PairTask
def roll_back_pair(*, reason: str) -> Work:
    """Take each pair's newest upgrade back to the old version, the standby first.

    Args:
        reason: Why; recorded with your name.

    Returns:
        As ``upgrade_pair``; not ``failed`` once both members run the old version again.
    """
    return Work(goal=Goal.BACK, why=reason)
