"""From what pairs look like to a lab of their twins: nothing is contacted and nothing written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.lab import LabSpec, MemberSpec, PairSpec, Platform
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.platforms import driver_class, known_platforms
from nornir_haupgrade.rehearsal.faults import faults_of
from nornir_haupgrade.rehearsal.standins import StandIns, stand_ins

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nornir_haupgrade.lab import Fault
    from nornir_haupgrade.model import MemberId
    from nornir_haupgrade.rehearsal.likeness import Likeness
    from nornir_haupgrade.settings import PairConfig

USERNAME: Final = "admin"
PASSWORD: Final = "loopback-only"  # noqa: S105 - a lab's well-known login, and never a real one
"""Of twins to play with; those of a rehearsal have one of their own."""
_PREFERRED, _OTHER = 120, 100
"""Priorities where the higher one is preferred, and so is active at the start; else the other way
round."""
_NETS: Final = 250
"""How many numbers there are in the addresses behind the twins, which do not see each other."""
_HOSTNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_AGE: Final = 600.0
"""Device seconds: how old the sessions are at the start, or older by ``_OLD`` than they must be."""
_OLD: Final = 60.0


@dataclass(frozen=True, slots=True)
class Times:
    """How long the twins take, in device seconds."""

    boot: float = 2.0
    """From the line's drop to the login."""
    install: float = 0.5
    """For installing an image."""
    said: tuple[str, ...] = ()
    """Where that is from, in sentences."""


@dataclass(frozen=True, slots=True)
class Twin:
    """One pair's twin; the names are those of the members in the inventory and in the lab."""

    likeness: Likeness
    spec: PairSpec
    stand_ins: StandIns
    names: tuple[tuple[MemberId, str], ...]
    differs: tuple[str, ...]
    """In what it is not the pair, in sentences."""

    @property
    def name(self) -> str:
        """The pair's, which is also the twin's."""
        return self.spec.name

    @property
    def has_driver(self) -> bool:
        """Whether a pair of its platform can be worked on; else one can only log in to its twin."""
        return self.likeness.config.platform in known_platforms()


def unsimulated(pairs: Iterable[PairConfig]) -> tuple[Finding, ...]:
    """The pairs of platforms that the lab does not simulate."""
    known = sorted(Platform)
    return tuple(
        Finding(
            f"pair {pair.name}",
            f"the lab cannot simulate the platform {pair.platform}",
            f"Known are {', '.join(known)}; leave the pair out with --pair.",
        )
        for pair in pairs
        if pair.platform not in known
    )


def twins_of(
    likenesses: Sequence[Likeness], times: Times, faults: Sequence[Fault] = ()
) -> tuple[Twin, ...]:
    """A twin of each pair, and what goes wrong with it.

    Args:
        likenesses: What the pairs look like.
        times: How long things take.
        faults: What is to go wrong, in the inventory's names.

    Raises:
        BadInput: The lab does not simulate one of the platforms.
    """
    findings = unsimulated(likeness.config for likeness in likenesses)
    if findings:
        raise BadInput.from_findings(findings)
    names = _names(member.name for likeness in likenesses for member in likeness.config.members)
    return tuple(
        _twin(likeness, number, times, names, faults)
        for number, likeness in enumerate(likenesses, start=1)
    )


def lab_of(twins: Sequence[Twin], *, speed: float, password: str = PASSWORD) -> LabSpec:
    """The twins as one lab, with a login of its own; every port is any free one."""
    pairs = tuple(twin.spec for twin in twins)
    return LabSpec(pairs, speed=speed, username=USERNAME, password=password)


def _twin(
    likeness: Likeness,
    number: int,
    times: Times,
    names: dict[MemberId, str],
    faults: Sequence[Fault],
) -> Twin:
    config, behind = likeness.config, stand_ins(likeness)
    preferred, other = _PREFERRED, _OTHER
    if PERSONALITIES[Platform(config.platform)].is_lower_preferred:
        preferred, other = other, preferred
    members = tuple(
        MemberSpec(
            names[member.name],
            version=member.version,
            other_version=member.other,
            priority=preferred if member.name == likeness.active else other,
        )
        # The active one first: some platforms know a primary unit and no priorities.
        for member in sorted(likeness.members, key=lambda member: member.name != likeness.active)
    )
    mine = tuple((member.name, names[member.name]) for member in likeness.members)
    ages = [session.min_age or 0.0 for session in config.critical_sessions]
    spec = PairSpec(
        config.name,
        (members[0], members[1]),
        preempt=likeness.preempts,
        sessions=likeness.sessions,
        session_age=max([_AGE, *(age + _OLD for age in ages)]),
        boot_seconds=times.boot,
        install_seconds=times.install,
        number=(number - 1) % _NETS + 1,
        pages=behind.pages,
        platform=Platform(config.platform),
    )
    spec = replace(spec, faults=faults_of(config, dict(mine), faults))
    renamed = [f"{name} is called {twin} in the lab" for name, twin in mine if name != twin]
    found = (*likeness.unfinished, *likeness.differs, *behind.differs)
    differs = (*found, *_left_out(config), *renamed)
    return Twin(likeness, spec, behind, mine, (*differs, *times.said))


def _left_out(config: PairConfig) -> list[str]:
    """What is the site's own, or another program's, and is neither asked nor told."""
    found = ["the configuration is a made one: no line of the pair's own is tried"]
    if config.gates:
        names = ", ".join(gate.name for gate in config.gates)
        found.append(f"the site's own gates are not asked: {names}")
    if config.notify:
        found.append(f"nobody is notified: {', '.join(config.notify)}")
    if config.getters or (config.getters is None and _own_getters(config.platform)):
        found.append("NAPALM's getters are not read")
    if config.management_path.value != "out_of_band":
        found.append("the twins are reached past the active, not through it")
    return found


def _own_getters(platform: str) -> tuple[str, ...]:
    return driver_class(platform).GETTERS if platform in known_platforms() else ()


def _names(members: Iterable[MemberId]) -> dict[MemberId, str]:
    """Each member's name in the lab: its own, where a device could be called that."""
    wanted = list(members)
    taken = {name for name in wanted if _HOSTNAME.fullmatch(name)}
    names: dict[MemberId, str] = {}
    for number, name in enumerate(wanted, start=1):
        if name in taken:
            names[name] = name
            continue
        stem = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:30]
        chosen = stem or f"member-{number}"
        while chosen in taken:
            chosen = f"{stem}-{number}" if chosen == stem else f"{chosen}x"
        taken.add(chosen)
        names[name] = chosen
    return names
