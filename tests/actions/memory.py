"""A pair in memory: two devices that hold facts, a Pair that leads to them, and what they keep.

What a change does to a device is written here by hand, not taken from the code that is tested.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import socket
import struct
import tarfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Final

from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory

from nornir_haupgrade.errors import (
    CommandRefused,
    HAUpgradeError,
    HistoryDamaged,
    UnexpectedOutput,
    Unreachable,
)
from nornir_haupgrade.model import (
    Capabilities,
    Change,
    Flow,
    ImageFile,
    MemberFacts,
    MemberId,
    Preemption,
    Role,
    Session,
    SessionCount,
    Sha256,
    StagedImage,
    SyncModel,
    SyncReport,
)
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.platforms.archive import read_archive
from nornir_haupgrade.platforms.base import Driver, Files, Order, Progress
from nornir_haupgrade.settings import PairConfig, Settings
from nornir_haupgrade.world import REAL, World

OLD: Final = "12.15"
NEW: Final = "13.8"
FILES: Final = {"rules": "allow 80\nallow 443\n", "nat": "none\n"}


class Clock:
    """The action's clock: a wait passes time instead of waiting.

    Attributes:
        passed: Seconds that were waited for.
        is_real: Whether real time passes as well, as tests with real ports need it.
        waits: Whether waits are waited for, as measuring needs it.
        stop_after: A person stops it when so many seconds were waited for.
    """

    def __init__(self) -> None:
        self.passed = 0.0
        self.is_real = False
        self.waits = False
        self.stop_after: float | None = None

    def monotonic(self) -> float:
        """What ``time.monotonic`` would say, had the waits been waited."""
        passed = 0.0 if self.waits else self.passed
        return passed + (time.monotonic() if self.is_real else 0.0)

    def wait(self, stop: threading.Event, seconds: float) -> bool:
        """Pass the time; whether a person stopped it."""
        self.passed += seconds
        if self.waits:
            time.sleep(seconds)
        if self.stop_after is not None and self.passed >= self.stop_after:
            stop.set()
        return stop.is_set()

    @property
    def world(self) -> World:
        """This machine, but for the clock."""
        return World(monotonic=self.monotonic, wait=self.wait)


class Port:
    """A loopback port that sends an SSH banner, and can go down and come up again."""

    def __init__(self) -> None:
        self.number = 0
        self._lines: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.open()

    def open(self) -> None:
        """Answer from now on."""
        self._listener = socket.create_server(("127.0.0.1", self.number))
        self.number = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def reset(self) -> None:
        """Refuse from now on, and reset what is connected."""
        for line in self._lines:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self) -> None:
        """Refuse from now on, and drop what is connected."""
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        while self._lines:
            self._lines.pop().close()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                line, _ = listener.accept()
            except OSError:
                return
            self._lines.append(line)
            if self._listener is not listener:  # closed meanwhile
                line.close()
                return
            with contextlib.suppress(OSError):  # a hastened probe resets what it opened
                line.sendall(b"SSH-2.0-memory\r\n")


def archive(files: dict[str, str], mode: str = "w") -> bytes:
    """A backup as a device makes it."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as tar:  # type: ignore[call-overload]
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text.encode())
            tar.addfile(entry, io.BytesIO(text.encode()))
    return held.getvalue()


