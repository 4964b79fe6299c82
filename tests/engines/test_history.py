from __future__ import annotations

import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import IO

import pytest

from nornir_haupgrade.engines.codec import encode
from nornir_haupgrade.engines.history import History, _sha256
from nornir_haupgrade.engines.redact import MARK, Redactor
from nornir_haupgrade.errors import AnotherController, HAUpgradeError, HistoryDamaged
from tests.engines.samples import decided, result


def fill(history: History, pair: str = "p1", count: int = 5) -> None:
    for number in range(count):
        history.append(pair, decided(number))


def numbers(history: History, pair: str = "p1") -> list[int]:
    return [getattr(record, "number", -1) for record in history.records(pair)]


def test_records_come_back_in_order(history: History) -> None:
    assert [history.append("p1", decided(number)) for number in range(3)] == [1, 2, 3]
    assert history.append("p2", decided(9)) == 1
    assert history.records("p1") == (decided(0), decided(1), decided(2))
    assert history.records("p3") == ()
    assert history.pairs() == ("p1", "p2")
    assert "p1" in history
    assert "p3" not in history


def test_times_are_in_utc_with_milliseconds(path: Path) -> None:
    clock = datetime(2026, 11, 23, 20, 15, 1, 123_999, tzinfo=UTC)
    with History.open(path, create=True, clock=lambda: clock) as history:
        history.append("p1", decided())
        east = timezone(timedelta(hours=2))
        history.append("p1", decided(), at=datetime(2026, 1, 1, 1, 0, tzinfo=east))
        stamps = [entry.at for entry in history.entries("p1")]
        assert stamps == ["2026-11-23T20:15:01.123Z", "2025-12-31T23:00:00.000Z"]
        with pytest.raises(ValueError, match="zone"):
            history.append("p1", decided(), at=datetime(2026, 1, 1))  # noqa: DTZ001
        assert history.created == "2026-11-23T20:15:01.123Z"


def test_a_history_is_found_as_it_was_left(path: Path) -> None:
    with History.open(path, create=True, campaign="c1") as history:
        fill(history)
        head = history.head("p1")
    assert sorted(item.name for item in path.parent.iterdir()) == ["history.sqlite"]
    with History.open(path, create=False) as again:
        assert again.campaign == "c1"
        assert numbers(again) == [0, 1, 2, 3, 4]
        assert again.head("p1") == head
        again.verify("p1", head)
        assert again.append("p1", decided(5)) == 6


def test_only_the_owner_can_read_it(history: History, path: Path) -> None:
    fill(history)
    found = {item.name: item.stat().st_mode & 0o777 for item in path.parent.iterdir()}
    assert set(found) == {path.name, f"{path.name}-wal", f"{path.name}-shm"}
    assert set(found.values()) == {0o600}


def test_a_commit_waits_for_the_disk(history: History) -> None:
    connection = history._connection
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_opening_says_what_is_wrong(path: Path) -> None:
    with pytest.raises(HAUpgradeError, match="unable to open"):
        History.open(path, create=False)
    History.open(path, create=True).close()
    with pytest.raises(HAUpgradeError, match="File exists"):
        History.open(path, create=True)
    path.write_bytes(b"")
    with pytest.raises(HistoryDamaged):
        History.open(path, create=False)
    path.write_bytes(b"not a database, whatever its name" * 100)
    with pytest.raises(HistoryDamaged):
        History.open(path, create=False)


def test_another_form_is_not_guessed_at(path: Path) -> None:
    History.open(path, create=True).close()
    tamper(path, "UPDATE meta SET value = '2' WHERE key = 'schema'")
    with pytest.raises(HAUpgradeError, match="version of haupgrade that wrote it"):
        History.open(path, create=False)


def test_a_history_that_was_not_made_whole_is_damage(path: Path) -> None:
    History.open(path, create=True).close()
    tamper(path, "DELETE FROM meta WHERE key = 'created'")
    with pytest.raises(HistoryDamaged, match="not a complete history"):
        History.open(path, create=False)


