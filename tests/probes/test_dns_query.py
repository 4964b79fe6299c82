"""A name server answers: a real one of dnspython's making, on loopback."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from nornir_haupgrade.probes.dns_query import DnsAsker
from nornir_haupgrade.probes.outcome import Outcome
from nornir_haupgrade.settings import DnsService

Ask = Callable[..., Outcome]
Reply = Callable[[dns.message.Message], list[bytes]]


def service(port: int, query: str = "shop.example", **more: str) -> DnsAsker:
    values = {"name": "dns", "type": "dns", "address": "127.0.0.1", "query": query, **more}
    return DnsAsker(DnsService.model_validate({**values, "port": port}))


def answer(query: dns.message.Message, *records: tuple[str, str, str]) -> dns.message.Message:
    found = dns.message.make_response(query)
    for name, kind, value in records:
        found.answer.append(dns.rrset.from_text(name, 60, "IN", kind, value))
    return found


@pytest.fixture
def server() -> Iterator[Callable[[Reply], int]]:
    socks: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(reply: Reply) -> int:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.05)
        socks.append(sock)

        def work() -> None:
            while sock.fileno() >= 0:
                with contextlib.suppress(OSError):
                    data, who = sock.recvfrom(4096)
                    for datagram in reply(dns.message.from_wire(data)):
                        sock.sendto(datagram, who)

        threads.append(threading.Thread(target=work))
        threads[-1].start()
        port: int = sock.getsockname()[1]
        return port

    yield start
    for sock in socks:
        sock.close()
    for thread in threads:
        thread.join(5)


def test_a_server_that_knows_the_name_is_good(ask: Ask, server: Callable[[Reply], int]) -> None:
    port = server(lambda query: [answer(query, ("shop.example.", "A", "192.0.2.9")).to_wire()])
    found = ask(service(port))
    assert found.is_good is True
    assert found.detail.startswith(f"127.0.0.1:{port}: shop.example A: 1 record (")
    assert found.flow is not None
    assert (found.flow.protocol, found.flow.destination) == ("udp", f"127.0.0.1:{port}")


def test_a_chain_of_aliases_is_followed_to_the_record(
    ask: Ask, server: Callable[[Reply], int]
) -> None:
    port = server(
        lambda query: [
            answer(
                query,
                ("shop.example.", "CNAME", "www.example."),
                ("www.example.", "A", "192.0.2.9"),
            ).to_wire()
        ]
    )
    assert ask(service(port)).is_good is True


def refused(query: dns.message.Message) -> dns.message.Message:
    found = dns.message.make_response(query)
    found.set_rcode(dns.rcode.REFUSED)
    return found


def cut(query: dns.message.Message) -> dns.message.Message:
    found = dns.message.make_response(query)
    found.flags |= dns.flags.TC
    return found


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (refused, "shop.example A: REFUSED"),
        (cut, "shop.example A: the answer does not fit into UDP"),
        (answer, "shop.example A: no such record"),
        (
            lambda query: answer(query, ("shop.example.", "AAAA", "2001:db8::9")),
            "shop.example A: no such record",
        ),
    ],
)
def test_an_answer_without_the_record_is_bad(
    reply: Callable[[dns.message.Message], dns.message.Message],
    words: str,
    ask: Ask,
    server: Callable[[Reply], int],
) -> None:
    found = ask(service(server(lambda query: [reply(query).to_wire()])))
    assert found.is_good is False
    assert words in found.detail


def test_a_closed_port_is_bad_at_once(ask: Ask) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    began = time.monotonic()
    found = ask(service(port), 20)
    assert time.monotonic() - began < 10
    assert found.is_good is False
    assert "Connection refused" in found.detail


def test_silence_is_bad(ask: Ask, server: Callable[[Reply], int]) -> None:
    found = ask(service(server(lambda _: [])), 0.2)
    assert found.is_good is False
    assert "no answer in 0.2 s" in found.detail


def strange(query: dns.message.Message) -> list[bytes]:
    other = dns.message.make_query("shop.example", "A")
    other.id = query.id ^ 1
    elsewhere = dns.message.make_query("other.example", "A")
    elsewhere.id = query.id
    own = query.id.to_bytes(2, "big")
    return [
        b"",
        b"\xff",
        own + b"\xff" * 100,
        own + b"\x81\x80" + b"\xff" * 8 + b"\xc0\x0c" * 30,
        answer(other, ("shop.example.", "A", "192.0.2.66")).to_wire(),
        answer(elsewhere, ("other.example.", "A", "192.0.2.66")).to_wire(),
        query.to_wire(),
    ]


def test_what_is_no_answer_to_the_question_is_not_taken_for_one(
    ask: Ask, server: Callable[[Reply], int]
) -> None:
    found = ask(service(server(strange)), 0.3)
    assert found.is_good is False
    assert "no answer in 0.3 s" in found.detail


def test_a_flood_before_the_answer_does_not_hide_it(
    ask: Ask, server: Callable[[Reply], int]
) -> None:
    def flood(query: dns.message.Message) -> list[bytes]:
        right = answer(query, ("shop.example.", "A", "192.0.2.9")).to_wire()
        return [*strange(query), *[b"\x00" * 500] * 50, right, right]

    assert ask(service(server(flood))).is_good is True


def test_what_is_no_name_cannot_be_measured(ask: Ask) -> None:
    found = ask(service(9, "a" * 70 + ".example"))
    assert found.is_good is None
    assert "is no DNS name" in found.detail
