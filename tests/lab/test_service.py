"""The service behind a pair answers exactly while a member forwards."""

from __future__ import annotations

import socket
import struct
import time

import pytest

from nornir_haupgrade.lab import Fault
from tests.lab.conftest import IsOpen, StartLab

pytestmark = pytest.mark.ssh


def greeting(port: int) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
        return connection.recv(100)


def test_it_says_whose_it_is(start_lab: StartLab) -> None:
    lab = start_lab()
    assert greeting(lab.service_ports["p1"]) == b"ok p1\n"


@pytest.mark.parametrize("is_read", [True, False], ids=["closed", "reset"])
def test_who_connects_and_leaves_at_once_stays_in_the_session_table_for_a_while(
    start_lab: StartLab, *, is_read: bool
) -> None:
    lab = start_lab()
    with socket.create_connection(("127.0.0.1", lab.service_ports["p1"]), timeout=2) as line:
        # Who closes with something unread resets.
        assert line.recv(100, 0 if is_read else socket.MSG_PEEK) == b"ok p1\n"
        address = "{}:{}".format(*line.getsockname())
    time.sleep(0.05)
    assert address in lab.run("p1a", "fwctl show sessions list").stdout


def test_it_refuses_during_a_switchover_and_answers_after_it(
    start_lab: StartLab, is_open: IsOpen
) -> None:
    lab = start_lab(takeover_ms=400)
    port = lab.service_ports["p1"]
    lab.run("p1a", "fwctl ha suspend")
    assert not is_open(port)
    lab.wait_until(lambda inside: inside.state("p1b").forwards)
    assert greeting(port) == b"ok p1\n"
    [gap] = lab.audit("gap-end")
    assert 0.39 < gap["seconds"] < 0.6


def test_it_refuses_while_nobody_forwards(start_lab: StartLab, is_open: IsOpen) -> None:
    lab = start_lab()
    lab.run("p1b", "fwctl ha suspend")
    lab.run("p1a", "fwctl ha suspend")
    assert not is_open(lab.service_ports["p1"])
    lab.run("p1a", "fwctl ha functional")
    lab.wait_until(lambda inside: inside.state("p1a").forwards)
    assert is_open(lab.service_ports["p1"])


def test_a_dead_data_plane_shows_here_and_nowhere_else(
    start_lab: StartLab, is_open: IsOpen
) -> None:
    lab = start_lab(faults=(Fault("data_dead", "p1b"),))
    assert is_open(lab.service_ports["p1"])
    lab.run("p1a", "fwctl ha suspend")
    lab.wait_until(lambda inside: inside.state("p1b").role == "MASTER")
    assert not is_open(lab.service_ports["p1"])
    lab.heal("data_dead", "p1b")
    assert is_open(lab.service_ports["p1"])


def test_a_long_connection_lives_through_a_synced_switchover(start_lab: StartLab) -> None:
    lab = start_lab(sync_seconds=0.1)
    with socket.create_connection(("127.0.0.1", lab.service_ports["p1"]), timeout=3) as line:
        assert line.recv(100) == b"ok p1\n"
        assert lab.state("p1a").carried == 201
        lab.wait_until(lambda inside: inside.state("p1b").known == 201)
        lab.run("p1a", "fwctl ha suspend")
        line.sendall(b"still there\n")
        assert line.recv(100) == b"still there\n"
    assert lab.state("p1b").forwards


def test_a_long_connection_dies_in_an_unsynced_one(start_lab: StartLab) -> None:
    lab = start_lab(faults=(Fault("sessions_never_sync"),))
    with socket.create_connection(("127.0.0.1", lab.service_ports["p1"]), timeout=3) as line:
        assert line.recv(100) == b"ok p1\n"
        lab.run("p1a", "fwctl ha suspend")
        lab.wait_until(lambda inside: inside.state("p1b").forwards)
        line.sendall(b"still there?\n")
        line.settimeout(0.3)
        with pytest.raises(TimeoutError):  # dropped, not reset
            line.recv(100)
    assert greeting(lab.service_ports["p1"]) == b"ok p1\n"


def test_a_probe_that_resets_at_once_leaves_no_session_and_no_error(
    start_lab: StartLab, caplog: pytest.LogCaptureFixture
) -> None:
    lab = start_lab()
    port = lab.service_ports["p1"]
    for _ in range(50):
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.connect(("127.0.0.1", port))
    assert greeting(port) == b"ok p1\n"
    lab.wait_until(lambda inside: inside.state("p1a").carried <= 201)  # 200, and one that lingers
    assert not [record for record in caplog.records if record.name == "asyncio"]
