"""What a pair looks like, as far as a twin can show it: as it was read, or as it is assumed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.model import MemberFacts, MemberId, Preemption, Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nornir_haupgrade.engines.survey import Surveyed
    from nornir_haupgrade.model import ServiceResult
    from nornir_haupgrade.settings import PairConfig

SESSIONS: Final = 200
"""How many a pair is assumed to carry."""
MOST_SESSIONS: Final = 500
"""How many a twin carries at most: each look at them is text."""


@dataclass(frozen=True, slots=True)
class MemberLikeness:
    """One member; ``other`` is what is installed besides, and not running."""

    name: MemberId
    version: str
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Likeness:
    """One pair: who is active in it, and in what a twin of it is only made up."""

    config: PairConfig
    members: tuple[MemberLikeness, MemberLikeness]
    active: MemberId
    preempts: bool = False
    sessions: int = SESSIONS
    broken: frozenset[str] = frozenset()
    """The services that were bad before anything was touched."""
    differs: tuple[str, ...] = ()
    """In what the twin is not the pair, in sentences."""
    unfinished: tuple[str, ...] = ()
    """That a run would go on with a campaign of the pair, which its twin knows nothing of."""


def assumed(config: PairConfig, version: str) -> Likeness:
    """A pair that nobody asked: whole, both members of one version."""
    first, second = (member.name for member in config.members)
    said = (
        f"nothing was read: both members are assumed to run {version}, the first one to be "
        f"active, preemption to be off, and {SESSIONS} sessions to be open where sessions are kept"
    )
    members = (MemberLikeness(first, version), MemberLikeness(second, version))
    return Likeness(config, members, first, differs=(said,))


def as_read(
    found: Surveyed, *, sessions: int | None, services: Sequence[ServiceResult] = ()
) -> Likeness:
    """A pair as both members described it.

    Args:
        found: Both members' facts, without errors.
        sessions: How many the active holds; None: it did not say, or keeps none.
        services: Each as it was measured, before anything was touched.
    """
    read = {name: own for name, own in found.facts.members if own is not None}
    names = tuple(member.name for member in found.config.members)
    active = found.facts.active
    members = tuple(_member(name, read[name]) for name in names)
    broken = frozenset(one.name for one in services if one.is_good is not True)
    differs = [
        *_roles(read, active),
        *(line for name in names for line in _condition(name, read[name])),
        *_sessions(sessions),
        *(f"service {one.name} was not good ({one.detail}): left out" for one in services
          if one.name in broken),
    ]  # fmt: skip
    if any(own.preemption is Preemption.ON for own in read.values()):
        if {own.preemption for own in read.values()} != {Preemption.ON}:
            differs.append("preemption is on for one member only; on the twins for both")
        differs.append("the member that is active is taken to be the preferred one")
    return Likeness(
        found.config,
        (members[0], members[1]),
        active or names[0],
        preempts=any(own.preemption is Preemption.ON for own in read.values()),
        sessions=min(SESSIONS if sessions is None else sessions, MOST_SESSIONS),
        broken=broken,
        differs=tuple(differs),
    )


def _member(name: MemberId, own: MemberFacts) -> MemberLikeness:
    others = [held for _, held in own.installed if held != own.version]
    return MemberLikeness(name, own.version, others[0] if others else None)


def _roles(read: dict[MemberId, MemberFacts], active: MemberId | None) -> list[str]:
    if sorted(own.role for own in read.values()) == [Role.ACTIVE, Role.STANDBY]:
        return []
    roles = ", ".join(f"{name} is {own.role}" for name, own in read.items())
    return [f"{roles}; the twins begin as a whole pair, {active or next(iter(read))} active"]


def _condition(name: MemberId, own: MemberFacts) -> list[str]:
    """What a run on the pair itself may stop at, and the twin does not have."""
    found = []
    if own.preemption is Preemption.UNKNOWN:
        found.append(f"{name} does not say whether it preempts; the twin does as its peer says")
    if own.is_latched:
        found.append(f"{name} holds a latch of a switchover; its twin does not")
    if own.is_on_trial:
        found.append(f"{name} runs {own.version} on trial; its twin keeps it")
    if own.next_version not in (None, own.version):
        found.append(f"{name} is about to boot {own.next_version}; its twin is not")
    if own.is_peer_link_up is False:
        found.append(f"{name} does not hear its peer; its twin does")
    if own.others:
        found.append(f"{own.others} other administrators are logged in to {name}, none to its twin")
    return found


def _sessions(sessions: int | None) -> list[str]:
    if sessions is None:
        return []
    if sessions > MOST_SESSIONS:
        return [f"it carries {sessions} sessions, its twin {MOST_SESSIONS}"]
    return []
