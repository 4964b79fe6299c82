"""What ``fwctl`` prints, parsed: pure functions from a text to facts.

A field that is needed and not there is an ``UnexpectedOutput`` that names it, never a default;
fields that are not known are left aside, since later versions may print more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nornir_haupgrade.model import (
    Preemption,
    Role,
    Session,
    SessionCount,
    StagedImage,
    SyncReport,
    Version,
)
from nornir_haupgrade.platforms.keyvalues import NUMBER, KeyValues, key_values, lines_of, unexpected

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SLOT = re.compile(r"[A-Z]")
_VERSION = re.compile(r"[!-~]{1,64}")


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """``fwctl show version``."""

    identity: str
    version: Version
    slot: str
    next_slot: str


@dataclass(frozen=True, slots=True)
class ShownHA:
    """``fwctl show ha``."""

    state: str
    has_vip: bool
    preemption: Preemption
    is_suspended: bool
    is_peer_link_up: bool

    @property
    def role(self) -> Role:
        """The state in the model's words, unless the address it holds says otherwise."""
        match self.state, self.has_vip:
            case "MASTER", True:
                return Role.ACTIVE
            case "BACKUP", False:
                return Role.STANDBY
            case "FAULT", False:
                return Role.SUSPENDED if self.is_suspended else Role.FAILED
            case "INIT", False:
                # keepalived is not running, and nothing of it is left on the interfaces.
                return Role.FAILED
            case "MASTER" | "BACKUP" | "FAULT", _:
                return Role.MIXED
        return Role.UNKNOWN


@dataclass(frozen=True, slots=True)
class HeldImage:
    """A slot that is not empty."""

    slot: str
    version: Version
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ShownImages:
    """``fwctl show images``; ``free`` in bytes."""

    held: tuple[HeldImage, ...]
    free: int


@dataclass(frozen=True, slots=True)
class ShownBoot:
    """``fwctl show boot``; the uptime is left aside, since it changes while nothing happens."""

    boot_id: str
    failovers: int
    config: str


def parse_show_version(text: str) -> ShownVersion:
    """Identity, versions and slots."""
    fields = key_values(text, "fwctl show version")
    return ShownVersion(
        fields.word("Node-id"),
        fields.matching("Version", _VERSION, "a version"),
        fields.matching("Slot", _SLOT, "a slot"),
        fields.matching("Boot", _SLOT, "a slot"),
    )


def parse_show_ha(text: str) -> ShownHA:
    """State, address, preemption, latch and link."""
    fields = key_values(text, "fwctl show ha")
    preempts = fields.either("Preempt", "yes", "no")
    return ShownHA(
        fields.word("State"),
        fields.either("VIP", "yes", "no"),
        Preemption.ON if preempts else Preemption.OFF,
        fields.either("Suspended", "1", "0"),
        fields.either("Peer-link", "up", "down"),
    )


def parse_show_images(text: str) -> ShownImages:
    """The slots that hold an image, and the free space."""
    fields = key_values(text, "fwctl show images")
    slots = sorted(key for key in fields.found if _SLOT.fullmatch(key))
    if not slots:
        raise fields.unexpected("no slot")
    held = (_image(slot, fields) for slot in slots)
    return ShownImages(tuple(image for image in held if image), fields.number("Free"))


def parse_show_boot(text: str) -> ShownBoot:
    """Boot id, role changes since that boot, configuration hash."""
    fields = key_values(text, "fwctl show boot")
    return ShownBoot(fields.word("Boot-id"), fields.number("Failovers"), fields.word("Config-hash"))


def parse_session_sync(text: str) -> SessionCount:
    """The sessions it serves, those it holds for its peer, and all in its kernel."""
    fields = key_values(text, "fwctl show session-sync")
    return SessionCount(
        own=fields.number("Internal"),
        replicated=fields.number("External"),
        total=fields.number("Kernel"),
    )


def parse_sessions_list(text: str) -> tuple[Session, ...]:
    """One session a line; none at all is an answer."""
    return tuple(_session(line) for line in lines_of(text))


def parse_interfaces(text: str) -> tuple[tuple[str, bool], ...]:
    """(name, is up) of each interface."""
    found = []
    for line in lines_of(text):
        match line.split():
            case [name, ("up" | "down") as state]:
                found.append((name, state == "up"))
            case _:
                raise unexpected("fwctl show interfaces", f"not NAME up|down: {line!r}", text)
    if not found:
        raise unexpected("fwctl show interfaces", "no interface", text)
    return tuple(found)


def parse_users(text: str) -> tuple[str, ...]:
    """The logins, ours among them: one a line."""
    users = tuple(lines_of(text))
    if not users:
        raise unexpected("fwctl show users", "no login, although we are logged in", text)
    return users


def parse_sync_report(text: str) -> SyncReport:
    """Hashes of the shared configuration; the last line says that the report is whole."""
    command = "fwctl ha sync-report"
    items = []
    running = None
    for line in lines_of(text):
        first, _, rest = line.partition(" ")
        if first == "running-nft" and _SHA256.fullmatch(rest.strip()):
            running = (first, rest.strip())
        elif _SHA256.fullmatch(first) and rest.strip():
            items.append((rest.strip(), first))
        else:
            raise unexpected(command, f"neither SHA256 PATH nor running-nft: {line!r}", text)
    if running is None:
        raise unexpected(command, "no running-nft", text)
    return SyncReport((*sorted(items), running))


def parse_verified(text: str, name: str) -> StagedImage:
    """Size and checksum of an uploaded file, as the device measured them."""
    command = f"fwctl image verify {name}"
    match text.split():
        case [size, sha256] if NUMBER.fullmatch(size) and _SHA256.fullmatch(sha256):
            return StagedImage(name, int(size), sha256)
    raise unexpected(command, "not SIZE SHA256", text)


def parse_backup(text: str) -> tuple[str, str]:
    """Checksum and path of a backup."""
    match text.split():
        case [sha256, path] if _SHA256.fullmatch(sha256) and path.startswith("/"):
            return sha256, path
    raise unexpected("fwctl backup", "not SHA256 PATH", text)


def _image(slot: str, fields: KeyValues) -> HeldImage | None:
    match fields.word(slot).split():
        case ["empty"]:
            return None
        case [version, size, sha256] if (
            _VERSION.fullmatch(version) and NUMBER.fullmatch(size) and _SHA256.fullmatch(sha256)
        ):
            return HeldImage(slot, version, int(size), sha256)
    raise fields.unexpected(f"{slot} is neither empty nor VERSION SIZE SHA256")


def _session(line: str) -> Session:
    match line.split():
        case [protocol, original, reply, state, age] if NUMBER.fullmatch(age):
            before, after = _ends(original), _ends(reply)
            # conntrackd's external cache holds what was before NAT only.
            if before and (after or reply == "-"):
                return Session(protocol, before, after, state, int(age))
    raise unexpected("fwctl show sessions list", f"not a session: {line!r}", line)


def _ends(text: str) -> tuple[str, str] | None:
    source, _, destination = text.partition(">")
    return (source, destination) if source and destination else None
