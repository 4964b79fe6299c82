"""What a run does to the abstract pair, and what the invariants say of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from nornir_haupgrade.model import Activation, Status, Switching, Verdict
from nornir_haupgrade.procedure.plan import Plan, Purpose
from nornir_haupgrade.procedure.records import Action, Finish, LeaseKind, Outcome, Result, Run
from nornir_haupgrade.procedure.state import State
from tests.explorer.world import NAMES, World, elect, facts

GOOD = Verdict(Status.PASS, "good")
BAD = Verdict(Status.FAIL, "bad")
UNMEASURED = Verdict(Status.ERROR, "could not tell")


STUCK = "refused again"
"""No new fault: trying for ever would be a cycle of our own."""


class Broken(  # noqa: N818 - an invariant is broken; it is no error of the program
    AssertionError
):
    """An invariant does not hold."""


def fresh(state: State, world: World) -> tuple[int, int]:
    """For each member the smallest number that nobody remembers."""
    found = []
    for at, name in enumerate(NAMES):
        seen = {world.nodes[at].boot, world.nodes[at].failovers}
        looks = (state.known, state.facts, state.start if world.counts_reboots else None)
        for look in looks:
            member = look.of(name) if look else None
            if member is not None:
                seen |= {int(member.boot_id), member.failovers or 0}
        found.append(next(n for n in range(9) if n not in seen))
    return found[0], found[1]


def check_write(run: Run, state: State, world: World) -> None:
    """The invariants that are asked before an effect."""
    if not run.action.is_change:
        return
    if world.foreign and run.action is not Action.RELEASE:
        raise Broken(f"10: {run.action} after someone else acted ({world.foreign})")
    at = NAMES.index(run.members[0])
    if any(world.nodes[NAMES.index(m)].is_wrong for m in run.members):
        raise Broken(f"1: {run.action} on a wrong device")
    software = {Action.INSTALL, Action.ACTIVATE, Action.RELOAD}
    if run.action in software and world.active == at:
        raise Broken(f"2: {run.action} on a member that forwards")
    if world.active is None and run.action is not Action.RELEASE:
        raise Broken(f"9: {run.action} while nobody forwards")
    versions = {node.version for node in world.nodes}
    if run.action is Action.SYNC_CONFIG and len(versions) > 1:
        raise Broken("4: configuration sync between versions")
    if run.action is Action.SWITCH:
        _check_switch(run, state, world)


def _check_switch(run: Run, state: State, world: World) -> None:
    target = world.nodes[NAMES.index(str(run.to))] if run.to else None
    if target is not None and world.active == NAMES.index(str(run.to)):
        raise Broken("8: a switchover sent twice")
    is_back = state.detour == run.to
    if not world.is_synced and not world.accepted_sessions and not is_back:
        raise Broken("3: a switchover without synchronised sessions")


def check_after(run: Run, before: World, after: World) -> None:
    """The invariants that are asked after an effect."""
    if before.active is not None and after.active is None:
        raise Broken(f"3: {run.action} left nobody forwarding")
    if (
        run.action is Action.SWITCH
        and run.to is not None
        and after.active != NAMES.index(str(run.to))
    ):
        raise Broken("3: the role went to the wrong member")
    if (
        run.action is Action.SWITCH
        and run.to is None
        and after.active == NAMES.index(run.members[0])
    ):
        raise Broken("3: the role went back to the member that it was taken from")
    is_new = after.pulled_to() is not None and before.pulled_to() is None
    if is_new and not after.preempt_by_hand:
        raise Broken(f"5: after {run.action} preemption moves a role ungated")


def check_finish(finish: Finish, state: State, world: World, plan: Plan) -> None:
    """Nothing is left owed in silence, and no mixed pair is said to be at the end of its way."""
    known = state.known.members if state.known else ()
    if (
        finish.outcome in {Outcome.DONE, Outcome.ROLLED_BACK}
        and not plan.purpose.is_single
        and len({own.version for _, own in known if own}) > 1
    ):
        raise Broken(f"8: {finish.outcome}, and the members run different versions")
    owed = {(lease.kind, lease.member) for lease in finish.owed}
    for at, name in enumerate(NAMES):
        node = world.nodes[at]
        if (
            at in world.had_preemption
            and not node.preempts
            and (LeaseKind.PREEMPTION, name) not in owed
        ):
            raise Broken(f"5: preemption of {name} is forgotten")
        ours = node.is_latched and at not in world.latched_by_hand
        if ours and (LeaseKind.LATCH, name) not in owed:
            raise Broken(f"5: the latch of {name} is forgotten")
        if (
            node.next != node.version
            and not world.falls_back
            and (LeaseKind.BOOT, name) not in owed
        ):
            raise Broken(f"5: the boot selection of {name} is forgotten")
        is_on_trial = world.has_trials and node.version != node.committed
        if is_on_trial and not world.falls_back and (LeaseKind.TRIAL, name) not in owed:
            raise Broken(f"5: {name} runs on trial, and nobody says so")


def effect(run: Run, state: State, world: World, plan: Plan) -> World:
    """What a change does when it works."""
    new = fresh(state, world)
    match run.action:
        case Action.BORROW_PREEMPTION:
            for at in (0, 1):
                world = world.node(at, preempts=False)
        case Action.RETURN_PREEMPTION:
            for name in run.members:
                world = world.node(NAMES.index(name), preempts=True)
            if (world.is_synced or world.accepted_sessions) and world.pulled_to() is not None:
                # Returning it is a possible switchover, with the switchover's gate before it.
                world = world.node(0, failovers=new[0]).node(1, failovers=new[1])
                world = replace(world, active=world.preferred, is_synced=False)
        case Action.INSTALL | Action.ACTIVATE | Action.COMMIT:
            world = _with_software(run, world)
        case Action.RELOAD:
            _check_reload(run, state, world, plan)
            world = _reload(run, world, plan, new)
        case Action.SWITCH:
            world = _switch(run, world, plan, new)
        case Action.RELEASE:
            at = NAMES.index(run.members[0])
            world = world.node(at, is_latched=False, failovers=new[at])
            world = elect(world, new)
        case _:
            pass
    return world


def _with_software(run: Run, world: World) -> World:
    at = NAMES.index(run.members[0])
    match run.action:
        case Action.ACTIVATE:
            return world.node(at, next=_number(run))
        case Action.COMMIT:
            return world.node(at, committed=_number(run))
    if _number(run) in world.nodes[at].installed:
        raise Broken("8: installed twice")
    return world.node(at, installed=frozenset({world.nodes[at].version, _number(run)}))


def _number(run: Run) -> int:
    return int(str(run.to)[1:])


def _check_reload(run: Run, state: State, world: World, plan: Plan) -> None:
    node = world.nodes[NAMES.index(run.members[0])]
    is_done = node.version == _number(run)
    if plan.purpose is Purpose.REBOOT:
        before = state.start.of(run.members[0]) if state.start else None
        is_done = before is not None and int(before.boot_id) != node.boot
    if is_done:
        raise Broken("8: reloaded twice")


def _reload(run: Run, world: World, plan: Plan, new: tuple[int, int]) -> World:
    at = NAMES.index(run.members[0])
    node = world.nodes[at]
    if plan.traits.activation is not Activation.SELECT and plan.purpose is not Purpose.REBOOT:
        kept = frozenset({node.version, _number(run)})
        world = world.node(at, next=_number(run), installed=kept)
    world = replace(world, reloading=at)
    return elect(world.node(at, power="booting", is_latched=False), new)


def _switch(run: Run, world: World, plan: Plan, new: tuple[int, int]) -> World:
    to = NAMES.index(str(run.to)) if run.to else 1 - (world.active or 0)
    if plan.traits.switching is Switching.TAKE:
        world = world.node(to, is_latched=plan.traits.needs_release)
        if world.is_eligible(to):
            world = world.node(0, failovers=new[0]).node(1, failovers=new[1])
            world = replace(world, active=to)
        return replace(world, is_synced=False, accepted_sessions=False)
    source = 1 - to
    world = world.node(source, is_latched=True, failovers=new[source])
    world = elect(world, new)
    if not plan.traits.needs_release:
        world = world.node(source, is_latched=False)
    return replace(world, is_synced=False, accepted_sessions=False)


def boot(world: World, at: int, new: tuple[int, int]) -> World:
    """A member comes up with what its boot selection says, or what a fault makes of it."""
    node = world.nodes[at]
    version = node.version if world.falls_back else node.next
    version = node.committed if node.returns else version
    has_ha = not (world.no_ha_image and version > 0)
    world = world.node(
        at,
        power="up",
        version=version,
        next=version,
        committed=node.committed if world.has_trials else version,
        boot=new[at],
        failovers=new[at],
        has_ha=has_ha,
        is_latched=False,
        returns=False,
        data_dead=False,
    )
    world = replace(world, is_synced=False, falls_back=False, reloading=None)
    return elect(world, new)


def judge(run: Run, state: State, world: World) -> Verdict | None:
    """A gate's truth; None while it waits for something that will come by itself."""
    match run.action:
        case Action.SESSIONS:
            if state.detour is not None or world.is_synced:
                return GOOD
            return None if all(world.is_eligible(at) for at in (0, 1)) else BAD
        case Action.SERVICES:
            active = world.active
            return BAD if active is None or world.nodes[active].data_dead else GOOD
        case Action.ENTRY | Action.READINESS:
            ready = all(world.is_eligible(at) for at in (0, 1)) and world.active is not None
            trials = [world.has_trials and node.version != node.committed for node in world.nodes]
            ready = ready and not any(trials) and not any(n.is_latched for n in world.nodes)
            return GOOD if ready else BAD
        case Action.PREEMPTION_IS_OFF:
            return BAD if any(node.preempts for node in world.nodes) else GOOD
        case Action.WHOLE:
            node = world.nodes[NAMES.index(run.members[0])]
            return GOOD if node.power == "up" and node.has_ha else BAD
        case Action.RESTORE_POINT:
            node = world.nodes[NAMES.index(run.members[0])]
            return GOOD if node.power == "up" else BAD
        case _:
            return GOOD


