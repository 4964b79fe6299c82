"""The facts and words that every layer shares: frozen, hashable, without any I/O.

Unknown is a value of its own: a count that a device did not report is ``None``, a role that could
not be read is ``Role.UNKNOWN``. Neither ever counts as good, and zero never stands for "not
reported".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

MemberId: TypeAlias = str
"""The Nornir host name of a member."""
Version: TypeAlias = str
"""A software version, as the device itself prints it."""
Sha256: TypeAlias = str
"""64 lower-case hexadecimal digits."""
Digest: TypeAlias = str
"""A short hash over the facts that a decision rests on."""


class Role(StrEnum):
    """What a member does for its pair, reduced to one word for all of its groups."""

    ACTIVE = "active"
    STANDBY = "standby"
    SUSPENDED = "suspended"
    """It gave up its role on purpose and stays out until its latch is released."""
    FAILED = "failed"
    """It says itself that it cannot take part, and it does not forward."""
    NEGOTIATING = "negotiating"
    MIXED = "mixed"
    """Its groups do not agree."""
    UNKNOWN = "unknown"

    @property
    def is_known_not_to_forward(self) -> bool:
        """Whether the member itself says that it does not forward; UNKNOWN and MIXED never do."""
        return self in {Role.STANDBY, Role.SUSPENDED, Role.FAILED}


class Preemption(StrEnum):
    """Whether a preferred member takes the role back by itself."""

    ON = "on"
    OFF = "off"
    UNSUPPORTED = "unsupported"
    UNKNOWN = "unknown"


class Status(StrEnum):
    """The word of a verdict. Only PASS and WARN let a run go on; ERROR is "could not measure"."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"
    ERROR = "error"
    SKIPPED = "skipped"


class Change(StrEnum):
    """What can be changed on one device; a driver turns each into its own commands."""

    SYNC_CONFIG = "sync-config"
    PREEMPTION_OFF = "preemption-off"
    PREEMPTION_ON = "preemption-on"
    BACK_UP = "back-up"
    STAGE = "stage"
    INSTALL = "install"
    ACTIVATE = "activate"
    """Choose what the next boot runs."""
    RELOAD = "reload"
    COMMIT = "commit"
    """Keep the software that runs on trial; without it the device goes back by itself."""
    RELINQUISH = "relinquish"
    """Give the active role away, or where `Switching` says so take it; may leave a latch."""
    RELEASE = "release"
    """Clear the latch that RELINQUISH left."""


class Scope(StrEnum):
    """Whether a device is upgraded by itself, or the cluster upgrades itself."""

    UNIT = "unit"
    CLUSTER = "cluster"


class SyncModel(StrEnum):
    """How the configuration gets from one member to the other."""

    AUTOMATIC = "automatic"
    PUSH = "push"
    PULL = "pull"
    SINGLE_DATABASE = "single-database"
    NONE = "none"


class PreemptionKind(StrEnum):
    """Where a platform keeps its preemption setting."""

    NONE = "none"
    PER_MEMBER = "per-member"
    SHARED = "shared"


class Activation(StrEnum):
    """What makes new software run."""

    SELECT = "select"
    """It is installed, chosen for the next boot, and the device is reloaded: three changes."""
    RELOAD = "reload"
    """It is installed; activating it chooses the boot and reloads at once."""
    INSTALL = "install"
    """Installing it chooses the boot and reloads at once."""


class Switching(StrEnum):
    """From which member a switchover is ordered; there the latch is left, if one is left."""

    GIVE = "give"
    """From the active, which gives the role away."""
    TAKE = "take"
    """From the standby, whose configuration is changed so that it takes the role."""


class MixedVersions(StrEnum):
    """What works while the members run different versions."""

    OK = "ok"
    SESSIONS_ONLY = "sessions-only"
    FORBIDDEN = "forbidden"


