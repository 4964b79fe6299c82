"""Step 2 by hand: where the members' configurations differ, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.plain import plain
from nornir_haupgrade.gates.configuration import alike
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.tasks.alone import alone, backup_in
from nornir_haupgrade.tasks.answer import told
from nornir_haupgrade.tasks.project import peer_task
from nornir_haupgrade.tasks.result import MemberResult

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def config_diff(task: Task, *, dry_run: bool = False) -> Result:
    """Back both members up and compare them; lines that may hold a secret are shown without it.

    Where a platform keeps backups on the device, taking one writes it there.

    Args:
        task: Nornir's.
        dry_run: Only show what would be sent. A dry run of Nornir's stays one.

    Returns:
        The verdict, and each line that only one member has; ``diff`` is from the peer to this one.
    """
    name = task.host.name
    peer = peer_task(task)
    mine = alone(task, Errand(Purpose.BACK_UP, member=name), dry_run=dry_run)
    if task.is_dry_run() or dry_run or mine.failed:
        return mine
    theirs = alone(peer, Errand(Purpose.BACK_UP, member=peer.host.name))
    if theirs.failed:
        return MemberResult(
            task.host, result=theirs.result, exception=theirs.exception, failed=True
        )
    verdict = alike(name, backup_in(mine, task), peer.host.name, backup_in(theirs, peer))
    signs = {f"only on {name}": "+", f"only on {peer.host.name}": "-"}
    return MemberResult(
        task.host,
        result=plain(verdict),
        changed=mine.changed,
        diff="\n".join(f"{signs[where]}{text}" for where, text in verdict.facts),
        failed=not verdict.is_good,
    )