@dataclass
class Device:
    """One member, and its driver in one.

    Attributes:
        facts_held: What it is.
        fails: The errors of its next answers, by the name of the read or change; the last one
            stays.
        acts_before_failing: Whether a change that fails has taken effect all the same.
        is_deaf: Whether changes are accepted and do nothing.
        on_read: Called with the number of each reading of its facts, before it.
        on_change: Called after each change.
        next_counts: What its session table counts at the next readings; then what was last.
    """

    NAME: ClassVar[str] = "memory"
    BACKUP_SUFFIX: ClassVar[str] = "tar"
    READ_ONLY: ClassVar[tuple[str, ...]] = ()
    FILES: ClassVar[Files] = Files.SFTP
    NEEDS_PRIVILEGE: ClassVar[bool] = False
    RELOAD_NOTICE: ClassVar[float] = 15.0
    NAPALM: ClassVar[str | None] = None
    GETTERS: ClassVar[tuple[str, ...]] = ()

    name: MemberId
    facts_held: MemberFacts
    peer: Device | None = None
    capable: Capabilities = field(default_factory=lambda: Capabilities(sync_model=SyncModel.PUSH))
    fails: dict[str, list[HAUpgradeError | None]] = field(default_factory=dict)
    acts_before_failing: bool = False
    is_deaf: bool = False
    is_down: bool = False
    on_read: Callable[[int], None] = lambda _: None
    on_change: Callable[[Change], None] = lambda _: None
    reads: int = 0
    sent: list[Order] = field(default_factory=list)
    items: tuple[tuple[str, str], ...] = (("rules", "r1"), ("nat", "n1"))
    count: SessionCount = field(default_factory=lambda: SessionCount(0, 0, 0))
    next_counts: list[SessionCount] = field(default_factory=list)
    table: tuple[Session, ...] = ()
    ports: tuple[tuple[str, bool], ...] = (("eth1", True), ("eth2", True))
    free: int | None = 10_000_000
    disk: dict[str, StagedImage] = field(default_factory=dict)
    content: bytes = field(default_factory=lambda: archive(FILES))
    not_saved: tuple[str, ...] = ()
    licensed: tuple[str, ...] = ()

    def becomes(self, **changes: object) -> None:
        """Something about it changes."""
        self.facts_held = replace(self.facts_held, **changes)  # type: ignore[arg-type]

    def goes_wrong(self, what: str, *errors: HAUpgradeError | None) -> None:
        """Fail so from now on; None is an answer as it should be."""
        self.fails[what] = list(errors)

    def _answers(self, what: str) -> None:
        errors = self.fails.get(what)
        if errors:
            error = errors.pop(0) if len(errors) > 1 else errors[0]
            if error is not None:
                raise error

    # --- reads ------------------------------------------------------------------------------------

    def capabilities(self) -> Capabilities:
        return self.capable

    def facts(self) -> MemberFacts:
        self.reads += 1
        self.on_read(self.reads)
        self._answers("facts")
        return self.facts_held

    def sync_report(self) -> SyncReport:
        self._answers("sync_report")
        return SyncReport(self.items)

    def session_count(self) -> SessionCount:
        self._answers("session_count")
        if self.next_counts:
            self.count = self.next_counts.pop(0)
        return self.count

    def sessions(self) -> tuple[Session, ...]:
        self._answers("sessions")
        return self.table

    def interfaces(self) -> tuple[tuple[str, bool], ...]:
        self._answers("interfaces")
        return self.ports

    def licences(self) -> tuple[str, ...]:
        self._answers("licences")
        return self.licensed

    def unsaved(self) -> tuple[str, ...]:
        self._answers("unsaved")
        return self.not_saved

    def free_space(self) -> int | None:
        self._answers("free_space")
        return self.free

    def staged(self, image: ImageFile) -> StagedImage | None:
        return self.disk.get(image.name)

    def is_installed(self, facts: MemberFacts, image: ImageFile) -> bool:
        return facts.slot_of(image.version) is not None

    # --- changes ----------------------------------------------------------------------------------

    def commands(self, order: Order, facts: MemberFacts) -> tuple[str, ...]:
        del facts
        return (f"{order.change} {order.version or order.name or ''}".strip(),)

    @staticmethod
    def is_same_boot(one: str, other: str) -> bool:
        return one == other

    @staticmethod
    def marked(order: Order, before: MemberFacts, after: MemberFacts) -> MemberFacts:
        del order, before
        return after

    def perform(self, order: Order, facts: MemberFacts, progress: Progress | None = None) -> str:
        del facts, progress
        self.sent.append(order)
        if order.only_if not in (None, self.facts_held.role):
            raise CommandRefused(f"refused: the role is not {order.only_if}")
        if self.acts_before_failing:
            self._act(order)
        self._answers(order.change)
        if not self.acts_before_failing and not self.is_deaf:
            self._act(order)
        return "ok"

    def back_up(self, name: str, facts: MemberFacts) -> tuple[str, bytes]:
        del facts
        self._answers("back_up")
        self.sent.append(Order(Change.BACK_UP, name=name))
        return hashlib.sha256(self.content).hexdigest(), self.content

    @staticmethod
    def files_of(backup: bytes) -> dict[str, str]:
        return read_archive(backup)

    def _act(self, order: Order) -> None:
        assert self.peer is not None
        match order.change:
            case Change.PREEMPTION_OFF:
                self.becomes(preemption=Preemption.OFF)
            case Change.PREEMPTION_ON:
                self.becomes(preemption=Preemption.ON)
            case Change.SYNC_CONFIG:
                self.peer.items = self.items
            case Change.STAGE if order.image is not None:
                sent = Path(order.image.path).read_bytes()
                held = StagedImage(order.image.name, len(sent), hashlib.sha256(sent).hexdigest())
                self.disk[order.image.name] = held
            case Change.INSTALL:
                self.becomes(installed=(("slot1", OLD), ("slot2", str(order.version))))
            case Change.ACTIVATE:
                self.becomes(next_version=order.version)
            case Change.COMMIT:
                self.becomes(is_on_trial=False)
            case Change.RELINQUISH:
                self.becomes(role=Role.SUSPENDED, is_forwarding=False, is_latched=True)
                self.peer.becomes(role=Role.ACTIVE, is_forwarding=True)
            case Change.RELEASE:
                self.becomes(role=Role.STANDBY, is_latched=False)
        self.on_change(order.change)

    def boots(self, version: str = NEW, role: Role = Role.STANDBY) -> None:
        """Come up on a new boot."""
        self.is_down = False
        self.becomes(boot_id="boot-2", version=version, role=role)


