from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.gates.sync import in_sync
from nornir_haupgrade.model import Status, SyncReport, Verdict

Items = tuple[tuple[str, str], ...]
RULES: Items = (("nat", "n1"), ("rules", "r1"))

items = st.lists(
    st.tuples(st.sampled_from(["nat", "rules", "vpn"]), st.sampled_from(["h1", "h2", ""])),
    max_size=4,
).map(tuple)


def compared(active: Items, standby: Items) -> Verdict:
    return in_sync(("fw1", SyncReport(active)), ("fw2", SyncReport(standby)))


def test_equal_reports_agree() -> None:
    found = compared(RULES, tuple(reversed(RULES)))
    assert found.status is Status.PASS
    assert "all 2 items" in found.reason


@pytest.mark.parametrize(
    ("standby", "said"),
    [
        ((("nat", "n1"), ("rules", "r2")), "rules differs"),
        ((("nat", "n1"),), "rules missing on fw2"),
        ((*RULES, ("vpn", "v1")), "vpn only on fw2, missing on fw1"),
        ((*RULES, ("rules", "r9")), "rules differs"),
    ],
)
def test_each_difference_is_named(standby: Items, said: str) -> None:
    found = compared(RULES, standby)
    assert found.status is Status.FAIL
    assert said in found.reason


def test_differences_without_room_in_the_reason_are_in_the_facts() -> None:
    many = tuple((f"item{n:02}", "h") for n in range(20))
    found = compared(many, (("item00", "h"),))
    assert "9 more" in found.reason
    assert len(found.facts) == 19


@pytest.mark.parametrize(
    ("active", "standby", "silent"), [((), RULES, "fw1"), (RULES, (), "fw2"), ((), (), "fw1")]
)
def test_an_empty_report_agrees_with_nothing(active: Items, standby: Items, silent: str) -> None:
    found = compared(active, standby)
    assert found.status is Status.ERROR
    assert silent in found.reason


def test_items_without_a_hash_do_not_agree_by_having_none() -> None:
    found = compared((("rules", ""),), (("rules", ""),))
    assert found.status is Status.ERROR
    assert "rules" in found.reason


@given(items, items)
def test_good_means_the_same_items_with_the_same_hashes(active: Items, standby: Items) -> None:
    is_known = all(digest for _, digest in (*active, *standby))
    is_same = sorted(active) == sorted(standby) and bool(active)
    assert compared(active, standby).is_good == (is_known and is_same)
