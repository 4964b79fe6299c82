"""Steps 2 and 8 by hand: the synchronisation report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.plain import plain
from nornir_haupgrade.procedure.actions.configuration import read_report
from nornir_haupgrade.tasks.answer import told
from nornir_haupgrade.tasks.reading import pair_of
from nornir_haupgrade.tasks.result import MemberResult

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def sync_report(task: Task) -> Result:
    """Compare the members' configurations, item by item, as they report them. Read-only.

    Args:
        task: Nornir's.

    Returns:
        The verdict, its reason and the facts that it rests on. ``failed`` unless they agree.
    """
    with pair_of(task) as pair:
        facts, errors = pair.look()
        if errors:
            raise next(iter(errors.values()))
        verdict = read_report(pair, facts)
    return MemberResult(task.host, result=plain(verdict), failed=not verdict.is_good)
