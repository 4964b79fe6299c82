from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import AbstractContextManager
from time import monotonic
from typing import Any

import pytest

from nornir_haupgrade.probes.tcp import check_tcp


def test_a_port_that_accepts_is_good(serve: Callable[..., Any]) -> None:
    port = serve().port
    result = check_tcp("shop", "127.0.0.1", port)
    assert (result.name, result.is_good) == ("shop", True)
    assert result.detail.startswith(f"127.0.0.1:{port} accepts (")


def test_a_port_that_refuses_is_bad(closed_port: int) -> None:
    result = check_tcp("shop", "127.0.0.1", closed_port)
    assert result.is_good is False
    assert result.detail == f"127.0.0.1:{closed_port}: Connection refused"


def test_a_port_that_does_not_answer_is_bad_in_time(silent_port: int) -> None:
    began = monotonic()
    result = check_tcp("shop", "127.0.0.1", silent_port, timeout=0.3)
    assert monotonic() - began < 2
    assert result.is_good is False
    assert result.detail == f"127.0.0.1:{silent_port}: no answer in 0.3 s"


@pytest.mark.parametrize("address", ["x" * 300, "a\0b"])
def test_what_can_be_no_address_is_bad(address: str) -> None:
    assert check_tcp("shop", address, 80).is_good is False


@pytest.mark.parametrize(
    ("code", "is_good"), [(socket.EAI_NONAME, False), (socket.EAI_AGAIN, None)]
)
def test_an_unknown_name_is_bad_and_a_silent_name_server_is_no_measurement(
    code: int, is_good: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "as the resolver says")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    result = check_tcp("shop", "shop.example", 80)
    assert result.is_good is is_good
    assert result.detail == "shop.example:80: as the resolver says"


def test_what_this_machine_cannot_try_is_not_measured(
    serve: Callable[..., Any], no_more_files: Callable[[], AbstractContextManager[None]]
) -> None:
    port = serve().port
    with no_more_files():
        result = check_tcp("shop", "127.0.0.1", port)
    assert result.is_good is None
    assert "Too many open files" in result.detail


def test_one_good_address_is_enough(
    serve: Callable[..., Any],
    closed_port: int,
    silent_port: int,
    name_of: Callable[..., str],
) -> None:
    name = name_of(silent_port, closed_port, serve().port)
    began = monotonic()
    assert check_tcp("shop", name, 80, timeout=1).is_good is True
    assert monotonic() - began < 2


def test_all_addresses_together_stay_within_the_time(
    silent_port: int, name_of: Callable[..., str]
) -> None:
    began = monotonic()
    assert check_tcp("shop", name_of(silent_port, silent_port), 80, timeout=0.4).is_good is False
    assert monotonic() - began < 2
