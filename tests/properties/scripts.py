"""What may happen to a pair while it is upgraded, as data that Hypothesis makes and shrinks."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from hypothesis import strategies as st

from nornir_haupgrade.lab import Fault, MemberSpec, Moment, PairSpec, Platform, When
from nornir_haupgrade.lab.command import Event
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.procedure.records import Goal
from nornir_haupgrade.rehearsal.memory.bench import Pace
from tests.properties.profiles import PROFILES
from tests.rehearsal.bench import NEW, OLD


class Boundary(StrEnum):
    """Where a controller can be killed."""

    RECORD = "record"
    COMMAND = "command"
    WRITE = "write"


@dataclass(frozen=True)
class Kill:
    """A controller is killed at the nth boundary of a kind that it comes to, before or behind."""

    at: Boundary
    nth: int


@dataclass(frozen=True)
class Answer:
    """What a person says at a hold: one of the options by its place; None: nothing, come again."""

    option: int | None
    after: float = 0.0


@dataclass(frozen=True)
class Script:
    """A pair as it starts, and all that happens to it.

    Attributes:
        faults: Armed before anybody comes.
        answers: Of a person, in order; nobody is there any more when they have run out.
        kills: One after the other.
        cancels: In each sitting of a controller, after how many seconds a person cancels it.
        stops: The same, without waiting for the step's safe point.
        then: What is asked for when the upgrade has come to its end, or nobody answers.
        looks: Whether a check and a dry run come first.
        has_hops: Whether the new version is reached by way of another one.
    """

    pair: PairSpec
    pace: Pace = field(default_factory=Pace)
    faults: tuple[Fault, ...] = ()
    answers: tuple[Answer, ...] = ()
    kills: tuple[Kill, ...] = ()
    cancels: tuple[float | None, ...] = ()
    stops: tuple[float | None, ...] = ()
    then: tuple[Goal, ...] = ()
    looks: bool = False
    has_hops: bool = False


_SECONDS: Final = st.sampled_from((0.0, 0.01, 0.1, 0.3, 1.0, 1.9, 2.5, 5.0, 15.0, 30.0, 60.0))
_MEMBERS: Final = st.sampled_from((None, "p1a", "p1b"))


def _params(platform: Platform, name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Parameters of a kind of fault, each of them optional."""
    own: dict[str, st.SearchStrategy[Any]] = {}
    match name:
        case "crash":
            own = {"reboots": st.booleans(), "silent": st.booleans()}
        case "slow_output" | "slow_boot" | "sessions_slow":
            own = {"seconds": _SECONDS}
        case "login_refused" | "mute" | "aaa_unreachable":
            own = {"seconds": _SECONDS}
        case "cut_answer":
            own = {"bytes": st.integers(0, 400)}
        case "disk_full":
            own = {"free": st.sampled_from((0, 1000, 5000))}
        case "suspend_hangs":
            own = {"takes_effect": st.booleans()}
        case "one_group_moves" | "peer_priority_high":
            own = {"group": st.sampled_from((10, 20, 30))}
    if name in {
        "reply_lost",
        "cut_line",
        "cut_answer",
        "slow_output",
        "suspend_hangs",
        "switch_refused",
    }:
        own |= {
            "command": st.sampled_from(PROFILES[platform].strikes_at),
            "times": st.integers(1, 3),
        }
    own["lasts"] = _SECONDS.filter(bool)
    return st.fixed_dictionaries({}, optional=own)


def _faults(platform: Platform) -> st.SearchStrategy[Fault]:
    at_command = {"on": st.sampled_from(PROFILES[platform].strikes_at)}
    at_event = {"at": st.sampled_from(Event)}
    when = st.sampled_from((at_command, at_command, at_event, {})).flatmap(
        lambda moment: st.builds(
            When,
            after=_SECONDS,
            by=_MEMBERS,
            nth=st.one_of(st.integers(1, 3), st.integers(4, 80)),
            moment=st.sampled_from(Moment),
            **moment,
        )
    )
    return st.sampled_from(sorted(PERSONALITIES[platform].faults)).flatmap(
        lambda name: st.builds(
            Fault, st.just(name), member=_MEMBERS, when=when, params=_params(platform, name)
        )
    )


@st.composite
def _pairs(draw: st.DrawFn, platform: Platform) -> PairSpec:
    old, new = OLD[platform], NEW[platform]
    versions = draw(st.sampled_from([*[(old, old)] * 6, (new, old), (old, new), (new, new)]))
    priorities = draw(st.sampled_from([(120, 100), (100, 120), (100, 100)]))
    members = tuple(
        MemberSpec(f"p1{letter}", version=version, priority=priority)
        for letter, version, priority in zip("ab", versions, priorities, strict=True)
    )
    return PairSpec(
        "p1",
        (members[0], members[1]),
        preempt=draw(st.booleans()),
        sessions=draw(st.sampled_from((6, 0, 20))),
        session_age=draw(st.sampled_from((600.0, 0.0, 30.0))),
        sync_seconds=draw(st.sampled_from((0.5, 0.1, 4.0))),
        boot_seconds=draw(st.sampled_from((2.0, 0.5, 12.0))),
        ha_seconds=draw(st.sampled_from((0.3, 0.0, 3.0))),
        stop_seconds=draw(st.sampled_from((0.3, 0.05, 1.5))),
        install_seconds=draw(st.sampled_from((0.5, 0.1, 4.0))),
        advert_seconds=draw(st.sampled_from((0.3, 0.1, 1.0))) if platform is _FIRST else 0.3,
        takeover_ms=draw(st.sampled_from((60.0, 5.0, 250.0))),
        platform=platform,
    )


_FIRST: Final = Platform.LINUX_HA


def scripts(platform: Platform) -> st.SearchStrategy[Script]:
    """Any script for a platform."""
    moment = st.integers(1, 400).map(lambda tenths: tenths / 10)
    moments = st.lists(st.one_of(st.none(), moment), max_size=3).map(tuple)
    kills = st.one_of(
        st.builds(Kill, st.just(Boundary.RECORD), st.integers(1, 170)),
        st.builds(Kill, st.just(Boundary.WRITE), st.integers(1, 50)),
        st.builds(Kill, st.just(Boundary.COMMAND), st.integers(1, 1400)),
    )
    answers = st.builds(Answer, st.one_of(st.none(), st.integers(0, 5)), after=_SECONDS)
    return st.builds(
        Script,
        _pairs(platform),
        pace=st.builds(
            Pace,
            login=st.sampled_from((0.1, 0.01, 1.2)),
            command=st.sampled_from((0.005, 0.0, 0.1)),
            answer=st.sampled_from((0.005, 0.0, 0.1)),
        ),
        faults=st.lists(_faults(platform), max_size=4).map(tuple),
        answers=st.lists(answers, max_size=6).map(tuple),
        kills=st.lists(kills, max_size=3).map(tuple),
        cancels=moments,
        stops=moments,
        then=st.lists(st.sampled_from((Goal.UP, Goal.BACK, Goal.CLOSE)), max_size=2).map(tuple),
        looks=st.booleans(),
        has_hops=st.sampled_from((False, False, False, True)),
    )
