"""What a run was planned with: it does not change while the run lives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.model import (
    Activation,
    Capabilities,
    ImageFile,
    MemberId,
    MixedVersions,
    PreemptionKind,
    Restore,
    Scope,
    Switching,
    SyncModel,
    Version,
)


class Purpose(StrEnum):
    """What a pair is taken in hand for; all take the same care."""

    UPGRADE = "upgrade"
    REBOOT = "reboot"
    """Both members are reloaded, one after the other; their software stays."""
    DRILL = "drill"
    """The role goes to the other member and comes home; nothing is reloaded."""

    # One thing by itself, on the one member that the plan names.
    SYNC_CONFIG = "synchronisation"
    BACK_UP = "backup"
    STAGE = "staging"
    PREEMPTION_OFF = "preemption-off"
    PREEMPTION_ON = "preemption-on"
    SWITCH_OVER = "switchover"
    """The member becomes active."""
    UPGRADE_MEMBER = "member-upgrade"
    ROLL_BACK_MEMBER = "member-rollback"

    @property
    def is_single(self) -> bool:
        """Whether it is one thing on one member, and not a procedure for the pair."""
        return self not in {Purpose.UPGRADE, Purpose.REBOOT, Purpose.DRILL}

    @property
    def installs(self) -> bool:
        """Whether it brings software that must be there and fit."""
        return self in {Purpose.UPGRADE, Purpose.STAGE, Purpose.UPGRADE_MEMBER}

    @property
    def changes_software(self) -> bool:
        """Whether it takes a member from one version to another."""
        return self in {Purpose.UPGRADE, Purpose.UPGRADE_MEMBER, Purpose.ROLL_BACK_MEMBER}


class Question(StrEnum):
    """Named questions, asked once before the first write; ``--yes`` answers these only."""

    NO_SERVICES = "no-services"
    NO_REPLICATION = "no-session-replication"
    DESTRUCTIVE_SYNC = "destructive-sync"
    NO_ROLLBACK = "no-rollback"
    NO_SYNC = "no-config-sync"

    @property
    def text(self) -> str:
        """What is to be known, as a sentence."""
        return _SAYS[self]


_SAYS = {
    Question.NO_SERVICES: "no service is configured: nothing outside will prove that traffic flows",
    Question.NO_REPLICATION: "sessions are not replicated: all of them break at each switchover",
    Question.DESTRUCTIVE_SYNC: "synchronising clears the standby's configuration first",
    Question.NO_ROLLBACK: "the platform keeps no old image to go back to",
    Question.NO_SYNC: "the platform does not synchronise configurations",
}


@dataclass(frozen=True, slots=True)
class Traits:
    """All that a decision reads of a platform: platforms with equal traits are decided alike."""

    can_sync: bool = True
    has_preemption: bool = True
    needs_release: bool = True
    can_roll_back: bool = True
    activation: Activation = Activation.SELECT
    switching: Switching = Switching.GIVE
    needs_commit: bool = False

    def told(self, to: MemberId, other: MemberId) -> MemberId:
        """Which of the two a switchover to the first is ordered from, and keeps the latch."""
        return to if self.switching is Switching.TAKE else other


@dataclass(frozen=True, slots=True)
class Plan:
    """One pair, from where to where, and under which rules."""

    pair: str
    members: tuple[MemberId, MemberId]
    identities: tuple[str, str]
    path: tuple[Version, ...]
    """Versions from the running one to the target, each a hop; just the running one without."""
    traits: Traits
    questions: tuple[Question, ...] = ()
    images: tuple[ImageFile, ...] = ()
    switch_back_after: timedelta = timedelta(seconds=60)
    decision_deadline: timedelta | None = None
    purpose: Purpose = Purpose.UPGRADE
    member: MemberId | None = None
    """Whom a single thing is done on; None for a procedure."""

    @property
    def is_there_already(self) -> bool:
        """Whether an upgrade was asked for, and both members run the target."""
        return self.purpose is Purpose.UPGRADE and len(self.path) == 1

    def identity_of(self, member: MemberId) -> str:
        """The device that is planned behind a member's name."""
        return self.identities[self.members.index(member)]

    def told(self, to: MemberId) -> MemberId:
        """The member that a switchover to one of them is ordered from, and that keeps the latch."""
        return self.traits.told(to, self.members[1 - self.members.index(to)])

    def image_of(self, version: Version) -> ImageFile | None:
        """The image file of a version, if there is one."""
        return next((image for image in self.images if image.version == version), None)


