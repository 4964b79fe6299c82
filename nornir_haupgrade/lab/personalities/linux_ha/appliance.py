"""The Linux firewall: two image slots, a configuration in files, one group for everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Device, Phase
from nornir_haupgrade.lab.images import Slot, build_image, slot_of
from nornir_haupgrade.lab.personalities.linux_ha.configuration import Configuration
from nornir_haupgrade.lab.roles import HaState, Stance

if TYPE_CHECKING:
    from nornir_haupgrade.lab.spec import MemberSpec, PairSpec
    from nornir_haupgrade.lab.timeline import Timeline

DATA_PORTS = ("out", "in")
GROUP = "FW"
"""keepalived's instances in one sync group have one role."""
_LOST_BY_DEFAULT = ("service 7001",)


class Appliance(Device):
    """One firewall of the platform ``linux_ha``."""

    def __init__(self, spec: MemberSpec, pair: PairSpec, timeline: Timeline) -> None:
        ports = ("mgmt", "out", "in", "ha")
        super().__init__(spec, pair, timeline, groups=(GROUP,), ports=ports)
        self.priority = spec.priority
        self.configuration = Configuration(spec.name, preempts=pair.preempt)
        self.slots: dict[str, Slot | None] = {"A": None, "B": None}
        self.chosen_slot = "A"
        """Of the next boot."""
        self._running_slot = "A"
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
    def running_slot(self) -> str:
        """A or B."""
        return self._running_slot

    @property
    def next_slot(self) -> str:
        """A or B."""
        return self.chosen_slot

    @property
    def other_slot(self) -> str:
        """The slot that is not running."""
        return "B" if self._running_slot == "A" else "A"

    @property
    def preempts(self) -> bool:
        """By its preemption file."""
        return self.configuration.preempts

    @property
    def config_hash(self) -> str:
        """Over all files, local ones included."""
        return self.configuration.digest

    def stance(self, group: str) -> Stance:
        """One priority for everything."""
        del group
        return Stance(self.priority, self.configuration.preempts)

    def has_data_path(self, group: str) -> bool:
        """Whether all interfaces that traffic passes are up."""
        del group
        return all(self.ports[name] for name in DATA_PORTS)

    def floor(self, group: str) -> HaState | None:
        """INIT without keepalived, FAULT when suspended or without an interface."""
        if not self.has_ha_running or self.phase is not Phase.RUNNING:
            return HaState.INIT
        if self.is_suspended or not self.has_data_path(group):
            return HaState.FAULT
        return None

    def install(self, name: str, slot: Slot) -> None:
        """Put an image into a slot."""
        self.slots[name] = slot
        self.disk.images = sum(held.size for held in self.slots.values() if held)

    def _choose_slot(self) -> str | None:
        """The slot to boot; a loader falls back to the other one when an image does not mount."""
        wanted = self.chosen_slot
        if self.take("old_image_after_reboot") is not None:
            wanted = self._running_slot
        for name in (wanted, "A" if wanted == "B" else "B"):
            slot = self.slots[name]
            if slot is not None and slot.image.is_bootable:
                return name
        return None

    def _load_software(self) -> bool:
        chosen = self._choose_slot()
        if chosen is None:
            return False
        self._running_slot = chosen
        self.image = self._slot(chosen).image
        return True

    def _load_configuration(self) -> None:
        self.configuration.drop_lines(self.lines_lost(_LOST_BY_DEFAULT))
        self.configuration.load()


def appliance(device: Device) -> Appliance:
    """A member of a pair of this platform, known as one."""
    if not isinstance(device, Appliance):
        msg = f"{device.name} is no firewall of the platform linux_ha"
        raise TypeError(msg)
    return device
