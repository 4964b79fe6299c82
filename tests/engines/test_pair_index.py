"""Finding a pair among many campaigns: what is remembered of them is never trusted alone."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from nornir_haupgrade.engines.pair_index import NAME
from nornir_haupgrade.engines.store import Store
from tests.engines.samples import decided

MANY = 40
_opened: list[str] = []
_is_watched = False


def _watch(event: str, values: tuple[object, ...]) -> None:
    if _is_watched and event == "sqlite3.connect":
        _opened.append(str(values[0]))


sys.addaudithook(_watch)


@contextmanager
def watched() -> Iterator[list[str]]:
    """The histories that are opened meanwhile."""
    global _is_watched  # noqa: PLW0603 - an audit hook cannot be taken away again
    _opened.clear()
    _is_watched = True
    try:
        yield _opened
    finally:
        _is_watched = False


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Many campaigns of another pair, written some time ago, and before them one of p1."""
    with Store(tmp_path / "campaigns") as store:
        for number in range(MANY):
            store.create().history.append("p2" if number else "p1", decided(1))
    for path in (tmp_path / "campaigns").rglob("history.sqlite*"):
        age(path)
    return tmp_path / "campaigns"


def age(path: Path) -> None:
    then = time.time() - 60
    os.utime(path, (then, then))


def newest(root: Path, pair: str) -> str | None:
    with Store(root) as store:
        found = store.latest_for(pair)
        return found.id if found else None


def test_histories_that_are_as_they_were_are_not_read_again(root: Path) -> None:
    with Store(root) as store:
        first = store.campaigns()[0]
    with watched() as opened:
        assert newest(root, "p1") == first
    assert len(opened) > MANY / 2
    with watched() as opened:
        assert newest(root, "p1") == first
    assert [path for path in opened if first not in path] == []
    assert (root / NAME).stat().st_mode & 0o777 == 0o600


def test_what_was_written_since_is_found(root: Path) -> None:
    assert newest(root, "p3") is None
    with Store(root) as store:
        written = store.campaigns()[7]
        store.open(written).history.append("p3", decided(1))
        # Not even closed: the record is in the write-ahead log.
        assert newest(root, "p3") == written
    assert newest(root, "p3") == written


def test_what_was_written_a_moment_ago_is_not_remembered(root: Path) -> None:
    with Store(root) as store:
        fresh = store.create()
        fresh.history.append("p2", decided(1))
    newest(root, "p1")
    assert (root / NAME).exists()
    assert fresh.id not in (root / NAME).read_text()


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"x": 1}', b"\xff", b'{"x": [[[1]], []]}'])
def test_a_memory_that_is_damaged_is_made_anew(root: Path, content: bytes) -> None:
    first = newest(root, "p1")
    (root / NAME).write_bytes(content)
    assert newest(root, "p1") == first
    assert (root / NAME).read_bytes() != content


def test_a_history_in_another_ones_place_is_read(root: Path) -> None:
    """Restored from a copy: its times may be the same, it is another file all the same."""
    newest(root, "p1")
    path = root / sorted(item.name for item in root.iterdir())[20] / "history.sqlite"
    times = path.stat()
    content = path.read_bytes()
    path.with_name("copy").write_bytes(content)
    path.with_name("copy").replace(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    with watched() as opened:
        newest(root, "p1")
    assert [one for one in opened if path.parent.name in one]
