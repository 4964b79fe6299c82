"""What happened, in order: commands, role changes, intervals without forwarding, boots, faults.

It is the proof of the rules: a command's entry carries the member's state at the instant of its
effect.
"""

from __future__ import annotations

import json
import time
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from nornir_haupgrade.lab.timeline import Timeline

Entry = dict[str, Any]


class Audit:
    """Entries in memory and, when a path is given, as JSON lines in a file."""

    def __init__(self, timeline: Timeline, path: Path | None = None) -> None:
        self.entries: list[Entry] = []
        self._timeline = timeline
        self._file: IO[str] | None = None
        if path is not None:
            self._file = path.open("a", encoding="utf-8", buffering=1)

    def add(self, kind: str, pair: str, **values: object) -> Entry:
        """Write one entry; it is on disk when this returns."""
        entry: Entry = {
            "number": len(self.entries) + 1,
            "kind": kind,
            "time": time.monotonic(),
            "wall": time.time(),
            "at": round(self._timeline.now(), 4),
            "pair": pair,
            **values,
        }
        self.entries.append(entry)
        if self._file is not None:
            self._file.write(json.dumps(entry) + "\n")
        return entry

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
