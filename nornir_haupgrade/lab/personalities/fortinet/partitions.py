"""Two partitions, each with an image and the configuration that was left in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.images import Slot, build_image, slot_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.disk import Disk
    from nornir_haupgrade.lab.personalities.fortinet.configuration import Configuration

NAMES = {"primary": 1, "secondary": 2}
"""As ``execute set-next-reboot`` calls them; that they are fixed to the numbers is assumed."""


@dataclass(slots=True)
class Partition:
    """One of the two."""

    slot: Slot | None = None
    configuration: Configuration | None = None
    """As it was when another partition was booted from this one; None: it never ran."""


@dataclass(slots=True)
class Partitions:
    """What is installed, what runs, and what boots next."""

    disk: Disk
    held: dict[int, Partition] = field(default_factory=lambda: {1: Partition(), 2: Partition()})
    running: int = 1
    coming: int = 1

    @property
    def other(self) -> int:
        """The one that does not run."""
        return 2 if self.running == 1 else 1

    def install(self, number: int, image: bytes, version: str) -> None:
        """Put an image into a partition; what ran there, and its configuration, is gone."""
        self.held[number] = Partition(slot_of(image, version))
        self._weigh()

    def fits(self, size: int) -> bool:
        """Whether an image has room in the partition that does not run."""
        old = self.held[self.other].slot
        return size <= self.disk.free + (0 if old is None else old.size)

    def _weigh(self) -> None:
        self.disk.images = sum(one.slot.size for one in self.held.values() if one.slot is not None)

    def boot(self, *, old: bool) -> Slot | None:
        """Load what is meant to boot, or the other one if it does not boot; None: neither."""
        wanted = self.running if old else self.coming
        for number in (wanted, 2 if wanted == 1 else 1):
            slot = self.held[number].slot
            if slot is not None and slot.image.is_bootable:
                self.running = self.coming = number
                return slot
        return None


def filled(disk: Disk, version: str, other: str | None) -> Partitions:
    """A version in the partition that runs, and perhaps one in the other."""
    made = Partitions(disk)
    made.install(1, build_image(version), version)
    if other is not None:
        made.install(2, build_image(other), other)
    return made
