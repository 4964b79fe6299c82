"""A campaign's history: every pair's records in one SQLite file, append-only and chained by hashes.

``append`` returns when the record is on the disk (write-ahead log, ``synchronous=FULL``): what was
acknowledged survives ``kill -9`` and a power cut. Threads and processes append and read at once.

Each record's hash covers the one before it (arrays as JSON without spaces, in ASCII)::

    hash(0)   = sha256(["history", schema, campaign, created])
    hash(seq) = sha256([hash(seq - 1), pair, seq, at, body])

so whoever reads a pair finds a record that was changed, removed or moved. Records cut off at the
end leave a shorter chain that holds: only a head that was written down elsewhere shows it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Final, Self, TypeAlias

from nornir_haupgrade.engines.codec import decode, encode
from nornir_haupgrade.errors import AnotherController, HAUpgradeError, HistoryDamaged
from nornir_haupgrade.model import Sha256
from nornir_haupgrade.procedure.records import Record
from nornir_haupgrade.world import utc_now

SCHEMA: Final = 1

_BUSY: Final = 30.0
"""Seconds to wait for another process that is appending; each of them takes milliseconds."""

_RESTORE: Final = "stop, keep the file as evidence, and restore it from a copy"
_OPEN: Final = "check the path and its permissions"
_ADVICE: Final = {
    sqlite3.SQLITE_FULL: "free some space on this disk and run again; what was recorded is whole",
    sqlite3.SQLITE_IOERR: "look at this disk; what was recorded is whole",
    sqlite3.SQLITE_BUSY: "another process holds it: see which (`fuser`), and run again",
    sqlite3.SQLITE_READONLY: _OPEN,
    sqlite3.SQLITE_CANTOPEN: _OPEN,
    sqlite3.SQLITE_PERM: _OPEN,
}
_TABLES: Final = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
    """CREATE TABLE records (
        pair TEXT NOT NULL, seq INTEGER NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL,
        hash TEXT NOT NULL, prev TEXT NOT NULL, PRIMARY KEY (pair, seq))""",
    # Also stops INSERT OR REPLACE, which deletes without asking the trigger for it.
    """CREATE TRIGGER records_continue BEFORE INSERT ON records
        WHEN NEW.seq <> 1 + (SELECT coalesce(max(seq), 0) FROM records WHERE pair = NEW.pair)
        BEGIN SELECT raise(ABORT, 'a record continues its pair'); END""",
    """CREATE TRIGGER meta_complete BEFORE INSERT ON meta WHEN (SELECT count(*) FROM meta) = 3
        BEGIN SELECT raise(ABORT, 'the history is append-only'); END""",
    *(
        f"CREATE TRIGGER {table}_{event} BEFORE {event} ON {table} "
        "BEGIN SELECT raise(ABORT, 'the history is append-only'); END"
        for table in ("meta", "records")
        for event in ("UPDATE", "DELETE")
    ),
)


Clock: TypeAlias = Callable[[], datetime]
Clean: TypeAlias = Callable[[Record], Record]
_Row: TypeAlias = tuple[int, str, str, Sha256, Sha256]


@dataclass(frozen=True, slots=True)
class Entry:
    """A record as it is kept; ``at`` is ISO 8601 in UTC with milliseconds."""

    seq: int
    at: str
    record: Record
    hash: Sha256


class History:
    """All pairs of one campaign; one object serves any number of threads.

    Attributes:
        campaign: The campaign's id.
        created: When it was created, ISO 8601 in UTC.
    """

    def __init__(
        self, connection: sqlite3.Connection, path: Path, *, clock: Clock, clean: Clean | None
    ) -> None:
        self._connection = connection
        self._path = path
        self._clock = clock
        self._clean = clean
        # One at a time: SQLite has one writer anyway, and a read takes microseconds.
        self._lock = Lock()
        # Whoever forgets to close it leaves nothing open behind.
        weakref.finalize(self, connection.close)
        meta = dict(self._select("SELECT key, value FROM meta"))
        if meta.keys() != {"schema", "campaign", "created"}:
            raise HistoryDamaged(f"{path} is not a complete history", advice=_RESTORE)
        if meta["schema"] != str(SCHEMA):
            raise HAUpgradeError(
                f"{path} has the form {meta['schema']!r}, this version knows {SCHEMA}",
                advice="read it with the version of haupgrade that wrote it",
            )
        self.campaign: str = meta["campaign"]
        self.created: str = meta["created"]
        self._genesis = _sha256("history", SCHEMA, self.campaign, self.created)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        create: bool,
        campaign: str | None = None,
        clock: Clock = utc_now,
        clean: Clean | None = None,
    ) -> Self:
        """Open a history, or create it (readable by its owner alone).

        Args:
            path: The file, ``history.sqlite``.
            create: It must not exist yet; otherwise it must.
            campaign: The campaign's id for a new one; by default the folder's name.
            clock: Stamps records that are appended without a time.
            clean: Takes secrets out of a record before it is kept.

        Raises:
            HAUpgradeError: It exists, or does not, or cannot be opened.
            HistoryDamaged: The file is no history.
        """
        with _explained(path):
            if create:
                os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=_BUSY,
                isolation_level=None,
                check_same_thread=False,
            )
            try:
                connection.execute("PRAGMA synchronous=FULL")
                connection.execute("PRAGMA fullfsync=ON")
                # A byte that was changed on the disk must reach the hash, whatever it is.
                connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
                if create:
                    _create(connection, campaign or path.absolute().parent.name, _stamp(clock()))
                return cls(connection, path, clock=clock, clean=clean)
            except BaseException:
                connection.close()
                raise

    @classmethod
    def in_memory(cls, campaign: str, *, clock: Clock = utc_now) -> Self:
        """A history that nobody else sees and that ends with this object: for simulations."""
        connection = sqlite3.connect(
            ":memory:", isolation_level=None, check_same_thread=False, cached_statements=64
        )
        _fill(connection, campaign, _stamp(clock()))
        return cls(connection, Path(":memory:"), clock=clock, clean=None)

    def __contains__(self, pair: str) -> bool:
        return bool(self._select("SELECT 1 FROM records WHERE pair = ? LIMIT 1", pair))

    def append(
        self, pair: str, record: Record, *, at: datetime | None = None, after: int | None = None
    ) -> int:
        """Add a record at the end of its pair; when this returns, it is on the disk.

        Args:
            at: When it happened; by default now.
            after: The newest ``seq`` that the record was decided on (0: none). If the pair has
                moved on since, nothing is written: read its ``tail`` and decide again.

        Returns:
            Its ``seq``, counted from 1 in each pair.

        Raises:
            AnotherController: The pair moved on since ``after``.
            HAUpgradeError: It could not be written (disk full, no permission); nothing was.
        """
        body = encode(self._clean(record) if self._clean else record)
        stamp = _stamp(at or self._clock())
        with self._lock, _explained(self._path, pair), _transaction(self._connection):
            last, prev = self._last(pair)
            if after is not None and last != after:
                raise _moved_on(pair, after, last)
            row = (pair, last + 1, stamp, body, _sha256(prev, pair, last + 1, stamp, body), prev)
            self._connection.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", row)
        return last + 1

    def records(self, pair: str) -> tuple[Record, ...]:
        """A pair's records in order.

        Raises:
            HistoryDamaged: The chain does not hold, or a record cannot be read.
        """
        return tuple(entry.record for entry in self.entries(pair))

    def entries(self, pair: str) -> tuple[Entry, ...]:
        """A pair's records in order, with ``seq``, time and hash.

        Raises:
            HistoryDamaged: As ``records``.
        """
        return self._after(pair, 0)

    def tail(self, pair: str, after_seq: int) -> tuple[tuple[int, Record], ...]:
        """What was appended to a pair after a record, by whomever: (seq, record).

        Raises:
            HistoryDamaged: As ``records``; or record ``after_seq`` is not there any more.
        """
        return tuple((entry.seq, entry.record) for entry in self._after(pair, after_seq))

    def pairs(self) -> tuple[str, ...]:
        """The pairs that have records, sorted."""
        return tuple(
            pair for (pair,) in self._select("SELECT DISTINCT pair FROM records ORDER BY 1")
        )

    def head(self, pair: str) -> Sha256:
        """The hash of a pair's newest record, which stands for them all: keep it elsewhere, too."""
        with self._lock, _explained(self._path, pair):
            return self._last(pair)[1]

    def verify(self, pair: str, head: Sha256 | None = None) -> None:
        """Check a pair's whole chain.

        Args:
            head: One that was written down earlier. It must be among the hashes; more may follow.

        Raises:
            HistoryDamaged: Naming the pair and the first record that is not as it was written.
        """
        entries = self.entries(pair)
        if head is None and not entries:
            raise HistoryDamaged("there are no records", pair=pair, advice=_RESTORE)
        hashes = {self._genesis, *(entry.hash for entry in entries)}
        if head is not None and head.strip().lower() not in hashes:
            raise _broken(pair, len(entries), f"is the last, and none has the hash {head:.64}")

    def close(self) -> None:
        """Give the file back; the last to close leaves one file behind."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _after(self, pair: str, seq: int) -> tuple[Entry, ...]:
        rows = self._select(
            "SELECT seq, at, body, hash, prev FROM records"
            " WHERE pair = ? AND seq >= ? ORDER BY seq",
            pair,
            seq,
        )
        if seq == 0:
            return tuple(_checked(pair, rows, seq=0, prev=self._genesis))
        if not rows or rows[0][0] != seq:
            raise _broken(pair, seq, "is missing")
        return tuple(_checked(pair, rows[1:], seq=seq, prev=rows[0][3]))

    def _last(self, pair: str) -> tuple[int, Sha256]:
        newest = self._connection.execute(
            "SELECT seq, hash FROM records WHERE pair = ? ORDER BY seq DESC LIMIT 1", (pair,)
        ).fetchone()
        return newest or (0, self._genesis)

    def _select(self, query: str, *values: object) -> list[Any]:
        with self._lock, _explained(self._path):
            return self._connection.execute(query, values).fetchall()


def _create(connection: sqlite3.Connection, campaign: str, created: str) -> None:
    if connection.execute("PRAGMA journal_mode=WAL").fetchone() != ("wal",):
        raise HAUpgradeError(
            "this file system cannot hold a history that several processes use",
            advice="put the store on a local disk",
        )
    _fill(connection, campaign, created)


def _fill(connection: sqlite3.Connection, campaign: str, created: str) -> None:
    meta = {"schema": str(SCHEMA), "campaign": campaign, "created": created}
    with _transaction(connection):
        for statement in _TABLES:
            connection.execute(statement)
        connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    # IMMEDIATE: from here on nobody else can write, so what is read now stays true.
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def _checked(pair: str, rows: list[_Row], *, seq: int, prev: Sha256) -> Iterator[Entry]:
    """Entries that follow record ``seq``, each proven to continue the one before it."""
    for expected, (found, at, body, digest, before) in enumerate(rows, start=seq + 1):
        if found != expected:
            raise _broken(pair, expected, "is missing")
        if not all(isinstance(text, str) for text in (at, body, digest)):
            raise _broken(pair, expected, "is not as it was written")
        if before != prev:
            raise _broken(pair, expected, "does not follow the one before it")
        if digest != _sha256(prev, pair, expected, at, body):
            raise _broken(pair, expected, "is not as it was written")
        try:
            record = decode(body)
        except HistoryDamaged as error:
            message = f"record {expected}: {error.message}"
            raise HistoryDamaged(message, pair=pair, advice=error.advice) from error
        yield Entry(expected, at, record, digest)
        prev = digest


def _sha256(*parts: str | int) -> Sha256:
    text = json.dumps(parts, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _stamp(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be recorded")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _broken(pair: str, seq: int, what: str) -> HistoryDamaged:
    return HistoryDamaged(f"record {seq} {what}", pair=pair, advice=_RESTORE)


def _moved_on(pair: str, after: int, last: int) -> AnotherController:
    return AnotherController(
        f"record {last} is there where {after} was the last",
        pair=pair,
        advice="read what was appended, and decide again",
    )


@contextmanager
def _explained(path: Path, pair: str | None = None) -> Iterator[None]:
    """Say what SQLite and the file system say in this package's words."""
    try:
        yield
    except OSError as error:
        raise HAUpgradeError(
            f"cannot open {path}: {error.strerror}", pair=pair, advice=_OPEN
        ) from error
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.IntegrityError as error:
        raise AnotherController(
            f"{path}: {error}", pair=pair, advice="see who else runs this campaign"
        ) from error
    except (sqlite3.Error, UnicodeDecodeError) as error:
        # The low byte is the kind of error, the rest its details. Without one, SQLite quotes a name
        # that was damaged, in a message that is no text any more.
        if advice := _ADVICE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF):
            raise HAUpgradeError(f"{path}: {error}", pair=pair, advice=advice) from error
        raise HistoryDamaged(f"{path}: {error}", pair=pair, advice=_RESTORE) from error
