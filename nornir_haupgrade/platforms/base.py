"""What every platform's driver offers: one Protocol, spoken over one transport.

A driver knows the texts of its platform and nothing of the procedure. Reads never change the
device and are declared in ``READ_ONLY``; changes are first *said* (``commands``, pure) so that
the intent can be on disk, and then *done* (``perform``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from nornir_haupgrade.model import (
    Capabilities,
    Change,
    Flow,
    ImageFile,
    MemberFacts,
    Role,
    Session,
    SessionCount,
    StagedImage,
    SyncReport,
    Version,
)

Progress = Callable[[int, int], None]
"""Called with (bytes sent, bytes in all) while a file travels."""

Dialogue = tuple[str, str | None]
"""(regular expression of a question at the end of a line, the answer to send with a line end).

None: a question that is not ours to answer. The session is closed at it, and nothing is said."""


class Files(StrEnum):
    """How a file travels to a device."""

    SFTP = "sftp"
    """Beside the shell, in the same connection."""
    SCP = "scp"
    """In a connection of its own, opened for it: not every device lets two things share one."""


@dataclass(frozen=True, slots=True)
class Order:
    """One change to one device, absolute: what, towards which version, from which role only.

    ``name`` is the name of a backup; ``image`` the file that STAGE uploads and INSTALL installs;
    ``lines`` are the member's ``ha_lines`` as they were before us, which PREEMPTION_ON and RELEASE
    bring back.
    """

    change: Change
    version: Version | None = None
    image: ImageFile | None = None
    only_if: Role | None = None
    """Where the device has a role-conditional command, it is told to refuse in any other role."""
    name: str | None = None
    lines: tuple[str, ...] = ()


class Getters(Protocol):
    """NAPALM, for the member whose inventory says how NAPALM reaches it."""

    def get(self, getter: str, **options: object) -> object:
        """What a getter such as ``get_facts`` returns: plain data, as NAPALM documents it.

        Raises:
            NotReadOnly: The getter is not on the list of those that only read, or its options are
            not.
            CommandFailed: NAPALM could not do it, and why.
            ConnectFailed: There is no session, and why.
            BadInput: The inventory's options do not make one; nothing was contacted.
        """


class Transport(Protocol):
    """A session to one device with a deadline on every read and a guard on every write.

    Attributes:
        pair: The pair it belongs to.
        member: The member it leads to; both are named in every error.
        flow: Its five-tuple as this machine sees it; None when that cannot be told.
        files: How files travel.
    """

    pair: str
    member: str
    flow: Flow | None
    files: Files

    def command(self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()) -> str:
        """Send a command and return its output, without echo and prompt.

        Each dialogue is answered once, when its question is the last thing said.

        Raises:
            CommandRefused: The device asks something that is not answered; the session is closed.
            CommandTimeout: No prompt in time; the session is closed, since its state is unknown.
            LineDropped: The line broke before the prompt came.
            NotReadOnly: In a read-only run, a command that the driver does not declare read-only.
        """

    def command_ending_session(
        self, text: str, *, timeout: float, dialogues: Sequence[Dialogue] = ()
    ) -> str:
        """Send a command whose reply is the end of the line (a reload); return what came before it.

        Raises:
            CommandRefused: As for ``command``.
            CommandTimeout: Neither a prompt nor the end of the line came in time.
            LineDropped: The line broke before the device showed that it had read the command.
            NotReadOnly: As for ``command``.
        """

    def upload(self, local: str, remote: str, *, timeout: float, progress: Progress | None) -> None:
        """Copy a file to the device, whole or not at all.

        Raises:
            ImageError: The device does not take it, or took less than all of it.
            CommandTimeout, LineDropped: It did not arrive; the session is closed if the file had
                no connection of its own.
            ConnectFailed: There is no connection for it, and why.
            NotReadOnly: In a read-only run.
        """

    def download(self, remote: str, *, timeout: float) -> bytes:
        """Fetch a file from the device.

        Raises:
            ImageError: The device does not give it, or not all of it.
            CommandTimeout, LineDropped: It did not arrive; the session is closed.
        """

    def close(self) -> None:
        """End the session; never raises."""


class Driver(Protocol):
    """One platform. Every method talks to the one member whose transport it was given."""

    NAME: ClassVar[str]
    BACKUP_SUFFIX: ClassVar[str]
    """Of the file that a backup is kept in, without the dot."""
    READ_ONLY: ClassVar[tuple[str, ...]]
    """Regular expressions, matched against the whole line, of all that may be sent in a read-only
    run, what the library sends at login included."""
    FILES: ClassVar[Files]
    """How files travel to the device."""
    NEEDS_PRIVILEGE: ClassVar[bool]
    """Whether its reads need the privileged prompt, which a login may not have without a secret."""
    RELOAD_NOTICE: ClassVar[float]
    """Seconds that it may go on answering after it was told to reload, unless settings say."""
    NAPALM: ClassVar[str | None]
    """NAPALM's driver for this platform, unless the inventory names one; None: only if it does."""
    GETTERS: ClassVar[tuple[str, ...]]
    """NAPALM's getters that are read before and after where NAPALM reaches both members."""

    def __init__(
        self,
        transport: Transport,
        *,
        command_timeout: float,
        install_timeout: float,
        getters: Getters | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None: ...

    def capabilities(self) -> Capabilities:
        """What this device, at this version and in this mode, can do."""

    def facts(self) -> MemberFacts:
        """Identity, role, versions, boot id, preemption, latch, counters: read afresh."""

    def sync_report(self) -> SyncReport:
        """The member's configuration, item by item."""

    def session_count(self) -> SessionCount:
        """Counters of the session tables."""

    def sessions(self) -> tuple[Session, ...]:
        """Every replicable session that the member holds, its own or its peer's."""

    def interfaces(self) -> tuple[tuple[str, bool], ...]:
        """(name, is up) of the data and HA interfaces."""

    def licences(self) -> tuple[str, ...]:
        """What the member is licensed for now, in the device's own words.

        None where the platform needs no licence, or this one holds none.
        """

    def unsaved(self) -> tuple[str, ...]:
        """Lines in which what runs differs from what the next boot loads; none where one cannot."""

    def free_space(self) -> int | None:
        """Bytes free for images; None when the device does not say."""

    def staged(self, image: ImageFile) -> StagedImage | None:
        """The uploaded file as the device measures it; None when it is not there."""

    def is_installed(self, facts: MemberFacts, image: ImageFile) -> bool:
        """Whether the image, by its checksum on the device, already lies in a slot."""

    def commands(self, order: Order, facts: MemberFacts) -> tuple[str, ...]:
        """The exact commands of a change, in order, without sending anything."""

    @staticmethod
    def is_same_boot(one: str, other: str) -> bool:
        """Whether two boot ids are of one boot: a time reckoned anew may differ a little."""

    @staticmethod
    def marked(order: Order, before: MemberFacts, after: MemberFacts) -> MemberFacts:
        """For a dry run: the facts after a change that worked, with this platform's own marks.

        Args:
            order: The change.
            before: What it is made on.
            after: What every platform shows after it; only slots and ``ha_lines`` are to be put.
        """

    def perform(self, order: Order, facts: MemberFacts, progress: Progress | None = None) -> str:
        """Send a change and return what the device said.

        Raises:
            CommandRefused: The device said no; nothing was changed by the refused command.
            CommandTimeout, LineDropped: It is not known whether the change took effect.
        """

    def back_up(self, name: str, facts: MemberFacts) -> tuple[str, bytes]:
        """Fetch the whole configuration: (sha256, as the device says where it says one; content).

        Where the platform keeps backups on the device, it is left there under its name.
        """

    @staticmethod
    def files_of(backup: bytes) -> dict[str, str]:
        """What a backup holds: name to text, line by line as it is compared with a later one.

        Raises:
            HAUpgradeError: It cannot be read back.
        """
