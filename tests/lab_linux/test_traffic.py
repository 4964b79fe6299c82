"""Real client and server processes on loopback. Waits are bounded; only generous limits of time."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.lab.linux import traffic
from nornir_haupgrade.lab.linux.traffic import (
    NoClientError,
    Reason,
    Traffic,
    TrafficError,
    TrafficReport,
)

PACKAGE = "nornir_haupgrade.lab.linux.traffic"
SOURCE, NAT_SOURCE = "127.0.0.2", "127.0.0.3"
SMALL = ("--long", "12", "--idle", "3", "--nat", "4", "--nat-bind", NAT_SOURCE)
FIVE_TUPLE = re.compile(r"tcp 127\.0\.0\.[23]:\d+>127\.0\.0\.1:\d+")
PATIENCE = 20.0


class Programs:
    """Starts servers and clients, and ends them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ending = ExitStack()
        self._count = 0

    def server(self, *arguments: str) -> tuple[subprocess.Popen[str], str]:
        """A server, and where it listens."""
        process = self._start("server", *(arguments or ("--listen", "127.0.0.1:0")))
        lines = self._until_ready(process)
        return process, lines[0].split()[1] if lines else ""

    def client(self, where: str, *arguments: str) -> tuple[subprocess.Popen[str], Traffic]:
        """A client that answers requests."""
        path = self.folder / f"control{self._count}"
        process = self._start(
            *("client", "--connect", where, "--bind", SOURCE, "--control", str(path)),
            *(arguments or SMALL),
        )
        self._until_ready(process)
        return process, Traffic(path)

    def path(self, client: Traffic) -> Path:
        return client._path

    def errors(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("errors*")))

    def take_errors(self) -> str:
        """What was expected to be there."""
        errors = self.errors()
        for path in self.folder.glob("errors*"):
            os.truncate(path, 0)
        return errors

    def end(self) -> None:
        self._ending.close()

    def _start(self, program: str, *arguments: str) -> subprocess.Popen[str]:
        with (self.folder / f"errors{self._count}").open("w") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", f"{PACKAGE}.{program}", *arguments],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._count += 1
        self._ending.callback(_end, process)
        return process

    def _until_ready(self, process: subprocess.Popen[str]) -> list[str]:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            if line == "ready\n":
                return lines
            lines.append(line)
        raise AssertionError(self.errors())


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait(PATIENCE)
    if process.stdout is not None:
        process.stdout.close()


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Programs]:
    programs = Programs(tmp_path)
    try:
        yield programs
        # A traceback, or a complaint of asyncio about what nobody waited for.
        assert programs.errors() == ""
    finally:
        programs.end()


def wait_for(client: Traffic, is_enough: Callable[[TrafficReport], bool]) -> TrafficReport:
    deadline = time.monotonic() + PATIENCE
    while not is_enough(report := client.report()):
        assert time.monotonic() < deadline, report
        time.sleep(0.05)
    return report


def ask(path: Path, line: bytes) -> dict[str, Any]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as channel:
        channel.settimeout(PATIENCE)
        channel.connect(str(path))
        channel.sendall(line)
        with channel.makefile("rb") as lines:
            answer: dict[str, Any] = json.loads(lines.readline())
    return answer


# What is measured


def test_an_undisturbed_path_loses_nothing_and_names_everybody(programs: Programs) -> None:
    _, where = programs.server()
    _, client = programs.client(where)
    client.wait_established(PATIENCE)
    client.mark("measured")
    report = wait_for(client, lambda report: report.exchanges >= 40 and report.new.ok >= 10)
    assert (report.label, report.is_over) == ("measured", False)
    assert (report.wanted, report.established, report.alive) == (12, 12, 12)
    assert (report.lost, report.lost_earlier, report.failed_attempts) == ((), 0, 0)
    assert (report.new.failed, report.new.failures) == (0, ())
    assert report.new.slowest_ms is not None
    assert report.new.slowest_began is not None
    assert report.longest_gap is not None
    assert report.median_longest_gap_ms is not None
    # Two exchanges of a connection are 200 ms apart.
    assert 150 < report.median_longest_gap_ms <= report.longest_gap.ms < 10_000
    kinds = [(one.is_idle, one.is_nat) for one in report.connections]
    assert [kinds.count(kind) for kind in ((True, False), (False, True), (False, False))] == [
        *(3, 4, 5)
    ]
    for one in report.connections:
        assert FIVE_TUPLE.fullmatch(one.five_tuple)
        assert (one.exchanges == 0, one.longest_gap is None) == (one.is_idle, one.is_idle)
    assert len({one.five_tuple for one in report.connections}) == 12


