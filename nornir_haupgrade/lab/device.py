"""One member as a state machine: image slots, boots, flash, configuration, latch and interfaces.

It knows no clock but the timeline's, no network and no command line; its pair decides its role.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.configuration import Configuration
from nornir_haupgrade.lab.disk import Disk, sha256
from nornir_haupgrade.lab.images import ImageFacts, build_image, read_image

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nornir_haupgrade.lab.spec import MemberSpec, PairSpec
    from nornir_haupgrade.lab.timeline import Timeline, Timer

DATA_PORTS = ("out", "in")
_UPTIME_AT_START = 86_400.0
_POST_SHARE = 0.2
"""The part of a boot before the kernel runs."""
_NAMESPACE = uuid.UUID("6f0d2b1e-5f0a-4c58-9d0b-8f6a3f1f7a10")


class Phase(StrEnum):
    """How far a device's system is up."""

    RUNNING = "running"
    STOPPING = "stopping"
    """The old system still answers logins; it takes no part in HA any more."""
    DOWN = "down"
    BOOTING = "booting"


class HaState(StrEnum):
    """A member's own word for its role; VRRP's words, whatever a personality prints."""

    MASTER = "MASTER"
    BACKUP = "BACKUP"
    FAULT = "FAULT"
    INIT = "INIT"


@dataclass(frozen=True, slots=True)
class Slot:
    """An installed image."""

    version: str
    """As it was named when it was installed; what it runs as stands in the image."""
    size: int
    sha256: str
    image: ImageFacts


@dataclass(slots=True)
class Quirk:
    """Something wrong with a device, and how many more times it shows; None: always."""

    params: Mapping[str, Any] = field(default_factory=dict)
    times: int | None = None


def slot_of(image: bytes, version: str) -> Slot:
    """An image as it lies in a slot."""
    return Slot(version, len(image), sha256(image), read_image(image))


