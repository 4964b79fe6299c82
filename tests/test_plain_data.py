"""Anything becomes plain data, and nothing that a task returns can make that fail."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import Enum, IntEnum
from ipaddress import ip_address
from pathlib import PurePosixPath
from typing import NoReturn

import pytest
from hypothesis import given, settings, strategies as st
from nornir.core.task import MultiResult, Result

from nornir_haupgrade.model import Status, Verdict
from nornir_haupgrade.plain_data import DEEPEST, exception_text, plain_data, text_of, value_of
from tests.nornir.samples import SECRETS, nornir


class Refuses:
    def __str__(self) -> str:
        raise RuntimeError("no")


class RefusesToCount(dict[str, str]):
    def items(self) -> NoReturn:
        raise RuntimeError("no")


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "another"


class Number(IntEnum):
    TWO = 2


class Word(Enum):
    UP = "up"


@dataclass
class Login:
    user: str
    password: str = field(repr=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (Number.TWO, 2),
        (Word.UP, "up"),
        (1.5, 1.5),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (1 << 4000, hex(1 << 4000)),
        (Text("own"), "own"),
        ("\x1b[31m <b>=cmd()\x00\n", "\x1b[31m <b>=cmd()\x00\n"),
        ("\udc80", "\\udc80"),
        (b"ok\xff", "ok\\xff"),
        (datetime(2026, 1, 2, 3, 4, tzinfo=UTC), "2026-01-02T03:04:00+00:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (timedelta(seconds=90), 90.0),
        (PurePosixPath("a/b"), "a/b"),
        (ip_address("192.0.2.1"), "192.0.2.1"),
        ((1, [2, {"k": (3,)}]), [1, [2, {"k": [3]}]]),
        ({3, 1, 2}, [1, 2, 3]),
        ({1: "a", None: "b"}, {"1": "a", "None": "b"}),
        (ValueError("no good"), "ValueError: no good"),
        (ValueError(), "ValueError"),
        (Verdict(Status.PASS, "fine"), {"status": "pass", "reason": "fine", "facts": []}),
        (Login("admin", "secret"), {"user": "admin"}),
        (Refuses(), "(Refuses that cannot be shown)"),
        ([Refuses(), 1], ["(Refuses that cannot be shown)", 1]),
        ({"a": RefusesToCount(), "b": 2}, {"a": "(RefusesToCount that cannot be shown)", "b": 2}),
    ],
)  # fmt: skip
def test_plain(value: object, expected: object) -> None:
    assert plain_data(value) == expected
    assert type(plain_data(value)) is type(expected)


def test_a_host_is_its_name_so_that_no_login_travels_with_it() -> None:
    nr = nornir("a")
    host = nr.inventory.hosts["a"]
    assert plain_data({"host": host, "hosts": nr.inventory.hosts}) == {
        "host": "a",
        "hosts": {"a": "a"},
    }
    for secret in SECRETS.values():
        assert secret not in json.dumps(plain_data([nr, nr.inventory, host, host.groups]))


def test_a_result_is_what_the_task_returned() -> None:
    multi = MultiResult("x")
    multi += [Result(None, result={"a": 1}), Result(None, exception=ValueError("no"), failed=True)]
    assert plain_data(multi) == [{"a": 1}, "ValueError: no"]
    assert plain_data(Result(None, result=0)) == 0


def test_a_traceback_is_no_value() -> None:
    error = ValueError("no")
    traceback = "Traceback (most recent call last):\n ..."
    assert value_of(Result(None, result=traceback, exception=error)) is None
    assert value_of(Result(None, result="no", exception=error)) is None
    assert value_of(Result(None, result="evidence", exception=error)) == "evidence"
    assert value_of(Result(None, result=traceback)) == traceback


def test_circles_and_depths_end() -> None:
    circle: list[object] = [1]
    circle.append(circle)
    assert plain_data(circle) == [1, "..."]
    twice = [1]
    assert plain_data([twice, twice]) == [[1], [1]]
    deep: list[object] = []
    for _ in range(10_000):
        deep = [deep]
    assert json.dumps(plain_data(deep)).count("[") == DEEPEST


def test_every_text_is_given_away_keys_included() -> None:
    value = {"key": ["text", b"bytes", {"text"}, ValueError("text"), Word.UP]}
    assert plain_data(value, text=lambda text: text.upper()) == {
        "KEY": ["TEXT", "BYTES", ["TEXT"], "VALUEERROR: TEXT", "UP"]
    }


def test_an_exception_that_refuses_to_be_told_is_named() -> None:
    class Silent(Exception):  # noqa: N818 - a test's
        def __str__(self) -> str:
            raise RuntimeError("no")

    assert exception_text(Silent()) == "Silent: (Silent that cannot be shown)"
    assert text_of(Silent()) == "(Silent that cannot be shown)"


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary()
    | st.datetimes() | st.timedeltas() | st.sampled_from([Number.TWO, Word.UP, Refuses()])
    | st.text(st.characters(categories=["Cs", "Cc"]))
)  # fmt: skip
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner) | st.tuples(inner) | st.dictionaries(st.text() | st.integers(), inner)
    ),
)


@settings(deadline=None)
@given(values)
def test_plain_data_is_what_json_gives_back(value: object) -> None:
    found = plain_data(value)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    json.dumps(found, ensure_ascii=False).encode("utf-8")
    assert plain_data(found) == found
