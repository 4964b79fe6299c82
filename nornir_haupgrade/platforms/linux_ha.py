"""``linux_ha``: a Linux firewall with ``fwctl`` (keepalived, conntrackd, two image slots)."""

from __future__ import annotations

import hashlib
import re
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from nornir_haupgrade.errors import CommandRefused, HAUpgradeError, ImageError, StaleFacts
from nornir_haupgrade.model import (
    Capabilities,
    Change,
    ImageFile,
    MemberFacts,
    MixedVersions,
    PreemptionKind,
    Restore,
    Role,
    Scope,
    Session,
    SessionCount,
    StagedImage,
    SyncModel,
    SyncReport,
)
from nornir_haupgrade.platforms import linux_ha_texts as texts
from nornir_haupgrade.platforms.archive import read_archive
from nornir_haupgrade.platforms.base import Files
from nornir_haupgrade.platforms.keyvalues import unexpected
from nornir_haupgrade.platforms.linux_ha_commands import UPLOADS, commands_of, plain_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from nornir_haupgrade.platforms.base import Getters, Order, Progress, Transport

_REFUSAL = re.compile(r"^% ?(.+)$", re.MULTILINE)
_NO_SUCH_FILE = re.compile(r"^% ?no such file", re.MULTILINE | re.IGNORECASE)
# The shell's own word instead of fwctl's, for example on a system without it.
_SHELL_ERROR = re.compile(
    r"^.*(?:command not found|: not found|Permission denied|No such file or directory)$",
    re.MULTILINE,
)
_CAPABILITIES = Capabilities(
    scope=Scope.UNIT,
    sync_model=SyncModel.PUSH,
    is_sync_destructive=False,
    preemption=PreemptionKind.PER_MEMBER,
    needs_release=True,  # `suspend` leaves FAULT behind until `functional`
    # Sessions were replicated between conntrackd 1.4.7 and 1.4.8 without a loss, but the pushed
    # files are loaded by the peer's own nftables and keepalived, which may not know what a newer
    # release writes.
    mixed_versions=MixedVersions.SESSIONS_ONLY,
    sees_peer=False,
    replicates_sessions=True,
    restore=Restore.SLOT,
    has_conditional_commands=True,
)


