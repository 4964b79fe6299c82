"""Any result of Nornir as rows: every subtask, every exception, and who is missing."""

from __future__ import annotations

import csv
import io
import json
import pickle

import pytest
from hypothesis import given, settings, strategies as st
from nornir.core.task import AggregatedResult, MultiResult, Result, Task

from nornir_haupgrade.rows import COLUMNS, Row, aggregate_rows
from tests.nornir.samples import (
    SECRETS,
    broken_below,
    broken_on_b,
    good,
    nornir,
    three_deep,
)


def short(rows: list[Row]) -> list[tuple[object, ...]]:
    return [(row["host"], row["depth"], row["path"], row["state"]) for row in rows]


def test_every_subtask_of_any_depth_is_a_row_under_its_path() -> None:
    rows = aggregate_rows(nornir("a").run(three_deep))
    assert short(rows) == [
        ("a", 0, "three_deep", "ok"),
        ("a", 1, "three_deep > middle", "ok"),
        ("a", 2, "three_deep > middle > good", "ok"),
        ("a", 2, "three_deep > middle > again", "ok"),
        ("a", 1, "three_deep > last", "ok"),
    ]
    assert [row["result"] for row in rows] == [
        "the whole", None, "a is fine", "a is fine", "a is fine",
    ]  # fmt: skip
    assert [row["changed"] for row in rows] == [False, False, True, True, True]
    assert {row["severity"] for row in rows} == {"INFO"}


def test_a_failure_has_its_exception_where_it_was_raised() -> None:
    rows = aggregate_rows(nornir("a").run(broken_below))
    assert [(row["depth"], row["name"], row["failed"], row["exception"]) for row in rows] == [
        (0, "broken_below", True, "NornirSubTaskError: Subtask: broken_in_the_middle (failed)"),
        (1, "broken_in_the_middle", True, "NornirSubTaskError: Subtask: broken (failed)"),
        (2, "good", False, None),
        (2, "broken", True, "ValueError: a is broken"),
    ]
    # Nornir puts the traceback where the result belongs.
    assert [row["result"] for row in rows] == [None, None, "a is fine", None]
    assert [row["severity"] for row in rows] == ["ERROR", "ERROR", "INFO", "ERROR"]


def test_hosts_that_nornir_skips_without_a_word_are_named() -> None:
    nr = nornir("a", "b", "c")
    nr.run(broken_on_b)
    result = nr.run(good)
    assert not result.failed
    assert [row["host"] for row in aggregate_rows(result)] == ["a", "c"]
    for expected in (nr, ["a", "b", "c"], nr.inventory.hosts):
        rows = aggregate_rows(result, expected=expected)
        assert short(rows) == [
            ("a", 0, "good", "ok"),
            ("c", 0, "good", "ok"),
            ("b", 0, "good", "did not run"),
        ]
        # What is not known to be good is not good, and whether it changed anything is unknown.
        assert (rows[2]["failed"], rows[2]["changed"]) == (True, None)


def test_nothing_at_all_is_no_row_and_nobody_expected_is_missed() -> None:
    result = nornir().run(good)
    assert aggregate_rows(result) == []
    assert aggregate_rows(result, expected=nornir()) == []
    assert [row["host"] for row in aggregate_rows(result, expected=["x", "y", "x"])] == ["x", "y"]


def test_a_host_without_any_result_did_not_run() -> None:
    result = AggregatedResult("t")
    result["a"] = MultiResult("t")
    assert not result.failed  # as Nornir has it
    assert short(aggregate_rows(result, expected=["a"])) == [("a", 0, "t", "did not run")]


def test_one_name_is_no_list_of_names() -> None:
    with pytest.raises(TypeError, match="'fw1' is one name"):
        aggregate_rows(AggregatedResult("t"), expected="fw1")


