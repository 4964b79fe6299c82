"""Progress where there is no terminal: plain lines, with totals that hold whatever is run."""

from __future__ import annotations

import io
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from nornir.core import Nornir
from nornir.core.exceptions import NornirExecutionError
from nornir.core.inventory import Host
from nornir.core.task import AggregatedResult, MultiResult, Result, Task
from nornir.plugins.runners import SerialRunner, ThreadedRunner

from nornir_haupgrade.processors import Progress, screen
from tests.nornir.samples import (
    SECRETS,
    broken,
    broken_below,
    broken_on_b,
    good,
    nornir,
    three_deep,
)
from tests.processors.streams import Stuck


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if "progress" in thread.name]


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    yield
    for thread in threads():
        thread.join(5)
    assert threads() == []


class Shown(io.StringIO):
    """Lines without their time of day, and how long things took replaced."""

    @property
    def lines(self) -> list[str]:
        found = []
        for line in self.getvalue().splitlines():
            at, _, text = line.partition(" ")
            assert re.fullmatch(r"\d\d:\d\d:\d\d", at)
            found.append(re.sub(r"\b\d+:\d\d\b", "T", text))
        return found

    def wait_for(self, word: str) -> None:
        deadline = time.monotonic() + 10
        while word not in self.getvalue():
            assert time.monotonic() < deadline, self.getvalue()
            time.sleep(0.01)


@pytest.fixture
def shown() -> Shown:
    return Shown()


def watched(shown: Shown, *names: str) -> Nornir:
    return nornir(*names).with_processors([Progress(shown)])


def test_a_run_host_by_host(shown: Shown) -> None:
    watched(shown, "a", "b", "c").run(broken_on_b, name="check")
    assert shown.lines == [
        "check  3 hosts",
        "a  ok  1/3",
        "b  FAILED  2/3  ValueError: b is broken",
        "c  ok  3/3",
        "check  3 hosts in T: 2 ok, 1 FAILED (b)",
    ]


def test_what_changed_is_told(shown: Shown) -> None:
    watched(shown, "a").run(three_deep)
    assert shown.lines == [
        "three_deep  1 host",
        "a  ok, changed  1/1",
        "three_deep  1 host in T: 1 ok (1 changed)",
    ]


def test_a_failure_is_told_where_it_was_raised(shown: Shown) -> None:
    watched(shown, "a").run(broken_below)
    assert shown.lines[1] == (
        "a  FAILED  1/1  broken_in_the_middle > broken: ValueError: a is broken"
    )


def test_a_failure_that_was_caught_counts_as_nornir_counts_it(shown: Shown) -> None:
    def catches(task: Task) -> str:
        try:
            task.run(broken_below)
        except Exception:  # noqa: BLE001 - the point of it
            return "fine"
        return "never"

    result = watched(shown, "a").run(catches)
    assert set(result.failed_hosts) == {"a"}
    assert shown.lines[1] == (
        "a  FAILED  1/1  broken_below > broken_in_the_middle > broken: ValueError: a is broken"
    )


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("the page\nsays 503", "the page says 503"),
        ({"pair": "p1", "end": "rolled_back", "reason": "no HA"}, "rolled_back: no HA"),
        ({"step": "6 switch over", "verdict": "fail", "reason": "no HA"}, "fail: no HA"),
        ({"reason": "no HA"}, "no HA"),
        ({"reason": ""}, "{'reason': ''}"),
        (None, "None"),
    ],
)
def test_a_failure_without_an_exception_says_what_the_task_said(
    shown: Shown, value: object, told: str
) -> None:
    def says_no(task: Task) -> Result:
        return Result(host=task.host, failed=True, result=value)

    watched(shown, "a").run(says_no)
    assert shown.lines[1] == f"a  FAILED  1/1  {told}"


