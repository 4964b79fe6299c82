"""Commands and files over real SSH to simulated members, and lines that break."""

import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nornir_haupgrade.errors import (
    CommandFailed,
    CommandTimeout,
    ImageError,
    LineDropped,
    NotReadOnly,
)
from nornir_haupgrade.lab import Fault, LabThread
from nornir_haupgrade.platforms.base import Transport
from nornir_haupgrade.platforms.session import NetmikoTransport

pytestmark = pytest.mark.ssh
Connect = Callable[..., Any]


def lines(lab: LabThread) -> list[str]:
    return [entry["command"] for entry in lab.audit("command")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file.bin"
    path.write_bytes(hashlib.shake_128(b"x").digest(3_000_000))
    return path


def listed(transport: Transport) -> set[str]:
    assert isinstance(transport, NetmikoTransport)
    with transport._files("list", 5) as sftp:
        return set(sftp.listdir("/flash/upload"))


@pytest.mark.parametrize(
    "line",
    [
        "fwctl ha suspend",
        "fwctl show ha; fwctl ha suspend",
        "fwctl show ha && fwctl ha suspend",
        "fwctl show ha\nfwctl ha suspend",
        "fwctl show ha | sh",
    ],
)
def test_a_read_only_session_sends_nothing_of_a_change(
    lab: LabThread, connect: Connect, line: str
) -> None:
    transport = connect(read_only=True)
    with pytest.raises(NotReadOnly) as caught:
        transport.command(line, timeout=5)
    assert (caught.value.pair, caught.value.member) == ("p1", "p1a")
    transport.command("fwctl show ha", timeout=5)
    assert lines(lab) == ["fwctl show ha"]


def test_a_read_only_session_uploads_nothing(connect: Connect, file: Path) -> None:
    transport = connect(read_only=True)
    with pytest.raises(NotReadOnly):
        transport.upload(str(file), "/flash/upload/x", timeout=5, progress=None)
    assert listed(transport) == set()


def test_a_line_break_in_a_command_stops_all_of_it(lab: LabThread, connect: Connect) -> None:
    with pytest.raises(CommandFailed, match="not one printable line"):
        connect().command("fwctl show ha\nfwctl reboot", timeout=5)
    assert lines(lab) == []


def test_many_commands_stay_in_step(connect: Connect) -> None:
    transport = connect()
    for _ in range(20):
        assert transport.command("echo one", timeout=5) == "one"
        assert transport.command("echo", timeout=5) == ""
        assert "Node-id" in transport.command("fwctl show version", timeout=5)


def test_a_line_that_drops_under_a_command(lab: LabThread, connect: Connect) -> None:
    transport = connect()
    lab.inject(Fault("reply_lost", "p1a"))
    with pytest.raises(LineDropped, match="under the command") as caught:
        transport.command("fwctl ha preempt on", timeout=5)
    assert caught.value.command == "fwctl ha preempt on"
    with pytest.raises(LineDropped, match="nothing was sent"):
        transport.command("fwctl show ha", timeout=5)
    assert "Preempt: yes" in connect().command("fwctl show ha", timeout=5)


def test_an_answer_that_is_late_closes_the_session(lab: LabThread, connect: Connect) -> None:
    transport = connect("p1a")
    lab.inject(Fault("suspend_hangs", "p1a"))
    started = time.monotonic()
    with pytest.raises(CommandTimeout, match=r"within 0\.3 s"):
        transport.command("fwctl ha suspend", timeout=0.3)
    assert time.monotonic() - started < 1
    with pytest.raises(LineDropped):
        transport.command("fwctl show ha", timeout=5)


def test_a_silent_crash_is_met_by_the_deadline(lab: LabThread, connect: Connect) -> None:
    transport = connect("p1a")
    lab.inject(Fault("crash", "p1a", params={"silent": True}))
    started = time.monotonic()
    with pytest.raises(CommandTimeout):
        transport.command("fwctl show ha", timeout=0.5)
    transport.close()
    assert time.monotonic() - started < 1.5


def test_a_crash_drops_the_line_and_the_next_command_says_so(
    lab: LabThread, connect: Connect
) -> None:
    transport = connect("p1a")
    lab.inject(Fault("crash", "p1a"))
    time.sleep(0.1)
    with pytest.raises(LineDropped):
        transport.command("fwctl show ha", timeout=5)


def test_a_reload_ends_the_session(lab: LabThread, connect: Connect) -> None:
    transport = connect("p1b")
    transport.command_ending_session("fwctl reboot --if-state BACKUP", timeout=5)
    lab.wait_until(lambda it: str(it.state("p1b").phase).lower() != "running", 5)
    transport.close()
    with pytest.raises(LineDropped, match="nothing was sent"):
        transport.command_ending_session("fwctl reboot", timeout=5)


def test_a_reload_whose_reply_is_lost_is_a_normal_end(lab: LabThread, connect: Connect) -> None:
    lab.inject(Fault("reply_lost", "p1b"))
    assert connect("p1b").command_ending_session("fwctl reboot", timeout=5) == ""


def test_a_file_travels_whole_with_progress(connect: Connect, file: Path) -> None:
    transport = connect()
    seen: list[tuple[int, int]] = []
    transport.upload(str(file), "/flash/upload/x", timeout=20, progress=lambda *at: seen.append(at))
    size = file.stat().st_size
    assert seen == sorted(seen)
    assert seen[-1] == (size, size)
    assert listed(transport) == {"x"}
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert transport.command("fwctl image verify x", timeout=5) == f"{size} {digest}"
    assert transport.download("/flash/upload/x", timeout=20) == file.read_bytes()


def test_a_file_replaces_an_older_one(connect: Connect, file: Path) -> None:
    transport = connect()
    for content in (b"old and longer", b"new"):
        file.write_bytes(content)
        transport.upload(str(file), "/flash/upload/x", timeout=5, progress=None)
        assert transport.download("/flash/upload/x", timeout=5) == content


def test_an_empty_file_travels(connect: Connect, file: Path) -> None:
    file.write_bytes(b"")
    transport = connect()
    transport.upload(str(file), "/flash/upload/x", timeout=5, progress=None)
    assert transport.download("/flash/upload/x", timeout=5) == b""


def test_a_full_disk_leaves_no_partial_file(lab: LabThread, connect: Connect, file: Path) -> None:
    transport = connect()
    lab.inject(Fault("disk_full", "p1a", params={"free": 1_000_000}))
    with pytest.raises(ImageError) as caught:
        transport.upload(str(file), "/flash/upload/x", timeout=20, progress=None)
    assert (caught.value.pair, caught.value.member) == ("p1", "p1a")
    assert listed(transport) == set()
    assert "State" in transport.command("fwctl show ha", timeout=5)


def test_a_missing_local_file_is_an_image_error(connect: Connect, tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="cannot be read"):
        connect().upload(str(tmp_path / "none"), "/flash/upload/x", timeout=5, progress=None)


def test_a_missing_folder_or_file_is_an_image_error(connect: Connect, file: Path) -> None:
    transport = connect()
    with pytest.raises(ImageError, match="sftp put"):
        transport.upload(str(file), "/none/x", timeout=5, progress=None)
    with pytest.raises(ImageError, match="sftp get"):
        transport.download("/flash/none", timeout=5)


def test_a_file_has_a_deadline(connect: Connect, file: Path) -> None:
    transport = connect()
    with pytest.raises(CommandTimeout, match="did not travel"):
        transport.upload(
            str(file), "/flash/upload/x", timeout=0.3, progress=lambda *_: time.sleep(0.1)
        )
    assert listed(connect()) == set()


def test_an_interrupted_upload_leaves_no_partial_file(connect: Connect, file: Path) -> None:
    def interrupt(sent: int, size: int) -> None:
        if sent * 2 > size:
            raise KeyboardInterrupt

    transport = connect()
    with pytest.raises(KeyboardInterrupt):
        transport.upload(str(file), "/flash/upload/x", timeout=20, progress=interrupt)
    assert listed(transport) == set()


def test_a_line_that_drops_under_a_file(lab: LabThread, connect: Connect, file: Path) -> None:
    transport = connect()

    def crash(sent: int, size: int) -> None:
        if sent * 2 > size:
            lab.inject(Fault("crash", "p1a"))

    with pytest.raises(LineDropped, match=r"sftp put.*after \d+ of 3000000 bytes"):
        transport.upload(str(file), "/flash/upload/x", timeout=20, progress=crash)
    with pytest.raises(LineDropped, match="nothing was sent"):
        transport.command("fwctl show ha", timeout=5)
