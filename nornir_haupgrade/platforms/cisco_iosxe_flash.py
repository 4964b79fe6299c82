"""A router's images: what lies on its flash, brought there, measured there, chosen for a boot."""

from __future__ import annotations

from dataclasses import dataclass

from nornir_haupgrade.errors import CommandRefused, ImageError
from nornir_haupgrade.model import ImageFile, StagedImage, Version
from nornir_haupgrade.platforms import cisco_iosxe_texts as texts
from nornir_haupgrade.platforms.base import Progress, Transport
from nornir_haupgrade.platforms.cisco_iosxe_commands import plain_name
from nornir_haupgrade.platforms.cisco_iosxe_reads import SHOW_COPIES
from nornir_haupgrade.platforms.cisco_iosxe_talk import UNKNOWN_COMMAND, Talk
from nornir_haupgrade.platforms.digests import digests_of


@dataclass(frozen=True, slots=True)
class Software:
    """What lies there, what boots next, and whether what runs is to stay."""

    installed: tuple[tuple[str, Version], ...]
    next_version: Version | None
    is_on_trial: bool


class Flash:
    """The file system that a router was booted from."""

    def __init__(self, transport: Transport, talk: Talk, *, timeout: float) -> None:
        self._transport = transport
        self._talk = talk
        self._timeout = timeout
        """Seconds for a file to travel."""

    def version(self) -> texts.ShownVersion:
        """What runs, and from where."""
        return texts.parse_version(self._talk.read("show version"))

    def files(self, place: str) -> texts.ShownFiles:
        """What lies there, and what is free."""
        return texts.parse_dir(self._talk.read(f"dir {place}"), f"dir {place}")

    def software(self, version: texts.ShownVersion) -> Software:
        """Files that can be booted, or packages with their state."""
        place = version.file_system
        files = self.files(place).sizes
        boot = texts.parse_boot(self._talk.read("show boot"))
        next_version = texts.version_of_next_boot(version, boot)
        if not version.is_install_mode:
            return Software(texts.bundles(files, version), next_version, is_on_trial=False)
        shown = texts.parse_install(self._talk.read("show install summary"))
        images = texts.installed_versions(shown, version.version, files)
        if shown.is_pending and texts.COMMITTED not in dict(images):
            command = "show install committed"
            more = texts.parse_install(self._talk.read(command), command)
            images += texts.installed_versions(more, version.version, files)
        installed = sorted({(f"{place} {state}", held) for state, held in images})
        return Software(tuple(installed), next_version, is_on_trial=shown.is_pending)

    def staged(self, image: ImageFile) -> StagedImage | None:
        """An image's file as the device measures it, by the checksum that it has.

        No release measures a SHA-256. Its SHA-512 is compared with that of the very file here
        which has the SHA-256 of the settings.
        """
        name = plain_name(image.name, "image file")
        place = self.version().file_system
        size = self.files(place).sizes.get(name)
        if size is None:
            return None
        here = digests_of(image.path)
        if here["sha256"] != image.sha256:
            raise ImageError(
                f"{image.path} has sha256 {here['sha256']}, expected {image.sha256}",
                advice="put the right file there, or correct its checksum in the settings",
            )
        algorithm, found = self._measured(place, name)
        is_same = found == here[algorithm]
        return StagedImage(name, size, image.sha256 if is_same else f"unknown, {algorithm} {found}")

    def stage(self, image: ImageFile, progress: Progress | None) -> str:
        """Upload, then let the device measure what it got; what is not whole is taken away."""
        version = self.version()
        place = f"{version.file_system}{plain_name(image.name, 'image file')}"
        if texts.plain_path(version.image) == place:
            raise ImageError(
                f"{place} is what runs, and differs from the image of that name",
                advice="give the file of the image another name",
            )
        if not self._talk.read(SHOW_COPIES).strip().startswith("ip scp server enable"):
            raise ImageError(
                "the device takes no files: its SCP server is off",
                advice="configure `ip scp server enable` on it, and save that",
            )
        self._check_space(version.file_system, image)
        self._upload(image, place, progress)
        found = self.staged(image)
        if found is None or (found.size, found.sha256) != (image.size, image.sha256):
            self._talk.remove(place)
            raise ImageError(
                f"{image.name} on the device is not what was sent: expected {image.size} bytes "
                f"with {image.sha256}, found {found or 'nothing'}",
                advice="stage it again; nothing was installed",
            )
        return f"{found.size} {found.sha256}"

    def _upload(self, image: ImageFile, place: str, progress: Progress | None) -> None:
        """Nothing half is left; what lay there stays unless some of the new file was sent."""
        is_begun = False

        def noted(sent: int, size: int) -> None:
            nonlocal is_begun
            is_begun = True
            if progress is not None:
                progress(sent, size)

        try:
            self._transport.upload(image.path, place, timeout=self._timeout, progress=noted)
        except BaseException:  # also when a person interrupts
            if is_begun:
                self._talk.remove(place)
            raise

    def _check_space(self, place: str, image: ImageFile) -> None:
        free = self.files(place).free
        if free < image.size:
            raise ImageError(
                f"no space for {image.name}: it needs {image.size} bytes, free are {free}",
                advice=f"remove what is not needed from {place}",
            )

    def _measured(self, place: str, name: str) -> tuple[str, str]:
        """(algorithm, checksum): the device reads the whole file to answer."""
        try:
            algorithm = "sha512"
            said = self._talk.read(f"verify /{algorithm} {place}{name}", is_long=True)
        except CommandRefused as refused:
            if UNKNOWN_COMMAND not in (refused.device_text or ""):
                raise
            algorithm = "md5"  # all that there is before 16.5
            said = self._talk.read(f"verify /{algorithm} {place}{name}", is_long=True)
        return algorithm, texts.parse_verified(said, algorithm=algorithm, name=name)