def test_results_inside_a_result_are_rows_too_and_each_is_one_row() -> None:
    def returns_its_subtask(task: Task) -> Result:
        return Result(host=task.host, result=task.run(good))

    def returns_two_levels(task: Task) -> Result:
        return Result(host=task.host, result=task.run(three_deep))

    def returns_another_run(task: Task) -> Result:
        return Result(host=task.host, result=nornir("x", "y").run(good))

    def returns_one_result(task: Task) -> Result:
        return Result(host=task.host, result=good(task))

    nr = nornir("a")
    found = {
        task.__name__: short(aggregate_rows(nr.run(task)))
        for task in (
            returns_its_subtask, returns_two_levels, returns_another_run, returns_one_result,
        )
    }  # fmt: skip
    assert [row[:3] for row in found["returns_its_subtask"]] == [
        ("a", 0, "returns_its_subtask"),
        ("a", 1, "returns_its_subtask > good"),
    ]
    assert [row[:2] for row in found["returns_two_levels"]] == [
        ("a", 0), ("a", 1), ("a", 2), ("a", 3), ("a", 3), ("a", 2),
    ]  # fmt: skip
    assert [row[:3] for row in found["returns_another_run"]] == [
        ("a", 0, "returns_another_run"),
        ("x", 1, "returns_another_run > good"),
        ("y", 1, "returns_another_run > good"),
    ]
    assert [row[:2] for row in found["returns_one_result"]] == [("a", 0), ("a", 1)]


def test_results_in_a_circle_end() -> None:
    multi = MultiResult("t")
    inner = Result(None, result=multi)
    inner.name = "t"  # type: ignore[assignment]  # Nornir sets it so
    multi += [inner, multi]  # type: ignore[list-item]
    result = AggregatedResult("t", a=multi)
    inner.result = result
    assert len(aggregate_rows(result)) == 1


HOSTILE = '\x1b[31mred\r\n=cmd|"/c calc"!A1,"\x00<script>\u202e\udc80'


def hostile(task: Task) -> Result:
    return Result(host=task.host, result=[HOSTILE], diff=HOSTILE)


def test_hostile_text_is_kept_as_data_through_csv_and_json() -> None:
    result = nornir("a").run(hostile, name=HOSTILE)
    (row,) = aggregate_rows(result)
    kept = HOSTILE.replace("\udc80", "\\udc80")
    assert (row["name"], row["diff"], row["result"]) == (kept, kept, [kept])
    assert json.loads(json.dumps(row)) == row

    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, fieldnames=COLUMNS)
    writer.writeheader()
    writer.writerows(aggregate_rows(result, expected=["b"]))
    (read, missing) = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    assert (read["name"], read["diff"]) == (kept, kept)
    assert (missing["state"], missing["changed"]) == ("did not run", "")


def test_rows_can_be_pickled_whatever_happened_and_hold_no_password() -> None:
    nr = nornir("a", "b")
    rows = aggregate_rows(nr.run(broken_below), expected=nr)
    kept = pickle.dumps(rows)
    assert pickle.loads(kept) == rows  # noqa: S301 - our own
    for secret in SECRETS.values():
        assert secret.encode() not in kept


def multis(depth: int) -> st.SearchStrategy[MultiResult]:
    leaf = st.builds(Result, st.none(), st.none() | st.text() | st.lists(st.integers()))
    inner = leaf if depth == 0 else leaf | multis(depth - 1)

    def build(own: Result, subs: list[Result | MultiResult]) -> MultiResult:
        multi = MultiResult("m")
        multi += [own, *subs]  # type: ignore[list-item]  # as Nornir does it
        return multi

    return st.builds(build, leaf, st.lists(inner, max_size=3))


def count(multi: MultiResult) -> int:
    found: list[Result | MultiResult] = [*multi]
    return sum(count(item) if isinstance(item, MultiResult) else 1 for item in found)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), multis(3)), st.sets(st.sampled_from("abcd")))
def test_every_result_is_one_row_and_all_rows_have_the_same_columns(
    results: dict[str, MultiResult], expected: set[str]
) -> None:
    rows = aggregate_rows(AggregatedResult("t", **results), expected=expected)
    found = [row for row in rows if row["state"] != "did not run"]
    assert len(found) == sum(map(count, results.values()))
    assert {row["host"] for row in rows} == {*results} | expected
    assert {tuple(row) for row in rows} <= {COLUMNS}
    json.dumps(rows, allow_nan=False)
