"""What a platform's package gives the lab."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from nornir_haupgrade.lab.command import events_of
from nornir_haupgrade.lab.transfer import SFTP, Depot

if TYPE_CHECKING:
    import asyncssh

    from nornir_haupgrade.lab.command import CommandLine, Effect, Event, Terminal
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.election import Rules
    from nornir_haupgrade.lab.execution import Executor
    from nornir_haupgrade.lab.fault_kinds import Kind
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.spec import MemberSpec, PairSpec
    from nornir_haupgrade.lab.timeline import Timeline


class Session(Protocol):
    """What a login talks to."""

    async def serve(self) -> None:
        """Serve the session to its end."""


MakeSession = Callable[
    ["asyncssh.SSHServerProcess[bytes]", "Executor", "Device", "Terminal"], Session
]


def _itself(_: Pair, member: Device) -> Device:
    return member


@dataclass(frozen=True, slots=True)
class Personality:
    """A platform as the lab simulates it: devices, groups, a command line, what can go wrong."""

    device: Callable[[MemberSpec, PairSpec, Timeline], Device]
    rules: Callable[[PairSpec], dict[str, Rules]]
    """The groups of a pair, each with what its protocol's times come to."""
    command_line: Callable[[str], CommandLine]
    """Given the user who logs in."""
    session: MakeSession
    faults: Mapping[str, Kind]
    version: str = "1.0"
    """What a device runs where nobody says what; one as the platform prints them."""
    netmiko: str = ""
    """What Netmiko calls it; empty: as we do."""
    secret: str = ""
    """Of ``enable``, where a login needs it and nobody says another; empty: it needs none."""
    is_lower_preferred: bool = False
    """Whether the member with the lower priority is the preferred one."""
    privilege: Callable[[PairSpec], int] = lambda _: 15
    """Of a login."""
    login_questions: Callable[[PairSpec], tuple[tuple[str, bool], ...]] = lambda _: ()
    """What a keyboard-interactive login is asked, and whether the answer is echoed; the last one is
    the password. None: there is no such login."""
    is_stateful: bool = True
    """Whether its devices keep a table of sessions; a router has none to lose."""
    answers: Callable[[Pair, Device], Device | None] = _itself
    """Whose management answers at a member's address; None: nobody's."""
    has_sftp: bool = False
    depot: Depot = SFTP
    """How files travel where there is no network."""
    key_exchanges: tuple[str, ...] = ("curve25519-sha256", "curve25519-sha256@libssh.org")
    """What its SSH server offers, the preferred first."""
    gives_lines_to_all: bool = True
    """Whether a session without a terminal is a line among the logins too."""
    events: Callable[[str, Effect], frozenset[Event]] = events_of
    """What a command is to a fault script, given its line and its effect."""
