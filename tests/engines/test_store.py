from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.engines.evidence import PairEvidence
from nornir_haupgrade.engines.history import History
from nornir_haupgrade.engines.redact import MARK, Redactor
from nornir_haupgrade.engines.store import Campaign, Store, file_name
from nornir_haupgrade.errors import BadInput, HAUpgradeError, HistoryDamaged
from tests.engines.samples import decided, result

HOSTILE = [
    "../../../etc/passwd",
    "/etc/passwd",
    "..",
    ".",
    ".hidden",
    "a/../b",
    "a\x00b",
    "-rf",
    "C:\\x",
]


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 20, 15, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store(tmp_path / "campaigns", redactor=Redactor(["s3cret!"]), clock=clock) as opened:
        yield opened


@pytest.fixture
def campaign(store: Store) -> Campaign:
    return store.create()


def files_of(folder: Path) -> list[str]:
    return sorted(str(item.relative_to(folder)) for item in folder.rglob("*") if item.is_file())


def test_a_campaign_is_a_folder_named_by_its_time(campaign: Campaign, store: Store) -> None:
    assert campaign.id.startswith("20261123-201501-")
    assert campaign.path == store.root / campaign.id
    assert campaign.history.campaign == campaign.id
    names = {item.name for item in campaign.path.iterdir()}
    assert {"history.sqlite", "raw", "backups"} <= names


def test_ids_sort_by_age_whatever_the_clock_does(store: Store, clock: Clock) -> None:
    made = [store.create().id for _ in range(3)]
    clock.now -= timedelta(days=300)
    made.append(store.create().id)
    clock.now += timedelta(days=600)
    made.append(store.create().id)
    assert list(store.campaigns()) == made == sorted(made)


def test_the_newest_campaign_of_a_pair_is_found(store: Store, tmp_path: Path) -> None:
    assert store.latest_for("p1") is None
    first, second, third = store.create(), store.create(), store.create()
    first.history.append("p1", decided(1))
    second.history.append("p1", decided(2))
    second.history.append("p2", decided(2))
    third.history.append("p2", decided(3))
    assert store.latest_for("p1") is second
    assert store.latest_for("p2") is third
    assert store.latest_for("p3") is None
    assert store.open(first.id) is first
    with Store(store.root) as other:
        for _ in range(2):
            found = other.latest_for("p1")
            assert found is not None
            assert found.id == second.id
        assert other.latest_for("p3") is None
        third.history.append("p3", decided(3))
        late = other.latest_for("p3")
        assert late is not None
        assert late.id == third.id


def test_other_folders_are_no_campaigns(store: Store, campaign: Campaign) -> None:
    for name in (".new-20261123-201501-ab12", "notes", "20261123-201501"):
        (store.root / name).mkdir()
    assert store.campaigns() == (campaign.id,)
    for name in ("notes", "../x", "", "20261123-201501-ab12"):
        with pytest.raises(BadInput, match="no campaign"):
            store.open(name)


def test_a_campaign_that_was_not_made_whole_is_not_there(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "rename", lambda *_: (_ for _ in ()).throw(OSError(errno.EIO, "x")))
    with pytest.raises(HAUpgradeError, match="cannot create"):
        store.create()
    assert store.campaigns() == ()
    assert store.latest_for("p1") is None


def test_a_history_under_another_campaigns_name_is_refused(store: Store) -> None:
    one = store.create()
    one.close()
    one.path.rename(store.root / "20991231-000000-abcd")
    with Store(store.root) as other, pytest.raises(HistoryDamaged, match=one.id):
        other.latest_for("p1")


def test_a_campaign_that_cannot_be_read_is_not_passed_over(store: Store) -> None:
    older, newer = store.create(), store.create()
    older.history.append("p1", decided())
    store.close()
    (newer.path / "history.sqlite").write_bytes(b"")
    with Store(store.root) as other, pytest.raises(HistoryDamaged, match=newer.id):
        other.latest_for("p1")


def test_only_the_owner_can_read_anything(store: Store, campaign: Campaign) -> None:
    campaign.history.append("p1", decided())
    campaign.put_raw("text")
    campaign.put_backup("p1", "p1a", "a.tar", b"content")
    campaign.write_report({})
    for item in [store.root, *store.root.rglob("*")]:
        assert item.stat().st_mode & 0o777 == (0o700 if item.is_dir() else 0o600), item


def test_raw_texts_are_kept_once_and_checked(campaign: Campaign) -> None:
    digest = campaign.put_raw("fw# show s3cret!\r\n\x1b[0m ü \udc80")
    kept = f"fw# show {MARK}\r\n\x1b[0m ü \\udc80"
    assert digest == hashlib.sha256(kept.encode()).hexdigest()
    assert campaign.put_raw("fw# show s3cret!\r\n\x1b[0m ü \udc80") == digest
    assert files_of(campaign.path / "raw") == [f"{digest}.txt"]
    assert campaign.get_raw(digest) == kept
    (campaign.path / "raw" / f"{digest}.txt").write_text("other")
    with pytest.raises(HistoryDamaged, match="not as it was written"):
        campaign.get_raw(digest)
    with pytest.raises(HistoryDamaged, match="is gone"):
        campaign.get_raw("../history.sqlite")


def test_the_newest_campaign_that_has_a_backup_is_asked(store: Store) -> None:
    """Whatever its name is: another task may have changed the member since an older one."""
    campaigns = []
    for kept in (b"taken first", b"taken later"):
        campaigns.append(store.create())
        name = "step-3-12.cfg" if len(campaigns) == 1 else "original-12.cfg"
        campaigns[-1].put_backup("p1", "p1a", name, kept)
    evidence = PairEvidence(campaigns[1], "p1", lambda: campaigns[:1])
    assert evidence.get_backup("p1a", "step-3-12.cfg", "original-12.cfg") == b"taken later"
    assert evidence.get_backup("p1a", "step-3-12.cfg") == b"taken first"
    campaigns[1].put_backup("p1", "p1a", "step-3-12.cfg", b"taken last")
    assert evidence.get_backup("p1a", "step-3-12.cfg", "original-12.cfg") == b"taken last"
    assert evidence.get_backup("p1b", "step-3-12.cfg") is None