def test_one_object_counts_every_run_from_the_start(shown: Shown) -> None:
    nr = watched(shown, "a", "b")
    nr.run(good)
    nr.run(good, name="again")
    nr.filter(name="b").run(good, name="filtered")
    assert [line for line in shown.lines if re.search(r"\d/\d| in T", line)] == [
        "a  ok, changed  1/2",
        "b  ok, changed  2/2",
        "good  2 hosts in T: 2 ok (2 changed)",
        "a  ok, changed  1/2",
        "b  ok, changed  2/2",
        "again  2 hosts in T: 2 ok (2 changed)",
        "b  ok, changed  1/1",
        "filtered  1 host in T: 1 ok (1 changed)",
    ]  # fmt: skip


def test_hosts_that_failed_before_are_named_since_nornir_skips_them_silently(shown: Shown) -> None:
    nr = watched(shown, "a", "b", "c")
    nr.run(broken_on_b)
    nr.run(good)
    assert shown.lines[5:] == [
        "good  2 hosts",
        "a  ok, changed  1/2",
        "c  ok, changed  2/2",
        "good  2 hosts in T: 2 ok (2 changed); left out, failed before: b",
    ]


@pytest.mark.parametrize(
    ("on_good", "lines"),
    [
        (
            True,
            [
                "good  2 hosts",
                "a  ok, changed  1/2",
                "c  ok, changed  2/2",
                "b  ok, changed  3/3",
                "good  3 hosts in T: 3 ok (3 changed)",
            ],
        ),
        (False, ["good  2 hosts", "b  ok, changed  1/1"]),
    ],
)
def test_the_total_follows_when_failed_hosts_run_again(
    shown: Shown, on_good: bool, lines: list[str]
) -> None:
    nr = watched(shown, "a", "b", "c")
    nr.run(broken_on_b)
    nr.run(good, on_good=on_good, on_failed=True)
    assert shown.lines[5 : 5 + len(lines)] == lines


def test_no_host_is_no_success(shown: Shown) -> None:
    watched(shown).run(good)
    nr = watched(shown, "b")
    nr.run(broken_on_b)
    nr.run(good)
    assert shown.lines[:2] == ["good  0 hosts", "good  no host was selected, nothing ran"]
    assert shown.lines[-1] == "good  no host was selected, nothing ran; left out, failed before: b"


@pytest.mark.parametrize("runner", [SerialRunner(), ThreadedRunner(4)])
def test_a_run_inside_a_run_on_the_same_hosts_is_part_of_it(
    shown: Shown, runner: SerialRunner | ThreadedRunner
) -> None:
    def outer(task: Task) -> None:
        own = task.nornir.filter(name=task.host.name)
        own.run(good)
        own.run(middle)

    def middle(task: Task) -> None:
        task.nornir.run(good)

    nr = watched(shown, "a", "b").with_runner(runner)
    nr.run(outer)
    assert sorted(shown.lines[1:3]) in (["a  ok  1/2", "b  ok  2/2"], ["a  ok  2/2", "b  ok  1/2"])
    assert [shown.lines[0], *shown.lines[3:]] == ["outer  2 hosts", "outer  2 hosts in T: 2 ok"]


def test_a_run_on_other_hosts_is_a_run_of_its_own(shown: Shown) -> None:
    other = watched(shown, "server")

    def asks_a_server(task: Task) -> None:
        other.with_processors(task.nornir.processors).run(good)

    watched(shown, "a").run(asks_a_server)
    assert shown.lines == [
        "asks_a_server  1 host",
        "good  1 host",
        "server  ok, changed  1/1",
        "good  1 host in T: 1 ok (1 changed)",
        "a  ok  1/1",
        "asks_a_server  1 host in T: 1 ok",
    ]


def test_two_runs_at_once_are_counted_apart(shown: Shown) -> None:
    together = threading.Barrier(2)

    def meets(task: Task) -> None:
        together.wait(10)

    nr = watched(shown, "a", "b")
    others = [
        threading.Thread(target=nr.filter(name=name).run, args=(meets,), kwargs={"name": name * 3})
        for name in ("a", "b")
    ]
    for other in others:
        other.start()
    for other in others:
        other.join()
    assert sorted(shown.lines) == [
        "a  ok  1/1", "aaa  1 host", "aaa  1 host in T: 1 ok",
        "b  ok  1/1", "bbb  1 host", "bbb  1 host in T: 1 ok",
    ]  # fmt: skip