def test_the_server_says_as_whom_it_sees_the_nat_source(programs: Programs) -> None:
    # No firewall here: it sees both as they are.
    _, where = programs.server()
    _, client = programs.client(where)
    report = client.wait_established(PATIENCE)
    assert (report.seen_as, report.nat_seen_as) == ((SOURCE,), (NAT_SOURCE,))
    for one in report.connections:
        assert one.five_tuple == f"tcp {one.seen_as}>{where}"


def test_a_stalled_server_is_a_gap_and_no_loss(programs: Programs) -> None:
    server, where = programs.server()
    _, client = programs.client(where)
    client.wait_established(PATIENCE)
    client.mark("stall")
    began = time.monotonic()
    server.send_signal(signal.SIGSTOP)
    time.sleep(1.5)
    during = client.report()
    server.send_signal(signal.SIGCONT)
    stalled = time.monotonic() - began
    report = wait_for(client, lambda report: report.exchanges >= 2 * 9 and report.new.slow > 0)
    assert during.longest_gap is not None
    assert during.longest_gap.is_open
    assert during.longest_gap.ms > 1000
    assert report.longest_gap is not None
    assert report.median_longest_gap_ms is not None
    assert not report.longest_gap.is_open
    assert 1200 < report.median_longest_gap_ms <= report.longest_gap.ms < stalled * 1000 + 5000
    assert began - 5 < report.longest_gap.began.monotonic < began + 5
    assert (report.lost, report.alive, report.new.failed) == ((), 12, 0)
    assert report.new.slowest_ms is not None
    assert report.new.slowest_ms > 900


def test_each_switchover_is_measured_on_its_own(programs: Programs) -> None:
    server, where = programs.server()
    _, client = programs.client(where)
    client.wait_established(PATIENCE)
    first = client.mark("one")
    server.send_signal(signal.SIGSTOP)
    time.sleep(1.5)
    server.send_signal(signal.SIGCONT)
    wait_for(client, lambda report: report.exchanges >= 3 * 9)
    one = client.mark("two")
    two = wait_for(client, lambda report: report.exchanges >= 3 * 9)
    assert [report.label for report in (first, one, two)] == ["start", "one", "two"]
    assert [report.is_over for report in (first, one, two)] == [True, True, False]
    assert one.longest_gap is not None
    assert two.median_longest_gap_ms is not None
    assert two.median_longest_gap_ms < 1200 < one.longest_gap.ms
    assert client.report("one").longest_gap == one.longest_gap
    assert client.report("one").exchanges == one.exchanges
    assert one.until.monotonic == pytest.approx(two.began.monotonic, abs=1)


def test_a_killed_server_loses_all_and_refuses_the_new(programs: Programs) -> None:
    server, where = programs.server()
    _, client = programs.client(where)
    client.wait_established(PATIENCE)
    client.mark("kill")
    killed = time.monotonic()
    server.kill()
    server.wait(PATIENCE)
    report = wait_for(client, lambda report: len(report.lost) >= 12 and report.new.failed >= 3)
    assert (report.established, report.alive) == (12, 0)
    assert sorted(loss.number for loss in report.lost) == list(range(12))
    assert [loss.is_idle for loss in report.lost].count(True) == 3
    for loss in report.lost:
        assert loss.reason in {Reason.CLOSED, Reason.RESET}
        assert FIVE_TUPLE.fullmatch(loss.five_tuple)
        assert killed - 1 < loss.at.monotonic < killed + PATIENCE
    reasons = {failure.reason for failure in report.new.failures}
    assert Reason.REFUSED in reasons
    assert reasons <= {Reason.REFUSED, Reason.RESET, Reason.CLOSED}
    assert all(one.is_lost for one in report.connections)
    # Never opened again, even when the server is back.
    programs.server("--listen", where)
    client.mark("after")
    after = wait_for(client, lambda report: report.new.ok >= 3)
    assert (after.lost, after.lost_earlier, after.alive, after.connections) == ((), 12, 0, ())
    assert client.check().alive == 0


def test_a_line_that_is_never_answered_loses_the_connection(programs: Programs) -> None:
    server, where = programs.server()
    _, client = programs.client(where, *SMALL, "--answer-timeout", "0.6")
    client.wait_established(PATIENCE)
    server.send_signal(signal.SIGSTOP)
    report = wait_for(client, lambda report: len(report.lost) >= 9)
    # Idle ones asked nothing, so that nothing is known of them.
    assert {(loss.reason, loss.is_idle) for loss in report.lost} == {(Reason.TIMEOUT, False)}
    assert all(loss.silent_ms > 600 for loss in report.lost)
    assert "for 0.6 s" in report.lost[0].detail
    assert client.check(within=0.2).alive == 0
    report = wait_for(client, lambda report: len(report.lost) == 12)
    server.send_signal(signal.SIGCONT)


