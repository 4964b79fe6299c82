"""Software as files on flash: the first one boots that the configuration names and that can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.images import Slot, build_image, slot_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from nornir_haupgrade.lab.disk import Disk


class BootFiles:
    """Images on flash, and which of them runs. Names are paths on the disk."""

    def __init__(
        self,
        disk: Disk,
        named: Callable[[], Iterable[str | None]],
        images: Mapping[str, str],
        *,
        endings: tuple[str, ...],
    ) -> None:
        """Begin with the first of these images (path to version) running; all lie on flash.

        ``named`` gives what the next boot tries, in order; with none of those, the first file that
        has one of these endings.
        """
        self._disk = disk
        self._named = named
        self._endings = endings
        for path, version in images.items():
            disk.store(path, build_image(version))
        self.running, version = next(iter(images.items()))
        self.slot = slot_of(build_image(version), version)

    @property
    def coming(self) -> str:
        """What the next boot is meant to come from."""
        return (self._candidates() or [self.running])[0]

    def _candidates(self) -> list[str]:
        others = sorted(path for path in self._disk.files if path.endswith(self._endings))
        return [path for path in (*self._named(), *others) if path and self._boots(path)]

    def _boots(self, path: str) -> bool:
        content = self._disk.files.get(path)
        return content is not None and slot_of(bytes(content), path).image.is_bootable

    def boot(self, *, old: bool) -> Slot | None:
        """Read the image from flash, as it lies there now; None: nothing boots."""
        found = self._candidates()
        if old and self._boots(self.running):
            found.insert(0, self.running)
        if not found:
            return None
        self.running = found[0]
        self.slot = slot_of(bytes(self._disk.files[self.running]), self.running)
        return self.slot
