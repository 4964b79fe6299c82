"""Logins, commands, questions and files in memory: they fail as they do over SSH."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nornir.core.task import Result, Task

from nornir_haupgrade.errors import (
    BadInput,
    CommandRefused,
    CommandTimeout,
    ConnectFailed,
    HostKeyChanged,
    ImageError,
    LineDropped,
    LoginRefused,
    NotReadOnly,
    Unreachable,
)
from nornir_haupgrade.lab import Fault, When, router_pair, simple_pair
from nornir_haupgrade.lab.command import Event
from nornir_haupgrade.platforms.base import Files
from nornir_haupgrade.platforms.linux_ha_texts import parse_show_ha
from nornir_haupgrade.rehearsal.memory.bench import Bench
from nornir_haupgrade.rehearsal.memory.connection import MemoryConnection
from nornir_haupgrade.rehearsal.memory.controller import project_of
from nornir_haupgrade.rehearsal.memory.transport import MemoryTransport
from nornir_haupgrade.settings import Settings

CONFIRM = (r"\[confirm\]$", "")


def firewalls() -> Bench:
    return Bench(simple_pair("p1", sessions=4))


def routers() -> Bench:
    return Bench(router_pair("p1"))


def strike(bench: Bench, name: str, member: str = "p1b", **params: Any) -> None:  # noqa: ANN401
    bench.rig.faults.arm(Fault(name, member, When(), params))


def log_in(
    bench: Bench, *, read_only: bool = False, files: Files = Files.SFTP, timeout: float = 4
) -> MemoryTransport:
    return bench.connect(
        "p1b",
        declared=(r"fwctl show \w+",),
        read_only=read_only,
        files=files,
        connect_timeout=timeout,
    )


@pytest.mark.parametrize(
    ("fault", "params", "error", "seconds"),
    [
        ("crash", {}, Unreachable, 0),
        ("crash", {"silent": True}, Unreachable, 4),
        ("mute", {}, Unreachable, 4),
        ("login_refused", {}, LoginRefused, 0),
        ("aaa_unreachable", {"seconds": 3}, LoginRefused, 3),
        ("aaa_unreachable", {}, Unreachable, 4),
        ("host_key_changed", {}, HostKeyChanged, 0),
    ],
)
def test_a_login_fails_as_the_device_has_it_fail(
    fault: str, params: dict[str, Any], error: type[ConnectFailed], seconds: float
) -> None:
    bench = firewalls()
    strike(bench, fault, **params)
    with pytest.raises(error):
        log_in(bench)
    assert bench.clock.now == seconds


def test_a_command_takes_time_and_is_answered() -> None:
    bench = firewalls()
    said = log_in(bench).command("fwctl show ha", timeout=5)
    assert parse_show_ha(said).state == "BACKUP"
    assert bench.clock.now == pytest.approx(0.11)  # a login and a command


def test_a_read_only_session_sends_only_what_is_declared() -> None:
    bench = firewalls()
    transport = log_in(bench, read_only=True)
    assert transport.command("fwctl show ha", timeout=5)
    with pytest.raises(NotReadOnly):
        transport.command("fwctl ha suspend", timeout=5)
    with pytest.raises(NotReadOnly):
        transport.upload(__file__, "/flash/upload/x", timeout=5, progress=None)
    commands = [entry["command"] for entry in bench.audit.entries if entry["kind"] == "command"]
    assert commands == ["fwctl show ha"]


def test_a_command_that_is_never_answered_times_out_and_its_login_stays_listed() -> None:
    bench = firewalls()
    strike(bench, "suspend_hangs")
    transport = log_in(bench)
    began = bench.clock.now
    with pytest.raises(CommandTimeout):
        transport.command("fwctl ha suspend", timeout=5)
    assert bench.clock.now - began == pytest.approx(5, abs=0.02)
    with pytest.raises(LineDropped, match="nothing was sent"):
        transport.command("fwctl show ha", timeout=5)
    assert len(bench.device("p1b").logins) == 1
    log_in(bench).close()
    assert len(bench.device("p1b").logins) == 1


def test_a_late_answer_is_waited_for() -> None:
    bench = firewalls()
    strike(bench, "slow_output", seconds=3)
    assert log_in(bench).command("fwctl show ha", timeout=5)
    assert bench.clock.now == pytest.approx(3.11)


@pytest.mark.parametrize("fault", ["reply_lost", "cut_line"])
def test_a_line_that_drops_says_so(fault: str) -> None:
    bench = firewalls()
    strike(bench, fault)
    transport = log_in(bench)
    with pytest.raises(LineDropped):
        transport.command("fwctl ha suspend", timeout=5)
    assert bench.device("p1b").is_suspended is (fault == "reply_lost")
    assert bench.device("p1b").logins == {}


def test_a_line_that_drops_within_an_answer_leaves_what_came_before() -> None:
    bench = firewalls()
    strike(bench, "cut_answer", bytes=7)
    transport = log_in(bench)
    with pytest.raises(LineDropped) as caught:
        transport.command("fwctl show ha", timeout=5)
    whole = log_in(bench).command("fwctl show ha", timeout=5)
    assert caught.value.device_text == whole[:7]


def test_a_login_is_an_event_that_a_fault_can_wait_for() -> None:
    bench = firewalls()
    bench.rig.faults.arm(Fault("data_dead", "p1b", When(at=Event.LOGIN)))
    log_in(bench)
    assert bench.device("p1b").has("data_dead") is not None


def test_a_session_ends_with_its_device_and_not_with_another_reason() -> None:
    bench = firewalls()
    transport = log_in(bench)
    transport.command_ending_session("fwctl reboot", timeout=5)
    bench.clock.advance(1)
    with pytest.raises(LineDropped):
        transport.command("fwctl show ha", timeout=5)


def test_a_device_that_lost_its_power_is_only_never_heard_of_again() -> None:
    bench = firewalls()
    transport = log_in(bench)
    strike(bench, "crash", silent=True)
    began = bench.clock.now
    with pytest.raises(CommandTimeout):
        transport.command("fwctl show ha", timeout=5)
    assert bench.clock.now - began == pytest.approx(5, abs=0.02)


def test_questions_are_answered_once_and_only_ours() -> None:
    bench = routers()
    said = log_in(bench).command_ending_session("reload", timeout=30, dialogues=(CONFIRM,))
    assert "[confirm]" in said
    bench.clock.advance(60)
    assert bench.device("p1b").boots == 1

    transport = log_in(bench)
    with pytest.raises(CommandRefused):
        transport.command("reload", timeout=5, dialogues=((CONFIRM[0], None),))
    transport = log_in(bench)
    with pytest.raises(CommandTimeout):
        transport.command("reload", timeout=5)
    bench.clock.advance(60)
    assert bench.device("p1b").boots == 1


def test_files_travel_whole_or_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "image"
    file.write_bytes(b"x" * 1000)
    bench = firewalls()
    transport = log_in(bench)
    sent: list[tuple[int, int]] = []
    transport.upload(
        str(file), "/flash/upload/image", timeout=5, progress=lambda *now: sent.append(now)
    )
    assert transport.download("/flash/upload/image", timeout=5) == b"x" * 1000
    assert sent == [(1000, 1000)]
    with pytest.raises(ImageError):
        transport.download("/flash/upload/other", timeout=5)

    strike(bench, "disk_full", free=500)
    with pytest.raises(ImageError, match="No space left"):
        transport.upload(str(file), "/flash/upload/more", timeout=5, progress=None)
    assert "/flash/upload/more.part" not in bench.device("p1b").disk.files
    bench.rig.faults.heal("disk_full", "p1b")
    strike(bench, "corrupt_upload")
    transport.upload(str(file), "/flash/upload/image", timeout=5, progress=None)
    assert transport.download("/flash/upload/image", timeout=5) != b"x" * 1000


def test_a_file_over_scp_has_a_login_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "image"
    file.write_bytes(b"x" * 1000)
    bench = routers()
    transport = log_in(bench, files=Files.SCP)
    transport.upload(str(file), "bootflash:image", timeout=5, progress=None)
    assert bench.device("p1b").disk.files["/flash/image"] == b"x" * 1000
    logins = [entry for entry in bench.audit.entries if entry["kind"] == "login"]
    assert len(logins) == 2
    assert len(bench.device("p1b").logins) == 1
    strike(bench, "scp_disabled")
    with pytest.raises(ImageError, match="Administratively disabled"):
        transport.upload(str(file), "bootflash:image", timeout=5, progress=None)


def test_it_is_a_connection_of_nornir_s() -> None:
    bench = firewalls()

    def state(task: Task) -> Result:
        line = task.host.get_connection("haupgrade_memory", task.nornir.config)
        said = line.command("fwctl show ha", timeout=5)
        return Result(task.host, result=parse_show_ha(said).state)

    result = project_of(bench, Settings()).nr.run(task=state)
    assert {name: one[0].result for name, one in result.items()} == {
        "p1a": "MASTER",
        "p1b": "BACKUP",
    }


def test_without_a_bench_there_is_nothing_to_connect_to() -> None:
    with pytest.raises(BadInput, match="simulated device"):
        MemoryConnection().open("p1a", None, None, None, None)