def test_a_record_that_no_version_knows_is_named(history: History) -> None:
    history.append("p1", decided())
    body = encode(decided()).replace("Decided", "Divined")
    prev, at = history.head("p1"), "2026-11-23T20:15:01.000Z"
    row = ("p1", 2, at, body, _sha256(prev, "p1", 2, at, body), prev)
    history._connection.execute("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)", row)
    with pytest.raises(HistoryDamaged, match="p1: record 2: record is of an unknown type"):
        history.records("p1")


def test_what_others_append_is_seen(history: History, path: Path) -> None:
    fill(history, count=2)
    with History.open(path, create=False) as other:
        assert other.append("p1", decided(7)) == 3
        assert other.append("p2", decided(8)) == 1
    assert history.tail("p1", 2) == ((3, decided(7)),)
    assert history.tail("p1", 3) == ()
    assert history.tail("p3", 0) == ()
    with pytest.raises(HistoryDamaged, match="record 4 is missing"):
        history.tail("p1", 4)


def test_what_was_decided_on_an_older_record_is_not_appended(history: History, path: Path) -> None:
    assert history.append("p1", decided(0), after=0) == 1
    with History.open(path, create=False) as other:
        other.append("p1", decided(1), after=1)
    with pytest.raises(AnotherController, match="p1: record 2 is there where 1 was the last"):
        history.append("p1", decided(2), after=1)
    assert numbers(history) == [0, 1]
    assert history.append("p1", decided(2), after=2) == 3


def test_threads_append_at_once(history: History) -> None:
    with ThreadPoolExecutor(8) as threads:
        for name in ["p0", "p1", "p2", "p3"] * 2:
            threads.submit(fill, history, name, 25)
    assert len(history.pairs()) == 4
    for pair in history.pairs():
        history.verify(pair)
        assert sorted(numbers(history, pair)) == sorted([*range(25), *range(25)])


def test_of_two_that_follow_one_record_one_is_refused(history: History, path: Path) -> None:
    def append(opened: History) -> bool:
        try:
            opened.append("p1", decided(), after=0)
        except AnotherController:
            return False
        return True

    with History.open(path, create=False) as other, ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(append, [history, other] * 8))
    assert outcomes.count(True) == 1


def test_secrets_are_not_kept(path: Path) -> None:
    with History.open(path, create=True, clean=Redactor(["s3cret!"]).record) as history:
        history.append("p1", result("the device said s3cret!"))
        assert history.records("p1") == (result(f"the device said {MARK}"),)
    assert b"s3cret!" not in path.read_bytes()


# --- append-only ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records SET body = '{}' WHERE seq = 2",
        "DELETE FROM records WHERE seq = 5",
        "DELETE FROM records",
        "INSERT OR REPLACE INTO records SELECT pair, 2, at, body, hash, prev FROM records",
        "INSERT INTO records SELECT pair, 9, at, body, hash, prev FROM records WHERE seq = 1",
        "INSERT INTO records SELECT 'p2', 2, at, body, hash, prev FROM records WHERE seq = 1",
        "UPDATE meta SET value = 'x'",
        "DELETE FROM meta",
        "INSERT INTO meta VALUES ('more', 'x')",
        "INSERT OR REPLACE INTO meta VALUES ('campaign', 'x')",
    ],
)
def test_the_file_itself_refuses_changes(history: History, path: Path, statement: str) -> None:
    fill(history)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    connection.close()
    history.verify("p1")


# --- tampering ------------------------------------------------------------------------------------


