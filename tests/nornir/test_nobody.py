"""No host at all is only a warning to Nornir; ours say it."""

from __future__ import annotations

import io
import json
import logging

import pytest

from nornir_haupgrade.processors import JsonLines, Progress
from nornir_haupgrade.rows import aggregate_rows
from tests.nornir.samples import broken, good, nornir


def test_nobody_is_a_success_to_nornir(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "nornir.core"):
        assert not nornir().run(good).failed
    assert [item.levelname for item in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("has_failed", [False, True])
def test_nobody_is_told_and_whoever_was_expected_is_a_row(has_failed: bool) -> None:
    shown, record = io.StringIO(), io.StringIO()
    nr = nornir("a").with_processors([Progress(shown), JsonLines(record)])
    if has_failed:
        nr.run(broken)
    else:
        nr = nr.filter(name="nobody")
    result = nr.run(good)
    last = json.loads(record.getvalue().splitlines()[-1])
    assert (last["event"], last["hosts"]) == ("task-completed", [])
    assert "good  no host was selected, nothing ran" in shown.getvalue()
    rows = aggregate_rows(result, expected=["a"])
    assert [(row["host"], row["state"]) for row in rows] == [("a", "did not run")]
    assert len(aggregate_rows(result, expected=nr)) == has_failed
