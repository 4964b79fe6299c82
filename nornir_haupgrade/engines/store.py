"""The campaigns on disk: one folder each, all evidence of it inside, readable by its owner alone.

::

    campaigns/20261123-201501-ab12/
    ├── history.sqlite                          every record, chained
    ├── raw/<sha256>.txt                        what devices said, without secrets
    ├── backups/<pair>/<member>/
    │   ├── original-13.7.0a1b2c3d4e5f.tar      a configuration, as it was taken; never overwritten
    │   └── original-13.7.tar.sha256            which of them counts (`sha256sum -c` checks it)
    └── report.json
    campaigns/.pairs.json                       which pairs are where; made anew when it is missing

Every file is written beside its place, forced to the disk and moved there: whole, or not at all.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from errno import EDQUOT, ENOSPC
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Final, Self

from nornir_haupgrade.engines.history import Clock, History
from nornir_haupgrade.engines.pair_index import NAME, PairIndex
from nornir_haupgrade.engines.redact import Redactor
from nornir_haupgrade.errors import BadInput, HAUpgradeError, HistoryDamaged
from nornir_haupgrade.model import Sha256
from nornir_haupgrade.world import utc_now

_ID: Final = re.compile(r"\d{8}-\d{6}-[0-9a-f]{4}")
_TIME: Final = "%Y%m%d-%H%M%S"
_HISTORY: Final = "history.sqlite"
_LONGEST: Final = 120
"""Characters of a file's name; what is appended still fits into the 255 that file systems allow."""


class Campaign:
    """One campaign's folder.

    Attributes:
        id: Sortable by time, unique in its store.
        path: The folder.
        history: Every pair's records.
    """

    def __init__(self, path: Path, history: History, redactor: Redactor) -> None:
        self.id = path.name
        self.path = path
        self.history = history
        self._redactor = redactor

    def put_raw(self, text: str) -> Sha256:
        """Keep a text without secrets; the same text is kept once.

        Returns:
            The hash of what was kept, which is also its name.
        """
        content = self._redactor(text).encode("utf-8", "backslashreplace")
        digest = hashlib.sha256(content).hexdigest()
        path = self.path / "raw" / f"{digest}.txt"
        if not path.exists():
            _write(path, content)
        return digest

    def has_raw(self, digest: Sha256) -> bool:
        """Whether a text is kept here."""
        return self._raw(digest).exists()

    def get_raw(self, digest: Sha256) -> str:
        """A kept text. It is a device's: ``escape`` it before it is shown.

        Raises:
            HistoryDamaged: There is none, or it is not as it was written.
        """
        return _verified(self._raw(digest), digest).decode("utf-8", "replace")

    def put_backup(self, pair: str, member: str, name: str, content: bytes) -> Path:
        """Keep a configuration as it is; an earlier one of the same name stays beside it.

        Returns:
            Its place, below the campaign's folder.
        """
        digest = hashlib.sha256(content).hexdigest()
        folder = self._backups(pair, member)
        path = folder / _kept_as(name, digest)
        make_folder(folder)
        _write(path, content)
        _write(folder / f"{file_name(name)}.sha256", f"{digest}  {path.name}\n".encode("ascii"))
        return path.relative_to(self.path)

    def get_backup(self, pair: str, member: str, name: str) -> bytes | None:
        """The newest configuration of this name, or None if there is none.

        Raises:
            HistoryDamaged: It is not as it was written, or it is gone.
        """
        folder = self._backups(pair, member)
        pointer = folder / f"{file_name(name)}.sha256"
        with with_advice(f"read {pointer}"):
            if not pointer.exists():
                return None
            digest = pointer.read_text(encoding="ascii", errors="replace").partition(" ")[0]
        return _verified(folder / _kept_as(name, digest), digest)

    def write_report(self, report: object) -> Path:
        """Write ``report.json`` without secrets; an earlier one is replaced whole."""
        path = self.path / "report.json"
        text = json.dumps(self._redactor.data(report), indent=2)
        _write(path, f"{text}\n".encode("ascii"))
        return path

    def close(self) -> None:
        """Close the history."""
        self.history.close()

    def _raw(self, digest: Sha256) -> Path:
        return self.path / "raw" / f"{file_name(digest)}.txt"

    def _backups(self, pair: str, member: str) -> Path:
        return self.path / "backups" / file_name(pair) / file_name(member)


