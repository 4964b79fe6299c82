"""What a run borrows from the devices: owed from the moment before it is sent."""

from __future__ import annotations

from nornir_haupgrade.model import Activation, Preemption
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
                if name in run.members and facts and facts.preemption is Preemption.ON
            )
        case Action.SWITCH if plan.traits.needs_release:
            return frozenset({Lease(LeaseKind.LATCH, plan.told(str(run.to)))})
        case Action.ACTIVATE:
            return frozenset(Lease(LeaseKind.BOOT, name) for name in run.members)
        case Action.RELOAD:
            kinds = _of_reload(plan)
            return frozenset(Lease(kind, name) for kind in kinds for name in run.members)
        case _:
            return frozenset()


def _of_reload(plan: Plan) -> frozenset[LeaseKind]:
    """Where reloading is part of a change of software it chooses the boot; a reboot never does."""
    if plan.purpose is Purpose.REBOOT:
        return frozenset()
    chooses = {LeaseKind.BOOT} if plan.traits.activation is not Activation.SELECT else set()
    return frozenset(chooses | ({LeaseKind.TRIAL} if plan.traits.needs_commit else set()))
