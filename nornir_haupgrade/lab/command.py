"""What executing a command comes to, whatever personality understood it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.terminal.question import Question


class Effect(StrEnum):
    """What a command changes."""

    NONE = "none"
    CANDIDATE = "candidate"
    """A change of the configuration that waits for a commit."""
    CONFIG = "config"
    CONFIG_SYNC = "config-sync"
    SAVE = "save"
    """The running configuration, or a copy of one, becomes the one of the next boot."""
    SESSION_SYNC = "session-sync"
    BACKUP = "backup"
    FILES = "files"
    """A file comes onto the disk or goes; nothing runs or boots because of it."""
    INSTALL = "install"
    BOOT_SELECT = "boot-select"
    REBOOT = "reboot"
    COMMIT = "commit"
    SUSPEND = "suspend"
    CLUSTER_UPGRADE = "cluster-upgrade"
    """Both members are upgraded, one after the other or at once, by themselves."""
    FUNCTIONAL = "functional"
    PREEMPT = "preempt"
    PRIORITY = "priority"
    SWITCH = "switch"
    """The role goes to the other member, and nothing is left that would have to be released."""


@dataclass(slots=True)
class Terminal:
    """What a command line remembers of one login from one line to the next."""

    line: int | None = None
    """Its number among the logins; None: no terminal."""
    privilege: int = 15
    context: str = ""
    """What is being configured, in the personality's own words; empty: nothing."""
    length: int = 24
    """Lines on a page; 0: no pages."""
    width: int = 80
    login: tuple[str, str] = ("admin", "admin")
    """User and password that the session logged in with."""
    own: Any = None
    """What only the personality's command line keeps; None: nothing yet."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the terminal gets."""

    stdout: str = ""
    stderr: str = ""
    status: int = 0
    is_cut: bool = False
    """The line is cut instead of answered."""
    is_last: bool = False
    """No prompt follows: the device is going down."""


Act: TypeAlias = Callable[[], None]
Say: TypeAlias = Callable[[str], None]
Done: TypeAlias = Callable[[Reply], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A command understood and checked: what it prints, and what it will have changed by then."""

    reply: Reply
    effect: Effect = Effect.NONE
    seconds: float = 0.0
    """How long the device works before the effect; then the command is checked once more."""
    act: Act | None = None
    """The effect, at one instant."""
    first: str = ""
    """What it prints before it works."""
    follow: Callable[[Say, Done], None] | None = None
    """What the terminal watches after the effect: printed as it happens, ended by the reply."""
    on: Device | None = None
    """Whom it changes, where that is not the member it was typed on."""


def say(text: str) -> Outcome:
    """An outcome that only prints."""
    return Outcome(Reply(stdout=text))


def refuse(message: str, status: int = 1) -> Outcome:
    """An outcome without effect."""
    return Outcome(Reply(stderr=f"{message}\n", status=status))


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it was entered: the text, where, and what its questions were answered with."""

    text: str
    terminal: Terminal
    answers: tuple[str, ...] = ()


class CommandLine(Protocol):
    """A command line: what a platform prints and how it is asked."""

    more: str
    """What a full page ends with, where output is paged."""

    def prompt(self, device: Device, terminal: Terminal) -> str:
        """What it prints when it waits for a command."""

    def is_end(self, line: Line) -> bool:
        """Whether a line ends the session."""

    def question(self, pair: Pair, device: Device, line: Line) -> Question | None:
        """What a line asks after its answers so far; None: nothing more, it can be executed."""

    def execute(self, pair: Pair, device: Device, line: Line) -> Outcome:
        """Understand and check a command; nothing of the device is changed yet."""
