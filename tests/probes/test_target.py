"""From a name to addresses that are asked in turn."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from nornir_haupgrade.probes import target as module
from nornir_haupgrade.probes.addresses import Address
from nornir_haupgrade.probes.outcome import Outcome
from nornir_haupgrade.probes.target import Target

GOOD = Outcome(is_good=True, detail="good")


async def good(_: Address) -> Outcome:
    return GOOD


def once(
    ask: Callable[[Address], Coroutine[Any, Any, Outcome]], *, host: str = "127.0.0.1"
) -> Outcome:
    return asyncio.run(Target(host, 80).ask(ask, 0.2, is_hastened=False))


def test_without_a_port_the_place_is_the_host() -> None:
    assert Target("192.0.2.1").where == "192.0.2.1"
    assert Target("192.0.2.1", 80).where == "192.0.2.1:80"


def test_the_kernel_s_own_time_out_is_told_as_such() -> None:
    async def timed_out(_: Address) -> Outcome:
        raise TimeoutError(110, "[Errno 110] Connect call failed")

    assert once(timed_out) == Outcome(is_good=False, detail="127.0.0.1:80: Connection timed out")


def test_an_answer_that_a_stalled_machine_could_not_hear_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_OVERSLEPT", 0.1)

    async def stalled(_: Address) -> Outcome:
        time.sleep(0.4)  # noqa: ASYNC251 - the whole loop stands still
        await asyncio.sleep(1)
        return GOOD

    found = once(stalled)
    assert found.is_good is None
    assert "this machine is too busy" in found.detail


@pytest.mark.parametrize(
    ("code", "is_good"), [(socket.EAI_NONAME, False), (socket.EAI_AGAIN, None)]
)
def test_an_unknown_name_is_bad_and_a_silent_name_server_is_no_measurement(
    code: int, is_good: bool | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(code, "as the resolver says")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    found = once(good, host="shop.example")
    assert found == Outcome(is_good, "shop.example:80: as the resolver says")


@pytest.mark.parametrize("host", ["x" * 300, "a\0b"])
def test_what_can_be_no_name_is_bad(host: str) -> None:
    assert once(good, host=host).is_good is False


def test_a_name_server_that_hangs_costs_no_more_than_the_time_and_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(10) and [])
    began = time.monotonic()
    found = once(good, host="shop.example")
    release.set()
    assert time.monotonic() - began < 5
    assert found == Outcome(None, "shop.example:80: not looked up within 0.2 s")


def test_a_hastened_service_is_never_looked_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[object] = []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]

    def getaddrinfo(*args: object, **_: object) -> list[Any]:
        looked.append(args)
        return found

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    async def main() -> None:
        target = Target("shop.example", 80)
        assert await target.ask(good, 2, is_hastened=False) == GOOD
        target._next = 0.0
        for _ in range(3):
            assert await target.ask(good, 2, is_hastened=True) == GOOD
        assert len(looked) == 1
        assert await target.ask(good, 2, is_hastened=False) == GOOD
        await asyncio.wait_for(asyncio.shield(target._running or asyncio.sleep(0)), 5)
        assert len(looked) == 2

    asyncio.run(main())


def test_known_addresses_are_kept_when_a_later_look_up_fails(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]

    async def main() -> None:
        target = Target("shop.example", 80)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        assert await target.ask(good, 2, is_hastened=False) == GOOD
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: 1 / 0)
        target._next = 0.0
        assert await target.ask(good, 2, is_hastened=False) == GOOD
        await asyncio.sleep(0.1)
        assert await target.ask(good, 2, is_hastened=False) == GOOD

    asyncio.run(main())