class Device:
    """A member's state; whoever listens is told about every change."""

    def __init__(self, spec: MemberSpec, pair: PairSpec, timeline: Timeline) -> None:
        self.name = self.hostname = spec.name
        self.node_id = spec.node_id
        self.priority = spec.priority
        self.times = pair
        self.timeline = timeline
        self.listeners: list[Callable[[], None]] = []
        self.configuration = Configuration(spec.name, preempts=pair.preempt)
        self.disk = Disk(pair.disk)
        self.slots: dict[str, Slot | None] = {"A": None, "B": None}
        self.quirks: dict[str, Quirk] = {}
        self.logins: dict[int, str] = {}
        """Who is logged in with a terminal, by line number."""
        self.ports = {"mgmt": True, "out": True, "in": True, "ha": True}
        self.phase = Phase.RUNNING
        self.is_silent = False
        """Dead rather than down: it does not even refuse a connection."""
        self.has_ha_running = False
        self.is_suspended = False
        self.role = HaState.INIT
        self.role_changes = 0
        self.forwards_at = 0.0
        """When the data plane follows the role (device seconds)."""
        self.boots = 0
        self.booted_at = timeline.now() - _UPTIME_AT_START
        self.running_slot = self.next_slot = "A"
        self._power: Timer | None = None
        self.install("A", slot_of(build_image(spec.version), spec.version))
        if spec.other_version is not None:
            self.install("B", slot_of(build_image(spec.other_version), spec.other_version))
        self.image = self._slot("A").image
        self.has_ha_running = self.image.has_ha

    def _slot(self, name: str) -> Slot:
        slot = self.slots[name]
        if slot is None:
            msg = f"{self.name}: slot {name} is empty"
            raise ValueError(msg)
        return slot

    @property
    def boot_id(self) -> str:
        """New at each boot; the same lab gives the same ones."""
        return str(uuid.uuid5(_NAMESPACE, f"{self.node_id}/{self.boots}"))

    @property
    def uptime(self) -> float:
        """Device seconds since the boot."""
        return self.timeline.now() - self.booted_at

    @property
    def is_answering(self) -> bool:
        """Whether its management takes logins and commands."""
        return self.phase in {Phase.RUNNING, Phase.STOPPING}

    @property
    def has_data_plane(self) -> bool:
        """Whether all interfaces that traffic passes are up."""
        return all(self.ports[name] for name in DATA_PORTS)

    @property
    def other_slot(self) -> str:
        """The slot that is not running."""
        return "B" if self.running_slot == "A" else "A"

    def changed(self) -> None:
        """Tell everybody who listens."""
        for listener in tuple(self.listeners):
            listener()

    def has(self, quirk: str) -> Mapping[str, Any] | None:
        """The parameters of something wrong with it, or None."""
        found = self.quirks.get(quirk)
        return None if found is None else found.params

    def take(self, quirk: str) -> Mapping[str, Any] | None:
        """The same, and count it as shown once."""
        found = self.quirks.get(quirk)
        if found is None:
            return None
        if found.times is not None:
            found.times -= 1
            if found.times <= 0:
                del self.quirks[quirk]
        return found.params

    def install(self, name: str, slot: Slot) -> None:
        """Put an image into a slot."""
        self.slots[name] = slot
        self.disk.images = sum(held.size for held in self.slots.values() if held)

    def reboot(self, *, halt: bool = False) -> None:
        """Stop HA at once and the system a little later; then boot, unless it is to stay off."""
        if self.phase is not Phase.RUNNING:
            return
        self.has_ha_running = False
        self.phase = Phase.STOPPING
        self._next(self.times.stop_seconds, lambda: self._go_down(halt=halt))
        self.changed()

    def crash(self, *, reboots: bool = False, silent: bool = False) -> None:
        """Lose power this instant."""
        self.is_silent = silent
        self.has_ha_running = False
        self._go_down(halt=not reboots)

    def power_on(self) -> None:
        """Boot, if it is off."""
        if self.phase is Phase.DOWN:
            self._next(0.0, self._start_booting)

    def _next(self, seconds: float, action: Callable[[], None]) -> None:
        if self._power is not None:
            self._power.cancel()
        self._power = self.timeline.after(seconds, action)

    def _go_down(self, *, halt: bool) -> None:
        self.phase = Phase.DOWN
        self.logins.clear()
        if halt:
            if self._power is not None:
                self._power.cancel()
        else:
            self._next(self.times.boot_seconds * _POST_SHARE, self._start_booting)
        self.changed()

    def _start_booting(self) -> None:
        self.phase = Phase.BOOTING
        slow = self.take("slow_boot")
        extra = 0.0 if slow is None else float(slow.get("seconds", 10.0))
        if self.take("never_boots") is None:
            self._next(self.times.boot_seconds * (1 - _POST_SHARE) + extra, self._come_up)
        self.changed()

    def _choose_slot(self) -> str | None:
        """The slot to boot; a loader falls back to the other one when an image does not mount."""
        wanted = self.next_slot
        if self.take("old_image_after_reboot") is not None:
            wanted = self.running_slot
        for name in (wanted, "A" if wanted == "B" else "B"):
            slot = self.slots[name]
            if slot is not None and slot.image.is_bootable:
                return name
        return None

    def _come_up(self) -> None:
        chosen = self._choose_slot()
        if chosen is None:
            return
        self.running_slot = chosen
        self.image = self._slot(chosen).image
        self.boots += 1
        self.booted_at = self.timeline.now()
        self.role_changes = 0
        self.is_suspended = False
        self.is_silent = False
        self._convert_configuration()
        self.phase = Phase.RUNNING
        if self.image.has_ha and self.take("boot_without_ha") is None:
            self._next(self.times.ha_seconds, self._start_ha)
        self.changed()

    def _convert_configuration(self) -> None:
        lost = self.has("config_lines_lost")
        only = None if lost is None else lost.get("version")
        if lost is not None and only in (None, self.image.version):
            self.take("config_lines_lost")
            self.configuration.drop_lines(lost.get("lines", ("service 7001",)))
        self.configuration.drop_lines(self.image.drop_config_lines)
        self.configuration.load()

    def _start_ha(self) -> None:
        self.has_ha_running = True
        self.changed()