def test_what_an_earlier_campaign_measured_is_read_back_there(store: Store) -> None:
    first, second = store.create(), store.create()
    digest = first.put_raw("the interfaces, before")
    evidence = PairEvidence(second, "p1", lambda: [first])
    assert evidence.get_raw(digest) == "the interfaces, before"
    with pytest.raises(HistoryDamaged, match="is gone"):
        evidence.get_raw("0" * 64)


def test_a_backup_comes_back_as_it_was(campaign: Campaign) -> None:
    content = bytes(range(256)) * 100 + b"s3cret!"
    where = campaign.put_backup("p1", "p1a", "original-13.7.tar", content)
    assert where.parts[:3] == ("backups", "p1", "p1a")
    assert (campaign.path / where).read_bytes() == content
    assert campaign.get_backup("p1", "p1a", "original-13.7.tar") == content
    for other in (("p1", "p1a", "x"), ("p1", "p1b", "original-13.7.tar"), ("p2", "p1a", "x")):
        assert campaign.get_backup(*other) is None


def test_a_backup_is_never_overwritten(campaign: Campaign) -> None:
    first = campaign.put_backup("p1", "p1a", "a-13.7", b"one")
    second = campaign.put_backup("p1", "p1a", "a-13.7", b"two")
    assert campaign.put_backup("p1", "p1a", "a-13.7", b"two") == second != first
    assert (campaign.path / first).read_bytes() == b"one"
    assert campaign.get_backup("p1", "p1a", "a-13.7") == b"two"
    subprocess.run(
        ["sha256sum", "--check", "--strict", "a-13.7.sha256"],
        cwd=(campaign.path / second).parent,
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize("damage", ["", "one line", "0" * 64 + "  ../../../history.sqlite\n"])
def test_a_damaged_backup_is_not_handed_out(campaign: Campaign, damage: str) -> None:
    where = campaign.path / campaign.put_backup("p1", "p1a", "a.tar", b"content")
    pointer = where.parent / "a.tar.sha256"
    good = pointer.read_text()
    pointer.write_text(damage)
    with pytest.raises(HistoryDamaged):
        campaign.get_backup("p1", "p1a", "a.tar")
    pointer.write_text(good)
    where.write_bytes(b"Content")
    with pytest.raises(HistoryDamaged, match="not as it was written"):
        campaign.get_backup("p1", "p1a", "a.tar")
    where.unlink()
    with pytest.raises(HistoryDamaged, match="is gone"):
        campaign.get_backup("p1", "p1a", "a.tar")


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_in_their_folder(store: Store, campaign: Campaign, name: str) -> None:
    before = files_of(store.root.parent)
    where = campaign.path / campaign.put_backup(name, name, name, b"content")
    backups = campaign.path / "backups"
    assert where.resolve().parents[2] == backups.resolve()
    assert where.parent.parent.parent == backups
    new = set(files_of(store.root.parent)) - set(before)
    assert all(str(backups.relative_to(store.root.parent)) in item for item in new)
    assert campaign.get_backup(name, name, name) == b"content"


@given(st.text(min_size=1), st.text(min_size=1))
def test_file_names_are_harmless_and_different(one: str, other: str) -> None:
    for name in (one, one * 50):
        safe = file_name(name)
        assert safe.isascii()
        assert safe.isprintable()
        assert not set(safe) & set("/\\ \"'$*?")
        assert not safe.startswith(".")
        assert 0 < len(safe) <= 120
    assert (file_name(one) == file_name(other)) == (one == other)


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(BadInput):
        file_name("")


def test_the_report_is_replaced_whole_and_without_secrets(campaign: Campaign) -> None:
    campaign.write_report({"old": "x" * 1000})
    path = campaign.write_report({"s3cret!": ["said s3cret!", 'and "s3cret!"']})
    assert json.loads(path.read_text()) == {"s3cret!": [f"said {MARK}", f'and "{MARK}"']}


def test_the_history_is_kept_without_secrets(campaign: Campaign) -> None:
    campaign.history.append("p1", result("said s3cret!"))
    assert campaign.history.records("p1") == (result(f"said {MARK}"),)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_leaves_nothing_half_written(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    campaign.write_report({"kept": True})
    campaign.put_backup("p1", "p1a", "a.tar", b"kept")
    before = files_of(campaign.path)

    def fail(_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr("os.fsync", fail)
    advice = "check the path" if code == errno.EIO else "free some space"
    for write in (
        lambda: campaign.put_raw("text"),
        lambda: campaign.put_backup("p1", "p1a", "a.tar", b"new"),
        lambda: campaign.write_report({}),
    ):
        with pytest.raises(HAUpgradeError, match=advice):
            write()
    monkeypatch.undo()
    assert files_of(campaign.path) == before
    assert campaign.get_backup("p1", "p1a", "a.tar") == b"kept"


def test_a_history_made_elsewhere_is_not_mistaken(store: Store, tmp_path: Path) -> None:
    History.open(tmp_path / "x.sqlite", create=True, campaign="other").close()
    campaign = store.create()
    store.close()
    (tmp_path / "x.sqlite").replace(campaign.path / "history.sqlite")
    with pytest.raises(HistoryDamaged, match="campaign other"):
        store.open(campaign.id)