def test_many_threads_lose_no_host(shown: Shown) -> None:
    names = [f"h{number:03}" for number in range(200)]
    nr = watched(shown, *names).with_runner(ThreadedRunner(16))
    nr.run(three_deep)
    counts = [line.split()[-1] for line in shown.lines[1:-1]]
    assert sorted(counts) == sorted(f"{number}/200" for number in range(1, 201))
    assert sorted(line.split()[0] for line in shown.lines[1:-1]) == names
    assert shown.lines[-1] == "three_deep  200 hosts in T: 200 ok (200 changed)"


class Half:
    """A runner that leaves out a host, and one that makes up its results by itself."""

    def __init__(self, *, tells: bool) -> None:
        self._tells = tells

    def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
        result = AggregatedResult(task.name)
        for host in hosts[:-1]:
            if self._tells:
                result[host.name] = task.copy().start(host)
            else:
                multi = MultiResult(task.name)
                multi.append(Result(host, result="no", failed=host.name == "b"))
                result[host.name] = multi
        return result


@pytest.mark.parametrize("tells", [True, False])
def test_hosts_that_a_runner_leaves_out_are_named(shown: Shown, tells: bool) -> None:
    nr = watched(shown, "a", "b", "c").with_runner(Half(tells=tells))
    nr.run(broken_on_b)
    text = "ValueError: b is broken" if tells else "no"
    assert shown.lines[1:] == [
        "a  ok  1/3",
        f"b  FAILED  2/3  {text}",
        "broken_on_b  2 hosts in T: 1 ok, 1 FAILED (b), 1 DID NOT RUN (c)",
    ]


def test_of_many_names_the_first_are_told(shown: Shown) -> None:
    nr = watched(shown, *(f"h{number:02}" for number in range(22)))
    nr.run(broken)
    assert shown.lines[-1].endswith("h18, h19 and 2 more)")


def test_raise_on_error_keeps_the_summary(shown: Shown) -> None:
    nr = watched(shown, "a", "b")
    with pytest.raises(NornirExecutionError):
        nr.run(broken_on_b, raise_on_error=True)
    # Even if the next run begins before anybody could notice.
    nr.run(good, name="next")
    assert shown.lines[3:5] == ["broken_on_b  2 hosts in T: 1 ok, 1 FAILED (b)", "next  2 hosts"]


def test_a_run_that_is_broken_off_says_how_far_it_came(shown: Shown) -> None:
    def interrupted(task: Task) -> None:
        if task.host.name == "b":
            raise KeyboardInterrupt

    nr = watched(shown, "a", "b", "c")
    with pytest.raises(KeyboardInterrupt):
        nr.run(interrupted)
    shown.wait_for("broken off")
    assert shown.lines[-1] == "interrupted  broken off after T: 1 of 3 hosts done; not ended: b"
    nr.run(good, name="next")
    assert shown.lines[-1] == "next  3 hosts in T: 3 ok (3 changed)"


def test_hosts_that_work_on_after_ctrl_c_are_still_told(shown: Shown) -> None:
    go_on = threading.Event()

    def works(task: Task) -> None:
        go_on.wait(10)

    class Leaves:
        """As Nornir's threads do, which nobody stops."""

        def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
            for host in hosts:
                threading.Thread(target=task.copy().start, args=(host,)).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watched(shown, "a", "b").with_runner(Leaves()).run(works)
    time.sleep(2 * screen.TICK)
    assert shown.lines == ["works  2 hosts"]
    go_on.set()
    shown.wait_for("hosts in")
    assert shown.lines[-1] == "works  2 hosts in T: 2 ok"


