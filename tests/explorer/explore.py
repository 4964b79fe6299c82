"""Every reachable state of the machine times the abstract pair, and what is asserted of each."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from nornir_haupgrade.model import PairFacts, Switching
from nornir_haupgrade.procedure import apply as states, machine
from nornir_haupgrade.procedure.borrowing import borrows
from nornir_haupgrade.procedure.explain import digest
from nornir_haupgrade.procedure.plan import Plan, Purpose, Question, Traits
from nornir_haupgrade.procedure.records import (
    Action,
    Ask,
    Asked,
    By,
    Choice,
    Command,
    Decided,
    Finish,
    Goal,
    Kind,
    Opened,
    Result,
    Run,
    Started,
    Step,
)
from nornir_haupgrade.procedure.state import State
from tests.explorer.effects import (
    BAD,
    STUCK,
    UNMEASURED,
    Broken,
    boot,
    check_after,
    check_finish,
    check_write,
    effect,
    fresh,
    outcomes,
    verified,
)
from tests.explorer.world import NAMES, Node, World, elect, facts


@dataclass(frozen=True, slots=True)
class At:
    """Where the loop is: idle, about to execute a run, or waiting for its end."""

    phase: str  # idle, sending, waiting
    state: State
    world: World
    run: Run | None = None
    before: State | None = None
    """Without intents, a kill falls back to this."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A wrong machine, to prove that the explorer would find it."""

    has_expect: bool = True
    is_absolute: bool = True
    has_intents: bool = True


@dataclass(slots=True)
class Found:
    """What an exploration came to."""

    states: int = 0
    edges: int = 0
    endings: Counter[str] = field(default_factory=Counter)
    asks: Counter[str] = field(default_factory=Counter)
    counterexample: str | None = None
    trace: tuple[str, ...] = ()
    unending: int = 0
    cycles: int = 0


Edge = tuple[str, At, bool]
"""(label, where it leads, whether a person or a fault is needed)."""


def plan_for(
    traits: Traits,
    *,
    hops: int = 1,
    questions: tuple[Question, ...] = (),
    purpose: Purpose = Purpose.UPGRADE,
) -> Plan:
    """One pair, one or more hops; none for a reboot or a drill."""
    return Plan(
        pair="p",
        members=NAMES,
        identities=("id-a", "id-b"),
        path=tuple(f"v{n}" for n in range(hops + 1)),
        traits=traits,
        questions=questions,
        switch_back_after=timedelta(seconds=60),
        purpose=purpose,
    )


def successors(plan: Plan, at: At, variant: Variant) -> Iterator[Edge]:
    """Everything that can happen next."""
    yield from _nature(plan, at)
    match at.phase:
        case "idle":
            yield from _idle(plan, at, variant)
        case "sending":
            yield from _kill(at, variant)
            yield from _execute(plan, at, variant)
        case _:
            yield from _kill(at, variant)
            yield from _await(plan, at)


def _idle(plan: Plan, at: At, variant: Variant) -> Iterator[Edge]:
    decision = machine.decide(plan, at.state)
    yield from _commands(plan, at, decision)
    if isinstance(decision, Finish):
        check_finish(decision, at.state, at.world, plan)
    elif isinstance(decision, Ask):
        yield from _answers(plan, at, decision)
    else:
        run = decision if variant.is_absolute else _relative(decision)
        started = states.apply(plan, at.state, Started(run, borrows(plan, at.state, decision)))
        yield str(run.action), At("sending", started, at.world, run, at.state), False


def _relative(run: Run) -> Run:
    if run.action is not Action.SWITCH:
        return run
    source = next(name for name in NAMES if name != run.to)
    return replace(run, to=None, members=(source,))


def _answers(plan: Plan, at: At, ask: Ask) -> Iterator[Edge]:
    asked = at.state
    if asked.asked is None:
        asked = states.apply(plan, asked, Asked(1, ask, None))
        yield f"ask {ask.kind}", replace(at, state=asked), False
        return
    for choice in ask.options:
        world = at.world
        if _knows(asked, facts(world)):
            world = replace(world, foreign="")
        if choice is Choice.CONTINUE and ask.about and ask.about.action is Action.SESSIONS:
            world = replace(world, accepted_sessions=True)
        decided = states.apply(plan, asked, Decided(1, choice, By.PERSON))
        yield f"person: {choice}", At("idle", decided, world), True
    decided = states.apply(plan, asked, Decided(1, ask.safe, By.DEADLINE))
    yield f"deadline: {ask.safe}", At("idle", decided, at.world), True


