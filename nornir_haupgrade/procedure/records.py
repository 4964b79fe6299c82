"""What is decided and what is written down: the words of the machine's input and output.

A ``Run`` is one thing to do, said absolutely (which member, never "the other one"), so that
doing it again after a lost reply cannot do something else. The records are a pair's history, in
order; the state is nothing but their sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum, StrEnum
from typing import TypeAlias

from nornir_haupgrade.model import (
    CanaryResult,
    Digest,
    Gap,
    MemberId,
    PairFacts,
    Sha256,
    Verdict,
    Version,
)
from nornir_haupgrade.procedure.plan import Plan, Question

PROCEDURE_VERSION = 1
"""Histories of another version are not replayed by this machine."""


class Step(IntEnum):
    """The procedure's steps, for display and for stopping after one (``--until``)."""

    PREPARE = 0
    TRIAL = 1
    REPORT = 2
    BACK_UP = 3
    PREEMPTION_OFF = 4
    UPGRADE_STANDBY = 5
    SWITCH_OVER = 6
    UPGRADE_OTHER = 7
    AGREE = 8
    SERVICES = 9
    GIVE_BACK = 10
    REBOOT_STANDBY = 15
    REBOOT_OTHER = 17
    COME_HOME = 18
    """A drill's second switchover."""
    ROLL_BACK = 20
    SWITCH_BACK = 21
    CLOSE = 22

    @property
    def title(self) -> str:
        """``6 switch over``; what is no step of the written procedure has no number."""
        name = self.name.lower().replace("_", " ")
        return f"{self.value} {name}" if self.value <= Step.GIVE_BACK else name


class Action(StrEnum):
    """One observation, one gate, or one device change."""

    LOOK = "look"
    READINESS = "readiness"
    BASELINE = "baseline"
    REPORT = "sync-report"
    PREEMPTION_IS_OFF = "preemption-is-off"
    RESTORE_POINT = "restore-point"
    WHOLE = "configuration-whole"
    SESSIONS = "sessions"
    SERVICES = "services"
    ENTRY = "entry-gate"

    SAVE_ORIGINAL = "save-original"
    STAGE = "stage"
    BORROW_PREEMPTION = "borrow-preemption"
    SYNC_CONFIG = "sync-config"
    BACK_UP = "back-up"
    INSTALL = "install"
    ACTIVATE = "activate"
    RELOAD = "reload"
    COMMIT = "commit"
    SWITCH = "switch-over"
    RELEASE = "release"
    RETURN_PREEMPTION = "return-preemption"

    @property
    def is_change(self) -> bool:
        """Whether it writes to a device."""
        return self in _CHANGES


_CHANGES = frozenset(
    {
        Action.SAVE_ORIGINAL,
        Action.STAGE,
        Action.BORROW_PREEMPTION,
        Action.SYNC_CONFIG,
        Action.BACK_UP,
        Action.INSTALL,
        Action.ACTIVATE,
        Action.RELOAD,
        Action.COMMIT,
        Action.SWITCH,
        Action.RELEASE,
        Action.RETURN_PREEMPTION,
    },
)


class Goal(StrEnum):
    """Where a pair is being taken."""

    UP = "up"
    BACK = "back"
    CLOSE = "close"


class Choice(StrEnum):
    """What a person can decide at a hold."""

    RETRY = "retry"
    """Look again and decide afresh from what is there."""
    CONTINUE = "continue"
    """Accept what the gate named."""
    SWITCH_BACK = "switch-back"
    ROLL_BACK = "roll-back"
    PARK = "park"
    FORWARD = "forward"
    """Adoption: take the half-upgraded pair to the new version."""
    WAS_ON = "preemption-was-on"
    WAS_OFF = "preemption-was-off"


class By(StrEnum):
    """Who decided."""

    PERSON = "person"
    POLICY = "policy"
    """Said beforehand on the command line (``--on-hold``, ``--yes``)."""
    DEADLINE = "deadline"


class Outcome(StrEnum):
    """How a pair's run ended."""

    DONE = "done"
    NOT_STARTED = "not_started"
    PARKED = "parked"
    ROLLED_BACK = "rolled_back"
    STRANDED = "stranded"
    FAILED = "failed"


