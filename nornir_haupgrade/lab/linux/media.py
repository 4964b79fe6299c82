"""What the lab's process mounts and opens for its members: flash, images, journals, logs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.linux.images import by_checksum
from nornir_haupgrade.lab.linux.shell import run

if TYPE_CHECKING:
    from nornir_haupgrade.lab.linux.spec import MemberNet

_FOLDERS = ("flash", "images", "journals", "net", "work")


class Media:
    """Folders below ``run``, a tmpfs that only the lab's own processes see."""

    def __init__(self, state: Path, cache: Path) -> None:
        self.run = state / "run"
        self._state = state
        self._cache = cache
        self._mounted: dict[str, Path] = {}
        self.run.mkdir(exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", "mode=700", "lab", str(self.run))
        for name in _FOLDERS:
            (self.run / name).mkdir()
        for name in ("flash", "nodes"):
            (state / name).mkdir(exist_ok=True)

    def flash(self, member: MemberNet) -> Path:
        """Where its flash is mounted."""
        return self.run / "flash" / member.name

    def flash_file(self, member: MemberNet) -> Path:
        """The file that is its flash."""
        return self._state / "flash" / f"{member.name}.img"

    def work(self, member: MemberNet) -> Path:
        """The folder that its root is built on, in its own mount namespace."""
        path = self.run / "work" / member.name
        path.mkdir(exist_ok=True)
        return path

    def journal(self, member: MemberNet) -> Path:
        """The pipe that it writes its audit into."""
        path = self.run / "journals" / member.name
        if not path.exists():
            os.mkfifo(path, 0o600)
        return path

    def log(self, member: MemberNet) -> IO[bytes]:
        """Its console."""
        return (self._state / "nodes" / f"{member.name}.log").open("ab")

    def bootable(self, member: MemberNet, wanted: str) -> tuple[str, Path]:
        """The slot that boots and its mounted image: the other one, if the wanted does not mount.

        Raises:
            HAUpgradeError: Neither does.
        """
        for slot in (wanted, "A" if wanted == "B" else "B"):
            file = self.flash(member) / "images" / f"{slot}.img"
            if file.exists() and (mounted := self._mount(file)) is not None:
                return slot, mounted
        raise HAUpgradeError(f"{member.name} has no image that boots")

    def _mount(self, file: Path) -> Path | None:
        """The image of a slot, mounted once for all that have the same; None if it does not."""
        _, _, sha256 = file.with_suffix(".facts").read_text().split()
        if sha256 not in self._mounted:
            at = self.run / "images" / sha256
            at.mkdir(exist_ok=True)
            source = by_checksum(sha256, self._cache) or file
            try:
                run("mount", "-t", "squashfs", "-o", "loop,ro", str(source), str(at))
            except HAUpgradeError:
                return None
            self._mounted[sha256] = at
        return self._mounted[sha256]