def test_a_check_asks_each_idle_connection_once(programs: Programs) -> None:
    server, where = programs.server()
    _, client = programs.client(where)
    client.wait_established(PATIENCE)
    check = client.check()
    assert (check.idle, check.alive, check.dead) == (3, 3, ())
    assert check.slowest_ms is not None
    exchanges = [one.exchanges for one in client.report().connections if one.is_idle]
    assert exchanges == [1, 1, 1]
    server.send_signal(signal.SIGSTOP)
    check = client.check(within=0.3)
    server.send_signal(signal.SIGCONT)
    assert (check.alive, check.slowest_ms) == (0, None)
    assert {one.why for one in check.dead} == {"no answer within 0.3 s"}
    assert client.check().alive == 3
    server.kill()
    wait_for(client, lambda report: len(report.lost) == 12)
    assert all("lost at" in one.why for one in client.check().dead)


def test_new_connections_that_nobody_serves_time_out(programs: Programs) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        where = f"127.0.0.1:{deaf.getsockname()[1]}"
        _, client = programs.client(where, *SMALL, "--connect-timeout", "0.3")
        report = wait_for(client, lambda report: report.new.failed >= 3)
        assert {one.reason for one in report.new.failures} == {Reason.TIMEOUT}
        assert {one.detail for one in report.new.failures} == {"connected, but no greeting"}
        assert all(one.ms >= 290 for one in report.new.failures)
        with pytest.raises(TrafficError, match=r"0 of 12 established, \d+ attempts failed.*timeo"):
            client.wait_established(1.0)


# Peers that are not ours


