"""What the selected pairs are taken in hand for."""

from __future__ import annotations

from dataclasses import dataclass

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.model import MemberId
from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.procedure.records import Step

_NUMBERED = tuple(step for step in Step if step <= Step.GIVE_BACK)
_TO = frozenset({Purpose.UPGRADE, Purpose.STAGE, Purpose.UPGRADE_MEMBER})
"""These go to a version."""
_TO_OR_BACK = frozenset({Purpose.ROLL_BACK_MEMBER})
"""These may name one."""

_SAID = {
    Purpose.UPGRADE: "an upgrade",
    Purpose.REBOOT: "a reboot",
    Purpose.DRILL: "a drill",
    Purpose.SYNC_CONFIG: "a synchronisation",
    Purpose.BACK_UP: "a backup",
    Purpose.STAGE: "the staging of an image",
    Purpose.PREEMPTION_OFF: "switching preemption off",
    Purpose.PREEMPTION_ON: "switching preemption on",
    Purpose.SWITCH_OVER: "a switchover",
    Purpose.UPGRADE_MEMBER: "the upgrade of one member",
    Purpose.ROLL_BACK_MEMBER: "the rollback of one member",
}


@dataclass(frozen=True, slots=True)
class Errand:
    """A procedure for the pairs, or one thing on one member of a pair.

    ``to`` is a version; only an upgrade stops after a step (``until``).
    """

    purpose: Purpose = Purpose.UPGRADE
    to: str | None = None
    until: Step | None = None
    member: MemberId | None = None

    def __post_init__(self) -> None:
        """Only what goes somewhere has a version, and only a single thing has a member.

        Raises:
            BadInput: The version is missing, or is no text.
        """
        may_name_one = self.purpose in _TO | _TO_OR_BACK
        if self.purpose.is_single is (self.member is None) or (self.to and not may_name_one):
            raise ValueError(f"{said(self.purpose)} to {self.to} on {self.member}")
        if self.to is not None and not is_text(self.to):
            what = f"the version {self.to!r} is not a text"
            raise BadInput(what, advice=f'quote it: to="{self.to}"')
        if self.purpose in _TO and not self.to:
            raise BadInput(
                f"{said(self.purpose)} goes to a version", advice="say which: to=VERSION"
            )


def is_text(value: object) -> bool:
    """Whether it is a text with something in it; a script's values are of any type."""
    return isinstance(value, str) and bool(value.strip())


def step_of(text: str | int | None) -> Step | None:
    """The step meant, such as ``6``, ``switch-over`` or ``switch over``.

    Raises:
        BadInput: There is no such step.
    """
    if text is None:
        return None
    wanted = str(text).strip().lower().replace("_", "-").replace(" ", "-")
    for step in _NUMBERED:
        if wanted in {str(step.value), _name(step)}:
            return step
    known = ", ".join(f"{step.value} {_name(step)}" for step in _NUMBERED)
    raise BadInput(f"until: there is no step {text!r}", advice=f"use one of: {known}")


def _name(step: Step) -> str:
    return step.name.lower().replace("_", "-")


def said(purpose: Purpose) -> str:
    """``an upgrade``, ``a reboot``, ``a switchover``."""
    return _SAID[purpose]