def traits_of(capabilities: Capabilities) -> Traits:
    """Reduce a platform's capabilities to what the decisions read."""
    return Traits(
        can_sync=capabilities.sync_model in {SyncModel.PUSH, SyncModel.PULL},
        has_preemption=capabilities.preemption is not PreemptionKind.NONE,
        needs_release=capabilities.needs_release,
        can_roll_back=capabilities.restore is not Restore.NONE,
        activation=capabilities.activation,
        switching=capabilities.switching,
        needs_commit=capabilities.needs_commit,
    )


def questions_of(capabilities: Capabilities, *, has_services: bool) -> tuple[Question, ...]:
    """The named questions that a platform and a pair's configuration raise."""
    raised = {
        Question.NO_SERVICES: not has_services,
        Question.NO_REPLICATION: not capabilities.replicates_sessions,
        Question.DESTRUCTIVE_SYNC: capabilities.is_sync_destructive
        and traits_of(capabilities).can_sync,
        Question.NO_ROLLBACK: capabilities.restore is Restore.NONE,
        Question.NO_SYNC: capabilities.sync_model is SyncModel.NONE,
    }
    return tuple(question for question, is_raised in raised.items() if is_raised)


def stricter(one: Capabilities, other: Capabilities) -> Capabilities:
    """What a pair can do whose members, in a mixed pair, can do different things."""
    if one == other:
        return one
    return Capabilities(
        scope=Scope.CLUSTER if Scope.CLUSTER in {one.scope, other.scope} else Scope.UNIT,
        sync_model=one.sync_model if one.sync_model is other.sync_model else SyncModel.NONE,
        is_sync_destructive=one.is_sync_destructive or other.is_sync_destructive,
        preemption=one.preemption if other.preemption is PreemptionKind.NONE else other.preemption,
        switching=one.switching,
        needs_release=one.needs_release or other.needs_release,
        mixed_versions=max(
            one.mixed_versions,
            other.mixed_versions,
            key=list(MixedVersions).index,
        ),
        activation=max(one.activation, other.activation, key=list(Activation).index),
        needs_commit=one.needs_commit or other.needs_commit,
        has_commit=one.has_commit or other.has_commit,
        sees_peer=one.sees_peer and other.sees_peer,
        has_sessions=one.has_sessions and other.has_sessions,
        replicates_sessions=one.replicates_sessions and other.replicates_sessions,
        restore=Restore.NONE if Restore.NONE in {one.restore, other.restore} else one.restore,
        is_boot_selection_shared=one.is_boot_selection_shared or other.is_boot_selection_shared,
        has_conditional_commands=one.has_conditional_commands and other.has_conditional_commands,
    )


def refuse_impossible(pair: str, capabilities: Capabilities) -> None:
    """Refuse by name what the ten steps cannot do member by member.

    Raises:
        BadInput: One finding for each capability that forbids it.
    """
    reasons = {
        "the platform upgrades the whole cluster at once": capabilities.scope is Scope.CLUSTER,
        "members of different versions may not talk to each other": capabilities.mixed_versions
        is MixedVersions.FORBIDDEN,
        "both members share one boot selection": capabilities.is_boot_selection_shared,
    }
    findings = tuple(
        Finding(where=pair, what=reason, advice="upgrade this pair by the vendor's own procedure")
        for reason, applies in reasons.items()
        if applies
    )
    if findings:
        raise BadInput.from_findings(findings)
