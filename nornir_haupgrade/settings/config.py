"""The settings under ``user_defined.haupgrade`` of Nornir's configuration."""

from __future__ import annotations

import os
import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.settings.fields import Strict, Text, Version, Wait, refused
from nornir_haupgrade.settings.messages import instead, shown
from nornir_haupgrade.settings.places import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pydantic import BaseModel

_IMAGES = "user_defined.haupgrade.images"
_DIGITS = re.compile(r"[0-9a-fA-F]+")


class ImageKind(StrEnum):
    """What an image brings."""

    BASE = "base"
    RELEASE = "release"
    HOTFIX = "hotfix"
    CONTENT = "content"


class Algorithm(StrEnum):
    """How an image's checksum was made."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"

    @property
    def digits(self) -> int:
        """Hexadecimal digits of a checksum."""
        return {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}[self.value]


def _anchored(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value if isinstance(value, Path) else _not_a_path(value)
    if not value.strip() or not value.isprintable():
        return _not_a_path(value)
    folder: Path = (info.context or {}).get("folder", Path())
    # os.path: Path.expanduser raises where there is no home directory.
    return folder / os.path.expanduser(value)  # noqa: PTH111


def _not_a_path(value: object) -> object:
    del value
    raise refused("this is not a path", "Write a path relative to the configuration file, as text.")


def _quoted(value: object) -> object:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise refused(
            f"{shown(value)} is a number to YAML, which would turn 13.10 into 13.1",
            f'Quote the version as the device prints it, as in "{shown(value)}".',
        )
    return value


FilePath = Annotated[Path, BeforeValidator(_anchored, json_schema_input_type=str)]
QuotedVersion = Annotated[Version, BeforeValidator(_quoted, json_schema_input_type=str)]


class Image(Strict):
    """One software image that the site has; the file is on the controller."""

    platform: Text
    """The platform it is for, as in ha.platform."""
    version: QuotedVersion
    """The version it brings, as the device prints it, quoted."""
    file: FilePath
    """Where it is; relative to the configuration file."""
    algorithm: Algorithm = Algorithm.SHA256
    """How the checksum was made: md5, sha1, sha256 or sha512."""
    sha256: Text
    """Its checksum in hexadecimal digits, made with `algorithm`; held in lower case."""
    kind: ImageKind = ImageKind.RELEASE
    """What it brings: base, release, hotfix or content."""
    model: Text | None = None
    """The hardware model it is for, if there is one image per model."""
    requires: QuotedVersion | None = None
    """The version that must run or be installed before this one."""

    @field_validator("sha256")
    @classmethod
    def _has_its_length(cls, value: str, info: ValidationInfo) -> str:
        algorithm = info.data.get("algorithm")  # missing when it is itself wrong
        if algorithm and not (_DIGITS.fullmatch(value) and len(value) == algorithm.digits):
            raise refused(
                f"{shown(value)} is not a {algorithm} checksum, which has {algorithm.digits}"
                " hexadecimal digits",
                f"Copy the {algorithm} that the vendor publishes for this image, or name another"
                " kind of checksum with `algorithm`.",
            )
        return value.lower()

    @property
    def key(self) -> tuple[str, str, ImageKind, str | None]:
        """What must be unique among all images."""
        return self.platform, self.version, self.kind, self.model


class Settings(Strict):
    """How this site upgrades; all waits are in seconds."""

    store: FilePath = Field(default="campaigns", validate_default=True)
    """The folder that keeps history and evidence; relative to the configuration file."""
    known_hosts: FilePath = Field(default="~/.ssh/known_hosts", validate_default=True)
    """The file with the SSH host keys that are trusted."""
    images: tuple[Image, ...] = ()
    """The software images that the site has."""

    switch_back_after: Wait = 60
    """Seconds that services may be bad on the new active before the role is switched back."""
    connect_timeout: Wait = 15
    """Seconds for one connection and login."""
    command_timeout: Wait = 30
    """Seconds for the answer to an ordinary command."""
    install_timeout: Wait = 900
    """Seconds for the installation of an image."""
    reload_timeout: Wait = 1200
    """Seconds until a member that reloads must be back."""
    reload_notice: Wait | None = None
    """Seconds that a member may still answer on its old system after it was told to reload.

    Left out, the platform's own."""
    settle_timeout: Wait = 120
    """Seconds until the roles must have settled after a switchover."""
    sessions_timeout: Wait = 600
    """Seconds to wait for the sessions to be synchronised."""
    decision_deadline: Wait | None = None
    """Seconds until a hold takes its safe option; left out, it waits for a person."""
    role_age: Annotated[Wait, Field(le=2)] = 2
    """Seconds, at most 2, between reading the role and sending a change that depends on it."""

    def images_for(self, platform: str, version: str) -> tuple[Image, ...]:
        """The images that bring a version to a platform: one, or one per model; content is none."""
        return tuple(
            image
            for image in self.images
            if (image.platform, image.version) == (platform, version)
            and image.kind is not ImageKind.CONTENT
        )

    def versions_of(self, platform: str) -> tuple[str, ...]:
        """The versions that a platform can be brought to, in the order of the file."""
        versions = (
            image.version
            for image in self.images
            if image.platform == platform and image.kind is not ImageKind.CONTENT
        )
        return tuple(dict.fromkeys(versions))

    def require_image(
        self, platform: str, version: str, *, model: str | None = None, where: str = _IMAGES
    ) -> Image:
        """The image that brings a version to a platform; its file is there.

        Args:
            platform: The platform, as in ``ha.platform``.
            version: The target version.
            model: The hardware model, if it was read; an image for that very model comes first.
            where: The place that a finding names.

        Raises:
            BadInput: There is no such image, its file is absent, or one per model and no model.
        """
        images = self.images_for(platform, version)
        fitting = [image for image in images if image.model == model] or [
            image for image in images if image.model is None or model is None
        ]
        if len(fitting) == 1 and fitting[0].file.is_file():
            return fitting[0]
        raise BadInput.from_findings(
            self._image_findings(platform, version, images=fitting, where=where)
        )

    def _image_findings(
        self, platform: str, version: str, *, images: Sequence[Image], where: str
    ) -> list[Finding]:
        what = f"{platform} {version}"
        if not images:
            known = instead(version, self.versions_of(platform), kind="version")
            advice = f"{known} Add the image to {_IMAGES}, or choose another version."
            return [Finding(where, f"there is no image for {what}", advice)]
        absent = absent_image_files(images, where=where)
        if absent:
            return absent
        models = ", ".join(str(image.model or image.kind) for image in images)
        advice = "Keep one image per version and model."
        return [Finding(where, f"several images bring {what}: {models}", advice)]


def absent_image_files(images: Iterable[Image], *, where: str = _IMAGES) -> list[Finding]:
    """The images whose file is not there."""
    advice = (
        "Put the file there, or correct `file`: it is relative to the configuration file, and to"
        " the current folder in Nornir code."
    )
    return [
        Finding(where, f"the image {shown_path(image.file)} does not exist", advice)
        for image in images
        if not image.file.is_file()
    ]


SHAPES: dict[tuple[str, ...], type[BaseModel]] = {(): Settings, ("images",): Image}
"""Which model describes the mapping at a place; for messages."""


def config_schema() -> dict[str, Any]:
    """The JSON Schema of what may stand under ``user_defined.haupgrade``."""
    return Settings.model_json_schema(mode="validation")
