"""Connections held open against servers that reset, close, flood or refuse."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from nornir_haupgrade.model import CanaryResult
from nornir_haupgrade.probes import canary as module
from nornir_haupgrade.probes.canary import Holder
from nornir_haupgrade.settings import Canary

HERE = "127.0.0.1"
SOON = 10.0


def holder(port: int) -> Holder:
    return Holder(Canary(name="till", type="tcp", address=HERE, port=port))


@contextlib.asynccontextmanager
async def holding(port: int) -> AsyncIterator[Holder]:
    one = holder(port)
    one.set_pace(is_hastened=True)
    one.start()
    try:
        yield one
    finally:
        await one.close()


def now(one: Holder, since: float = 0.0) -> CanaryResult:
    at = asyncio.get_running_loop().time()
    return one.log.judge(since or at - 0.05, at)


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON):
        while not is_so():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.01)


@pytest.fixture
def accepted() -> list[socket.socket]:
    return []


async def listening(
    accepted: list[socket.socket], said: bytes = b""
) -> tuple[socket.socket, asyncio.Task[None]]:
    listener = socket.create_server((HERE, 0))
    listener.setblocking(False)
    loop = asyncio.get_running_loop()

    async def accept() -> None:
        while True:
            sock, _ = await loop.sock_accept(listener)
            accepted.append(sock)
            if said:
                sock.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    sock.send(said)

    return listener, loop.create_task(accept())


def with_server(
    main: Callable[[int, list[socket.socket]], Awaitable[None]], said: bytes = b""
) -> None:
    async def run() -> None:
        accepted: list[socket.socket] = []
        listener, task = await listening(accepted, said)
        try:
            await main(listener.getsockname()[1], accepted)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            for sock in (listener, *accepted):
                sock.close()

    asyncio.run(run())


def reset(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def test_a_connection_is_held_and_heard_without_a_byte_of_ours() -> None:
    async def main(port: int, accepted: list[socket.socket]) -> None:
        async with holding(port) as one:
            await until(lambda: accepted)
            since = asyncio.get_running_loop().time()
            await until(lambda: now(one, since).is_alive)
            found = now(one, since)
            assert found.flow is not None
            assert found.flow.destination == f"{HERE}:{port}"
            assert found.flow.source == "{}:{}".format(*accepted[0].getpeername())
            accepted[0].setblocking(False)
            with pytest.raises(BlockingIOError):
                accepted[0].recv(1)
        assert len(accepted) == 1
        await until(lambda: accepted[0].recv(1) == b"")

    with_server(main)


def test_a_reset_is_a_loss_and_it_is_opened_again_only_when_asked() -> None:
    async def main(port: int, accepted: list[socket.socket]) -> None:
        async with holding(port) as one:
            await until(lambda: accepted)
            since = asyncio.get_running_loop().time()
            reset(accepted[0])
            await until(lambda: now(one, since).is_alive is False)
            assert "Connection reset by peer" in now(one, since).detail
            await asyncio.sleep(0.2)
            assert len(accepted) == 1
            one.renew()
            await until(lambda: len(accepted) == 2)
            assert now(one, since).is_alive is False

    with_server(main)


def test_a_reset_that_comes_while_this_machine_stands_still_is_no_orderly_close() -> None:
    """What waited for the socket, and the time-out of that wait, wake up in the same turn."""

    async def main(port: int, accepted: list[socket.socket]) -> None:
        async with holding(port) as one:
            await until(lambda: accepted)
            for _ in range(3):
                await asyncio.sleep(0.02)
                since = asyncio.get_running_loop().time()
                before = len(accepted)
                reset(accepted[-1])
                time.sleep(0.3)  # noqa: ASYNC251 - the whole loop
                await until(lambda since=since: now(one, since).is_alive is False)  # type: ignore[misc]
                one.renew()
                await until(lambda before=before: len(accepted) > before)  # type: ignore[misc]

    with_server(main)


def test_a_server_s_idle_close_is_no_loss_and_it_is_opened_again() -> None:
    async def main(port: int, accepted: list[socket.socket]) -> None:
        async with holding(port) as one:
            await until(lambda: accepted)
            await asyncio.sleep(0.1)
            since = asyncio.get_running_loop().time()
            accepted[0].close()
            await until(lambda: len(accepted) == 2)
            await until(lambda: now(one, since).is_alive)
            assert "closed by the server, and opened again" in now(one, since).detail

    with_server(main)


def test_a_server_that_closes_at_once_is_not_asked_over_and_over() -> None:
    async def main(port: int, accepted: list[socket.socket]) -> None:
        async with holding(port):
            ends = time.monotonic() + 1
            while time.monotonic() < ends:
                for sock in accepted:
                    sock.close()
                await asyncio.sleep(0.01)
            assert 2 <= len(accepted) <= 5

    with_server(main)


def test_a_server_that_floods_is_held_and_costs_little() -> None:
    async def main(port: int, accepted: list[socket.socket]) -> None:
        async with holding(port) as one:
            await until(lambda: accepted)
            since = asyncio.get_running_loop().time()
            began, spent = time.monotonic(), time.thread_time()
            while time.monotonic() < began + 0.5:
                with contextlib.suppress(BlockingIOError):
                    accepted[0].send(b"x" * 100_000)
                await asyncio.sleep(0.02)
            assert time.thread_time() - spent < 0.3
            assert now(one, since).is_alive

    with_server(main, b"x" * 1_000_000)


def test_a_refusal_is_unknown_and_tried_again(
    closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_AGAIN", 0.05)

    async def main() -> None:
        async with holding(closed_port) as one:
            await until(lambda: "Connection refused" in now(one).detail)
            assert now(one).is_alive is None
            with socket.create_server((HERE, closed_port)):
                since = asyncio.get_running_loop().time()
                await until(lambda: one.log.silence(since) is not None)
                await asyncio.sleep(0.2)
                assert now(one, since).is_alive is None  # it was not open at the beginning

    asyncio.run(main())


def test_a_dark_server_is_given_up_in_time(
    silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_OPENING", 0.1)

    async def main() -> None:
        async with holding(silent_port) as one:
            await until(lambda: "no answer in 0.1 s" in now(one).detail)
            assert now(one).is_alive is None

    asyncio.run(main())


def test_a_name_that_is_unknown_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    async def main() -> None:
        async with holding(1) as one:
            await until(lambda: "Name or service not known" in now(one).detail)
            assert now(one).is_alive is None

    asyncio.run(main())


def test_after_a_long_silence_a_renewal_opens_it_again_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "LOST", -1.0)

    async def main(port: int, accepted: list[socket.socket]) -> None:
        async with holding(port) as one:
            await until(lambda: accepted)
            await asyncio.sleep(0.1)
            since = asyncio.get_running_loop().time()
            one.renew()
            await until(lambda: len(accepted) == 2)
            found = now(one, since)
            assert found.is_alive is False
            assert "given up after a long silence" in found.detail

    with_server(main)


def test_a_renewal_of_what_is_alive_changes_nothing() -> None:
    async def main(port: int, accepted: list[socket.socket]) -> None:
        async with holding(port) as one:
            await until(lambda: accepted)
            for _ in range(5):
                one.renew()
                await asyncio.sleep(0.06)
            assert len(accepted) == 1

    with_server(main)


def test_a_defect_of_ours_is_unknown_and_no_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> float:  # noqa: ANN401
        raise ValueError("odd")

    monkeypatch.setattr(Holder, "_acknowledged", broken)

    async def main(port: int, accepted: list[socket.socket]) -> None:
        async with holding(port) as one:
            since = asyncio.get_running_loop().time()
            await until(lambda: "cannot be held: ValueError: odd" in now(one, since).detail)
            assert now(one, since).is_alive is None

    with_server(main)


def test_what_was_never_started_can_be_closed_and_is_unknown() -> None:
    async def main() -> None:
        one = holder(1)
        await one.close()
        assert now(one).is_alive is None

    asyncio.run(main())