def verified(run: Run, world: World) -> Verdict:
    """What reading back after a change says."""
    if run.action is Action.RELOAD:
        node = world.nodes[NAMES.index(run.members[0])]
        is_good = node.power == "up" and node.version == _number(run) and node.has_ha
        return GOOD if is_good else BAD
    return GOOD


def outcomes(
    run: Run, state: State, world: World, plan: Plan
) -> Iterator[tuple[str, World, Result]]:
    """All that can come of a gate or a quick change once executed: (label, world, result)."""
    if run.action is Action.RELEASE and world.keeps_latches:
        yield STUCK, world, Result(run, BAD, facts(world))
        return
    if run.action.is_change:
        after = effect(run, state, world, plan)
        check_after(run, world, after)
        yield "", after, Result(run, verified(run, after), facts(after))
        if world.faults:
            left = world.faults - 1
            lost = replace(after, faults=left)
            yield "reply lost", lost, Result(run, UNMEASURED, None)
            refused = replace(world, faults=left)
            yield "refused", refused, Result(run, BAD, facts(refused))
            yield "not sent", refused, Result(run, UNMEASURED, facts(refused))
        return
    verdict = judge(run, state, world)
    if verdict is None:
        if world.faults:
            less = replace(world, faults=world.faults - 1)
            yield "timed out", less, Result(run, BAD, facts(less))
        return
    yield "", world, Result(run, verdict, facts(world))
    if world.faults:
        less = replace(world, faults=world.faults - 1)
        yield "not measured", less, Result(run, UNMEASURED, None)
        if run.action is not Action.LOOK:
            yield "gate fails", less, Result(run, BAD, facts(less))
