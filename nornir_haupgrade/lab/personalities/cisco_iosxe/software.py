"""A router's software: packages that are installed on trial, or one file named to boot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from nornir_haupgrade.lab.boot_files import BootFiles
from nornir_haupgrade.lab.images import Slot, plain_slot
from nornir_haupgrade.lab.personalities.cisco_iosxe.versions import file_name, package_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir_haupgrade.lab.disk import Disk
    from nornir_haupgrade.lab.timeline import Timeline, Timer

FLASH = "/flash/"
PACKAGES = "bootflash:packages.conf"
"""What boots in install mode: the list of the packages of one version."""
_NAMES = ("flash:", "bootflash:")
_BOOT_SHARE = 16
"""What part of an image the package is that is booted from: the lab's own."""


def flash_path(name: str) -> str | None:
    """``flash:x``, ``bootflash:/x`` or ``x`` as a path on the disk; None: another file system."""
    for prefix in _NAMES:
        if name.startswith(prefix):
            return FLASH + name.removeprefix(prefix).lstrip("/")
    return None if ":" in name else FLASH + name.lstrip("/")


class Software(Protocol):
    """How a router boots."""

    @property
    def running(self) -> str:
        """Where what runs was booted from."""

    @property
    def coming(self) -> str:
        """Where the next boot is meant to come from."""

    @property
    def image_file(self) -> str:
        """What ``show version`` names as the system image file."""

    @property
    def packages(self) -> dict[str, int]:
        """What lies on the flash beside the files that somebody put there: name to bytes."""

    def boot(self, *, old: bool) -> Slot | None:
        """Load what is meant to boot, or once more what ran before; None: nothing boots."""

    def lose_others(self) -> None:
        """Delete everything that could boot instead of what runs."""


@dataclass(slots=True)
class Trial:
    """Software that goes back by itself."""

    until: float
    """Device seconds."""
    timer: Timer


class Packages:
    """Install mode: versions in the repository, one committed, at most one on trial."""

    def __init__(self, disk: Disk, timeline: Timeline, versions: list[str]) -> None:
        self._disk = disk
        self._timeline = timeline
        self.held: dict[str, Slot] = {}
        """By version, in the order in which they were added."""
        self.files: dict[str, str] = {}
        """File name to the version that was added from it."""
        self.committed = self._running = self._coming = versions[0]
        self.trial: Trial | None = None
        for version in versions:
            self.add(plain_slot(version), file_name(version))

    @property
    def running(self) -> str:
        """A version."""
        return self._running

    @property
    def coming(self) -> str:
        """A version."""
        return self._coming

    @property
    def image_file(self) -> str:
        """The list of packages, whatever the version."""
        return PACKAGES

    @property
    def packages(self) -> dict[str, int]:
        """Two for each version, the smaller one to boot from."""
        found: dict[str, int] = {}
        for version, slot in self.held.items():
            names = package_names(version)
            small = slot.size // _BOOT_SHARE
            found |= dict(zip(names, (slot.size - small, small), strict=True))
        return found

    @property
    def is_on_trial(self) -> bool:
        """Whether what runs is not committed."""
        return self._running != self.committed

    @property
    def inactive(self) -> list[str]:
        """Versions that are there, neither running nor committed; the newest added last."""
        return [name for name in self.held if name not in {self._running, self.committed}]

    def add(self, slot: Slot, name: str) -> None:
        """Unpack an image into the repository."""
        self.held.pop(slot.image.version, None)
        self.held[slot.image.version] = slot
        self.files[name] = slot.image.version
        self._weigh()

    def lose_others(self) -> None:
        """Delete the packages of all versions but the one that runs."""
        self.held = {name: slot for name, slot in self.held.items() if name == self._running}
        self._weigh()

    def remove_inactive(self) -> None:
        """Delete what is neither running nor committed."""
        for version in self.inactive:
            del self.held[version]
        self._weigh()

    def _weigh(self) -> None:
        self._disk.images = sum(slot.size for slot in self.held.values())

    def activate(self, version: str, seconds: float, goes_back: Callable[[], None]) -> None:
        """Have a version boot next, on trial for so many device seconds."""
        self._coming = version
        timer = self._timeline.after(seconds, goes_back)
        self.trial = Trial(self._timeline.now() + seconds, timer)

    def commit(self) -> None:
        """Keep what runs."""
        self.committed = self._coming = self._running
        self._end_trial()

    def go_back(self) -> None:
        """Have what was committed boot next."""
        self._coming = self.committed
        self._end_trial()

    def _end_trial(self) -> None:
        if self.trial is not None:
            self.trial.timer.cancel()
            self.trial = None

    def boot(self, *, old: bool) -> Slot | None:
        """Load what was activated; a second boot without a commit goes back.

        "install commit ... ensures the updates are persistent over reloads", says Cisco's guide
        to the Catalyst 8000V.
        """
        self._running = self._running if old else self._coming
        if self._running not in self.held:
            self._running = self.committed
        self._coming = self.committed
        if not self.is_on_trial:
            self._end_trial()
        slot = self.held.get(self._running)
        return slot if slot is not None and slot.image.is_bootable else None


class Bundle:
    """Bundle mode: the first file that ``boot system`` names and that boots."""

    def __init__(
        self, disk: Disk, boot_files: Callable[[], list[str]], versions: list[str]
    ) -> None:
        self._files = BootFiles(
            disk,
            lambda: [flash_path(name) for name in boot_files()],
            {FLASH + file_name(version): version for version in versions},
            endings=(".bin",),
        )

    @property
    def running(self) -> str:
        """A file's name."""
        return self._files.running.removeprefix(FLASH)

    @property
    def coming(self) -> str:
        """A file's name."""
        return self._files.coming.removeprefix(FLASH)

    @property
    def image_file(self) -> str:
        """The file that was booted."""
        return f"bootflash:{self.running}"

    @property
    def packages(self) -> dict[str, int]:
        """None: one file is all that boots."""
        return {}

    def boot(self, *, old: bool) -> Slot | None:
        """Read the image from flash, as it lies there now."""
        return self._files.boot(old=old)

    def lose_others(self) -> None:
        """Delete every image file but the one that was booted."""
        self._files.lose_others()