class MemoryPair(Pair):
    """The real Pair, but that its sessions lead to devices in memory."""

    def __init__(
        self,
        config: PairConfig,
        settings: Settings,
        devices: dict[MemberId, Device],
        port: Port | None,
        world: World = REAL,
    ) -> None:
        number = port.number if port is not None else 1  # nobody listens there
        hosts = Hosts({name: Host(name, hostname="127.0.0.1", port=number) for name in devices})
        nr = Nornir(Inventory(hosts, Groups(), Defaults()))
        super().__init__(nr, config, settings, is_read_only=False, world=world)
        self.devices = devices
        self.closed: list[MemberId] = []
        self.logins_while_down = 0

    @property
    def kind(self) -> type[Driver]:
        return Device

    def commands(self, member: MemberId, order: Order, facts: MemberFacts) -> tuple[str, ...]:
        return self.devices[member].commands(order, facts)

    def flow(self, member: MemberId) -> Flow | None:
        return Flow("tcp", f"10.9.0.1:{40000 + self.names.index(member)}", "10.9.0.2:22")

    def close(self, member: MemberId | None = None) -> None:
        self.closed += self.names if member is None else (member,)

    def _driver(self, name: MemberId) -> Driver:
        device = self.devices[name]
        if device.is_down:
            self.logins_while_down += 1
            raise Unreachable("does not answer")
        return device


@dataclass
class MemoryEvidence:
    """Evidence in memory."""

    raw: list[str] = field(default_factory=list)
    backups: dict[tuple[MemberId, str], bytes] = field(default_factory=dict)

    def put_raw(self, text: str) -> Sha256:
        self.raw.append(text)
        return hashlib.sha256(text.encode()).hexdigest()

    def get_raw(self, digest: Sha256) -> str:
        for text in self.raw:
            if hashlib.sha256(text.encode()).hexdigest() == digest:
                return text
        raise HistoryDamaged(f"{digest} is gone")

    def put_backup(self, member: MemberId, name: str, content: bytes) -> str:
        self.backups[member, name] = content
        return f"backups/{member}/{name}"

    def get_backup(self, member: MemberId, *names: str) -> bytes | None:
        found = (self.backups.get((member, name)) for name in names)
        return next((kept for kept in found if kept is not None), None)


def unreadable() -> UnexpectedOutput:
    """An answer that no parser understands."""
    return UnexpectedOutput("cannot make sense of the answer")
