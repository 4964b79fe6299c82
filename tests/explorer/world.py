"""An abstract pair: what devices, other people and bad luck can do, as decisions see it.

Numbers that only matter when compared (boot ids, failover counters) are drawn from the smallest
number that nobody remembers, so that the number of states stays finite.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nornir_haupgrade.model import MemberFacts, PairFacts, Preemption, Role

NAMES = ("a", "b")


@dataclass(frozen=True, slots=True)
class Node:
    """One member."""

    power: str = "up"  # up, booting, dead
    version: int = 0
    next: int = 0
    installed: frozenset[int] = frozenset({0})
    has_ha: bool = True
    preempts: bool = False
    is_latched: bool = False
    boot: int = 0
    failovers: int = 0
    hand: int = 0
    """A change of the configuration by hand."""
    data_dead: bool = False
    committed: int = 0
    """What it goes back to by itself while it runs something else on trial."""
    returns: bool = False
    """It is on its way back to what is committed."""
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """Both members, who is active, and ghosts that only the invariants read."""

    nodes: tuple[Node, Node]
    active: int | None
    is_synced: bool = True
    had_preemption: frozenset[int] = frozenset()
    preferred: int = 0
    faults: int = 0
    commands: int = 0
    foreign: str = ""
    """What somebody else did, while no person has decided since it was seen."""
    accepted_sessions: bool = False
    preempt_by_hand: bool = False
    reloading: int | None = None
    """The member that goes down because of us."""
    latched_by_hand: frozenset[int] = frozenset()
    no_ha_image: bool = False
    falls_back: bool = False
    counts_reboots: bool = False
    """The boots of the start stay told apart from every later one: reboots are counted by them."""
    takes: bool = False
    """The role is taken by a changed configuration, not given away; the latch pulls it."""
    has_trials: bool = False
    """New software goes back by itself unless it is committed."""
    keeps_latches: bool = False
    """A latch cannot be released any more, however often it is tried."""

    def node(self, at: int, **changes: object) -> World:
        """The world with one node changed."""
        nodes = list(self.nodes)
        nodes[at] = replace(nodes[at], **changes)  # type: ignore[arg-type]
        return replace(self, nodes=(nodes[0], nodes[1]))

    def is_eligible(self, at: int) -> bool:
        """Whether a member could forward."""
        node = self.nodes[at]
        return node.power == "up" and node.has_ha and (self.takes or not node.is_latched)

    def pulled_to(self) -> int | None:
        """The member that is about to take the role: it preempts, or a latch makes it."""
        for at, node in enumerate(self.nodes):
            pulls = (node.preempts and at == self.preferred) or (node.is_latched and self.takes)
            if pulls and self.active not in {None, at} and self.is_eligible(at):
                return at
        return None


def role(world: World, at: int) -> Role:
    """What a member says of itself."""
    node = world.nodes[at]
    if world.active == at:
        return Role.ACTIVE
    if node.is_latched and not world.takes:
        return Role.SUSPENDED
    return Role.STANDBY if node.has_ha else Role.FAILED


def facts(world: World) -> PairFacts:
    """What a look at both members shows now."""
    return PairFacts(tuple((name, _member(world, at)) for at, name in enumerate(NAMES)))


def _member(world: World, at: int) -> MemberFacts | None:
    node = world.nodes[at]
    if node.power != "up":
        return None
    return MemberFacts(
        identity="stranger" if node.is_wrong else f"id-{NAMES[at]}",
        role=role(world, at),
        version=f"v{node.version}",
        boot_id=str(node.boot),
        next_version=f"v{node.next}",
        installed=tuple((f"s{v}", f"v{v}") for v in sorted(node.installed)),
        preemption=Preemption.ON if node.preempts else Preemption.OFF,
        is_latched=node.is_latched,
        is_on_trial=world.has_trials and node.version != node.committed,
        is_forwarding=world.active == at,
        failovers=node.failovers,
        config=f"{node.preempts}{_told(world, node)}{node.hand}",
    )


def _told(world: World, node: Node) -> str:
    """What a router is told by its configuration: whom to let forward, and what to boot."""
    return f"{node.is_latched}{node.next}" if world.takes else ""


def elect(world: World, fresh: tuple[int, int]) -> World:
    """Let the members settle who is active; preemption is an event of its own."""
    if world.active is not None and world.is_eligible(world.active):
        return world
    able = [at for at in (0, 1) if world.is_eligible(at)]
    was = world.active
    chosen = able[0] if able else None
    if chosen is None:
        return replace(world, active=None)
    world = replace(world, active=chosen)
    world = world.node(chosen, failovers=fresh[chosen])
    if was is not None and world.nodes[was].power == "up":
        world = world.node(was, failovers=fresh[was])
    return world
