"""A firewall's software: images in its repository, and two system partitions."""

from __future__ import annotations

import io
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.images import DEFAULT_SIZE, Slot, build_image, read_image, slot_of
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import file_name, rank

if TYPE_CHECKING:
    from nornir_haupgrade.lab.disk import Disk
    from nornir_haupgrade.lab.personalities.paloalto_panos.spec import PanosSpec

PARTITIONS = ("sysroot0", "sysroot1")


class PartitionState(StrEnum):
    """In the words of ``debug swm status``; the first two are captured, the others the lab's."""

    RUNNING = "RUNNING-ACTIVE"
    PENDING = "PENDING-CHANGE"
    REVERTABLE = "REVERTABLE"
    REVERTING = "PENDING-REVERT"
    EMPTY = "EMPTY"


class UpdateServer:
    """Where images come from: what the lab builds itself, and a folder. No network is used."""

    def __init__(self, spec: PanosSpec) -> None:
        self._spec = spec

    def sizes(self) -> dict[str, int]:
        """The releases that it has, the newest first, with their sizes in bytes."""
        found = dict.fromkeys(self._spec.offers, DEFAULT_SIZE)
        for path in self._files():
            found[_version_in(path)] = path.stat().st_size
        return {version: found[version] for version in sorted(found, key=rank, reverse=True)}

    def image(self, version: str) -> bytes | None:
        """A release's image; None: it has none."""
        for path in self._files():
            if _version_in(path) == version:
                return path.read_bytes()
        return build_image(version) if version in self._spec.offers else None

    def file(self, name: str) -> bytes | None:
        """An image by the name of its file in the folder, or as the vendor calls it."""
        for path in self._files():
            if path.name == name:
                return path.read_bytes()
        made = [version for version in self._spec.offers if file_name(version) == name]
        return build_image(made[0]) if made else None

    def _files(self) -> list[Path]:
        folder = Path(self._spec.folder)
        if not self._spec.folder or not folder.is_dir():
            return []
        return [path for path in sorted(folder.iterdir()) if path.is_file() and _version_in(path)]


def _version_in(path: Path) -> str:
    """The release that an image in a file names itself; empty: it is none."""
    with path.open("rb") as file:
        head = file.readline(io.DEFAULT_BUFFER_SIZE)
    facts = read_image(head)
    return "" if facts.version == "unknown" else facts.version


class Software:
    """What is loaded, what is installed where, what runs and what boots next."""

    def __init__(self, disk: Disk, version: str, other: str | None) -> None:
        self._disk = disk
        self.loaded: dict[str, Slot] = {}
        """Images in the repository, by release."""
        self.offered: dict[str, int] = {}
        """What the last look at the update server found, with sizes in bytes."""
        self.checked_at: float | None = None
        self.partitions: dict[str, Slot | None] = dict.fromkeys(PARTITIONS)
        self.running = self.coming = PARTITIONS[0]
        self._was_installed = False
        """Whether what boots next was installed, rather than gone back to."""
        self.load(slot_of(build_image(version), version))
        self.partitions[self.running] = self.loaded[version]
        if other is not None:
            self.load(slot_of(build_image(other), other))
            self.partitions[PARTITIONS[1]] = self.loaded[other]

    @property
    def other(self) -> str:
        """The partition that does not run."""
        return PARTITIONS[1] if self.running == PARTITIONS[0] else PARTITIONS[0]

    @property
    def slot(self) -> Slot:
        """What runs."""
        slot = self.partitions[self.running]
        if slot is None:
            msg = f"partition {self.running} is empty"
            raise ValueError(msg)
        return slot

    def load(self, slot: Slot) -> None:
        """Put an image into the repository."""
        self.loaded[slot.version] = slot
        self._weigh()

    def delete(self, version: str) -> bool:
        """Take an image out of the repository; whether it was there."""
        found = self.loaded.pop(version, None) is not None
        self._weigh()
        return found

    def _weigh(self) -> None:
        self._disk.images = sum(slot.size for slot in self.loaded.values())

    def install(self, version: str) -> None:
        """Write an image to the partition that does not run, and have it boot next."""
        self.partitions[self.other] = self.loaded[version]
        self.coming = self.other
        self._was_installed = True

    def revert(self) -> Slot | None:
        """Have the other partition boot next; what is in it, or None if nothing is."""
        slot = self.partitions[self.other]
        if slot is not None:
            self.coming = self.other
            self._was_installed = False
        return slot

    def boot(self, *, old: bool) -> Slot | None:
        """Load what is to boot next, or once more what ran; None: it does not boot."""
        chosen = self.running if old else self.coming
        slot = self.partitions[chosen]
        if slot is None or not slot.image.is_bootable:
            return None
        self.running = self.coming = chosen
        return slot

    def state(self, partition: str) -> PartitionState:
        """In the words of ``debug swm status``."""
        if partition == self.running:
            return PartitionState.RUNNING
        if self.partitions[partition] is None:
            return PartitionState.EMPTY
        if partition == self.coming:
            return PartitionState.PENDING if self._was_installed else PartitionState.REVERTING
        return PartitionState.REVERTABLE
