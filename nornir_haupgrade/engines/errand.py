"""What the selected pairs are taken in hand for."""

from __future__ import annotations

from dataclasses import dataclass

from nornir_haupgrade.procedure.plan import Purpose
from nornir_haupgrade.procedure.records import Step


@dataclass(frozen=True, slots=True)
class Errand:
    """An upgrade to a version, perhaps only until a step; or a reboot, or a drill, without one."""

    purpose: Purpose = Purpose.UPGRADE
    to: str | None = None
    until: Step | None = None

    def __post_init__(self) -> None:
        """Only an upgrade goes somewhere, and it always does."""
        if (self.purpose is Purpose.UPGRADE) is (self.to is None):
            raise ValueError(f"{said(self.purpose)} to {self.to}")


def said(purpose: Purpose) -> str:
    """``an upgrade``, ``a reboot``, ``a drill``."""
    return f"{'an' if purpose is Purpose.UPGRADE else 'a'} {purpose}"
