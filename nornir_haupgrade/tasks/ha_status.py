"""Who is who: identity, role, software, preemption of one member."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.plain import plain
from nornir_haupgrade.model import Role
from nornir_haupgrade.tasks.answer import told
from nornir_haupgrade.tasks.reading import driver_of
from nornir_haupgrade.tasks.result import MemberResult

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def ha_status(task: Task) -> Result:
    """Read one member: who it is, its role, its software, its part in the pair. Read-only.

    Args:
        task: Nornir's.

    Returns:
        The fields of ``MemberFacts`` as plain data. ``failed`` if its role cannot be told.
    """
    with driver_of(task) as driver:
        facts = driver.facts()
    is_known = facts.role not in {Role.UNKNOWN, Role.MIXED}
    return MemberResult(task.host, result=plain(facts), failed=not is_known)
