"""The record of a run: every event once, as JSON, without secrets, whatever is done to the file."""

from __future__ import annotations

import io
import json
import os
import stat
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from nornir.core.exceptions import NornirExecutionError, NornirSubTaskError
from nornir.core.inventory import ConnectionOptions, Host
from nornir.core.task import AggregatedResult, Result, Task
from nornir.plugins.runners import ThreadedRunner

from nornir_haupgrade.engines.secrets import secrets_of
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.processors import JsonLines
from nornir_haupgrade.processors.mask import Mask
from tests.nornir.samples import SECRETS, broken_below, broken_on_b, good, nornir, three_deep


def events(text: str) -> list[dict[str, Any]]:
    assert text.isascii()
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]


def record(task: Callable[..., Any], *names: str, **options: Any) -> list[Any]:  # noqa: ANN401 - JsonLines' own
    out = io.StringIO()
    ours = JsonLines(out, **options)
    nornir(*names).with_processors([ours]).run(task)
    assert ours.errors == ()
    return events(out.getvalue())


def the(event: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    (one,) = (item for item in found if item["event"] == event)
    return one


def test_every_event_of_a_run_in_order() -> None:
    found = record(three_deep, "a")
    assert [(item["event"], " > ".join(item.get("path", []))) for item in found] == [
        ("task-started", ""),
        ("host-started", "three_deep"),
        ("subtask-started", "three_deep > middle"),
        ("subtask-started", "three_deep > middle > good"),
        ("subtask-completed", "three_deep > middle > good"),
        ("subtask-started", "three_deep > middle > again"),
        ("subtask-completed", "three_deep > middle > again"),
        ("subtask-completed", "three_deep > middle"),
        ("subtask-started", "three_deep > last"),
        ("subtask-completed", "three_deep > last"),
        ("host-completed", "three_deep"),
        ("task-completed", ""),
    ]
    assert len({item["run"] for item in found}) == 1
    assert [item["task"] for item in found][:4] == ["three_deep", "three_deep", "middle", "good"]
    times = [datetime.fromisoformat(item["at"]) for item in found]
    assert times == sorted(times)
    assert all(at.utcoffset() == timedelta(0) for at in times)
    assert datetime.now(UTC) - times[0] < timedelta(minutes=1)


def test_what_a_host_s_end_says() -> None:
    def changes(task: Task) -> Result:
        return Result(host=task.host, result={"version": (1, 2)}, changed=True, diff="+line")

    ended = the("host-completed", record(changes, "a"))
    del ended["at"], ended["run"]
    assert ended == {
        "event": "host-completed", "task": "changes", "path": ["changes"], "host": "a",
        "failed": False, "changed": True, "diff": "+line", "result": {"version": [1, 2]},
        "exception": None,
    }  # fmt: skip


def test_an_exception_is_type_and_message_and_only_on_demand_a_traceback() -> None:
    found = [item for item in record(broken_below, "a") if "completed" in item["event"]]
    assert [(item["task"], item["failed"], item["exception"]) for item in found[:3]] == [
        ("good", False, None),
        ("broken", True, {"type": "ValueError", "message": "a is broken"}),
        (
            "broken_in_the_middle", True,
            {"type": "NornirSubTaskError", "message": "Subtask: broken (failed)\n"},
        ),
    ]  # fmt: skip
    assert "Traceback" not in json.dumps(found)
    told = record(broken_below, "a", tracebacks=True)
    (raised,) = (item for item in told if item["task"] == "broken" and "failed" in item)
    assert raised["exception"]["traceback"].startswith("Traceback (most recent call last):\n")
    assert raised["exception"]["traceback"].endswith("ValueError: a is broken\n")


def test_the_end_of_a_run_names_who_failed_and_who_did_not_run() -> None:
    class LeavesOut:
        def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
            result = AggregatedResult(task.name)
            for host in hosts[:-1]:
                result[host.name] = task.copy().start(host)
            return result

    out = io.StringIO()
    nr = nornir("a", "b", "c", runner=LeavesOut()).with_processors([JsonLines(out)])
    nr.run(broken_on_b)
    nr.run(good)
    starts = [item for item in events(out.getvalue()) if item["event"] == "task-started"]
    ends = [item for item in events(out.getvalue()) if item["event"] == "task-completed"]
    assert [(item["hosts"], item["failed_before"]) for item in starts] == [
        (["a", "b", "c"], []),
        (["a", "c"], ["b"]),
    ]
    assert [
        (end["failed"], end["changed"], end["hosts"], end["failed_hosts"], end["did_not_run"])
        for end in ends
    ] == [
        (True, False, ["a", "b"], ["b"], ["c"]),
        (False, True, ["a"], [], ["c"]),
    ]
    assert starts[0]["run"] == ends[0]["run"] != starts[1]["run"] == ends[1]["run"]


def test_a_run_inside_a_run_says_so() -> None:
    def outer(task: Task) -> None:
        task.nornir.filter(name=task.host.name).run(good)

    found = record(outer, "a")
    first, second = (item for item in found if item["event"] == "task-started")
    assert (first["inside"], second["inside"]) == (None, first["run"])
    assert Counter(item["run"] for item in found) == {first["run"]: 4, second["run"]: 4}


def test_a_run_that_ends_by_an_exception_just_ends() -> None:
    out = io.StringIO()
    nr = nornir("a", "b").with_processors([JsonLines(out)])
    with pytest.raises(NornirExecutionError):
        nr.run(broken_on_b, raise_on_error=True)
    nr.run(good)
    found = [item["event"] for item in events(out.getvalue())]
    assert found.count("task-started") == 2
    assert found.count("task-completed") == 1


def test_many_threads_write_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    names = [f"h{number}" for number in range(100)]
    nr = nornir(*names, runner=ThreadedRunner(16)).with_processors([JsonLines(path)])
    nr.run(three_deep)
    found = events(path.read_text())
    assert len(found) == 2 + 100 * 10
    per_host = Counter(item["host"] for item in found if "host" in item)
    assert per_host == dict.fromkeys(names, 10)


# Secrets


def fails(task: Task, command: str) -> None:
    raise ValueError(f"refused: {SECRETS}")


@pytest.mark.parametrize("tracebacks", [False, True])
def test_no_secret_of_the_inventory_and_no_argument_is_written(tracebacks: bool) -> None:
    out = io.StringIO()
    ours = JsonLines(out, tracebacks=tracebacks, secrets=["one of the site's"])

    def task(task: Task, password: str) -> Result:
        with suppress(NornirSubTaskError):
            task.run(fails, name=f"try {SECRETS['host']}", command=f"login {password}")
        found: dict[str, object] = {where: f"<{text}>" for where, text in SECRETS.items()}
        found |= {text: [text] for text in SECRETS.values()}
        return Result(host=task.host, result={**found, "site": "one of the site's"})

    nr = nornir("a").with_processors([ours])
    nr.run(task, password="only-an-argument")
    assert ours.errors == ()
    text = out.getvalue()
    for secret in (*SECRETS.values(), "only-an-argument", "one of the site's"):
        assert secret not in text
    ended = the("host-completed", events(text))
    assert {where: ended["result"][where] for where in SECRETS} == dict.fromkeys(SECRETS, "<***>")


def test_a_password_that_a_task_has_just_set_is_known() -> None:
    def asks(task: Task) -> Result:
        task.host.password = "typed-in-just-now"
        return Result(host=task.host, result="login typed-in-just-now")

    assert the("host-completed", record(asks, "a"))["result"] == "login ***"


def test_looking_for_secrets_changes_nothing_in_the_inventory() -> None:
    # Nornir's get_connection_parameters writes a group's options into the host's own.
    nr = nornir("a")
    host = nr.inventory.hosts["a"]
    host.connection_options["napalm"] = ConnectionOptions()
    before = host.dict()
    assert set(secrets_of([host])) >= set(SECRETS.values())
    assert host.dict() == before
    assert host.connection_options["napalm"].extras is None


@pytest.mark.parametrize(
    ("key", "is_secret"),
    [
        ("secret", True), ("enable_password", True), ("PASSWD", True), ("api_key", True),
        ("apikey", True), ("passphrase", True), ("auth_token", True), ("snmp_community", True),
        ("use_keys", False), ("key_file", False), ("password_policy", False), ("passive", False),
    ],
)  # fmt: skip
def test_which_keys_hold_secrets(key: str, is_secret: bool) -> None:
    host = Host("a", data={"deep": [{"er": {key: "value-of-it"}}], key: 7})
    assert ("value-of-it" in secrets_of([host])) is is_secret


@settings(deadline=None)
@given(
    before=st.integers(0, 80),
    after=st.integers(0, 200),
    limit=st.integers(0, 60),
    secret=st.sampled_from(["correct-horse", "p\"ä\\s' s/w+=&<ö>rd", "aaaaaaaaab"]),
    filler=st.sampled_from(["x", "correct-horse ", "a"]),
)
def test_a_cut_never_leaves_a_part_of_a_secret(
    before: int, after: int, limit: int, secret: str, filler: str
) -> None:
    text = filler * before + secret + "y" * after

    def returns(task: Task) -> Result:
        return Result(host=task.host, result=text)

    ended = the(
        "host-completed", record(returns, "a", limit=limit, secrets=[secret, "correct-horse"])
    )
    kept = ended["result"]
    assert len(kept) <= limit
    if filler == "x":
        assert not any(secret[:size] in kept for size in range(2, len(secret) + 1))
    assert not any("correct-horse"[:size] in kept for size in range(4, 14))


@pytest.mark.parametrize(
    ("value", "kept", "whole"),
    [
        ("x" * 20, "x" * 20, None),
        ("x" * 21, "x" * 20, 21),
        ([1] * 6, [1] * 6, None),
        ([1] * 8, "[1, 1, 1, 1, 1, 1, 1", 24),
        ("ä" * 20, "ä" * 20, None),
        (None, None, None),
    ],
)
def test_of_a_long_result_the_beginning_is_kept_and_its_length(
    value: object, kept: object, whole: int | None
) -> None:
    def returns(task: Task) -> Result:
        return Result(host=task.host, result=value, diff="d" * 30)

    out = io.StringIO()
    nr = nornir("a")
    nr.inventory.hosts["a"].password = ""
    ours = JsonLines(out, limit=20)
    ours._mask.learn = lambda hosts: None  # type: ignore[method-assign]  # no secret, no spare
    nr.with_processors([ours]).run(returns)
    ended = the("host-completed", events(out.getvalue()))
    assert (ended["result"], ended.get("result_cut")) == (kept, whole)
    assert (ended["diff"], ended["diff_cut"]) == ("d" * 20, 30)


def test_a_huge_result_costs_little() -> None:
    def returns(task: Task) -> Result:
        return Result(host=task.host, result="x" * 20_000_000)

    began = datetime.now(UTC)
    assert the("host-completed", record(returns, "a"))["result_cut"] == 20_000_000
    assert datetime.now(UTC) - began < timedelta(seconds=2)


def test_a_mask_knows_what_it_learnt_for_all() -> None:
    mask = Mask(["first-one"])
    longest = mask.longest
    mask.learn([Host("a", password="a-much-longer-second-one")])
    assert mask("first-one a-much-longer-second-one") == "*** ***"
    assert mask.longest > longest
    assert mask.line(" two\n lines\tand\x1b[2J ") == r"two lines and\x1b[2J"


# The file


def test_a_new_file_is_for_its_owner_only_and_an_old_one_is_appended_to(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    old = os.umask(0)
    try:
        nr = nornir("a").with_processors([JsonLines(path)])
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    nr.run(good)
    assert len(events(path.read_text())) == 4
    nornir("a").with_processors([JsonLines(str(path))]).run(good)
    assert len(events(path.read_text())) == 8


def test_a_line_that_was_cut_off_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    path.write_text('{"event": "host-st')
    nornir("a").with_processors([JsonLines(path)]).run(good)
    torn, *lines = path.read_text().splitlines()
    assert torn == '{"event": "host-st'
    assert json.loads(lines[0])["event"] == "task-started"


def test_a_file_that_is_moved_away_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "record.jsonl"
    nr = nornir("a").with_processors([JsonLines(path)])
    nr.run(good)
    path.rename(tmp_path / "record.1")
    nr.run(good)
    assert len(events(path.read_text())) == 4
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_folder_of_the_moment_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    nr = nornir("a").with_processors([JsonLines("record.jsonl")])
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    nr.run(good)
    assert len(events((tmp_path / "record.jsonl").read_text())) == 4


def test_a_file_that_cannot_be_written_is_told_before_anything_runs(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"cannot write .*nowhere/record\.jsonl: No such file"):
        JsonLines(tmp_path / "nowhere" / "record.jsonl")


def test_a_pipe_by_its_path_will_do(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reading = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    nornir("a").with_processors([JsonLines(path)]).run(good)
    assert len(events(os.read(reading, 65536).decode())) == 4
    os.close(reading)
