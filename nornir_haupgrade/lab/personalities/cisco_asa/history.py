"""What became of a unit's failover state, in the ASA's own words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """A unit's state: in ``show failover`` and in its history."""

    DISABLED = "Disabled"
    NEGOTIATION = "Negotiation"
    COLD_STANDBY = "Cold Standby"
    SYNC_CONFIG = "Sync Config"
    SYNC_FILES = "Sync File System"
    BULK_SYNC = "Bulk Sync"
    STANDBY_READY = "Standby Ready"
    FAILED = "Failed"
    JUST_ACTIVE = "Just Active"
    DRAIN = "Active Drain"
    APPLYING = "Active Applying Config"
    APPLIED = "Active Config Applied"
    ACTIVE = "Active"
    NOT_DETECTED = "Not Detected"


class Why(StrEnum):
    """Reasons, as the history names them."""

    COMMAND = "Set by the config command"
    TOLD_STANDBY = "Other unit wants me Standby"
    TOLD_ACTIVE = "Other unit wants me Active"
    SILENCE = "HELLO not heard from mate"
    ALONE = "No Active unit found"
    MATE = "Detected an Active mate"
    INTERFACE = "Interface check"
    MISMATCH = "Configuration mismatch"
    NO_ERROR = "No Error"
    CHECK = "Failover state check"


JOINING = (
    (State.COLD_STANDBY, 0.1),
    (State.SYNC_CONFIG, 0.4),
    (State.SYNC_FILES, 0.1),
    (State.BULK_SYNC, 0.4),
)
"""What a unit passes through before it is ready, and which part of the pair's ``sync_seconds``."""
BECOMING_ACTIVE = (State.JUST_ACTIVE, State.DRAIN, State.APPLYING, State.APPLIED, State.ACTIVE)


@dataclass(frozen=True, slots=True)
class Event:
    """One change of state."""

    at: float
    """Device seconds."""
    before: State
    after: State
    why: Why