class Store:
    """All campaigns below one folder; a campaign that is open is the same object for everybody."""

    def __init__(
        self, root: Path, *, redactor: Redactor | None = None, clock: Clock = utc_now
    ) -> None:
        self.root = root
        self._redactor = redactor or Redactor(())
        self._clock = clock
        self._lock = Lock()
        self._open: dict[str, Campaign] = {}
        self._index = PairIndex(root / NAME, _write)

    def create(self) -> Campaign:
        """Begin a campaign: its folder appears with everything in it, or not at all."""
        with self._lock:
            make_folder(self.root)
            name = self._next_id()
            path = self.root / name
            draft = self.root / f".new-{name}"
            for folder in (draft, draft / "raw", draft / "backups"):
                make_folder(folder)
            opened = History.open(draft / _HISTORY, create=True, campaign=name, clock=self._clock)
            opened.close()
            with with_advice(f"create {path}"):
                draft.rename(path)
                _fsync(self.root)
            return self._opened(name)

    def open(self, campaign: str) -> Campaign:
        """One campaign by its id.

        Raises:
            BadInput: There is none of this id.
            HistoryDamaged: Its history cannot be read, or is another campaign's.
        """
        with self._lock:
            return self._opened(campaign)

    def campaigns(self) -> tuple[str, ...]:
        """The ids of all campaigns, the oldest first."""
        with with_advice(f"read {self.root}"):
            names = [folder.name for folder in self.root.iterdir()] if self.root.exists() else []
        return tuple(sorted(name for name in names if _ID.fullmatch(name)))

    def latest_for(self, pair: str) -> Campaign | None:
        """The newest campaign that has records of a pair.

        Raises:
            HistoryDamaged: A history that may be the one cannot be read.
        """
        with self._lock:
            try:
                return self._latest_for(pair)
            finally:
                self._index.keep()

    def beside(self) -> Store:
        """The same campaigns, opened and closed apart from those that are open here."""
        return Store(self.root)

    def close(self) -> None:
        """Close every campaign that was opened here."""
        with self._lock:
            for campaign in self._open.values():
                campaign.close()
            self._open.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _latest_for(self, pair: str) -> Campaign | None:
        for name in reversed(self.campaigns()):
            if name not in self._open and pair not in self._pairs_of(name):
                continue
            campaign = self._opened(name)
            if pair in campaign.history:
                return campaign
        return None

    def _next_id(self) -> str:
        now = self._clock().astimezone(UTC)
        known = self.campaigns()
        if known:
            # The newest sorts last, also if two begin in one second or the clock was set back.
            newest = datetime.strptime(known[-1][:15], _TIME).replace(tzinfo=UTC)
            now = max(now, newest + timedelta(seconds=1))
        return f"{now.strftime(_TIME)}-{secrets.token_hex(2)}"

    def _opened(self, name: str) -> Campaign:
        if name not in self._open:
            path = self.root / name
            history = self._history(name)
            self._open[name] = Campaign(path, history, self._redactor)
        return self._open[name]

    def _history(self, name: str) -> History:
        if not _ID.fullmatch(name) or not (self.root / name).exists():
            raise BadInput(
                f"there is no campaign {name!r} in {self.root}",
                advice="haupgrade status lists the campaigns",
            )
        path = self.root / name / _HISTORY
        history = History.open(path, create=False, clock=self._clock, clean=self._redactor.record)
        if history.campaign != name:
            history.close()
            raise HistoryDamaged(
                f"{path} is the history of campaign {history.campaign}",
                advice="give the folder its own name back",
            )
        return history

    def _pairs_of(self, name: str) -> frozenset[str]:
        def read() -> frozenset[str]:
            with self._history(name) as history:
                return frozenset(history.pairs())

        return self._index.pairs_of(name, self.root / name / _HISTORY, read)


def file_name(name: str) -> str:
    """A name from an inventory or a device as one harmless file name; no two become the same.

    Letters, digits and ``. _ -`` stay, all else is written as ``%2F``; a leading dot, too. What is
    too long is cut and gets a hash.
    """
    safe = re.sub(rb"[^A-Za-z0-9._-]|^\.", _percent, name.encode("utf-8", "surrogatepass")).decode()
    if len(safe) > _LONGEST:
        digest = hashlib.sha256(safe.encode()).hexdigest()
        safe = f"{safe[: _LONGEST - 17]}~{digest[:16]}"
    if not safe:
        raise BadInput("an empty name cannot name a file", advice="name it in the inventory")
    return safe


def _kept_as(name: str, digest: str) -> str:
    stem, dot, kind = file_name(name).rpartition(".")
    if not stem or not kind.isalpha():
        stem, dot, kind = file_name(name), "", ""
    return f"{stem}.{file_name(digest)[:12]}{dot}{kind}" if digest else file_name(name)


def make_folder(path: Path) -> None:
    """Make a folder and those above it that are missing, for their owner alone, on the disk."""
    with with_advice(f"create {path}"):
        missing = [folder for folder in (path, *path.parents) if not folder.exists()]
        for folder in reversed(missing):
            with suppress(FileExistsError):
                folder.mkdir(mode=0o700)
            _fsync(folder.parent)


@contextmanager
def with_advice(what: str) -> Iterator[None]:
    """Turn what the file system refuses into an error that says what to do."""
    try:
        yield
    except OSError as error:
        advice = "check the path and its permissions"
        if error.errno in {ENOSPC, EDQUOT}:
            advice = "free some space on this disk and run again; what was kept before is whole"
        raise HAUpgradeError(f"cannot {what}: {error.strerror}", advice=advice) from error


def _percent(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]


def _write(path: Path, content: bytes) -> None:
    with with_advice(f"write {path}"):
        file, draft = tempfile.mkstemp(prefix=".", dir=path.parent)
        try:
            with os.fdopen(file, "wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            Path(draft).replace(path)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
        _fsync(path.parent)


def _fsync(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _verified(path: Path, digest: Sha256) -> bytes:
    with with_advice(f"read {path}"):
        content = path.read_bytes() if path.exists() else None
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        what = "is gone" if content is None else "is not as it was written"
        raise HistoryDamaged(f"{path} {what}", advice="restore it from a copy, or take it again")
    return content
