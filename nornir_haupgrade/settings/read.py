"""From raw settings to `Settings`: what is good is checked on, so all findings come at once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.settings.config import SHAPES, Settings
from nornir_haupgrade.settings.files import OURS
from nornir_haupgrade.settings.messages import findings_of, instead
from nornir_haupgrade.settings.places import Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


@dataclass(slots=True)
class SettingsRead:
    """The settings, or what is good of them, and the findings.

    Attributes:
        place: Where they stand.
        settings: All of it if there are no findings; else only the good part, for further checks.
        indexes: The place in the file of each image in ``settings``.
        findings: What is wrong.
        doubtful: The versions of images left out, as written.
    """

    place: Place
    settings: Settings | None = None
    indexes: list[int] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    doubtful: list[object] = field(default_factory=list)

    def missing_images(self, platform: str, version: str) -> list[Finding]:
        """Why a platform cannot be brought to a version, if so; one image per model is fine."""
        # The model is read after connecting. An image with a finding of its own is not missing.
        if self.settings is None or any(
            not isinstance(said, str) or said == version for said in self.doubtful
        ):
            return []
        where = self.place.at("images")
        models = {image.model: None for image in self.settings.images_for(platform, version)}
        findings: list[Finding] = []
        for model in models or {None: None}:
            try:
                self.settings.require_image(platform, version, model=model, where=where)
            except BadInput as error:
                findings += error.findings
        return findings


def read_settings(
    raw: object, file: Path | None, *, platforms: Collection[str] | None
) -> SettingsRead:
    """Validate what stands under ``user_defined.haupgrade``.

    Args:
        raw: What stands there; None is no settings at all.
        file: The configuration file, if known.
        platforms: The platforms that there are drivers for, or None to accept any.
    """
    read = SettingsRead(Place(file, "", ("user_defined", OURS), f"user_defined.{OURS}"))
    context = {"folder": (file.parent if file else Path()).absolute()}
    try:
        read.settings = Settings.model_validate({} if raw is None else raw, context=context)
        read.indexes = list(range(len(read.settings.images)))
    except ValidationError as error:
        read.findings += findings_of(error, shapes=SHAPES, where=lambda loc: read.place.at(*loc))
        if isinstance(raw, Mapping):
            good = _good_part(read, raw, [detail["loc"] for detail in error.errors()])
            # A mapping may be wrong as a whole, without a key to leave out.
            with suppress(ValidationError):
                read.settings = Settings.model_validate(good, context=context)
    if read.settings:
        read.findings += _image_findings(read, read.settings, platforms)
    return read


def _good_part(
    read: SettingsRead, raw: Mapping[Any, Any], wrong: list[tuple[int | str, ...]]
) -> dict[Any, Any]:
    """The settings without the keys and images that have findings."""
    keys = {str(loc[0]) for loc in wrong if loc and (loc[0] != "images" or len(loc) == 1)}
    spoilt = {loc[1] for loc in wrong if len(loc) > 1 and loc[0] == "images"}
    good = {key: value for key, value in raw.items() if str(key) not in keys}
    if "images" in keys:
        read.doubtful.append(None)
    images = list(good.get("images", ()))
    read.indexes = [index for index in range(len(images)) if index not in spoilt]
    for index in sorted(set(range(len(images))) - set(read.indexes)):
        image = images[index]
        read.doubtful.append(image.get("version") if isinstance(image, Mapping) else None)
    return {**good, "images": [images[index] for index in read.indexes]}


def _image_findings(
    read: SettingsRead, settings: Settings, platforms: Collection[str] | None
) -> Iterator[Finding]:
    seen: set[object] = set()
    for index, image in zip(read.indexes, settings.images, strict=True):
        if image.key in seen:
            what = f"{image.platform} {image.version} is there twice"
            advice = "Keep one image per platform, version, kind and model."
            yield Finding(read.place.at("images", index), what, advice)
        seen.add(image.key)
        if platforms is not None and image.platform not in platforms:
            where = read.place.at("images", index, "platform")
            advice = instead(image.platform, platforms, kind="platform")
            yield Finding(where, f"unknown platform {image.platform!r}", advice)