class LinuxHA:
    """The driver of ``linux_ha``; see the Protocol for what its methods promise."""

    NAME: ClassVar[str] = "linux_ha"
    BACKUP_SUFFIX: ClassVar[str] = "tar"
    READ_ONLY: ClassVar[tuple[str, ...]] = (
        r"",  # all that Netmiko's `linux` sends at login: empty lines, to see the prompt
        r"fwctl show (?:version|ha|images|boot|users|interfaces|session-sync|sessions(?: list)?)",
        r"fwctl ha sync-report",
        r"fwctl image verify [A-Za-z0-9][A-Za-z0-9._+-]{0,99}",
    )
    FILES: ClassVar[Files] = Files.SFTP
    NEEDS_PRIVILEGE: ClassVar[bool] = False
    RELOAD_NOTICE: ClassVar[float] = 15.0
    NAPALM: ClassVar[str | None] = None
    GETTERS: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        transport: Transport,
        *,
        command_timeout: float,
        install_timeout: float,
        getters: Getters | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        del getters, clock  # its own commands say all that it needs, and nothing is remembered
        self._transport = transport
        self._command_timeout = command_timeout
        self._install_timeout = install_timeout

    def capabilities(self) -> Capabilities:
        """The same at every version so far."""
        return _CAPABILITIES

    def facts(self) -> MemberFacts:
        """Five short reads; the role is read last, so that it is the freshest."""
        with self._located():
            version = texts.parse_show_version(self._read("fwctl show version"))
            images = texts.parse_show_images(self._read("fwctl show images"))
            users = texts.parse_users(self._read("fwctl show users"))
            boot = texts.parse_show_boot(self._read("fwctl show boot"))
            ha = texts.parse_show_ha(self._read("fwctl show ha"))
        installed = tuple((image.slot, image.version) for image in images.held)
        return MemberFacts(
            identity=version.identity,
            role=ha.role,
            version=version.version,
            boot_id=boot.boot_id,
            next_version=dict(installed).get(version.next_slot),
            installed=installed,
            preemption=ha.preemption,
            is_latched=ha.is_suspended,
            is_forwarding=ha.has_vip,
            is_peer_link_up=ha.is_peer_link_up,
            failovers=boot.failovers,
            config=boot.config,
            others=len(users) - 1,  # the parser refuses an empty list: we are in it
        )

    def sync_report(self) -> SyncReport:
        """Hashes of config/shared and of the running ruleset."""
        with self._located():
            return texts.parse_sync_report(self._read("fwctl ha sync-report"))

    def session_count(self) -> SessionCount:
        """The internal and external cache of conntrackd, and the kernel's table."""
        with self._located():
            return texts.parse_session_sync(self._read("fwctl show session-sync"))

    def sessions(self) -> tuple[Session, ...]:
        """The internal cache on the active, the external one on the standby."""
        with self._located():
            return texts.parse_sessions_list(self._read("fwctl show sessions list"))

    def interfaces(self) -> tuple[tuple[str, bool], ...]:
        """All data and HA interfaces."""
        with self._located():
            return texts.parse_interfaces(self._read("fwctl show interfaces"))

    def unsaved(self) -> tuple[str, ...]:
        """What runs is read from the files that the next boot reads."""
        return ()

    def licences(self) -> tuple[str, ...]:
        """It needs none."""
        return ()

    def free_space(self) -> int | None:
        """Bytes free on /flash, where both uploads and slots lie."""
        with self._located():
            return texts.parse_show_images(self._read("fwctl show images")).free

    def staged(self, image: ImageFile) -> StagedImage | None:
        """The device reads the whole file to answer, so the long timeout applies."""
        name = plain_name(image.name, "image file")
        with self._located():
            try:
                text = self._read(f"fwctl image verify {name}", timeout=self._install_timeout)
            except CommandRefused as refused:
                if _NO_SUCH_FILE.search(refused.device_text or ""):
                    return None
                raise
            return texts.parse_verified(text, name)

    def is_installed(self, facts: MemberFacts, image: ImageFile) -> bool:
        """Whether a slot holds this version with this checksum, read afresh."""
        del facts  # it knows the versions, but no checksums
        with self._located():
            images = texts.parse_show_images(self._read("fwctl show images"))
        return any((i.version, i.sha256) == (image.version, image.sha256) for i in images.held)

    def commands(self, order: Order, facts: MemberFacts) -> tuple[str, ...]:
        """The exact lines; for an upload and for a condition on FAILED see ``commands_of``."""
        with self._located():
            return commands_of(order, facts)

    @staticmethod
    def is_same_boot(one: str, other: str) -> bool:
        """The kernel's own id, which never changes."""
        return one == other

    @staticmethod
    def marked(order: Order, before: MemberFacts, after: MemberFacts) -> MemberFacts:
        """Two slots and no lines: nothing is to be added."""
        del order, before
        return after

    def perform(self, order: Order, facts: MemberFacts, progress: Progress | None = None) -> str:
        """Send a change and return what the device said."""
        with self._located():
            (line,) = commands_of(order, facts)
            if "INIT|FAULT" in line:
                line = line.replace("INIT|FAULT", self._failed_state())
            match order.change:
                case Change.STAGE if order.image is not None:
                    return self._stage(order.image, progress)
                case Change.RELOAD:
                    said = self._transport.command_ending_session(
                        line, timeout=self._command_timeout
                    )
                    return _accepted(line, said)
                case Change.INSTALL:
                    return self._read(line, timeout=self._install_timeout)
                case Change.SYNC_CONFIG:
                    return self._sync(line)
            return self._read(line)

    def back_up(self, name: str, facts: MemberFacts) -> tuple[str, bytes]:
        """Write a backup on the device and fetch it; bytes with another checksum are refused."""
        del facts
        with self._located():
            said = self._read(f"fwctl backup {plain_name(name, 'backup')}")
            sha256, path = texts.parse_backup(said)
            content = self._transport.download(path, timeout=self._install_timeout)
            found = hashlib.sha256(content).hexdigest()
            if found != sha256:
                raise ImageError(
                    f"the backup {path} came with the checksum {found}, the device says {sha256}",
                    advice="take the backup again; if it happens again, check the device's disk",
                )
        return sha256, content

    @staticmethod
    def files_of(backup: bytes) -> dict[str, str]:
        """The files of the archive."""
        return read_archive(backup)

    def _read(self, line: str, *, timeout: float | None = None) -> str:
        said = self._transport.command(line, timeout=timeout or self._command_timeout)
        return _accepted(line, said)

    def _failed_state(self) -> str:
        """Which of the two states of a failed member it is in, or no longer."""
        ha = texts.parse_show_ha(self._read("fwctl show ha"))
        if ha.role is not Role.FAILED:
            raise StaleFacts(f"the member was failed and is {ha.role} now ({ha.state})")
        return ha.state

    def _sync(self, line: str) -> str:
        said = self._read(line)
        if "synced" not in said.split():
            raise unexpected(line, "it does not say synced", said)
        return said

    def _stage(self, image: ImageFile, progress: Progress | None) -> str:
        """Upload, then let the device measure what it got."""
        free = self.free_space()
        if free is not None and free < image.size:
            raise ImageError(
                f"no space for {image.name}: it needs {image.size} bytes, free are {free}",
                advice=f"remove what is not needed from {UPLOADS}",
            )
        try:
            self._transport.upload(
                image.path,
                f"{UPLOADS}/{image.name}",
                timeout=self._install_timeout,
                progress=progress,
            )
        except ImageError as error:
            # SFTP has one word for most refusals, a full disk included. Somebody else may have
            # filled it since it was asked; the partial file is gone again.
            error.message += f"; it needs {image.size} bytes, free are {self.free_space()}"
            raise
        found = self.staged(image)
        if found is None or (found.size, found.sha256) != (image.size, image.sha256):
            raise ImageError(
                f"{image.name} on the device is not what was sent: expected {image.size} bytes "
                f"with {image.sha256}, found {found or 'nothing'}",
                advice="stage it again; nothing was installed",
            )
        return f"{found.size} {found.sha256}"

    @contextmanager
    def _located(self) -> Iterator[None]:
        """Parsers and commands know no member: their errors get it here."""
        try:
            yield
        except HAUpgradeError as error:
            error.pair = error.pair or self._transport.pair
            error.member = error.member or self._transport.member
            raise


def _accepted(line: str, said: str) -> str:
    refusal = _REFUSAL.search(said)
    reason = refusal[1].strip() if refusal else None
    if reason is None and (error := _SHELL_ERROR.search(said)):
        reason = error[0].strip()
    if reason is None:
        return said
    raise CommandRefused(f"the device refuses {line!r}: {reason}", command=line, device_text=said)
