"""A configuration as a tree: tables with settings and entries, as ``show`` prints them."""

from __future__ import annotations

import copy
import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(slots=True)
class Node:
    """What stands between ``config`` and ``end``, or ``edit`` and ``next``."""

    settings: dict[str, str] = field(default_factory=dict)
    """Key to value, as they are printed."""
    entries: dict[str, Node] = field(default_factory=dict)
    tables: dict[str, Node] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to print."""
        return not (self.settings or self.entries or self.tables)

    def copied(self) -> Node:
        """The same, apart from the original."""
        return copy.deepcopy(self)


Tree: TypeAlias = dict[str, Node]
"""Path such as ``system ha`` to table."""

_STEP = 4


def quoted(name: str) -> str:
    """A name of an entry as it is printed: numbers stand without quotes."""
    return name if name.isdigit() else f'"{name}"'


def table_lines(path: str, node: Node, inset: int = 0) -> Iterator[str]:
    """A table, from ``config`` to ``end``."""
    yield f"{' ' * inset}config {path}"
    yield from body_lines(node, inset + _STEP)
    yield f"{' ' * inset}end"


def body_lines(node: Node, inset: int) -> Iterator[str]:
    """What is in a table or an entry."""
    pad = " " * inset
    for key, value in node.settings.items():
        yield f"{pad}set {key} {value}"
    for path, table in node.tables.items():
        yield from table_lines(path, table, inset)
    for name, entry in node.entries.items():
        yield f"{pad}edit {quoted(name)}"
        yield from body_lines(entry, inset + _STEP)
        yield f"{pad}next"


def without(node: Node, parts: tuple[str, ...]) -> Node:
    """A table without each line that contains one of these, and what is under it."""

    def keeps(line: str) -> bool:
        return not any(part in line for part in parts)

    return Node(
        {key: value for key, value in node.settings.items() if keeps(f"set {key} {value}")},
        {
            name: without(entry, parts)
            for name, entry in node.entries.items()
            if keeps(f"edit {quoted(name)}")
        },
        {
            path: without(table, parts)
            for path, table in node.tables.items()
            if keeps(f"config {path}")
        },
    )


def losses(where: str, node: Node, parts: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The lines that contain one of these, each as where it stood and its words."""

    def is_lost(line: str) -> bool:
        return any(part in line for part in parts)

    for key, value in node.settings.items():
        if is_lost(f"set {key} {value}"):
            yield where, ("set", key, *shlex.split(value))
    for path, table in node.tables.items():
        if is_lost(f"config {path}"):
            yield where, ("config", *path.split())
        else:
            yield from losses(f"{where}.{path.replace(' ', '.')}", table, parts)
    for name, entry in node.entries.items():
        if is_lost(f"edit {quoted(name)}"):
            yield where, ("edit", name)
        else:
            yield from losses(f"{where}.{name}", entry, parts)


def ordered(node: Node, keys: Iterable[str]) -> None:
    """Have settings stand in the order that FortiOS prints them in, whatever they were typed in."""
    places = {key: place for place, key in enumerate(keys)}
    in_order = sorted(node.settings, key=lambda key: places.get(key, len(places)))
    node.settings = {key: node.settings[key] for key in in_order}
