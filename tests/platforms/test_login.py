"""Logging in over real SSH to simulated members, and everything that can be wrong with it."""

import logging
import pickle
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from paramiko import Transport

from nornir_haupgrade.errors import (
    BadInput,
    ConnectFailed,
    HAUpgradeError,
    HostKeyChanged,
    HostKeyUnknown,
    LoginRefused,
    NotReadOnly,
    Unreachable,
)
from nornir_haupgrade.lab import Fault, LabThread

pytestmark = pytest.mark.ssh
Connect = Callable[..., Any]


@pytest.fixture
def listen() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Serve each connection to a port of loopback with a function."""
    servers: list[socket.socket] = []

    def listen(serve: Callable[[socket.socket], None]) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    serve(connection)

        threading.Thread(target=accept, daemon=True).start()
        return int(server.getsockname()[1])

    yield listen
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def refuse(connect: Connect, kind: type[HAUpgradeError], **settings: object) -> HAUpgradeError:
    """The login fails with this error, which names pair and member and holds no password."""
    with pytest.raises(kind) as caught:
        connect(**settings)
    error = caught.value
    assert type(error) is kind
    assert (error.pair, error.member) == ("p1", "p1a")
    assert str(settings.get("password", "s3cret")) not in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own
    return error


def test_a_read_only_login_sends_only_empty_lines(lab: LabThread, connect: Connect) -> None:
    transport = connect(read_only=True)
    assert "State: MASTER" in transport.command("fwctl show ha", timeout=5)
    commands = [entry for entry in lab.audit("command") if entry.get("by") != "hand"]
    assert [entry["command"] for entry in commands] == ["fwctl show ha"]


def test_a_platform_whose_login_sends_more_is_stopped(lab: LabThread, connect: Connect) -> None:
    # Netmiko's cisco_ios sends "terminal width 511" and "terminal length 0" at login.
    with pytest.raises(NotReadOnly, match="terminal"):
        connect(read_only=True, platform="cisco_ios")
    assert lab.audit("command") == []


def test_an_unknown_host_key_is_refused_before_the_password(
    lab: LabThread, connect: Connect, tmp_path: Path
) -> None:
    error = refuse(connect, HostKeyUnknown, known_hosts=tmp_path / "none")
    port = lab.ports["p1a"]
    assert "SHA256:" in str(error)
    assert f"ssh-keyscan -t ed25519 -p {port} 127.0.0.1 >> {tmp_path / 'none'}" in str(error)
    assert lab.audit("login") == []


def test_a_changed_host_key_is_refused_before_the_password(
    lab: LabThread, connect: Connect
) -> None:
    lab.inject(Fault("host_key_changed", "p1a"))
    assert "another device" in str(refuse(connect, HostKeyChanged))
    assert lab.audit("login") == []


def test_a_netmiko_option_does_not_weaken_the_check(connect: Connect, tmp_path: Path) -> None:
    extras = {"ssh_strict": False, "system_host_keys": False, "alt_host_keys": False}
    refuse(connect, HostKeyUnknown, known_hosts=tmp_path / "none", extras=extras)


def test_a_refused_login(lab: LabThread, connect: Connect) -> None:
    assert "refuses the login" in str(refuse(connect, LoginRefused, password="wr0ng-one"))
    lab.inject(Fault("login_refused", "p1a"))
    refuse(connect, LoginRefused)


def test_one_login_is_one_attempt(lab: LabThread, connect: Connect) -> None:
    refuse(connect, LoginRefused, password="wr0ng-one")
    assert len(lab.audit("login")) == 1


def test_a_dead_port_refuses(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert "refused the connection" in str(refuse(connect, Unreachable, port=port))


def test_a_name_that_does_not_resolve(connect: Connect) -> None:
    error = refuse(connect, Unreachable, hostname="no-such-host.invalid")
    assert "does not resolve" in str(error)


def test_a_mute_port_runs_into_the_deadline(lab: LabThread, connect: Connect) -> None:
    lab.inject(Fault("mute", "p1a"))
    started = time.monotonic()
    error = refuse(connect, Unreachable, connect_timeout=0.5)
    assert "timed out while waiting for the SSH banner" in str(error)
    assert time.monotonic() - started < 1.5


def test_a_member_that_is_off_times_out(connect: Connect) -> None:
    # A full backlog drops what comes: the nearest that loopback has to a node without power.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        port = server.getsockname()[1]
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        error = refuse(connect, Unreachable, port=port, connect_timeout=0.5)
        for filler in fillers:
            filler.close()
    assert "timed out while waiting for the TCP connection" in str(error)


@pytest.mark.parametrize("said", [b"", b"220 mail.example.net ESMTP\r\n" * 200, b"SSH-2.0-x\r\n"])
def test_a_port_that_is_not_ssh(
    listen: Callable[[Callable[[socket.socket], None]], int], connect: Connect, said: bytes
) -> None:
    port = listen(lambda connection: connection.sendall(said))
    error = refuse(connect, Unreachable, port=port, connect_timeout=3)
    assert "banner" in str(error) or "broke off" in str(error)


def test_a_port_that_drips(
    listen: Callable[[Callable[[socket.socket], None]], int], connect: Connect
) -> None:
    def drip(connection: socket.socket) -> None:
        try:
            for _ in range(100):
                connection.sendall(b"a\r\n")
                time.sleep(0.1)
        except OSError:
            return

    started = time.monotonic()
    refuse(connect, Unreachable, port=listen(drip), connect_timeout=0.7)
    assert time.monotonic() - started < 2


def test_a_prompt_that_never_comes(connect: Connect) -> None:
    # Netmiko's hp_comware waits for ">" or "]"; a shell shows neither.
    started = time.monotonic()
    error = refuse(connect, Unreachable, platform="hp_comware", connect_timeout=1)
    assert "timed out while waiting for the prompt" in str(error)
    assert time.monotonic() - started < 3


def test_no_common_algorithm_names_the_extra(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The other way round, with the same refusal: here it is we who only know what is too old.
    old = "diffie-hellman-group1-sha1"
    monkeypatch.setattr(Transport, "_kex_info", {**Transport._kex_info, old: object})
    monkeypatch.setattr(Transport, "_preferred_kex", (old,))
    assert "legacy-ssh" in str(refuse(connect, ConnectFailed))


def test_options_that_are_no_connection_are_bad_input(lab: LabThread, connect: Connect) -> None:
    assert "nonsense" in str(refuse(connect, BadInput, extras={"nonsense": 1}))
    telnet = "cisco_ios_telnet"
    assert f"{telnet} is not SSH" in str(refuse(connect, BadInput, platform=telnet))
    unknown = "no_such_platform"
    assert f"no platform {unknown!r}" in str(refuse(connect, BadInput, platform=unknown))
    refuse(connect, BadInput, extras={"use_keys": True, "key_file": "/none"})
    assert lab.audit("login") == []


def test_shared_extras_are_read_and_never_written(connect: Connect) -> None:
    extras: dict[str, Any] = {"keepalive": 30, "session_log": "/dev/full", "fast_cli": True}
    before = dict(extras)
    connect(extras=extras)
    assert extras == before


def test_no_secret_reaches_a_log(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        connect().command("fwctl show ha", timeout=5)
        refuse(connect, LoginRefused, password="wr0ng-one")
    assert caplog.records
    assert "s3cret" not in caplog.text
    assert "wr0ng-one" not in caplog.text


def test_closing_takes_the_secret_off_the_logger(connect: Connect) -> None:
    logger = logging.getLogger("netmiko")
    before = list(logger.filters)
    transport = connect()
    refuse(connect, LoginRefused, password="wr0ng-one")
    transport.close()
    assert logger.filters == before


def test_a_session_has_no_delay_and_notices_a_dead_peer(connect: Connect) -> None:
    sock = connect()._line._socket
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


def test_a_login_is_quick_and_leaves_nothing_behind(connect: Connect) -> None:
    connect().close()  # imports
    time.sleep(0.3)
    before = set(threading.enumerate())
    started = time.monotonic()
    transport = connect()
    assert time.monotonic() - started < 1
    started = time.monotonic()
    transport.close()
    transport.close()
    assert time.monotonic() - started < 0.2
    time.sleep(0.3)
    left = {thread.name for thread in set(threading.enumerate()) - before}
    assert not {name for name in left if not name.startswith("asyncio")}  # the lab's own