class Kind(StrEnum):
    """Why a pair is held."""

    QUESTION = "question"
    MIXED = "mixed-versions-found"
    PREEMPTION_BEFORE = "preemption-before"
    GATE = "gate-failed"
    NOT_MEASURED = "not-measured"
    REFUSED = "refused"
    UNCLEAR = "unclear"
    """Sent, and it cannot be told whether it took effect."""
    MEMBER_BAD = "member-bad"
    """The member that was worked on is not what it should be."""
    SERVICES_BAD = "services-bad"
    SWITCHED_BACK = "switched-back"
    CHANGED = "someone-else-acted"
    NO_RESTORE = "no-restore-image"
    WRONG_DEVICE = "wrong-device"
    UNREACHABLE = "unreachable"
    NOBODY_FORWARDS = "nobody-forwards"
    SPLIT = "both-active"
    ROLE_UNKNOWN = "role-unknown"
    SOLO = "standby-not-ready"


class LeaseKind(StrEnum):
    """What can be borrowed from a device."""

    PREEMPTION = "preemption"
    LATCH = "latch"
    BOOT = "boot-selection"
    TRIAL = "software-trial"
    """New software that goes back by itself unless it is committed."""


@dataclass(frozen=True, slots=True, order=True)
class Lease:
    """Something of a member's that is ours to give back."""

    kind: LeaseKind
    member: MemberId


@dataclass(frozen=True, slots=True)
class Run:
    """One thing to do.

    ``expect`` is the digest of the facts it was decided on: if they differ when it is about to be
    sent, nothing is sent (STALE) and it is decided again. ``after`` names, for a look, the change
    that may still be under way on the members.
    """

    action: Action
    members: tuple[MemberId, ...]
    to: Version | MemberId | None = None
    expect: Digest | None = None
    after: Action | None = None
    step: Step = Step.PREPARE
    hop: int = 0


@dataclass(frozen=True, slots=True)
class Ask:
    """A hold: what it is about, what can be chosen, and what is safe if nobody answers in time."""

    kind: Kind
    about: Run | None
    options: tuple[Choice, ...]
    safe: Choice
    after: timedelta | None = None
    question: Question | None = None
    step: Step = Step.PREPARE


@dataclass(frozen=True, slots=True)
class Finish:
    """Nothing is left to do; a later ``Command`` reopens."""

    outcome: Outcome
    owed: frozenset[Lease]


Decision: TypeAlias = Run | Ask | Finish


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be written to one device, on disk before its first byte goes out."""

    member: MemberId
    commands: tuple[str, ...]
    was: str
    to: str
    role: str
    boot_id: str
    failovers: int | None
    config: str | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A pair's run begins, with all that its decisions rest on."""

    plan: Plan
    goal: Goal
    until: Step | None = None
    procedure_version: int = PROCEDURE_VERSION
    owed: frozenset[Lease] = frozenset()
    """What an earlier campaign of this pair left to be given back: from now on it is ours."""
    before: PairFacts | None = None
    """Both members as that campaign found them."""
    earlier: str | None = None
    """That campaign; its backups are still the ones from before."""
    found: PairFacts | None = None
    """Both members as earlier campaigns left them, where this one takes an upgrade of theirs back:
    what the first look finds different was done by someone else."""
    baseline: tuple[tuple[str, str], ...] = ()
    """What was measured before the first write of that upgrade."""
    start: PairFacts | None = None
    """Both members before an earlier campaign began the same single thing and left it half done."""


@dataclass(frozen=True, slots=True)
class Started:
    """A run is about to be done."""

    run: Run
    borrows: frozenset[Lease] = frozenset()
    intents: tuple[Intent, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a run; ``seen`` is None when the members could not be read afterwards."""

    run: Run
    verdict: Verdict
    seen: PairFacts | None
    is_stale: bool = False
    facts: tuple[tuple[str, str], ...] = ()
    raw: tuple[Sha256, ...] = ()
    outages: tuple[Gap, ...] = ()
    """What was measured of the services since the last check of them."""
    canaries: tuple[CanaryResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A hold was shown; the loop stamps ``due`` (ISO 8601, UTC) once."""

    number: int
    ask: Ask
    due: str | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Decided:
    """A hold was answered."""

    number: int
    choice: Choice
    by: By
    who: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A person sets another goal; honoured between runs."""

    goal: Goal
    who: str = ""
    why: str = ""
    until: Step | None = None


Record: TypeAlias = Opened | Started | Result | Asked | Decided | Command
