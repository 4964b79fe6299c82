"""What a run borrows from the devices: owed from the moment before it is sent."""

from __future__ import annotations

from nornir_haupgrade.model import Preemption
from nornir_haupgrade.procedure.plan import Plan, Purpose
from nornir_haupgrade.procedure.records import Action, Lease, LeaseKind, Run
from nornir_haupgrade.procedure.state import State


def borrows(plan: Plan, state: State, run: Run) -> frozenset[Lease]:
    """The leases that a run takes when it is sent."""
    match run.action:
        case Action.BORROW_PREEMPTION if state.facts is not None:
            return frozenset(
                Lease(LeaseKind.PREEMPTION, name)
                for name, facts in state.facts.members
                if facts is not None and facts.preemption is Preemption.ON
            )
        case Action.SWITCH if plan.traits.needs_release:
            source = next(name for name in plan.members if name != run.to)
            return frozenset({Lease(LeaseKind.LATCH, source)})
        case Action.ACTIVATE:
            return frozenset(Lease(LeaseKind.BOOT, name) for name in run.members)
        case Action.RELOAD if _chooses_boot(plan):
            return frozenset(Lease(LeaseKind.BOOT, name) for name in run.members)
        case _:
            return frozenset()


def _chooses_boot(plan: Plan) -> bool:
    """Where reloading is part of installing, it chooses the boot as well; a reboot never does."""
    return plan.traits.is_reload_part_of_install and plan.purpose is not Purpose.REBOOT
