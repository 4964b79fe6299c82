"""What executing a command comes to, whatever personality understood it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair


class Effect(StrEnum):
    """What a command changes."""

    NONE = "none"
    CONFIG = "config"
    CONFIG_SYNC = "config-sync"
    SESSION_SYNC = "session-sync"
    BACKUP = "backup"
    INSTALL = "install"
    BOOT_SELECT = "boot-select"
    REBOOT = "reboot"
    SUSPEND = "suspend"
    FUNCTIONAL = "functional"
    PREEMPT = "preempt"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the terminal gets."""

    stdout: str = ""
    stderr: str = ""
    status: int = 0
    is_cut: bool = False
    """The line is cut instead of answered."""


Act: TypeAlias = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A command understood and checked: what it prints, and what it will have changed by then."""

    reply: Reply
    effect: Effect = Effect.NONE
    seconds: float = 0.0
    """How long the device works before the effect; then the command is checked once more."""
    act: Act | None = None
    """The effect, at one instant."""


def say(text: str) -> Outcome:
    """An outcome that only prints."""
    return Outcome(Reply(stdout=text))


def refuse(message: str, status: int = 1) -> Outcome:
    """An outcome without effect."""
    return Outcome(Reply(stderr=f"{message}\n", status=status))


class Personality(Protocol):
    """A command line: what a platform prints and how it is asked."""

    def prompt(self, device: Device) -> str:
        """What it prints when it waits for a command."""

    def is_end(self, line: str) -> bool:
        """Whether a line ends the session."""

    def execute(self, pair: Pair, device: Device, line: str) -> Outcome:
        """Understand and check a command; nothing is changed yet."""
