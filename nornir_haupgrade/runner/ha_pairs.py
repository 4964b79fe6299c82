"""The runner: what Nornir calls, and which of its two ways a task goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.procedure.records import Choice
from nornir_haupgrade.tasks.pair_task import PairTask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nornir.core.inventory import Host
    from nornir.core.task import AggregatedResult, Task

    from nornir_haupgrade.engines.answers import Person
    from nornir_haupgrade.engines.events import Listener

_ON_HOLD = {
    "wait": None,
    "retry": Choice.RETRY,
    "switch-back": Choice.SWITCH_BACK,
    "roll-back": Choice.ROLL_BACK,
    "park": Choice.PARK,
}


class HAPairs:
    """Runs tasks pair by pair, several pairs at once.

    ``upgrade_pair`` and its like take both members in hand together: the returned result holds, for
    each member, how its pair ended and a result for each step. Any other task runs on the two
    members one after the other, the standby first, and not on the second one if it failed on the
    first. A first Ctrl-C lets what runs reach a safe point and begins nothing more; the results so
    far are returned.

    In ``config.yaml``: ``runner: {plugin: ha_pairs, options: {num_workers: 50}}``.

    Args:
        num_workers: How many pairs are in hand at once.
        on_hold: What to do at a hold, where it is offered: ``wait`` (it stays held, for
            ``haupgrade decide``), ``retry`` (once in a run, for what was mended meanwhile; after
            that it stays held), ``switch-back``, ``roll-back`` or ``park``.
        yes: Answer the named questions before the first write with yes, for the record.
        person: Asked at a hold that nothing else answers: called with the pair and the hold, it
            returns a choice and why, or None to leave it held. For several pairs at once, from
            several threads; what it raises, and a choice that is not offered, leaves the pair held.
        listener: Told every event of the pairs in hand, from several threads, one at a time.

    Raises:
        BadInput: An argument is none of these.
    """

    def __init__(
        self,
        num_workers: int = 20,
        on_hold: str = "wait",
        *,
        yes: bool = False,
        person: Person | None = None,
        listener: Listener | None = None,
    ) -> None:
        if num_workers < 1:
            raise BadInput(
                f"num_workers is {num_workers!r}", advice="say how many pairs: 1 or more"
            )
        if on_hold not in _ON_HOLD:
            known = ", ".join(_ON_HOLD)
            raise BadInput(f"on_hold is {on_hold!r}", advice=f"use one of: {known}")
        self.num_workers = num_workers
        self.on_hold = on_hold
        self.yes = yes
        self.person = person
        self.listener = listener

    def run(self, task: Task, hosts: Sequence[Host]) -> AggregatedResult:
        """Run a task; called by Nornir.

        Raises:
            BadInput: No host is selected.
        """
        if not hosts:
            raise BadInput(
                f"{task.name}: no host is selected, so nothing was run",
                advice="check the filter; hosts that failed once are left out until "
                "nr.data.reset_failed_hosts()",
            )
        if isinstance(task.task, PairTask):
            from nornir_haupgrade.runner.whole_pairs import run_on_pairs

            choice = _ON_HOLD[self.on_hold]
            return run_on_pairs(
                task,
                task.task,
                hosts,
                workers=self.num_workers,
                on_hold=choice,
                is_yes=self.yes,
                person=self.person,
                listener=self.listener,
            )
        from nornir_haupgrade.runner.one_by_one import run_one_by_one

        return run_one_by_one(task, hosts, workers=self.num_workers)