class Restore(StrEnum):
    """How a member gets its old version back."""

    NONE = "none"
    SLOT = "slot"
    """The old image stays installed; booting it brings it back."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a platform can do, read after connecting: it depends on version and mode."""

    scope: Scope = Scope.UNIT
    sync_model: SyncModel = SyncModel.NONE
    is_sync_destructive: bool = False
    preemption: PreemptionKind = PreemptionKind.NONE
    switching: Switching = Switching.GIVE
    needs_release: bool = False
    mixed_versions: MixedVersions = MixedVersions.OK
    activation: Activation = Activation.SELECT
    needs_commit: bool = False
    """Whether new software runs on trial until it is committed, and goes back by itself if not."""
    has_commit: bool = False
    """Whether a change of the configuration takes effect only once it is committed."""
    sees_peer: bool = False
    has_sessions: bool = True
    """Whether it keeps a table of sessions at all; a plain router does not."""
    replicates_sessions: bool = True
    restore: Restore = Restore.SLOT
    is_boot_selection_shared: bool = False
    has_conditional_commands: bool = False
    """Whether the device itself refuses a change when its role is not the one named."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A gate's answer: a status, why, and the facts that it rests on (label, value)."""

    status: Status
    reason: str
    facts: tuple[tuple[str, str], ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the run may go on: PASS, WARN, or SKIPPED with its reason."""
        return self.status in {Status.PASS, Status.WARN, Status.SKIPPED}


@dataclass(frozen=True, slots=True)
class MemberFacts:
    """One member as it was read; only what stays equal while nothing happens (no times)."""

    identity: str
    role: Role
    version: Version
    boot_id: str
    next_version: Version | None
    """What the next boot runs; None when the device did not say."""
    installed: tuple[tuple[str, Version], ...] = ()
    """(slot, version), sorted by slot; empty slots are left out."""
    preemption: Preemption = Preemption.UNKNOWN
    is_latched: bool = False
    is_on_trial: bool = False
    """Whether what runs goes back by itself unless it is committed."""
    is_forwarding: bool | None = None
    """Whether it carries traffic by its data plane's word (an address held, not a role's name)."""
    is_peer_link_up: bool | None = None
    failovers: int | None = None
    """Role changes since this boot."""
    config: str | None = None
    """Hash over the configuration."""
    others: int | None = None
    """Administrators logged in besides us."""
    ha_lines: tuple[str, ...] = ()
    """The lines of its configuration that a switchover or a change of preemption rewrites, as they
    stand; empty where neither is a matter of configuration."""
    preempting: tuple[str, ...] = ()
    """Those of them that have it preempt: it may do so in one group and not in another."""
    is_saved: bool | None = None
    """Whether the next boot loads the configuration that runs; None where none has to be saved."""

    def slot_of(self, version: Version) -> str | None:
        """The slot that holds a version, or None."""
        return next((slot for slot, held in self.installed if held == version), None)


@dataclass(frozen=True, slots=True)
class PairFacts:
    """Both members as they were read in one look; None for a member that did not answer."""

    members: tuple[tuple[MemberId, MemberFacts | None], ...]

    def of(self, member: MemberId) -> MemberFacts | None:
        """One member's facts."""
        return next(facts for name, facts in self.members if name == member)

    @property
    def names(self) -> tuple[MemberId, ...]:
        """Both members, in the inventory's order."""
        return tuple(name for name, _ in self.members)

    def with_role(self, role: Role) -> tuple[MemberId, ...]:
        """The members that say they have a role."""
        return tuple(name for name, facts in self.members if facts and facts.role is role)

    @property
    def active(self) -> MemberId | None:
        """The member that forwards, if exactly one says so."""
        found = self.with_role(Role.ACTIVE)
        return found[0] if len(found) == 1 else None

    def peer_of(self, member: MemberId) -> MemberId:
        """The other member of the pair."""
        return next(name for name, _ in self.members if name != member)


@dataclass(frozen=True, slots=True)
class SyncReport:
    """One member's view of its configuration, item by item: (name, hash)."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SessionCount:
    """Session counters of one member; None where the device reports none.

    ``own`` are the sessions it serves itself, ``replicated`` those it holds for its peer.
    """

    own: int | None
    replicated: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Session:
    """One session: ``ip:port`` before (original) and after NAT (reply); age in seconds.

    A standby that keeps its peer's sessions apart may not know them after NAT: ``reply`` is None.
    """

    protocol: str
    original: tuple[str, str]
    reply: tuple[str, str] | None
    state: str
    age: int | None
    is_replicable: bool = True
    """False: by the platform's own rules its peer may not hold a copy, so young or about to end."""


@dataclass(frozen=True, slots=True)
class Flow:
    """The five-tuple of a connection of ours, as this machine sees it; ``ip:port`` each."""

    protocol: str
    source: str
    destination: str


@dataclass(frozen=True, slots=True)
class ServiceResult:
    """One service as it was probed; None: it could not be measured."""

    name: str
    is_good: bool | None
    detail: str
    flow: Flow | None = None
    """Of the newest probe; None where there is none (an echo request, a task of the site's own)."""


@dataclass(frozen=True, slots=True)
class Gap:
    """The longest time between two good answers in a row of one service, in a window of time."""

    name: str
    seconds: float | None
    """None: not measured; ``detail`` says why."""
    resolution: float | None
    """Seconds; what is shorter cannot be told from an ordinary pause between two answers."""
    good: int
    """Good answers in the window."""
    bad: int
    began: str | None
    """The last good answer before the gap: an ISO date and time in UTC."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CanaryResult:
    """One connection that is held open; None: whether it survived could not be measured."""

    name: str
    is_alive: bool | None
    silence: float | None
    """Seconds; the longest time without a word from the other end. About 1 is ordinary."""
    detail: str
    flow: Flow | None = None


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A software image on the controller's disk."""

    version: Version
    path: str
    sha256: Sha256
    size: int
    """Bytes."""

    @property
    def name(self) -> str:
        """Its file name on the device."""
        return self.path.replace("\\", "/").rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class StagedImage:
    """A file on the device, as the device itself measured it."""

    name: str
    size: int
    sha256: Sha256

    def __str__(self) -> str:
        return f"{self.size} bytes with {self.sha256}"
