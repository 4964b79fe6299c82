"""Where a value of the settings or the inventory stands: file, line and key."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

Keys: TypeAlias = tuple[str | int, ...]

_LARGEST = 2_000_000
"""Bytes; finding a line parses the file once more, which is not worth minutes."""


@dataclass(frozen=True, slots=True)
class Place:
    """A mapping that findings are about, and how a person gets there.

    Attributes:
        file: The file it stands in, or None when the inventory does not come from files.
        owner: Whose data it is, as in "host p1a"; empty for the settings.
        keys: The keys that lead to it inside the file.
        label: The last part of these keys, as it is shown.
    """

    file: Path | None
    owner: str
    keys: Keys
    label: str

    def at(self, *loc: str | int) -> str:
        """The place of a value inside this mapping, in words."""
        line = _line(self.file, (*self.keys, *loc)) if self.file else None
        file = shown_path(self.file) if self.file else ""
        parts = (f"{file}:{line}" if line else file, self.owner, dotted(self.label, loc))
        return ": ".join(filter(None, parts))


def dotted(label: str, loc: Keys) -> str:
    """Keys as people write them: ``ha.services[0].port``."""
    text = label
    for key in loc:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            name = key if key.isprintable() else repr(key)
            text += f".{name}" if text else name
    return text


def shown_path(path: Path) -> str:
    """A path as a person wants to read it: relative to the current folder if it is inside."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _line(file: Path, keys: Keys) -> int | None:
    try:
        stat = file.stat()
        if stat.st_size > _LARGEST:
            return None
        return _lines(file, stat.st_mtime_ns, stat.st_size).of(keys)
    except OSError:
        return None


class _Lines:
    """The lines of a YAML file's keys."""

    def __init__(self, root: object) -> None:
        self._root = root

    def of(self, keys: Keys) -> int | None:
        """The line of a key, counted from 1; of the nearest one above it if it is not written."""
        # ruamel.yaml keeps positions on its nodes only, and its nodes have no useful types.
        node, line = self._root, None
        for key in keys:
            pairs_or_items = getattr(node, "value", None)
            if not isinstance(pairs_or_items, list):
                break
            found = _child(pairs_or_items, key)
            if found is None:
                break
            marked, node = found
            line = marked.start_mark.line + 1  # type: ignore[attr-defined]
        return line


def _child(entries: list[object], key: str | int) -> tuple[object, object] | None:
    if isinstance(key, int) and entries and not isinstance(entries[0], tuple):
        return (entries[key], entries[key]) if key < len(entries) else None
    for entry in entries:
        if isinstance(entry, tuple) and getattr(entry[0], "value", None) == str(key):
            return entry[0], entry[1]
    return None


@lru_cache(maxsize=8)
def _lines(file: Path, changed: int, size: int) -> _Lines:
    del changed, size  # only keys of the cache: an edited file is read again
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return _Lines(YAML(typ="safe", pure=True).compose(file))
    except (YAMLError, ValueError, RecursionError):
        return _Lines(None)
