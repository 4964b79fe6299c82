"""Where rehearsals are kept, and what a killed one leaves for the next."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from nornir_haupgrade.engines.store import Store
from nornir_haupgrade.rehearsal.place import forget, new_place, store_of, tidy, twins_in


def left_behind(store: Path, pid: str = "999999999") -> Path:
    """A rehearsal that was killed."""
    with new_place(store) as folder:
        lab = twins_in(folder)
    (lab / "keys").mkdir()
    (lab / "keys" / "p1a").write_text("key")
    for name in ("audit.jsonl", "log", "spec.json", "known_hosts"):
        (lab / name).write_text(name)
    (lab / "pid").write_text(pid)
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in twins_in(folder).iterdir()}


def test_it_is_its_owner_s_alone_and_says_what_it_is(tmp_path: Path) -> None:
    with new_place(tmp_path / "campaigns") as folder:
        pass
    for path in (folder, folder.parent, twins_in(folder)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert "nothing in this folder happened" in (folder / "REHEARSAL").read_text()


def test_a_campaign_is_found_where_it_is_kept(tmp_path: Path) -> None:
    store = tmp_path / "campaigns"
    real = Store(store).create().id
    with new_place(store) as folder:
        rehearsed = Store(folder).create().id
    with new_place(store):
        pass
    assert store_of(store, rehearsed) == folder
    assert store_of(store, real) == store
    assert store_of(store, "../..") == store
    assert store_of(tmp_path / "none", rehearsed) == tmp_path / "none"


def test_real_campaigns_are_not_looked_for_in_it(tmp_path: Path) -> None:
    store = tmp_path / "campaigns"
    with new_place(store) as folder:
        Store(folder).create()
    assert Store(store).campaigns() == ()


def test_a_killed_one_is_tidied_by_the_next_and_keeps_its_records(tmp_path: Path) -> None:
    killed = left_behind(tmp_path)
    mine = left_behind(tmp_path, str(os.getpid()))  # a number that passed to another program
    with new_place(tmp_path):
        pass
    for folder in (killed, mine):
        assert names(folder) == {"audit.jsonl", "log"}
        assert (folder / "REHEARSAL").is_file()


def test_one_that_is_at_work_is_left_alone_before_its_twins_run(tmp_path: Path) -> None:
    with new_place(tmp_path) as first:
        (twins_in(first) / "spec.json").write_text("{}")
        with new_place(tmp_path) as second:
            assert second != first
            assert names(first) == {"spec.json"}


def test_tidying_follows_no_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    with new_place(tmp_path / "campaigns") as folder:
        pass
    (outside / "kept").write_text("kept")
    (twins_in(folder) / "link").symlink_to(outside)
    tidy(folder)
    assert (outside / "kept").is_file()
    assert names(folder) == set()


def test_forgetting_takes_all_of_it(tmp_path: Path) -> None:
    with new_place(tmp_path) as folder:
        forget(folder)
    assert not folder.exists()
