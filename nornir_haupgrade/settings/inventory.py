"""The files of a SimpleInventory: why Nornir cannot read them, in findings.

Nornir answers most mistakes there with a bare KeyError or AttributeError, and skips absent files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nornir_haupgrade.errors import Finding
from nornir_haupgrade.settings.files import read_yaml
from nornir_haupgrade.settings.messages import instead, shown
from nornir_haupgrade.settings.places import Place, shown_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from nornir_haupgrade.settings.hosts import InventoryFiles


def absent_files(files: InventoryFiles, asked_for: Mapping[str, object]) -> list[Finding]:
    """Files that were named and are not there: Nornir skips groups and defaults in silence.

    Args:
        files: The files.
        asked_for: The inventory's options as they were written.
    """
    named = {"group_file": files.groups, "defaults_file": files.defaults}
    return [
        Finding(shown_path(path), "the file does not exist", f"Write it, or remove {option}.")
        for option, path in named.items()
        if option in asked_for and path and not path.exists()
    ]


def check_inventory_files(files: InventoryFiles, *, encoding: str) -> list[Finding]:
    """What is wrong with the form of the files; nothing for an inventory that has none."""
    findings: list[Finding] = []
    content = {
        kind: _mapping(path, findings, encoding=encoding, is_needed=kind == "host")
        for kind, path in (
            ("host", files.hosts),
            ("group", files.groups),
            ("defaults", files.defaults),
        )
    }
    groups = content["group"]
    for kind, path in (("host", files.hosts), ("group", files.groups)):
        for name, entry in content[kind].items():
            place = Place(path, f"{kind} {name}", (str(name),), "")
            findings += _entry(place, name, entry, groups)
    everything = Place(files.defaults, "defaults", (), "")
    return [*findings, *_entry(everything, "defaults", content["defaults"], groups)]


def _mapping(
    path: Path | None, findings: list[Finding], *, encoding: str, is_needed: bool
) -> dict[Any, Any]:
    if path is None or not (is_needed or path.exists()):
        return {}
    data, wrong = read_yaml(path, encoding=encoding)
    findings += wrong
    if data is not None and not isinstance(data, dict):
        what = f"a mapping is expected in this file, not {shown(data)}"
        findings.append(Finding(shown_path(path), what, "Begin with `name:` lines."))
    return data if isinstance(data, dict) else {}


def _entry(
    place: Place, name: object, entry: object, groups: Mapping[Any, Any]
) -> Iterator[Finding]:
    if not isinstance(name, str):
        yield Finding(place.at(), f"the name {shown(name)} is not a text to YAML", "Quote it.")
    if not isinstance(entry, dict):
        what = f"a mapping is expected here, not {shown(entry)}"
        yield Finding(place.at(), what, "Write `key: value` lines below it, or {}.")
        return
    for key in ("data", "connection_options"):
        # An absent key is fine; Nornir trips over an empty `connection_options`, not over `data`.
        value: object = entry.get(key, {})
        if key == "data" and value is None:
            continue
        if not isinstance(value, dict):
            what = f"a mapping is expected here, not {shown(value)}"
            yield Finding(place.at(key), what, "Write `key: value` lines below it, or remove it.")
        elif key == "connection_options":
            for connection in (name for name, item in value.items() if not isinstance(item, dict)):
                what = f"a mapping is expected here, not {shown(value[connection])}"
                yield Finding(place.at(key, str(connection)), what, "Write {} for none.")
    parents = entry.get("groups")
    if parents is not None and not isinstance(parents, list):
        what = f"a list is expected here, not {shown(parents)}"
        yield Finding(place.at("groups"), what, "Write it as in groups: [p1].")
        return
    for index, parent in enumerate(parents or []):
        if not isinstance(parent, str) or parent not in groups:
            what = f"there is no group {shown(parent)}"
            advice = instead(parent, [str(group) for group in groups], kind="group")
            yield Finding(place.at("groups", index), what, advice)
