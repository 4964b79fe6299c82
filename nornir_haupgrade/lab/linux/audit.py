"""What happened, in order, where no member and no tool can change it: one JSON line each.

Members write into a pipe of their own, which only their root sees; the lab numbers what comes and
keeps it in ``audit.jsonl``. Kinds: ``boot`` (version, slot), ``role`` (state, before), ``begin``
and ``command`` (state at that instant, command, by; ``command`` also status), ``power``, ``fault``
and ``heal``.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.linux.files import node_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from nornir_haupgrade.lab.linux.spec import MemberNet

NAME = "audit.jsonl"
Entry = dict[str, Any]


def read_audit(folder: Path, kind: str | None = None) -> list[Entry]:
    """The entries of a lab, also of one that has ended; all, or those of one kind."""
    path = folder / NAME
    if not path.exists():
        return []
    entries = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [entry for entry in entries if kind in (None, entry["kind"])]


class Audit:
    """Writes the entries, and tells who listens about each."""

    def __init__(self, folder: Path) -> None:
        self.listeners: list[Callable[[Entry], None]] = []
        self._number = 0
        self._file = (folder / NAME).open("w", encoding="utf-8", buffering=1)

    def add(self, kind: str, member: MemberNet, **values: object) -> Entry:
        """Write one entry; it is in the file when this returns. ``wall`` is seconds since 1970."""
        self._number += 1
        entry: Entry = {
            "number": self._number,
            "kind": kind,
            "time": time.monotonic(),
            "wall": time.time(),
            "pair": member.pair.name,
            "member": member.name,
            "node_id": node_id(member),
            **values,
        }
        self._file.write(json.dumps(entry) + "\n")
        for listener in tuple(self.listeners):
            listener(entry)
        return entry

    def add_line(self, line: bytes, member: MemberNet) -> None:
        """Take over a line that a member wrote."""
        try:
            values = json.loads(line.decode(errors="replace"))
            kind = str(values.pop("kind"))
        except (ValueError, KeyError, AttributeError):
            self.add("unreadable", member, text=line.decode(errors="replace"))
            return
        self.add(kind, member, **values)