@pytest.fixture
def liar() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Serves each connection with a function, in a thread of its own."""
    with ExitStack() as ending:

        def start(serve: Callable[[socket.socket], None]) -> str:
            listener = ending.enter_context(socket.create_server(("127.0.0.1", 0)))

            def accept() -> None:
                with suppress(OSError):
                    while True:
                        accepted, _ = listener.accept()
                        with accepted, suppress(OSError):
                            accepted.settimeout(PATIENCE)
                            serve(accepted)

            thread = threading.Thread(target=accept, daemon=True)
            thread.start()
            ending.callback(thread.join, PATIENCE)
            ending.callback(listener.shutdown, socket.SHUT_RDWR)
            return f"127.0.0.1:{listener.getsockname()[1]}"

        yield start


def answer_wrongly(accepted: socket.socket) -> None:
    accepted.sendall(b"peer 1.2.3.4:5\n")
    accepted.recv(100)
    accepted.sendall(b"4711\n")
    accepted.recv(100)


def answer_endlessly(accepted: socket.socket) -> None:
    accepted.sendall(b"peer 1.2.3.4:5\n")
    accepted.recv(100)
    accepted.sendall(b"1" * 5000)
    accepted.recv(100)


def reset(accepted: socket.socket) -> None:
    accepted.sendall(b"peer 1.2.3.4:5\n")
    accepted.recv(100)
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def close(accepted: socket.socket) -> None:
    accepted.sendall(b"peer 1.2.3.4:5\n")
    accepted.recv(100)


@pytest.mark.parametrize(
    ("serve", "reason", "detail"),
    [
        (answer_wrongly, Reason.WRONG_ANSWER, "answer b'4711' to line 1"),
        (answer_endlessly, Reason.WRONG_ANSWER, "an endless answer"),
        (reset, Reason.RESET, "reset by peer"),
        (close, Reason.CLOSED, ""),
    ],
)
def test_a_bad_answer_loses_the_connection(
    programs: Programs,
    liar: Callable[[Callable[[socket.socket], None]], str],
    serve: Callable[[socket.socket], None],
    reason: Reason,
    detail: str,
) -> None:
    few = ("--long", "1", "--idle", "0", "--new-per-second", "0")
    _, client = programs.client(liar(serve), *few)
    (loss,) = wait_for(client, lambda report: len(report.lost) == 1).lost
    assert loss.reason is reason
    assert detail in loss.detail
    assert client.report().seen_as == ("1.2.3.4",)


@pytest.mark.parametrize("serve", [answer_wrongly, answer_endlessly])
def test_a_bad_answer_fails_the_new_connection(
    programs: Programs,
    liar: Callable[[Callable[[socket.socket], None]], str],
    serve: Callable[[socket.socket], None],
) -> None:
    _, client = programs.client(liar(serve), "--long", "0", "--idle", "0")
    report = wait_for(client, lambda report: report.new.failed >= 2)
    assert {one.reason for one in report.new.failures} == {Reason.WRONG_ANSWER}
    assert (report.new.ok, report.longest_gap, report.median_longest_gap_ms) == (0, None, None)


def test_no_established_connection_without_a_greeting(
    programs: Programs, liar: Callable[[Callable[[socket.socket], None]], str]
) -> None:
    where = liar(lambda accepted: accepted.sendall(b"hello\n"))
    _, client = programs.client(where, "--long", "1", "--idle", "0", "--new-per-second", "0")
    report = wait_for(client, lambda report: report.failed_attempts > 0)
    assert (report.established, report.lost) == (0, ())
    assert report.last_failed_attempt == "wrong answer: greeted with b'hello'"


# The server


def connect(where: str) -> socket.socket:
    host, _, port = where.partition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


def is_served(where: str) -> bool:
    with connect(where) as honest, honest.makefile("rb") as lines:
        greeting = lines.readline().decode()
        honest.sendall(b"7\n8\n")
        answers = [lines.readline(), lines.readline()]
    return greeting.startswith("peer 127.0.0.1:") and answers == [b"7\n", b"8\n"]


def test_the_server_survives_what_clients_do(programs: Programs) -> None:
    server, where = programs.server()
    for rubbish in (b"rubbish\n", b"\n", b"-1\n", b"9" * 21 + b"\n", b"\xff\x00" * 4000):
        with connect(where) as bad, bad.makefile("rb") as lines:
            bad.sendall(rubbish)
            assert lines.readline().startswith(b"peer ")
            with suppress(ConnectionResetError):
                assert lines.readline() in {b"error: a line is a number\n", b""}
    with connect(where) as greedy, suppress(OSError):
        while True:  # asks and does not read, until it is closed
            greedy.sendall((b"1" * 20 + b"\n") * 10_000)
    with connect(where) as half, half.makefile("rb") as lines:
        half.sendall(b"5\n6")
        half.shutdown(socket.SHUT_WR)
        assert lines.read().splitlines()[1:] == [b"5"]
    with connect(where) as rude:
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    with connect(where) as slow:
        slow.sendall(b"4")
        assert is_served(where)
        slow.sendall(b"2\n")
        with slow.makefile("rb") as lines:
            assert [lines.readline()[:5], lines.readline()] == [b"peer ", b"42\n"]
    assert server.poll() is None


def test_the_server_accepts_again_after_it_ran_out_of_descriptors(programs: Programs) -> None:
    server, where = programs.server()
    resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (30, 30))
    with ExitStack() as many:
        for _ in range(60):
            many.enter_context(connect(where))
        deadline = time.monotonic() + PATIENCE
        while "cannot accept more clients" not in programs.errors():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert is_served(where)
    said = programs.take_errors()
    assert said == "cannot accept more clients for now: [Errno 24] Too many open files\n"


def test_the_server_listens_on_several_addresses(programs: Programs) -> None:
    server = programs._start("server", "--listen", "127.0.0.1:0", "--listen", "127.0.0.2:0")
    lines = programs._until_ready(server)
    first, second = (line.split()[1] for line in lines)
    assert [first.partition(":")[0], second.partition(":")[0]] == ["127.0.0.1", "127.0.0.2"]
    with connect(first), connect(second):
        server.terminate()
        assert server.wait(PATIENCE) == 0


# Control, beginning and end


def test_wrong_requests_get_a_clear_answer(programs: Programs) -> None:
    _, where = programs.server()
    _, client = programs.client(where)
    path = programs.path(client)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for line, error in (
        (b"report\n", "not a line of JSON: Expecting value"),
        (b"\xff\n", "not a line of JSON"),
        (b"[" * 60_000 + b"\n", "not a line of JSON"),
        (b"[]\n", 'a request is an object such as {"do": "report"}'),
        (b"{}\n", "unknown request None; there are check, mark, report, stop"),
        (b'{"do": "mrak"}\n', "unknown request 'mrak'; there are check, mark, report, stop"),
        (b'{"do": ["mark"]}\n', "unknown request ['mark']"),
        (b'{"do": "mark"}\n', "mark needs a label"),
        (b'{"do": "mark", "label": 7}\n', "mark needs a label"),
        (b'{"do": "mark", "label": "start"}\n', "an interval is labelled 'start' already"),
        (b'{"do": "report", "label": "no"}\n', "no interval is labelled 'no'; there are start"),
        (b'{"do": "check", "within": 0}\n', "within is a number of seconds above 0, at most 600"),
        (b'{"do": "check", "within": true}\n', "within is a number"),
        (b'{"do": "check", "within": NaN}\n', "within is a number"),
        (b'{"do": "stop", "now": 1}\n', "stop knows no now"),
        (b"x" * 100_000 + b"\n", "a line of over 65536 bytes"),
    ):
        answer = ask(path, line)
        assert not answer["ok"]
        assert error in answer["error"]
    with pytest.raises(TrafficError, match="labelled 'start' already"):
        client.mark("start")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as hasty:
        hasty.connect(str(path))
        hasty.sendall(b'{"do": "check"}\n')
    assert ask(path, b'{"do": "report"}\n')["ok"]


@pytest.mark.parametrize("way", ["stop", "SIGTERM", "SIGINT"])
def test_a_client_ends_cleanly(programs: Programs, way: str) -> None:
    _, where = programs.server()
    process, client = programs.client(where)
    client.wait_established(PATIENCE)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as lasting:
        lasting.connect(str(programs.path(client)))
        client.report()
        if way == "stop":
            client.stop()
        else:
            process.send_signal(getattr(signal, way))
        assert process.wait(PATIENCE) == 0
    assert not programs.path(client).exists()
    with pytest.raises(NoClientError, match="no traffic client answers at"):
        client.report()
    with pytest.raises(TrafficError, match="not ready after 0 s: no traffic client"):
        client.wait_established(0)


def test_what_the_client_refuses_is_no_traceback_for_the_user(tmp_path: Path) -> None:
    with pytest.raises(HAUpgradeError, match="no traffic client answers at"):
        Traffic(tmp_path / "nobody").report()


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_control_path_that_is_taken_is_left_alone(programs: Programs, tmp_path: Path) -> None:
    _, where = programs.server()
    _, client = programs.client(where)
    taken = programs.path(client)
    (text := tmp_path / "text").write_text("precious")
    usual = (f"{PACKAGE}.client", "--connect", where, "--bind", SOURCE, "--control")
    for path, error in ((taken, "another client answers at"), (text, "is no socket")):
        ended = run(*usual, str(path))
        assert (ended.returncode, ended.stdout) == (1, "")
        assert error in ended.stderr
    assert text.read_text() == "precious"
    assert client.report().label == "start"


def test_a_left_over_socket_and_a_long_path_are_no_obstacle(programs: Programs) -> None:
    _, where = programs.server()
    folder = programs.folder / ("long" * 20) / ("path" * 20)
    folder.mkdir(parents=True)
    path = folder / "control"
    for _ in range(2):
        process = programs._start(
            *("client", "--connect", where, "--bind", SOURCE, "--control", str(path))
        )
        programs._until_ready(process)
        assert Traffic(path).report().label == "start"
        process.kill()
        process.wait(PATIENCE)
        assert path.is_socket()


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        (("--long", "5", "--idle", "6"), "--idle and --nat together are more than --long"),
        (("--nat", "2"), "--nat and --nat-bind need each other"),
        (("--nat-bind", NAT_SOURCE), "--nat and --nat-bind need each other"),
        (("--bind", "192.0.2.1"), "cannot connect from 192.0.2.1"),
        (("--bind", "here"), "'here' is not an IPv4 address"),
        (("--connect", "127.0.0.1"), "'127.0.0.1' is not ADDR:PORT"),
        (("--connect", "127.0.0.1:70000"), "is not ADDR:PORT"),
        (("--long", "-1"), "'-1' is not a count"),
        (("--new-per-second", "nan"), "'nan' is not a number of 0 or more"),
        (("--every", "0"), "0 is too short"),
    ],
)
def test_bad_options_are_refused(
    changed: tuple[str, ...],
    error: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from nornir_haupgrade.lab.linux.traffic.client import main

    usual = ("--connect", "127.0.0.1:1", "--bind", SOURCE, "--control", "unused")
    monkeypatch.setattr(sys, "argv", ["client", *usual, *changed])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert error in capsys.readouterr().err


def test_a_server_that_cannot_listen_says_so(programs: Programs) -> None:
    _, where = programs.server()
    ended = run(f"{PACKAGE}.server", "--listen", where)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("cannot listen: ")


def test_what_is_public_is_listed() -> None:
    assert traffic.__all__ == sorted(traffic.__all__)
    assert all(hasattr(traffic, name) for name in traffic.__all__)
