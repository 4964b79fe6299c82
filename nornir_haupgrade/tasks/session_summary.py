"""How many sessions one member has, and holds for its peer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.plain import plain
from nornir_haupgrade.gates.sessions import matching
from nornir_haupgrade.settings import critical_sessions_of
from nornir_haupgrade.tasks.answer import told
from nornir_haupgrade.tasks.reading import driver_of
from nornir_haupgrade.tasks.result import MemberResult

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def session_summary(task: Task) -> Result:
    """Count one member's sessions: its own, those it holds for its peer, all. Read-only.

    Args:
        task: Nornir's.

    Returns:
        ``own``, ``replicated`` and ``total``, None where the device does not report one; and how
        many it holds of each of the pair's ``critical_sessions``.
    """
    wanted = critical_sessions_of(task.host)
    with driver_of(task) as driver:
        capabilities = driver.capabilities()
        count = driver.session_count()
        held = driver.sessions() if wanted and capabilities.has_sessions else ()
    found = plain(count) | {
        "is_replicated": capabilities.replicates_sessions,
        "critical": {one.name: len(matching(one, held)) for one in wanted},
    }
    return MemberResult(task.host, result=found)
