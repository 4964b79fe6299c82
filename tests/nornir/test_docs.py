"""The Python in docs/nornir.md works as it stands there."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from nornir_haupgrade.processors import json_lines
from nornir_haupgrade.rows import COLUMNS, Row
from tests.nornir.samples import broken_on_b, good, nornir

PAGE = (Path(__file__).parents[2] / "docs" / "nornir.md").read_text(encoding="utf-8")


def blocks(title: str, language: str) -> list[str]:
    section = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    (text,) = (part for part in section if part.startswith(f"{title}\n"))
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


@pytest.fixture
def ran(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(tmp_path)
    nr = nornir("a", "b", "c")
    nr.run(broken_on_b)
    names: dict[str, Any] = {"nr": nr, "back_up": good}
    for title in ("Processors", "Rows"):
        for block in blocks(title, "python"):
            exec(block, names)  # noqa: S102 - our own page
    return names


def test_every_example_runs(ran: dict[str, Any], tmp_path: Path) -> None:
    assert [row["host"] for row in ran["bad"]] == ["b"]
    with (tmp_path / "rows.csv").open(newline="") as read:
        assert [row["host"] for row in csv.DictReader(read)] == ["a", "c", "b"]
    assert len((tmp_path / "record.jsonl").read_text().splitlines()) == 6


def test_every_event_and_its_keys_are_in_the_table(ran: dict[str, Any], tmp_path: Path) -> None:
    told = dict(re.findall(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \| (.*) \|$", PAGE, re.MULTILINE))
    for line in (tmp_path / "record.jsonl").read_text().splitlines():
        record = json.loads(line)
        (keys,) = (keys for events, keys in told.items() if f"`{record['event']}`" in events)
        if keys.startswith("the same"):
            keys += told["`host-started`, `subtask-started`"]
        assert {key for key in record if f"`{key}`" not in keys} == {"event", "at", "run"}


def test_the_json_that_is_shown_is_json_with_the_keys_that_are_written() -> None:
    (shown,) = blocks("Processors", "json")
    assert {*json.loads(shown)} >= {"event", "at", "run", "task", "path", "host", "exception"}


def test_every_column_is_in_the_table() -> None:
    table = PAGE[PAGE.index("| key | |") : PAGE.index("- `expected`")]
    assert [name for name in COLUMNS if f"`{name}`" not in table] == []
    assert tuple(Row.__annotations__) == COLUMNS


def test_the_limit_is_the_one_that_is_told() -> None:
    assert f"`limit` characters ({json_lines.LIMIT:,})" in PAGE