def test_at_a_prompt_a_person_types_again_and_is_not_written_over(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    go_on = threading.Event()
    done = threading.Event()

    def works(task: Task) -> None:
        go_on.wait(10)
        task.nornir.filter(name="a").with_runner(SerialRunner()).run(good)
        done.set()

    class Leaves:
        def run(self, task: Task, hosts: list[Host]) -> AggregatedResult:
            threading.Thread(target=task.copy().start, args=(hosts[0],)).start()
            raise KeyboardInterrupt

    nr = watched(shown, "a")
    with pytest.raises(KeyboardInterrupt):
        nr.with_runner(Leaves()).run(works)
    shown.wait_for("broken off")
    go_on.set()
    assert done.wait(10)
    assert shown.lines == [
        "works  1 host",
        "works  broken off after T: 0 of 1 host done; not ended: a",
    ]


def test_a_reader_that_stands_still_holds_up_no_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "GRACE", 0.1)
    stream = Stuck()
    progress = Progress(stream)
    result = nornir("a", "b").with_processors([progress]).run(good)
    assert set(result) == {"a", "b"}
    assert stream.getvalue() == ""
    stream.is_read.set()
    for thread in threads():
        thread.join(5)
    assert "2 hosts in" in stream.getvalue()


HOSTILE = "\x1b[31mred\x1b[0m\r\n\u202eevil [bold]"


def raises_hostile(task: Task) -> None:
    raise ValueError(HOSTILE)


def test_what_a_device_says_stays_in_its_line(shown: Shown) -> None:
    watched(shown, HOSTILE).run(raises_hostile, name=HOSTILE)
    safe = r"\x1b[31mred\x1b[0m \u202eevil [bold]"
    assert shown.lines[:2] == [f"{safe}  1 host", f"{safe}  FAILED  1/1  ValueError: {safe}"]
    assert all(line.isprintable() for line in shown.lines)


def test_a_long_failure_is_cut(shown: Shown) -> None:
    def says_much(task: Task) -> None:
        raise ValueError("x" * 10_000)

    watched(shown, "a").run(says_much)
    assert shown.lines[1].endswith("xxx ...")
    assert len(shown.lines[1]) < 500


def test_no_password_of_the_inventory_is_shown(shown: Shown) -> None:
    def tells(task: Task) -> None:
        raise ValueError(f"tried {' '.join(SECRETS.values())}")

    watched(shown, "a").run(tells)
    assert shown.lines[1] == f"a  FAILED  1/1  ValueError: tried {' '.join(['***'] * 7)}"


def test_there_is_no_escape_whatever_the_environment_says(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "FORCE_COLOR": "1", "TTY_COMPATIBLE": "1", "TTY_INTERACTIVE": "1", "TERM": "xterm-256color",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    watched(shown, "a", "b").run(broken_on_b)
    assert len(shown.lines) == 4
    assert "\x1b" not in shown.getvalue()


def test_without_a_stream_it_is_the_stderr_of_the_moment(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    nr = nornir("a").with_processors([Progress()])
    monkeypatch.setattr(sys, "stderr", shown)
    nr.run(good)
    assert len(shown.lines) == 3
    monkeypatch.setattr(sys, "stderr", None)
    assert set(nr.run(good)) == {"a"}


def test_nothing_is_started_or_written_before_a_run_begins(
    shown: Shown, capfd: pytest.CaptureFixture[str]
) -> None:
    Progress()
    Progress(shown)
    assert threads() == []
    assert (shown.getvalue(), *capfd.readouterr()) == ("", "", "")


def test_a_stream_that_lacks_letters_gets_them_spelt_out() -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    progress = Progress(stream)
    nornir("zürich").with_processors([progress]).run(good)
    assert progress.errors == ()
    assert rb"z\xfcrich  ok, changed  1/1" in raw.getvalue()


def test_events_that_nobody_announced_do_no_harm(shown: Shown) -> None:
    progress = Progress(shown)
    nr = nornir("a")
    host = nr.inventory.hosts["a"]
    task = Task(good, nr, global_dry_run=False, processors=nr.processors)
    calls: list[Callable[[], None]] = [
        lambda: progress.task_instance_started(task, host),
        lambda: progress.subtask_instance_started(task, host),
        lambda: progress.subtask_instance_completed(task, host, MultiResult("x")),
        lambda: progress.task_instance_completed(task, host, MultiResult("x")),
        lambda: progress.task_completed(task, AggregatedResult("x")),
    ]
    for call in calls:
        call()
    assert (progress.errors, shown.getvalue()) == ((), "")
