"""A TCP connection is accepted: real ones, on loopback."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nornir_haupgrade.probes.outcome import Outcome
from nornir_haupgrade.probes.tcp_connect import TcpAsker
from nornir_haupgrade.settings import TcpService

Ask = Callable[..., Outcome]
HERE = "127.0.0.1"


def tcp(port: int, address: str = HERE) -> TcpAsker:
    return TcpAsker(TcpService(name="shop", type="tcp", address=address, port=port))


@pytest.mark.parametrize("is_hastened", [False, True])
def test_a_port_that_accepts_is_good(
    is_hastened: bool, ask: Ask, serve: Callable[..., Any]
) -> None:
    port = serve().port
    found = ask(tcp(port), is_hastened=is_hastened)
    assert found.is_good is True
    assert found.detail.startswith(f"{HERE}:{port} accepts (")
    assert found.flow is not None
    assert found.flow.protocol == "tcp"
    assert found.flow.destination == f"{HERE}:{port}"
    assert found.flow.source.startswith(f"{HERE}:")


@pytest.mark.parametrize("is_seen_late", [False, True])
def test_a_port_that_accepts_and_resets_has_accepted(
    is_seen_late: bool, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also if this machine looks only when the reset is there already."""
    with socket.create_server((HERE, 0)) as listener:

        def reset() -> None:
            with contextlib.suppress(OSError):
                sock, _ = listener.accept()
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                sock.close()

        thread = threading.Thread(target=reset)
        thread.start()
        if is_seen_late:
            right = asyncio.SelectorEventLoop._sock_connect_cb  # type: ignore[attr-defined]

            def late(*args: object) -> None:
                thread.join(5)
                time.sleep(0.05)
                right(*args)

            monkeypatch.setattr(asyncio.SelectorEventLoop, "_sock_connect_cb", late)
        assert ask(tcp(listener.getsockname()[1])).is_good is True
        thread.join(5)


def test_a_server_that_floods_and_never_closes_has_accepted(
    ask: Ask, serve: Callable[..., Any]
) -> None:
    assert ask(tcp(serve(b"x" * 10_000_000).port)).is_good is True


@pytest.mark.parametrize("is_hastened", [False, True])
def test_a_port_that_refuses_is_bad(is_hastened: bool, ask: Ask, closed_port: int) -> None:
    found = ask(tcp(closed_port), is_hastened=is_hastened)
    assert found.is_good is False
    assert found.detail == f"{HERE}:{closed_port}: Connection refused"


def test_a_port_that_does_not_answer_is_bad_in_time(ask: Ask, silent_port: int) -> None:
    began = time.monotonic()
    found = ask(tcp(silent_port), 0.2)
    assert time.monotonic() - began < 2
    assert found == Outcome(is_good=False, detail=f"{HERE}:{silent_port}: no answer in 0.2 s")


def test_a_socket_that_reaches_itself_has_reached_nobody(
    ask: Ask, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Linux lets a socket connect to its own port, which chance may give it."""
    right = socket.socket.setblocking

    def bind_first(sock: socket.socket, timeout: float) -> None:
        right(sock, bool(timeout))
        if sock.type is socket.SOCK_STREAM and sock.getsockname()[1] == 0:
            sock.bind((HERE, closed_port))

    monkeypatch.setattr(socket.socket, "settimeout", bind_first)
    found = ask(tcp(closed_port))
    assert found.is_good is False
    assert "Connection refused" in found.detail


def test_what_this_machine_cannot_try_is_not_measured(
    ask: Ask, serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    right, port = socket.socket, serve().port

    def none_left(*args: Any, **more: Any) -> socket.socket:  # noqa: ANN401
        if args[:2] == (socket.AF_INET, socket.SOCK_STREAM):
            raise OSError(24, "Too many open files")
        return right(*args, **more)

    monkeypatch.setattr("nornir_haupgrade.probes.tcp_connect.socket.socket", none_left)
    found = ask(tcp(port))
    assert found.is_good is None
    assert "Too many open files" in found.detail


def test_one_good_address_is_enough(
    ask: Ask,
    serve: Callable[..., Any],
    closed_port: int,
    silent_port: int,
    name_of: Callable[..., str],
) -> None:
    name = name_of(silent_port, closed_port, serve().port)
    assert ask(tcp(80, name), 0.6).is_good is True


def test_all_addresses_together_stay_within_the_time(
    ask: Ask, silent_port: int, name_of: Callable[..., str]
) -> None:
    began = time.monotonic()
    assert ask(tcp(80, name_of(silent_port, silent_port)), 0.4).is_good is False
    assert time.monotonic() - began < 2


def test_no_file_stays_open(ask: Ask, closed_port: int, silent_port: int) -> None:
    ask(tcp(closed_port))
    with socket.create_server((HERE, 0)) as listener:
        before = set(Path("/proc/self/fd").iterdir())
        for port in (listener.getsockname()[1], closed_port, silent_port):
            ask(tcp(port), 0.1)
        assert len(set(Path("/proc/self/fd").iterdir())) == len(before)
