"""Where one pair's run stands: the sum of its records, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from nornir_haupgrade.model import MemberId, PairFacts, Version
from nornir_haupgrade.procedure.plan import Question
from nornir_haupgrade.procedure.records import Action, Ask, Goal, Kind, Lease, Run, Step

TRIES = 2
"""How often, between two decisions, something is done again without asking."""


@dataclass(frozen=True, slots=True)
class Pass:
    """A gate that passed (or was accepted), or a change that was verified."""

    action: Action
    members: tuple[MemberId, ...] = ()
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the pair is to be held, and what it is about."""

    kind: Kind
    about: Run | None = None
    can_continue: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where one pair stands.

    ``facts`` are from the newest look and None when the next thing to do is to look; ``known``
    keeps each member's newest facts, also while it does not answer.
    """

    goal: Goal = Goal.UP
    until: Step | None = None
    start: PairFacts | None = None
    before: PairFacts | None = None
    """Both members before a campaign from which leases were taken over."""
    known: PairFacts | None = None
    facts: PairFacts | None = None
    running: Run | None = None
    unsettled: Run | None = None
    """A change of ours that nobody has seen the end of yet."""
    passed: frozenset[Pass] = frozenset()
    answered: frozenset[Question] = frozenset()
    leases: frozenset[Lease] = frozenset()
    given_up: frozenset[Lease] = frozenset()
    """Leases whose return failed while closing: owed, and not tried again without a person."""
    lent: frozenset[Lease] = frozenset()
    """Preemption that was lent before a single thing was begun: it stays lent, however that ends,
    unless a person gives it back. Returning it may move the role."""
    trouble: Trouble | None = None
    asked: Ask | None = None
    number: int = 0
    tries: int = TRIES
    came_from: MemberId | None = None
    """The member that we took the role from, until services are proven on the other."""
    detour: MemberId | None = None
    """The member that the role is being switched back to."""
    is_switched_back: bool = False
    is_tried: bool = False
    """The trial switchover went well."""
    is_adopted: bool | None = None
    """Mixed versions were found at the start; None until they were read."""
    is_direction_known: bool = False
    is_preemption_known: bool = False
    is_settling: bool = False
    is_out_of_sync: bool = False
    is_synced_by_hand: bool = False
    back_to: Version | None = None
    is_stranded: bool = False
    is_disturbed: bool = False
    """Someone else acted, and no person has answered for it yet."""
    hands_off: bool = False
    """Nobody looked at what happened: close without a write."""

    @property
    def original(self) -> PairFacts | None:
        """Both members before the first write of ours, here or in the campaign taken over."""
        return self.before or self.start

    def has_passed(self, action: Action, *members: MemberId, to: str | None = None) -> bool:
        """Whether a gate's pass is still fresh."""
        return Pass(action, members, to) in self.passed
