"""Which pairs each campaign has records of, remembered beside the campaigns.

It is a memory and no record: an entry counts only while the campaign's files look as they did when
it was read, so it may be killed, deleted or damaged at any moment; then the histories are read
again. A file that was written a moment ago is not remembered, since another write may leave it
looking the same.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from nornir_haupgrade.errors import HAUpgradeError

Look = tuple[tuple[int, int, int], ...]
"""Inode, time of change (ns) and size of each of a history's files."""

NAME: Final = ".pairs.json"
_YOUNG: Final = 2_000_000_000
"""Nanoseconds; file systems keep times as coarse as a second or two."""
_WORTH: Final = 32
"""Histories read anew until it is written down: each takes about a millisecond to read."""


class PairIndex:
    """The memory of one store.

    Args:
        path: Its file.
        write: Puts a content in a file's place, whole or not at all.
    """

    def __init__(self, path: Path, write: Callable[[Path, bytes], None]) -> None:
        self._path = path
        self._write = write
        self._known: dict[str, tuple[Look, frozenset[str]]] | None = None
        self._unwritten = 0

    def pairs_of(
        self, name: str, history: Path, read: Callable[[], frozenset[str]]
    ) -> frozenset[str]:
        """A campaign's pairs, read from its history only if that is not as it was."""
        if self._known is None:
            self._known = _read(self._path)
        look = look_at(history)
        known = self._known.get(name)
        if known is not None and known[0] == look:
            return known[1]
        now = time.time_ns()
        pairs = read()
        # As it looked before it was read: what came since will differ.
        if all(changed < now - _YOUNG for _, changed, _ in look):
            self._known[name] = (look, pairs)
            self._unwritten += 1
        return pairs

    def keep(self) -> None:
        """Write it down, if that is worth it; a store that cannot be written to goes without."""
        if self._known is None or self._unwritten < _WORTH:
            return
        kept = {name: [look, sorted(pairs)] for name, (look, pairs) in self._known.items()}
        self._unwritten = 0
        with suppress(HAUpgradeError):  # nothing is lost but time
            self._write(self._path, json.dumps(kept).encode("ascii"))


def look_at(history: Path) -> Look:
    """How a history's files look, to be told from how they look after a write."""
    files = (history, Path(f"{history}-wal"))
    looks = [file.stat() for file in files if file.exists()]
    return tuple((look.st_ino, look.st_mtime_ns, look.st_size) for look in looks)


def _read(path: Path) -> dict[str, tuple[Look, frozenset[str]]]:
    try:
        data = json.loads(path.read_bytes())
        return {
            str(name): (
                tuple((int(ino), int(changed), int(size)) for ino, changed, size in look),
                frozenset(map(str, pairs)),
            )
            for name, (look, pairs) in data.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
