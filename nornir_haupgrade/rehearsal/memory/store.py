"""Campaigns that are kept in memory: the real history with its codec and its chain, on no disk."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from nornir_haupgrade.engines.history import History
from nornir_haupgrade.engines.redact import Redactor
from nornir_haupgrade.engines.store import Campaign, Store
from nornir_haupgrade.errors import BadInput, HistoryDamaged

if TYPE_CHECKING:
    from nornir_haupgrade.model import Sha256
    from nornir_haupgrade.rehearsal.memory.clock import VirtualClock


class MemoryCampaign(Campaign):
    """As on disk, but that nothing outlives this process; devices in memory hold no secrets."""

    def __init__(self, name: str, history: History) -> None:
        super().__init__(Path(name), history, Redactor(()))
        self.raw: dict[Sha256, str] = {}
        self.backups: dict[tuple[str, str, str], bytes] = {}
        self.report: object = None

    def put_raw(self, text: str) -> Sha256:
        """Keep a text."""
        digest = hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
        self.raw[digest] = text
        return digest

    def get_raw(self, digest: Sha256) -> str:
        """A kept text."""
        if digest not in self.raw:
            raise HistoryDamaged(f"{digest} is gone")
        return self.raw[digest]

    def put_backup(self, pair: str, member: str, name: str, content: bytes) -> Path:
        """Keep a configuration."""
        self.backups[pair, member, name] = content
        return Path("backups", pair, member, name)

    def get_backup(self, pair: str, member: str, name: str) -> bytes | None:
        """The newest configuration of this name."""
        return self.backups.get((pair, member, name))

    def write_report(self, report: object) -> Path:
        """Keep the report."""
        self.report = report
        return self.path / "report.json"


class MemoryStore(Store):
    """All campaigns of one pair in memory; closing it forgets nothing.

    Attributes:
        kept: By id, the oldest first.
        HISTORY: What keeps the records.
    """

    HISTORY: ClassVar[type[History]] = History

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__(Path("memory"), clock=clock.utc_now)
        self.kept: dict[str, MemoryCampaign] = {}
        self._virtual = clock

    def create(self) -> Campaign:
        """Begin a campaign."""
        name = f"{self._virtual.utc_now():%Y%m%d-%H%M%S}-{len(self.kept):04x}"
        history = self.HISTORY.in_memory(name, clock=self._virtual.utc_now)
        self.kept[name] = MemoryCampaign(name, history)
        return self.kept[name]

    def open(self, campaign: str) -> Campaign:
        """One campaign by its id."""
        if campaign not in self.kept:
            raise BadInput(f"there is no campaign {campaign!r}")
        return self.kept[campaign]

    def campaigns(self) -> tuple[str, ...]:
        """The ids of all campaigns, the oldest first."""
        return tuple(self.kept)

    def latest_for(self, pair: str) -> Campaign | None:
        """The newest campaign that has records of a pair."""
        return next((one for one in reversed(self.kept.values()) if pair in one.history), None)

    def beside(self) -> Store:
        """This one."""
        return self

    def close(self) -> None:
        """What is kept in memory stays."""