def tamper(path: Path, *statements: str) -> None:
    """What somebody does who may write the file and knows SQL."""
    connection = sqlite3.connect(path)
    triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (name,) in triggers.fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize(
    ("statements", "record"),
    [
        (["UPDATE records SET body = replace(body, 'retry', 'park') WHERE seq = 3"], 3),
        (["UPDATE records SET at = replace(at, '20', '21') WHERE seq = 2"], 2),
        (["UPDATE records SET hash = prev WHERE seq = 4"], 4),
        (["UPDATE records SET prev = hash WHERE seq = 4"], 4),
        (["UPDATE records SET body = CAST(body AS BLOB) WHERE seq = 3"], 3),
        (["UPDATE records SET body = CAST(x'ff' || body AS TEXT) WHERE seq = 3"], 3),
        (["UPDATE records SET hash = NULL WHERE 0", "DELETE FROM records WHERE seq = 1"], 1),
        (["DELETE FROM records WHERE seq = 3"], 3),
        (
            ["DELETE FROM records WHERE seq = 3", "UPDATE records SET seq = seq - 1 WHERE seq > 3"],
            3,
        ),
        (
            [
                "UPDATE records SET seq = 99 WHERE seq = 2",
                "UPDATE records SET seq = 2 WHERE seq = 3",
                "UPDATE records SET seq = 3 WHERE seq = 99",
            ],
            2,
        ),
        (["UPDATE records SET pair = 'p1' WHERE 0", "UPDATE meta SET value = 'other'"], 0),
        (["UPDATE meta SET value = 'other' WHERE key = 'campaign'"], 1),
        (["INSERT INTO records SELECT pair, 6, at, body, hash, prev FROM records WHERE seq=5"], 6),
    ],
)
def test_tampering_is_found_and_named(path: Path, statements: list[str], record: int) -> None:
    with History.open(path, create=True) as history:
        fill(history)
        history.append("p2", decided())
    tamper(path, *statements)
    if record == 0:
        with pytest.raises(HAUpgradeError):
            History.open(path, create=False)
        return
    with History.open(path, create=False) as history:
        for read in (history.verify, history.records, history.entries):
            with pytest.raises(HistoryDamaged, match=f"^p1: record {record} "):
                read("p1")


def test_another_pair_is_not_touched_by_it(path: Path) -> None:
    with History.open(path, create=True) as history:
        fill(history)
        fill(history, "p2")
    tamper(path, "DELETE FROM records WHERE pair = 'p1' AND seq = 1")
    with History.open(path, create=False) as history:
        history.verify("p2")


def test_a_record_moved_to_another_pair_is_found(path: Path) -> None:
    with History.open(path, create=True) as history:
        fill(history, count=1)
        fill(history, "p2", count=1)
    tamper(path, "DELETE FROM records WHERE pair = 'p2'", "UPDATE records SET pair = 'p2'")
    with History.open(path, create=False) as history:
        with pytest.raises(HistoryDamaged, match="p2: record 1 is not as it was written"):
            history.verify("p2")
        with pytest.raises(HistoryDamaged, match="p1: there are no records"):
            history.verify("p1")


def test_a_tail_that_was_cut_off_is_found_with_the_head(path: Path) -> None:
    with History.open(path, create=True) as history:
        empty = history.head("p1")
        fill(history, count=3)
        early = history.head("p1")
        fill(history, count=3)
        head = history.head("p1")
        for known in (empty, early, head, f" {head.upper()}\n"):
            history.verify("p1", known)
    tamper(path, "DELETE FROM records WHERE seq > 4")
    with History.open(path, create=False) as history:
        history.verify("p1")
        history.verify("p1", early)
        with pytest.raises(
            HistoryDamaged, match=f"p1: record 4 is the last, and none has .*{head}"
        ):
            history.verify("p1", head)


def test_any_changed_byte_of_a_body_is_found(path: Path) -> None:
    random = Random(7)
    with History.open(path, create=True) as history:
        fill(history)
    whole, body = path.read_bytes(), encode(decided(2)).encode()
    for _ in range(40):
        place = whole.index(body) + random.randrange(len(body))
        changed = bytearray(whole)
        changed[place] ^= 1 << random.randrange(8)
        path.write_bytes(changed)
        with (
            History.open(path, create=False) as history,
            pytest.raises(HistoryDamaged, match="p1: record 3 is not as it was written"),
        ):
            history.verify("p1")


@pytest.mark.parametrize("seed", range(4))
def test_no_damage_to_the_file_passes_as_another_history(path: Path, seed: int) -> None:
    random = Random(seed)
    with History.open(path, create=True) as history:
        fill(history)
        head, records = history.head("p1"), history.records("p1")
    whole = path.read_bytes()
    for _ in range(60):
        changed = bytearray(whole)
        changed[random.randrange(len(whole))] ^= 1 << random.randrange(8)
        path.write_bytes(changed[: random.choice([len(whole), random.randrange(len(whole))])])
        try:
            with History.open(path, create=False) as history:
                history.verify("p1", head)
                assert history.records("p1") == records
        except HAUpgradeError:
            pass