def _knows(state: State, now: PairFacts) -> bool:
    """Whether what a person was shown is what is there, for the members that answered then."""
    if state.known is None:
        return False
    answered = {name for name, member in (state.facts or state.known).members if member}
    shown = PairFacts(tuple((n, f if n in answered else None) for n, f in state.known.members))
    there = PairFacts(tuple((n, f if n in answered else None) for n, f in now.members))
    return digest(shown) == digest(there)


def _commands(plan: Plan, at: At, decision: object) -> Iterator[Edge]:
    if not at.world.commands:
        return
    world = replace(at.world, commands=at.world.commands - 1)
    shown = at.state.asked
    if shown and shown.kind is Kind.CHANGED and _knows(at.state, facts(world)):
        world = replace(world, foreign="")
    for goal in Goal:
        if goal is Goal.UP and not isinstance(decision, Finish):
            continue
        for until in (None, Step.SWITCH_OVER) if goal is Goal.UP else (None,):
            commanded = states.apply(plan, at.state, Command(goal, until=until))
            yield f"command: {goal}", At("idle", commanded, world), True


def _kill(at: At, variant: Variant) -> Iterator[Edge]:
    left = at.state if variant.has_intents or at.before is None else at.before
    world = at.world
    if _blurred(world.foreign, at):
        world = replace(world, foreign="")
    yield "kill", At("idle", left, world), True


def _execute(plan: Plan, at: At, variant: Variant) -> Iterator[Edge]:
    run, world = at.run, at.world
    if run is None:
        return
    now = facts(world)
    if run.expect is not None and variant.has_expect and _differs(run, now, at.state, variant):
        result = Result(run, UNMEASURED, now, is_stale=True)
        yield "stale", At("idle", states.apply(plan, at.state, result), world), False
        return
    if run.action is Action.LOOK and run.after is Action.RELOAD and _is_booting(world):
        if world.faults:
            less = replace(world, faults=world.faults - 1)
            result = Result(run, UNMEASURED, facts(less))
            yield "gave up waiting", At("idle", states.apply(plan, at.state, result), less), True
        return
    check_write(run, at.state, world)
    if run.action is Action.RELOAD:
        after = effect(run, at.state, world, plan)
        check_after(run, world, after)
        yield "goes down", At("waiting", at.state, after, run, at.before), False
        return
    for label, after, result in outcomes(run, at.state, world, plan):
        landed = At("idle", states.apply(plan, at.state, result), after)
        yield label or "good", landed, label not in {"", STUCK}
        if run.action.is_change:
            yield from _kill(At("waiting", at.state, after, run, at.before), variant)


def _differs(run: Run, now: PairFacts, state: State, variant: Variant) -> bool:
    if variant.is_absolute or run.action is not Action.SWITCH:
        return digest(now) != run.expect
    # Who names no member in the order cannot name one in the expectation: only what each role's
    # holder is.
    return state.facts is None or _by_role(now) != _by_role(state.facts)


def _by_role(look: PairFacts) -> tuple[object, object]:
    read = [member for _, member in look.members if member is not None]
    holders = sorted((own.role, own.version, own.config or "", own.preemption) for own in read)
    return holders, sorted(own.identity for own in read)


def _is_booting(world: World) -> bool:
    return any(node.power == "booting" for node in world.nodes)


def _await(plan: Plan, at: At) -> Iterator[Edge]:
    """A reload: its result comes when the member is back, or when waiting is given up."""
    run, world = at.run, at.world
    if run is None:
        return
    node = world.nodes[NAMES.index(run.members[0])]
    if node.power == "up":
        result = Result(run, verified(run, world), facts(world))
        yield "back", At("idle", states.apply(plan, at.state, result), world), False
    if node.power == "dead" or (node.power == "booting" and world.faults):
        less = world if node.power == "dead" else replace(world, faults=world.faults - 1)
        result = Result(run, BAD, facts(less))
        yield "did not come back", At("idle", states.apply(plan, at.state, result), less), True


