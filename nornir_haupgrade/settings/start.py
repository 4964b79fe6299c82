"""Starting from a configuration file: Nornir, settings and pairs, or every finding at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from nornir_haupgrade.errors import BadInput, Finding
from nornir_haupgrade.settings.config import Settings
from nornir_haupgrade.settings.files import OURS, misspelt, read_config
from nornir_haupgrade.settings.hosts import InventoryFiles
from nornir_haupgrade.settings.inventory import absent_files, check_inventory_files
from nornir_haupgrade.settings.messages import instead
from nornir_haupgrade.settings.pairs import PairConfig, survey
from nornir_haupgrade.settings.places import shown_path
from nornir_haupgrade.settings.read import read_settings

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from nornir.core import Nornir

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Project:
    """Validated input: what a run needs, and nothing was contacted for it."""

    nr: Nornir
    settings: Settings
    pairs: tuple[PairConfig, ...]


def load_settings(nr: Nornir, config_file: str | Path | None = None) -> Settings:
    """The settings under ``user_defined.haupgrade``.

    Args:
        nr: Nornir with its configuration.
        config_file: The file it was read from: paths are relative to its folder, messages name it.

    Raises:
        BadInput: With every finding.
    """
    read = read_settings(_raw(nr), _path(config_file), platforms=None)
    return _or_raise(read.settings, [*_misspelt(nr), *read.findings])


def validate(
    nr: Nornir,
    *,
    platforms: Collection[str],
    names: Sequence[str] | None = None,
    to: str | None = None,
    config_file: str | Path | None = None,
) -> Project:
    """Settings, inventory and target version together.

    Args:
        nr: Nornir with configuration and inventory.
        platforms: The platforms that there are drivers for.
        names: The pairs wanted, or None for all.
        to: The target version: each selected pair needs an image for it.
        config_file: The file that Nornir was read from.

    Raises:
        BadInput: With every finding at once.
    """
    project, findings = _validate(
        nr, _raw(nr), platforms=platforms, names=names, to=to, file=_path(config_file)
    )
    return _or_raise(project, [*_misspelt(nr), *findings])


def open_project(
    config_file: str | Path,
    *,
    platforms: Collection[str],
    names: Sequence[str] | None = None,
    to: str | None = None,
) -> Project:
    """`init_nornir` and `validate` in one, so that the findings of both are told at once.

    Raises:
        BadInput: With every finding at once.
    """
    file = Path(config_file)
    sections, nr, findings = _start(file)
    raw = sections.get("user_defined", {}).get(OURS)
    if nr is None:
        findings += read_settings(raw, file, platforms=platforms).findings
        raise BadInput.from_findings(findings)
    project, more = _validate(nr, raw, platforms=platforms, names=names, to=to, file=file)
    return _or_raise(project, [*findings, *more])


def init_nornir(config_file: str | Path) -> Nornir:
    """Nornir from a configuration file, without its logging, which would write ``nornir.log``.

    The inventory's files are looked for beside the configuration file, then in the current folder.

    Raises:
        BadInput: The file or the inventory cannot be read, with every finding.
    """
    _, nr, findings = _start(Path(config_file))
    return _or_raise(nr, findings)


def _start(file: Path) -> tuple[dict[str, Any], Nornir | None, list[Finding]]:
    from nornir import InitNornir
    from nornir.core.configuration import Config

    sections, wrong = read_config(file)
    findings = list(wrong)
    if findings and not sections:
        return sections, None, findings
    sections["logging"] = {**sections.get("logging", {}), "enabled": False}
    files = InventoryFiles()
    encoding = "utf-8"
    try:
        # Nornir's own merging with its environment decides which inventory it is.
        inventory = Config.from_dict(**sections).inventory.dict()
        if inventory["plugin"] == "SimpleInventory":
            asked_for = inventory["options"]
            inventory["options"] = _beside(file, asked_for)
            files = InventoryFiles.named(inventory["options"])
            encoding = str(asked_for.get("encoding", encoding))
            findings += absent_files(files, asked_for)
        return sections, InitNornir(**{**sections, "inventory": inventory}), findings
    except (Exception, SystemExit) as error:  # noqa: BLE001 - plugins of any origin run here
        # Only now: a large inventory is not parsed twice when it is good.
        why = check_inventory_files(files, encoding=encoding) or [_not_started(file, error)]
        return sections, None, [*findings, *why]


def _beside(file: Path, options: dict[str, Any]) -> dict[str, Any]:
    """The options with paths that hold from any folder; Nornir's hold from the current one."""
    result = dict(options)
    for name, path in zip(
        ("host_file", "group_file", "defaults_file"),
        ("hosts.yaml", "groups.yaml", "defaults.yaml"),
        strict=True,
    ):
        value = options.get(name, path)
        if isinstance(value, str):
            beside = file.parent / Path(value).expanduser()
            # A project started from its top may name its files from there, as Nornir does.
            result[name] = str(beside if beside.exists() or not Path(value).exists() else value)
    return result


def _not_started(file: Path, error: BaseException) -> Finding:
    from nornir.core.exceptions import PluginNotRegistered
    from nornir.core.plugins.inventory import InventoryPluginRegister

    where = shown_path(file)
    if isinstance(error, PluginNotRegistered):
        name = str(error).split("'")[1] if "'" in str(error) else ""
        advice = instead(name, sorted(InventoryPluginRegister.available), kind="plugin")
        return Finding(where, str(error), f"Install the package that brings it. {advice}")
    said = " ".join(str(error).split())[:200]
    return Finding(
        where,
        f"Nornir cannot start: {type(error).__name__}: {said}",
        "Check the inventory, runner and ssh sections, and the NORNIR_ environment variables.",
    )


def _validate(
    nr: Nornir,
    raw: object,
    *,
    platforms: Collection[str],
    names: Sequence[str] | None,
    to: str | None,
    file: Path | None,
) -> tuple[Project | None, list[Finding]]:
    read = read_settings(raw, file, platforms=platforms)
    found = survey(nr, platforms=platforms, names=names)
    findings = [*read.findings, *found.findings]
    if to is not None:
        # A platform that there is no driver for is a finding of its own.
        known = (pair.platform for pair in found.pairs if pair.platform in platforms)
        for platform in dict.fromkeys(known):
            findings += read.missing_images(platform, to)
    settings = read.settings
    return (Project(nr, settings, found.pairs) if settings else None), findings


def _raw(nr: Nornir) -> object:
    defined: object = nr.config.user_defined
    return defined.get(OURS) if isinstance(defined, dict) else None


def _misspelt(nr: Nornir) -> list[Finding]:
    """Nornir says nothing of a key that nobody reads."""
    defined: object = nr.config.user_defined
    keys = defined if isinstance(defined, dict) else ()
    return [found for key in keys for found in misspelt(key, f"user_defined.{key}")]


def _path(config_file: str | Path | None) -> Path | None:
    return None if config_file is None else Path(config_file)


def _or_raise(result: _T | None, findings: Iterable[Finding]) -> _T:
    findings = tuple(findings)
    if findings or result is None:
        raise BadInput.from_findings(findings)
    return result