# --- faults ---------------------------------------------------------------------------------------


def test_a_full_disk_leaves_what_was_there(history: History) -> None:
    fill(history)
    size = history._connection.execute("PRAGMA page_count").fetchone()[0]
    history._connection.execute(f"PRAGMA max_page_count={size}")
    with pytest.raises(HAUpgradeError, match="free some space") as caught:
        history.append("p1", decided(5, "x" * 100_000))
    assert not isinstance(caught.value, HistoryDamaged)
    history._connection.execute(f"PRAGMA max_page_count={size + 1000}")
    assert history.append("p1", decided(5, "x" * 100_000)) == 6
    history.verify("p1")


def test_a_writer_that_never_ends_is_told_apart_from_damage(history: History, path: Path) -> None:
    history._connection.execute("PRAGMA busy_timeout=50")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(HAUpgradeError, match="another process") as caught:
        history.append("p1", decided())
    assert not isinstance(caught.value, HistoryDamaged)
    assert history.records("p1") == ()
    other.execute("ROLLBACK")
    other.close()
    assert history.append("p1", decided()) == 1


APPENDER = textwrap.dedent("""
    import sys, threading
    from pathlib import Path
    from nornir_haupgrade.engines.history import History
    from nornir_haupgrade.procedure.records import By, Choice, Decided

    history = History.open(Path(sys.argv[1]), create=False)
    print("ready", flush=True)

    def work(pair):
        number = len(history.records(pair))
        while True:
            number = history.append(pair, Decided(number, Choice.RETRY, By.POLICY, why="x" * 300))
            print(f"{pair} {number}\\n", end="", flush=True)

    for pair in ("p1", "p2", "p3"):
        threading.Thread(target=work, args=(pair,), daemon=True).start()
    threading.Event().wait()
""")


def acknowledged(out: IO[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    # The last line may be cut short by the kill: it was not said.
    for line in out.read().splitlines(keepends=True):
        if line.endswith("\n") and " " in line:
            pair, seq = line.split()
            found[pair] = max(int(seq), found.get(pair, 0))
    return found


def kill_while_appending(path: Path, after: float) -> dict[str, int]:
    command = [sys.executable, "-c", APPENDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(after)
        process.kill()
        return acknowledged(process.stdout)


def prove_kill(path: Path, times: int) -> None:
    random = Random(times)
    History.open(path, create=True).close()
    heads: dict[str, str] = {}
    for _ in range(times):
        said = kill_while_appending(path, random.uniform(0, 0.15))
        with History.open(path, create=False) as history:
            for pair, seq in said.items():
                entries = history.entries(pair)
                # Acknowledged is there; at most the one in flight beyond it.
                assert seq <= len(entries) <= seq + 1
                assert [getattr(entry.record, "number", -1) for entry in entries] == list(
                    range(len(entries))
                )
                history.verify(pair, heads.get(pair))
                heads[pair] = entries[-1].hash
    assert heads


def test_what_was_acknowledged_survives_kill_9(path: Path) -> None:
    prove_kill(path, 8)


@pytest.mark.prove
def test_what_was_acknowledged_survives_kill_9_often(path: Path) -> None:
    prove_kill(path, 150)


def test_readers_never_wait_and_never_see_half(history: History, path: Path) -> None:
    command = [sys.executable, "-c", APPENDER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        seen = 0
        until = time.monotonic() + 20
        while seen < 50 and time.monotonic() < until:
            for seq, record in history.tail("p1", seen):
                assert (seq, record.number) == (seen + 1, seen)  # type: ignore[union-attr]
                seen = seq
            history.append("p4", decided())
        process.kill()
        process.stdout.read()
    assert seen >= 50
    for pair in history.pairs():
        history.verify(pair)


def test_a_forgotten_history_is_closed(path: Path) -> None:
    opened: list[Callable[[], None]] = [History.open(path, create=True).close]
    opened.clear()
    assert sorted(item.name for item in path.parent.iterdir()) == ["history.sqlite"]
