"""Echo requests to this machine; who may not send them is told so."""

from __future__ import annotations

import asyncio
import os
import socket

import icmplib
import pytest

from nornir_haupgrade.probes.icmp_echo import Echoes, IcmpAsker
from nornir_haupgrade.probes.outcome import Outcome
from nornir_haupgrade.settings import IcmpService


def may_ping() -> bool:
    try:
        with icmplib.ICMPv4Socket(privileged=os.geteuid() == 0):
            return True
    except icmplib.ICMPSocketError:
        return False


pings = pytest.mark.skipif(not may_ping(), reason="this user may not send echo requests")


def service(address: str = "127.0.0.1") -> IcmpService:
    return IcmpService(name="ping", type="icmp", address=address)


async def ask(echoes: Echoes, address: str = "127.0.0.1", timeout: float = 2.0) -> Outcome:  # noqa: ASYNC109
    return await IcmpAsker(service(address), echoes).ask(timeout, is_hastened=False)


@pings
def test_this_machine_answers() -> None:
    async def main() -> None:
        echoes = Echoes()
        found = await ask(echoes)
        assert found.is_good is True
        assert found.detail.startswith("127.0.0.1 answers (")
        assert found.flow is None
        await echoes.close()

    asyncio.run(main())


@pings
def test_many_at_once_each_get_their_own_reply_through_one_socket() -> None:
    async def main() -> None:
        echoes = Echoes()
        found = await asyncio.gather(*(ask(echoes, timeout=10) for _ in range(100)))
        assert all(one.is_good for one in found)
        assert len(echoes._ports) == 1
        assert not next(iter(echoes._ports.values()))._waiting
        await echoes.close()

    asyncio.run(main())


def reply(echoes: Echoes, kind: int, number: int = 0) -> icmplib.ICMPReply:
    port = next(iter(echoes._ports.values()))
    return icmplib.ICMPReply("192.0.2.1", 4, port._id, number, kind, 1, 8, 0.0)


async def asked(echoes: Echoes, monkeypatch: pytest.MonkeyPatch) -> asyncio.Task[Outcome]:
    """One question on its way to where nobody answers."""
    monkeypatch.setattr(icmplib.ICMPv4Socket, "send", lambda *_: None)
    task = asyncio.create_task(ask(echoes, "192.0.2.1", 0.5))
    while not any(port._waiting for port in echoes._ports.values()):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    return task


@pings
@pytest.mark.parametrize(("kind", "is_ending"), [(3, True), (11, True), (5, False), (8, False)])
def test_a_router_s_word_ends_the_waiting_but_a_redirect_does_not(
    kind: int, is_ending: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        echoes = Echoes()
        task = await asked(echoes, monkeypatch)
        next(iter(echoes._ports.values()))._heard(reply(echoes, kind))
        found = await task
        assert found.is_good is False
        wanted = f"unreachable (ICMP type {kind}, code 1)" if is_ending else "no answer in 0.5 s"
        assert wanted in found.detail
        await echoes.close()

    asyncio.run(main())


@pings
def test_a_reader_that_dies_leaves_nobody_waiting_and_says_nothing_of_the_other_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def main() -> None:
        echoes = Echoes()
        task = await asked(echoes, monkeypatch)
        port = next(iter(echoes._ports.values()))
        port._reader.cancel()
        await asyncio.wait({port._reader})

        async def broken(*_: object, **__: object) -> None:
            raise ValueError("odd packet")

        monkeypatch.setattr(icmplib.AsyncSocket, "receive", broken)
        with pytest.raises(ValueError, match="odd packet"):
            await port._read()
        with pytest.raises(ValueError, match="odd packet"):
            await task
        monkeypatch.undo()
        assert (await ask(echoes)).is_good is True
        assert port._socket.is_closed
        await echoes.close()

    asyncio.run(main())


def test_who_may_not_send_is_told_what_to_do_and_it_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> socket.socket:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(icmplib.ICMPv4Socket, "_create_socket", refuse)

    async def main() -> None:
        echoes = Echoes()
        found = await ask(echoes)
        await echoes.close()
        assert found.is_good is None
        assert "127.0.0.1: this user may not send echo requests; run as root" in found.detail
        assert "ping_group_range" in found.detail

    asyncio.run(main())


@pings
def test_a_filter_of_this_machine_s_own_is_unknown_and_no_route_is_bad(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Filtered(socket.socket):
        error = PermissionError(1, "Operation not permitted")

        def sendto(self, *_: object) -> int:
            raise self.error

    def create(self: object, kind: int) -> socket.socket:
        return Filtered(socket.AF_INET, kind, socket.IPPROTO_ICMP)

    monkeypatch.setattr(icmplib.ICMPv4Socket, "_create_socket", create)

    async def main() -> None:
        echoes = Echoes()
        assert (await ask(echoes)).is_good is None
        monkeypatch.setattr(Filtered, "error", OSError(101, "Network is unreachable"))
        found = await ask(echoes)
        assert found == Outcome(is_good=False, detail="127.0.0.1: Network is unreachable")
        await echoes.close()

    asyncio.run(main())
