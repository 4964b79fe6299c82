"""A member's role in one group, and how its configuration has it stand there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class HaState(StrEnum):
    """A member's own word for its role; VRRP's words, whatever a personality prints."""

    MASTER = "MASTER"
    BACKUP = "BACKUP"
    FAULT = "FAULT"
    INIT = "INIT"
    MIXED = "MIXED"
    """Its groups differ; never the role in one group."""


@dataclass(frozen=True, slots=True)
class Stance:
    """How a member's configuration has it stand in one group."""

    priority: int
    preempts: bool
    delay: float = 0.0
    """Device seconds that it waits before it preempts."""


@dataclass(slots=True)
class Seat:
    """A member's place in one group."""

    role: HaState = HaState.INIT
    role_changes: int = 0
    since: float = 0.0
    """When it got its role (device seconds)."""
    forwards_at: float = 0.0
    """When the data plane follows the role (device seconds)."""
