"""A configuration as leaves: words of a ``set`` command to a value, and its three renderings."""

from __future__ import annotations

import re
import shlex
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

Path: TypeAlias = tuple[str, ...]
Value: TypeAlias = "str | tuple[str, ...]"
"""One word, or a list of members."""
Leaves: TypeAlias = dict[Path, Value]

_ENTRIES = {
    *("users", "ethernet", "virtual-router", "static-route", "zone", "address", "rules"),
    *("link-group", "service", "units", "gateway", "ipsec"),
}
"""Whose children have names of their own: ``<entry name="...">`` in XML."""
_TOP = {"mgt-config", "shared"}
"""What stands beside ``devices`` in XML. Of the rest some is the device's, the other the one
virtual system's."""
_OF_DEVICE = {"deviceconfig", "network"}
_NAME = re.compile(r"[A-Za-z_][\w.-]*")


class SyntaxWrong(Exception):  # noqa: N818  # no error of the lab: something was typed wrong
    """A line that is no assignment."""


def parsed(line: str) -> tuple[Path, Value]:
    """The words of a ``set`` command, without the ``set``.

    Raises:
        SyntaxWrong: There is no value, or a list does not end.
    """
    try:
        words = shlex.split(line)
    except ValueError as exc:
        raise SyntaxWrong from exc
    if "[" in words:
        at = words.index("[")
        if words[-1] != "]" or at < 1 or at == len(words) - 2:
            raise SyntaxWrong
        return tuple(words[:at]), tuple(words[at + 1 : -1])
    if len(words) < 2:  # noqa: PLR2004  # a name and a value
        raise SyntaxWrong
    return tuple(words[:-1]), words[-1]


def put(leaves: Leaves, path: Path, value: Value) -> None:
    """Set a leaf; what it stands on or under it is gone."""
    for other in [one for one in leaves if one != path and _is_under(path, one)]:
        del leaves[other]
    for other in [one for one in leaves if one != path and _is_under(one, path)]:
        del leaves[other]
    leaves[path] = value


def take(leaves: Leaves, path: Path) -> bool:
    """Delete a leaf, or all under a path; whether there was one."""
    gone = [one for one in leaves if _is_under(one, path)]
    for one in gone:
        del leaves[one]
    return bool(gone)


def under(leaves: Mapping[Path, Value], path: Path) -> Leaves:
    """What is at a path or under it."""
    return {one: value for one, value in leaves.items() if _is_under(one, path)}


def _is_under(path: Path, above: Path) -> bool:
    return path[: len(above)] == above


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"[\w./:@$*-]+", word) else f'"{word}"'


def _spelt(value: Value) -> str:
    if isinstance(value, str):
        return _quoted(value)
    return f"[ {' '.join(_quoted(item) for item in value)} ]"


def as_lines(leaves: Mapping[Path, Value]) -> list[str]:
    """The leaves as ``set`` commands, without the ``set``."""
    return [
        f"{' '.join(_quoted(word) for word in path)} {_spelt(value)}"
        for path, value in leaves.items()
    ]


_Branch: TypeAlias = "dict[str, Value | _Branch]"


def _nested(leaves: Mapping[Path, Value]) -> _Branch:
    root: _Branch = {}
    for path, value in leaves.items():
        node = root
        for word in path[:-1]:
            child = node.setdefault(word, {})
            if not isinstance(child, dict):
                child = node[word] = {}
            node = child
        node[path[-1]] = value
    return root


def as_braces(leaves: Mapping[Path, Value]) -> list[str]:
    """The leaves with braces, as configuration mode shows them by default."""
    return list(_braced(_nested(leaves), ""))


def _braced(branch: _Branch, inset: str) -> Iterator[str]:
    for name, child in branch.items():
        if isinstance(child, dict):
            yield f"{inset}{_quoted(name)} {{"
            yield from _braced(child, f"{inset}  ")
            yield f"{inset}}}"
        else:
            yield f"{inset}{_quoted(name)} {_spelt(child)};"


def as_xml(leaves: Mapping[Path, Value], version: str) -> ET.Element:
    """The whole configuration as the file that a device saves."""
    config = ET.Element("config", {"version": f"{version}.0", "urldb": "paloaltonetworks"})
    nested = _nested(leaves)
    _grow(config, {name: child for name, child in nested.items() if name in _TOP})
    devices = ET.SubElement(config, "devices")
    device = ET.SubElement(devices, "entry", name="localhost.localdomain")
    _grow(device, {name: child for name, child in nested.items() if name in _OF_DEVICE})
    system = ET.SubElement(ET.SubElement(device, "vsys"), "entry", name="vsys1")
    own = {name: child for name, child in nested.items() if name not in _TOP | _OF_DEVICE}
    _grow(system, own)
    return config


def _grow(element: ET.Element, branch: _Branch) -> None:
    names_entries = element.tag in _ENTRIES
    for name, child in branch.items():
        if names_entries or not _NAME.fullmatch(name):
            made = ET.SubElement(element, "entry", name=name)
        else:
            made = ET.SubElement(element, name)
        if isinstance(child, dict):
            _grow(made, child)
        elif isinstance(child, str):
            made.text = child
        else:
            for item in child:
                ET.SubElement(made, "member").text = item


def without(leaves: Mapping[Path, Value], parts: Iterable[str]) -> Leaves:
    """All but the leaves whose line contains one of these."""
    unknown = tuple(parts)
    return _kept(leaves, lambda line: not any(part in line for part in unknown))


def _kept(leaves: Mapping[Path, Value], is_kept: Callable[[str], bool]) -> Leaves:
    lines = as_lines(leaves)
    return {path: leaves[path] for path, line in zip(leaves, lines, strict=True) if is_kept(line)}
