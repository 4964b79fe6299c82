"""Step 9 by hand: the services, from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.procedure.actions.meter import Meter
from nornir_haupgrade.tasks.answer import told
from nornir_haupgrade.tasks.reading import pair_of
from nornir_haupgrade.tasks.result import MemberResult

if TYPE_CHECKING:
    from nornir.core.task import Result, Task


@told
def check_services(task: Task) -> Result:
    """Measure each service of the pair once, from here. No device is logged in to.

    Args:
        task: Nornir's.

    Returns:
        For each service whether it is good and what was seen. ``failed`` unless there are
        services and all are good.
    """
    with pair_of(task) as pair:
        meter = Meter(pair.config, pair.run_site_task, pair.world)
        try:
            found = meter.measure()
        finally:
            meter.close()
    is_good = bool(found) and all(one.is_good for one in found)
    rows = [{"name": one.name, "is_good": one.is_good, "detail": one.detail} for one in found]
    return MemberResult(task.host, result=rows or "no service is configured", failed=not is_good)