def _nature(plan: Plan, at: At) -> Iterator[Edge]:
    """What happens by itself, and what somebody or something else does."""
    world, new = at.world, fresh(at.state, at.world)
    for n in (0, 1):
        if world.nodes[n].power == "booting":
            booted = boot(world, n, new)
            is_ours = world.reloading == n and not booted.preempt_by_hand
            if booted.pulled_to() is not None and is_ours:
                raise Broken("5: a reload of ours lets preemption move a role")
            yield f"{NAMES[n]} boots", replace(at, world=booted), False
    if not world.is_synced and all(world.is_eligible(n) for n in (0, 1)):
        yield "synchronised", replace(at, world=replace(world, is_synced=True)), False
    pulled_to = world.pulled_to()
    if pulled_to is not None:
        moved = world.node(0, failovers=new[0]).node(1, failovers=new[1])
        is_hidden = not _has_seen_both(at.state) or _blurred("preempted", at)
        foreign = world.foreign if is_hidden else "preempted"
        moved = replace(moved, active=pulled_to, is_synced=False, foreign=foreign)
        yield "preempted", replace(at, world=moved), True
    if world.faults:
        for label, hit in _faults(replace(world, faults=world.faults - 1), new, at.state):
            is_hidden = not _has_seen_both(at.state) or _blurred(hit.foreign, at)
            foreign = world.foreign if is_hidden else hit.foreign
            yield label, replace(at, world=replace(hit, foreign=foreign)), True


_BLURS: dict[str, set[Action]] = {
    "changed by hand": {
        Action.BORROW_PREEMPTION,
        Action.RETURN_PREEMPTION,
        Action.RELOAD,
    },
    "switched by hand": {Action.SWITCH, Action.RETURN_PREEMPTION},
    "preemption on by hand": {Action.BORROW_PREEMPTION, Action.RETURN_PREEMPTION},
    "restarts": {Action.RELOAD},
    "goes back by itself": {Action.RELOAD},
    "dies": {Action.RELOAD},
    "preempted": {Action.SWITCH, Action.RETURN_PREEMPTION},
}


def _has_seen_both(state: State) -> bool:
    """Before a member was first seen there is nothing of it that anybody could have changed."""
    return state.known is not None and all(member for _, member in state.known.members)


def _blurred(event: str, at: At) -> bool:
    """Whether nobody could tell this from a change of ours that is under way at the same time.

    A hash over the configuration, say, changes once: if we turned preemption off, the reply was
    lost, and a person edited a rule before the next look, the look shows one new hash and
    preemption off.
    """
    runs = (at.state.running, at.state.unsettled)
    under_way = {run.action for run in runs if run is not None}
    blurs = _BLURS.get(event, set())
    if event == "changed by hand" and at.world.takes:
        blurs = blurs | {Action.SWITCH, Action.RELEASE, Action.ACTIVATE}  # there they change it
    return bool(under_way & blurs)


def _other_hand(world: World, n: int, state: State) -> int:
    """A configuration that neither is there nor was last seen: what is undone leaves no trace."""
    known = state.known.of(NAMES[n]) if state.known else None
    seen = {world.nodes[n].hand, int((known.config or "0")[-1]) if known else 0}
    return next(hand for hand in range(3) if hand not in seen)


def _faults(world: World, new: tuple[int, int], state: State) -> Iterator[tuple[str, World]]:
    for n in (0, 1):
        node = world.nodes[n]
        if node.power == "up":
            dead = elect(world.node(n, power="dead", is_latched=False), new)
            yield f"{NAMES[n]} dies", replace(dead, is_synced=False, foreign="dies")
            yield (
                f"{NAMES[n]} restarts",
                replace(
                    elect(world.node(n, power="booting", is_latched=False), new),
                    is_synced=False,
                    foreign="restarts",
                ),
            )
            yield (
                f"{NAMES[n]} changed by hand",
                replace(
                    world.node(n, hand=_other_hand(world, n, state)),
                    foreign="changed by hand",
                ),
            )
            yield f"{NAMES[n]} is another device", world.node(n, is_wrong=True)
            if world.has_trials and node.version != node.committed:
                back = world.node(n, power="booting", is_latched=False, returns=True)
                gone = replace(elect(back, new), is_synced=False, foreign="goes back by itself")
                yield f"{NAMES[n]} goes back by itself", gone
        if not node.data_dead:
            yield f"{NAMES[n]} has a dead data plane", world.node(n, data_dead=True)
    if world.active is not None and world.is_eligible(1 - world.active):
        moved = world.node(0, failovers=new[0]).node(1, failovers=new[1])
        moved = replace(moved, active=1 - world.active, is_synced=False, foreign="switched by hand")
        yield "switched by hand", moved
    if not world.nodes[world.preferred].preempts:
        by_hand = world.node(world.preferred, preempts=True)
        yield (
            "preemption on by hand",
            replace(by_hand, foreign="preemption on by hand", preempt_by_hand=True),
        )
    yield "image without HA", replace(world, no_ha_image=True)
    yield "loader falls back", replace(world, falls_back=True)
    if not world.keeps_latches:
        yield "latches stick", replace(world, keeps_latches=True)


