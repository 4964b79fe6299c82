"""``cisco_iosxe``: a pair of IOS-XE routers with first-hop redundancy (HSRP, VRRP or both)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar, TypeVar, cast

from nornir_haupgrade.errors import HAUpgradeError, StaleFacts
from nornir_haupgrade.model import (
    Activation,
    Capabilities,
    Change,
    ImageFile,
    MemberFacts,
    PreemptionKind,
    Role,
    Session,
    SessionCount,
    StagedImage,
    Switching,
    SyncModel,
    SyncReport,
)
from nornir_haupgrade.platforms import (
    cisco_iosxe_config as config,
    cisco_iosxe_groups as fhrp,
    cisco_iosxe_marks as marks,
    cisco_iosxe_reads as reads,
    cisco_iosxe_texts as texts,
)
from nornir_haupgrade.platforms.base import Files
from nornir_haupgrade.platforms.cisco_iosxe_commands import commands_of, is_bundle
from nornir_haupgrade.platforms.cisco_iosxe_flash import Flash
from nornir_haupgrade.platforms.cisco_iosxe_lines import is_latched, lines_of_groups, preempting
from nornir_haupgrade.platforms.cisco_iosxe_talk import Talk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nornir_haupgrade.platforms.base import Getters, Order, Progress, Transport

T = TypeVar("T")

_PATIENCE = 3
"""What took some time to read is not read again for three times as long: a running configuration
takes seconds, and roles that are older than two seconds are not acted on."""


class CiscoIosXe:
    """The driver of ``cisco_iosxe``; see the Protocol for what its methods promise."""

    NAME: ClassVar[str] = "cisco_iosxe"
    BACKUP_SUFFIX: ClassVar[str] = "cfg"
    READ_ONLY: ClassVar[tuple[str, ...]] = reads.READ_ONLY
    NAPALM_READ_ONLY: ClassVar[tuple[str, ...]] = reads.NAPALM_READ_ONLY
    RELOAD_NOTICE: ClassVar[float] = 60.0  # it reloads 9 to 18 s after the word of success
    NAPALM: ClassVar[str | None] = "ios"
    GETTERS: ClassVar[tuple[str, ...]] = ("get_facts", "get_interfaces", "get_interfaces_ip")
    FILES: ClassVar[Files] = Files.SCP
    NEEDS_PRIVILEGE: ClassVar[bool] = True

    def __init__(
        self,
        transport: Transport,
        *,
        command_timeout: float,
        install_timeout: float,
        getters: Getters | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._getters = getters
        self._clock = clock
        self._talk = Talk(
            transport, command_timeout=command_timeout, install_timeout=install_timeout
        )
        self._flash = Flash(transport, self._talk, timeout=install_timeout)
        self._held: dict[str, tuple[float, object]] = {}
        """What was slow to read, and until when it is good."""

    def capabilities(self) -> Capabilities:
        """By its mode: packages are activated by a reload, on trial; one file is selected."""
        with self._located():
            is_packaged = self._flash.version().is_install_mode
        return Capabilities(
            sync_model=SyncModel.NONE,
            preemption=PreemptionKind.PER_MEMBER,
            switching=Switching.TAKE,
            needs_release=True,
            activation=Activation.RELOAD if is_packaged else Activation.SELECT,
            needs_commit=is_packaged,
            has_sessions=False,
            replicates_sessions=False,
        )

    def facts(self) -> MemberFacts:
        """What is slow to read first; the roles last, so that they are the freshest."""
        with self._located():
            version = self._flash.version()
            (changed, is_saved), interfaces = self._remembered("configuration", self._configuration)
            software = self._remembered("software", lambda: self._flash.software(version))
            others = texts.parse_users(self._talk.read("show users"))
            groups = self._groups()
            lines = lines_of_groups(interfaces, groups)
        return MemberFacts(
            identity=version.serial,
            role=fhrp.role_of(groups),
            version=version.version,
            boot_id=version.restarted,
            next_version=software.next_version,
            installed=software.installed,
            preemption=fhrp.preemption_of(groups),
            is_latched=is_latched(lines),
            is_on_trial=software.is_on_trial,
            is_forwarding=fhrp.forwards(groups),
            is_peer_link_up=fhrp.sees_peer(groups),
            failovers=fhrp.failovers_of(groups),
            config=changed,
            others=others,
            ha_lines=lines,
            preempting=preempting(lines),
            is_saved=is_saved,
        )

    def sync_report(self) -> SyncReport:
        """Nothing: each router is configured by itself."""
        return SyncReport(())

    def session_count(self) -> SessionCount:
        """Not kept."""
        return SessionCount(None, None, None)

    def sessions(self) -> tuple[Session, ...]:
        """Not kept."""
        return ()

    def interfaces(self) -> tuple[tuple[str, bool], ...]:
        """Those that carry a group."""
        with self._located():
            wanted = [group.interface for group in self._groups()]
            return texts.parse_interfaces(self._talk.read("show ip interface brief"), wanted)

    def licences(self) -> tuple[str, ...]:
        """Levels, packages and throughput, as ``show version`` has them."""
        with self._located():
            return texts.parse_licences(self._talk.read("show version"))

    def free_space(self) -> int | None:
        """Bytes free where it was booted from; packages need about as much again when added."""
        with self._located():
            return self._flash.files(self._flash.version().file_system).free

    def staged(self, image: ImageFile) -> StagedImage | None:
        """The device reads the whole file to answer."""
        with self._located():
            return self._flash.staged(image)

    def is_installed(self, facts: MemberFacts, image: ImageFile) -> bool:
        """Packages carry the vendor's signature, and no checksum of the file they came from."""
        if not is_bundle(facts):
            return facts.slot_of(image.version) is not None
        found = self.staged(image)
        return found is not None and (found.size, found.sha256) == (image.size, image.sha256)

    def commands(self, order: Order, facts: MemberFacts) -> tuple[str, ...]:
        """The exact lines; for an upload see ``commands_of``."""
        with self._located():
            return commands_of(order, facts)

    def perform(self, order: Order, facts: MemberFacts, progress: Progress | None = None) -> str:
        """Send a change and return what the device said."""
        with self._located():
            lines = commands_of(order, facts)
            self._held.clear()
            try:
                return self._perform(order, lines, progress)
            finally:
                self._held.clear()

    def back_up(self, name: str, facts: MemberFacts) -> tuple[str, bytes]:
        """The running configuration, by NAPALM where it reaches the member; nothing is left."""
        del name, facts
        with self._located():
            if self._getters is not None:
                said = self._getters.get("get_config", retrieve="running")
                text = str(cast("dict[str, object]", said)["running"])
            else:
                text = self._talk.read("show running-config", is_long=True)
            content = f"{config.whole(text).strip()}\n".encode()
        return hashlib.sha256(content).hexdigest(), content

    @staticmethod
    def files_of(backup: bytes) -> dict[str, str]:
        """The running configuration, without what changes by itself."""
        return config.read_backup(backup)

    @staticmethod
    def is_same_boot(one: str, other: str) -> bool:
        """The same time, to the second that rounding may cost."""
        return texts.is_same_time(one, other)

    @staticmethod
    def marked(order: Order, before: MemberFacts, after: MemberFacts) -> MemberFacts:
        """Slots by their state, and the lines of the groups."""
        return marks.marked(order, before, after)

    def unsaved(self) -> tuple[str, ...]:
        """What a reload would lose (+) or bring back (-); nothing of ours is ever left unsaved."""
        with self._located():
            running = self._talk.read("show running-config", is_long=True)
            startup = self._talk.read("show startup-config", is_long=True)
            return config.differences(running, startup)

    def _perform(self, order: Order, lines: tuple[str, ...], progress: Progress | None) -> str:
        if order.only_if is not None:
            self._check_role(order.only_if)
        match order.change:
            case Change.STAGE if order.image is not None:
                return self._flash.stage(order.image, progress)
            case Change.BACK_UP:
                return self._talk.read(lines[0], is_long=True)
            case Change.INSTALL if lines:
                return self._talk.install(lines[0], "install_add")
            case Change.COMMIT:
                return self._talk.install(lines[0], "install_commit")
            case Change.RELOAD:
                word = "_".join(lines[0].split()[:2]) if lines[0] != "reload" else None
                return self._talk.reload(lines[0], word)
            case Change.RELINQUISH:
                self._check_take()
        return self._talk.configure(lines)

    def _check_role(self, wanted: Role) -> None:
        """The device has no conditional command, so the role is read once more just before."""
        groups = self._groups()
        role, forwards = fhrp.role_of(groups), fhrp.forwards(groups)
        if role is not wanted or forwards is not False:
            does = {True: "forwards", False: "does not forward", None: "may forward"}[forwards]
            raise StaleFacts(f"the member was {wanted}, and is {role} now and {does}")

    def _check_take(self) -> None:
        """Every group stands by, and its claim will be higher than the holder's."""
        for group in self._groups():
            if group.role is not Role.STANDBY:
                raise StaleFacts(f"{group} is {group.state} now: no role is taken from there")
            claim = fhrp.LATCH - (group.configured - group.priority)
            held = group.holder_priority
            if held is None or held >= claim:
                raise HAUpgradeError(
                    f"{group} cannot take the role: {group.holder} holds it with priority "
                    f"{'unknown' if held is None else held}, and {claim} would be claimed",
                    advice="give the holder a lower priority, or bring up what this one tracks",
                )

    def _groups(self) -> tuple[fhrp.Group, ...]:
        standby = fhrp.parse_standby(self._talk.read_if_known("show standby"))
        return (*standby, *fhrp.parse_vrrp(self._talk.read_if_known("show vrrp all")))

    def _configuration(self) -> tuple[tuple[str, bool], str]:
        """When it was changed, hashed, and whether it is saved; the sections of the interfaces."""
        said = self._talk.read(reads.SHOW_CHANGED)
        changed = config.parse_changed(said), config.parse_saved(said)
        return changed, self._talk.read(reads.SHOW_INTERFACES)

    def _remembered(self, what: str, read: Callable[[], T]) -> T:
        """What changes by an administrator's hand only: not read again at once if it was slow."""
        until, value = self._held.get(what, (0.0, None))
        began = self._clock()
        if began < until:
            return cast("T", value)
        found = read()
        ended = self._clock()
        self._held[what] = (ended + _PATIENCE * (ended - began), found)
        return found

    @contextmanager
    def _located(self) -> Iterator[None]:
        """Parsers and commands know no member: their errors get it here."""
        try:
            yield
        except HAUpgradeError as error:
            error.pair = error.pair or self._transport.pair
            error.member = error.member or self._transport.member
            raise
