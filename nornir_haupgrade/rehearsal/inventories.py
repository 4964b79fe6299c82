"""The pairs of any inventory, to make twins of: a configuration file, or a folder."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.lab import Platform
from nornir_haupgrade.platforms import known_platforms
from nornir_haupgrade.settings import (
    Project,
    check_config_file,
    init_nornir,
    open_project,
    validate,
)
from nornir_haupgrade.settings.files import read_config

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONFIG: Final = "config.yaml"
_FILES: Final = {"host": "hosts.yaml", "group": "groups.yaml", "defaults": "defaults.yaml"}


def open_inventory(inventory: Path, names: Sequence[str] | None = None) -> Project:
    """The pairs that an inventory has; nothing is contacted.

    Args:
        inventory: A configuration file; a folder with one; or a folder with ``hosts.yaml``, whose
            settings are those of the configuration file beside it, if there is one.
        names: The pairs wanted, or None for all.

    Raises:
        BadInput: With every finding.
    """
    wanted = list(names) if names else None
    # What has no driver may be simulated already: what cannot be is told of by its pair.
    platforms = sorted({*known_platforms(), *Platform})
    config = inventory / _CONFIG if inventory.is_dir() else inventory
    if config.is_file() or not inventory.is_dir():
        return open_project(config, platforms=platforms, names=wanted)
    return _of_folder(inventory, platforms, wanted)


def _of_folder(folder: Path, platforms: list[str], names: list[str] | None) -> Project:
    if not (folder / _FILES["host"]).is_file():
        advice = f"name a configuration file, or a folder with {_CONFIG} or {_FILES['host']}"
        raise BadInput(f"{folder}: there is no inventory", advice=advice)
    beside = folder.parent / _CONFIG
    defined = {}
    if beside.is_file():
        if findings := check_config_file(beside):
            raise BadInput.from_findings(findings)
        defined = read_config(beside)[0].get("user_defined", {})
    options = {
        f"{kind}_file": str((folder / name).absolute())
        for kind, name in _FILES.items()
        if (folder / name).is_file()
    }
    # Not the inventory that the file beside it names, which may be another one.
    with tempfile.TemporaryDirectory() as scratch:
        own = Path(scratch) / _CONFIG
        content = {
            "inventory": {"plugin": "SimpleInventory", "options": options},
            "user_defined": defined,
        }
        own.write_text(json.dumps(content), encoding="utf-8")
        nr = init_nornir(own)
    file = beside if beside.is_file() else folder / _CONFIG
    return validate(nr, platforms=platforms, names=names, config_file=file)