def start(
    *,
    faults: int,
    commands: int = 0,
    preempts: bool,
    adopted: int | None = None,
    until: Step | None = None,
    plan: Plan,
) -> At:
    """A healthy pair to begin with; ``adopted`` names a member that is at the target already."""
    nodes = [Node(preempts=preempts), Node()]
    if adopted is not None:
        last = len(plan.path) - 1
        nodes[adopted] = replace(
            nodes[adopted], version=last, next=last, installed=frozenset({0, last}), committed=last
        )
    world = World(
        nodes=(nodes[0], nodes[1]),
        active=0,
        faults=faults,
        commands=commands,
        had_preemption=frozenset({0}) if preempts else frozenset(),
        counts_reboots=plan.purpose is Purpose.REBOOT,
        takes=plan.traits.switching is Switching.TAKE,
        has_trials=plan.traits.needs_commit,
    )
    state = states.apply(plan, State(), Opened(plan, Goal.UP, until))
    return At("idle", state, world)


def explore(
    plan: Plan,
    first: At,
    *,
    variant: Variant = Variant(),
    limit: int | None = None,
    on_state: Callable[[At], None] | None = None,
) -> Found:
    """Walk everything that is reachable; stop at the first broken invariant."""
    found = Found()
    index: dict[At, int] = {first: 0}
    origin: list[tuple[int, str]] = [(-1, "start")]
    order = [first]
    auto: list[list[int]] = []
    every: list[list[int]] = []
    ends: set[int] = set()
    queue = deque([0])
    while queue and (limit is None or len(order) < limit):
        here = queue.popleft()
        at = order[here]
        auto.append([])
        every.append([])
        try:
            _count(plan, at, here, found, ends)
            for label, there, is_outside in successors(plan, at, variant):
                found.edges += 1
                target = index.get(there)
                if target is None:
                    target = index[there] = len(order)
                    order.append(there)
                    origin.append((here, label))
                    queue.append(target)
                every[here].append(target)
                if not is_outside:
                    auto[here].append(target)
        except Broken as broken:
            found.counterexample = str(broken)
            found.trace = _trace(origin, here)
            break
    found.states = len(order)
    if found.counterexample is None and not queue:
        found.unending = _unending(every, ends)
        found.cycles = _cycles(auto)
    return found


def _count(plan: Plan, at: At, here: int, found: Found, ends: set[int]) -> None:
    if at.phase != "idle":
        return
    decision = machine.decide(plan, at.state)
    if isinstance(decision, Finish):
        found.endings[decision.outcome + (" (owed)" if decision.owed else "")] += 1
        ends.add(here)
    elif isinstance(decision, Ask):
        found.asks[decision.kind] += 1


def _trace(origin: list[tuple[int, str]], here: int) -> tuple[str, ...]:
    labels = []
    while here >= 0:
        here, label = origin[here]
        labels.append(label)
    return tuple(reversed(labels))


def _unending(edges: list[list[int]], ends: set[int]) -> int:
    """How many states cannot reach an end."""
    backwards: list[list[int]] = [[] for _ in edges]
    for here, targets in enumerate(edges):
        for target in targets:
            backwards[target].append(here)
    seen = set(ends)
    queue = deque(ends)
    while queue:
        for here in backwards[queue.popleft()]:
            if here not in seen:
                seen.add(here)
                queue.append(here)
    return len(edges) - len(seen)


def _cycles(edges: list[list[int]]) -> int:
    """States on a cycle without a person or a fault: what is left when leaves are peeled."""
    waiting = [len(set(targets)) for targets in edges]
    backwards: list[set[int]] = [set() for _ in edges]
    for here, targets in enumerate(edges):
        for target in targets:
            backwards[target].add(here)
    queue = deque(n for n, left in enumerate(waiting) if left == 0)
    peeled = 0
    while queue:
        peeled += 1
        for here in backwards[queue.popleft()]:
            waiting[here] -= 1
            if waiting[here] == 0:
                queue.append(here)
    return len(edges) - peeled


__all__ = ["At", "Found", "Variant", "explore", "plan_for", "start"]
