"""A Nornir project that points at the twins: files of its own, and nothing secret in them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from nornir_haupgrade.lab import build_image
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.rehearsal.hosts import inventory_of
from nornir_haupgrade.rehearsal.pace import paced
from nornir_haupgrade.rehearsal.twins import PASSWORD
from nornir_haupgrade.settings import ImageKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nornir.core import Nornir

    from nornir_haupgrade.rehearsal.hosts import Where
    from nornir_haupgrade.rehearsal.twins import Twin
    from nornir_haupgrade.settings import Image, Settings

CONFIG: Final = "config.yaml"
STORE: Final = "campaigns"
_SSH_CONFIG: Final = "ssh_config"
_KEPT: Final = ("decision_deadline", "role_age")
"""Settings that are a person's time, or this machine's own, whatever the twins' clock does."""


@dataclass(frozen=True, slots=True)
class TwinImage:
    """The simulated image that stands in for one of the site's."""

    image: Image
    file: Path
    content: bytes

    @property
    def checksum(self) -> str:
        """By the site's own way of making them."""
        return hashlib.new(self.image.algorithm, self.content).hexdigest()


def write_project(
    folder: Path,
    twins: Sequence[Twin],
    where: Where,
    *,
    nr: Nornir,
    settings: Settings,
    speed: float,
    store: Path | None = None,
    is_asked: bool = False,
    password: str = PASSWORD,
) -> Path:
    """Write configuration, inventory and images; returns the configuration file.

    Args:
        folder: Where; the lab's ``known_hosts`` is there.
        twins: What runs there.
        where: Where it answers.
        nr: The site's Nornir, which is asked for the members' Netmiko platforms only.
        settings: The site's own.
        speed: Device seconds per real second.
        store: Where campaigns go; None: beside the configuration file.
        is_asked: Whether a person at a terminal is, at a hold.
        password: Of the twins' login.
    """
    platforms = {str(twin.spec.platform) for twin in twins if twin.has_driver}
    images = twin_images(folder, settings.images, platforms)
    for image in images:
        image.file.parent.mkdir(parents=True, exist_ok=True)
        image.file.write_bytes(image.content)
    inventory = inventory_of(twins, where, _spoken(twins, nr), speed=speed, password=password)
    (folder / "inventory").mkdir(exist_ok=True)
    for name, content in inventory.items():
        _write(folder / "inventory" / f"{name}.yaml", content)
    (folder / _SSH_CONFIG).touch()
    kept = {name: getattr(settings, name) for name in _KEPT}
    own = {
        "store": STORE if store is None else str(store),
        "known_hosts": "known_hosts",
        **paced(settings, speed=speed, pairs=len(twins), is_asked=is_asked),
        **{name: value for name, value in kept.items() if value is not None},
        "images": [_image(one, folder) for one in images],
    }
    _write(folder / CONFIG, _configuration(folder, own))
    return folder / CONFIG


def _spoken(twins: Sequence[Twin], nr: Nornir) -> dict[str, str]:
    """Each member's platform as Netmiko calls it."""
    return {
        name: nr.inventory.hosts[name].get_connection_parameters("netmiko").platform
        or PERSONALITIES[twin.spec.platform].netmiko
        or str(twin.spec.platform)
        for twin in twins
        for name, _ in twin.names
    }


def _configuration(folder: Path, own: dict[str, Any]) -> dict[str, Any]:
    """Nornir's, which names nothing outside the folder, with our own settings in it."""
    files = (("host", "hosts"), ("group", "groups"), ("defaults", "defaults"))
    # Nornir looks for them from where it is run.
    inventory = folder / "inventory"
    options = {f"{option}_file": str(inventory / f"{name}.yaml") for option, name in files}
    return {
        "inventory": {
            "plugin": "SimpleInventory",
            "options": options,
            # Said, so that no variable of the environment names the site's own.
            "transform_function": "",
            "transform_function_options": {},
        },
        # Not the user's, which may send every connection over a host of the site's.
        "ssh": {"config_file": str(folder / _SSH_CONFIG)},
        "logging": {"enabled": False},
        "user_defined": {"haupgrade": own},
    }


def put_aside(folder: Path) -> None:
    """Keep the evidence of earlier twins, whose unfinished campaigns are none of these ones'."""
    store = folder / STORE
    if store.exists():
        until = datetime.fromtimestamp(store.stat().st_mtime, UTC)
        store.rename(store.with_name(f"{STORE}-{until:%Y%m%d-%H%M%S}"))


def twin_images(
    folder: Path, images: Iterable[Image], platforms: set[str]
) -> tuple[TwinImage, ...]:
    """One for each version of the site's images that a twin can be brought to."""
    wanted = {
        (image.platform, image.version): image
        for image in reversed(tuple(images))
        if image.platform in platforms and image.kind is not ImageKind.CONTENT
    }
    return tuple(
        # Two versions may have files of one name.
        TwinImage(image, folder / "images" / str(number) / image.file.name, build_image(version))
        for number, ((_, version), image) in enumerate(reversed(wanted.items()), start=1)
    )


def _image(one: TwinImage, folder: Path) -> dict[str, Any]:
    image = one.image
    said: dict[str, Any] = {
        "platform": image.platform,
        "version": image.version,
        "file": str(one.file.relative_to(folder)),
        "algorithm": image.algorithm.value,
        "sha256": one.checksum,
        "kind": image.kind.value,
    }
    return said if image.requires is None else {**said, "requires": image.requires}


def _write(path: Path, content: dict[str, Any]) -> None:
    from ruamel.yaml import YAML
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    def quoted(value: Any) -> Any:  # noqa: ANN401 - as YAML has it
        """What a person edits there must stay a text: 13.10 is not 13.1."""
        if isinstance(value, dict):
            return {
                key: DoubleQuotedScalarString(item) if key == "version" else quoted(item)
                for key, item in value.items()
            }
        return [quoted(item) for item in value] if isinstance(value, list) else value

    yaml = YAML()
    yaml.width = 200
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(quoted(content), file)
