"""A page is asked for: real servers on loopback, some of them hostile."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import gzip
import ipaddress
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from nornir_haupgrade.probes import http_page
from nornir_haupgrade.probes.http_page import HttpAsker
from nornir_haupgrade.probes.outcome import Outcome
from nornir_haupgrade.settings import HttpService

Ask = Callable[..., Outcome]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nall is well"


class Page:
    """Says the same to each who asks, and keeps what was asked."""

    def __init__(
        self, said: bytes, *, context: ssl.SSLContext | None = None, forever: bytes = b""
    ) -> None:
        self.asked: list[bytes] = []
        self._said, self._context, self._forever = said, context, forever
        self._is_over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._serve, args=(sock,)))
                self._threads[-1].start()

    def _serve(self, sock: socket.socket) -> None:
        with sock, contextlib.suppress(OSError):
            sock.settimeout(5)
            if self._context is not None:
                sock = self._context.wrap_socket(sock, server_side=True)
            heard = b""
            while b"\r\n\r\n" not in heard:
                data = sock.recv(4096)
                if not data:
                    return
                heard += data
            self.asked.append(heard)
            sock.sendall(self._said)
            while self._forever and not self._is_over.is_set():
                sock.sendall(self._forever)
            sock.close()

    def stop(self) -> None:
        self._is_over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)


@pytest.fixture
def page() -> Iterator[Callable[..., Page]]:
    pages: list[Page] = []

    def start(said: bytes, *, context: ssl.SSLContext | None = None, forever: bytes = b"") -> Page:
        pages.append(Page(said, context=context, forever=forever))
        return pages[-1]

    yield start
    for one in pages:
        one.stop()


def http(
    port: int,
    path: str = "/health",
    *,
    scheme: str = "http",
    host: str = "127.0.0.1",
    **more: object,
) -> HttpAsker:
    url = f"{scheme}://{host}:{port}{path}"
    values = {"name": "shop", "type": "http", "url": url, **more}
    return HttpAsker(HttpService.model_validate(values))


@pytest.mark.parametrize("is_hastened", [False, True])
def test_a_page_with_its_status_is_good(
    is_hastened: bool, ask: Ask, page: Callable[..., Page]
) -> None:
    shop = page(OK)
    found = ask(http(shop.port), is_hastened=is_hastened)
    assert found.is_good is True
    assert found.detail.startswith(f"http://127.0.0.1:{shop.port}/health: status 200 (")
    assert found.flow is not None
    assert found.flow.destination == f"127.0.0.1:{shop.port}"
    assert found.flow.source.startswith("127.0.0.1:")


@pytest.mark.parametrize(
    ("said", "expected", "is_good", "words"),
    [
        (b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", 200, False, "status 503, not 200"),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", 401, True, "status 401"),
        (b"HTTP/1.1 204 Empty\r\n\r\n", 204, True, "status 204"),
        (b"HTTP/1.0 200 OK\r\n\r\nold and without a length", 200, True, "status 200"),
    ],
)
def test_the_status_is_compared(  # noqa: PLR0917
    said: bytes, expected: int, is_good: bool, words: str, ask: Ask, page: Callable[..., Page]
) -> None:
    found = ask(http(page(said).port, status=expected))
    assert found.is_good is is_good
    assert words in found.detail


def test_a_redirect_is_an_answer_of_its_own_and_not_followed(
    ask: Ask, page: Callable[..., Page]
) -> None:
    other = page(OK)
    said = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{other.port}/\r\n\r\n".encode()
    found = ask(http(page(said).port))
    assert found.is_good is False
    assert "status 302, not 200" in found.detail
    assert ask(http(page(said).port, status=302)).is_good is True
    assert other.asked == []


@pytest.mark.parametrize(
    ("contains", "is_good", "words"),
    [("all is", True, "with 'all is'"), ("on fire", False, "without 'on fire'")],
)
def test_the_text_is_looked_for(
    contains: str, is_good: bool, words: str, ask: Ask, page: Callable[..., Page]
) -> None:
    found = ask(http(page(OK).port, contains=contains))
    assert found.is_good is is_good
    assert words in found.detail


def test_the_text_is_read_in_the_page_s_own_encoding(ask: Ask, page: Callable[..., Page]) -> None:
    said = "HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=latin-1\r\n\r\nläuft"
    assert ask(http(page(said.encode("latin-1")).port, contains="läuft")).is_good is True


def test_an_encoding_that_there_is_not_is_no_trouble(ask: Ask, page: Callable[..., Page]) -> None:
    said = b"HTTP/1.0 200 OK\r\nContent-Type: text/plain; charset=nonsense\r\n\r\nwell"
    assert ask(http(page(said).port, contains="well")).is_good is True


def test_what_is_asked_for_is_the_page_and_what_is_told_hides_the_query(
    ask: Ask, page: Callable[..., Page]
) -> None:
    shop = page(OK)
    found = ask(http(shop.port, "/a/b?key=secret"))
    assert shop.asked[0].startswith(b"GET /a/b?key=secret HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{shop.port}\r\n".encode() in shop.asked[0]
    assert "secret" not in found.detail


def test_no_cookie_of_one_answer_goes_into_the_next_question(
    ask: Ask, page: Callable[..., Page]
) -> None:
    shop = page(b"HTTP/1.1 200 OK\r\nSet-Cookie: node=a; Path=/\r\nContent-Length: 0\r\n\r\n")
    asker = http(shop.port)

    async def twice() -> None:
        for _ in range(2):
            assert (await asker.ask(2, is_hastened=False)).is_good is True
        await asker.close()

    asyncio.run(twice())
    assert len(shop.asked) == 2
    assert not any(b"cookie" in heard.lower() for heard in shop.asked)


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.8\r\n",
        b"\x00" * 1000,
        b"HTTP/1.1 200",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 300_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: minus\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    ],
    ids=["nothing", "ssh", "zeros", "half", "long", "length", "chunks"],
)
def test_what_is_no_page_is_never_good(said: bytes, ask: Ask, page: Callable[..., Page]) -> None:
    found = ask(http(page(said).port, contains="well"), 1.0)
    assert found.is_good is False
    assert found.detail.startswith("http://127.0.0.1:")


@pytest.mark.parametrize(
    ("said", "forever", "contains", "is_good"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nwell ", b"x" * 65536, "well", True),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, "well", False),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, None, True),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000, None, False),
        (b"HTTP/1.1 200 OK\r\nX: ", b"y" * 65536, None, False),
    ],
    ids=["body", "body-without", "body-unread", "continue", "header"],
)
def test_a_server_that_never_stops_talking_is_cut_short(  # noqa: PLR0917
    said: bytes,
    forever: bytes,
    contains: str | None,
    is_good: bool,
    ask: Ask,
    page: Callable[..., Page],
) -> None:
    began = time.monotonic()
    found = ask(http(page(said, forever=forever).port, contains=contains), 0.5)
    assert time.monotonic() - began < 5
    assert bool(found.is_good) is is_good


def test_a_body_that_grows_when_unpacked_is_not_unpacked(
    ask: Ask, page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    shop = page(head.encode() + bomb)
    read: list[int] = []

    def judge(_: HttpAsker, __: int, body: bytes, ___: str) -> tuple[bool, str]:
        read.append(len(body))
        return True, ""

    monkeypatch.setattr(HttpAsker, "_judge", judge)
    ask(http(shop.port, contains="well"))
    assert read[0] <= 65536
    assert b"Accept-Encoding: identity\r\n" in shop.asked[0]


def test_silence_and_refusal_are_bad(ask: Ask, silent_port: int, closed_port: int) -> None:
    found = ask(http(silent_port), 0.3)
    assert found.is_good is False
    assert "no answer in 0.3 s" in found.detail
    found = ask(http(closed_port))
    assert found.is_good is False
    assert "Connection refused" in found.detail


def test_a_server_that_accepts_and_says_nothing_is_bad(
    ask: Ask, serve: Callable[..., Page]
) -> None:
    assert ask(http(serve().port), 0.3).is_good is False


def test_what_this_machine_cannot_try_is_not_measured(
    ask: Ask, page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = page(OK).port

    async def none_left(*_: object, **__: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(asyncio.SelectorEventLoop, "create_connection", none_left)
    found = ask(http(port))
    assert found.is_good is None
    assert "Too many open files" in found.detail


def test_a_proxy_of_the_environment_is_not_used(
    ask: Ask, page: Callable[..., Page], closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    assert ask(http(page(OK).port)).is_good is True


# --- TLS ------------------------------------------------------------------------------------------


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[..., Path]:
    def make(name: str, address: str | None, *, days: int = 1) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(name)]
        if address is not None:
            names.append(x509.IPAddress(ipaddress.ip_address(address)))
        now = dt.datetime.now(dt.UTC)
        day = dt.timedelta(days=1)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 10 * day)
            .not_valid_after(now + days * day)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / f"{name}.pem"
        file.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + built.public_bytes(serialization.Encoding.PEM)
        )
        return file

    return make


@pytest.fixture
def trust(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], None]]:
    def add(file: Path) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        http_page._trusted.cache_clear()

    http_page._trusted.cache_clear()
    yield add
    http_page._trusted.cache_clear()


def serving(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_certificate_that_this_machine_trusts_is_good(
    ask: Ask,
    page: Callable[..., Page],
    certificate: Callable[..., Path],
    trust: Callable[[Path], None],
) -> None:
    file = certificate("shop.example", "127.0.0.1")
    trust(file)
    shop = page(OK, context=serving(file))
    assert ask(http(shop.port, scheme="https", contains="well"), 10).is_good is True
    assert ask(http(shop.port, scheme="https"), 10, is_hastened=True).is_good is True


def test_a_certificate_is_the_name_s_and_not_the_address_s(
    ask: Ask,
    page: Callable[..., Page],
    certificate: Callable[..., Path],
    trust: Callable[[Path], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = certificate("shop.example", None)
    trust(file)
    shop = page(OK, context=serving(file))
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", shop.port))]
    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lambda *_, **__: here)
        right = ask(http(shop.port, scheme="https", host="shop.example"), 10)
        wrong = ask(http(shop.port, scheme="https", host="other.example"), 10)
    assert right.is_good is True
    assert f"Host: shop.example:{shop.port}\r\n".encode() in shop.asked[0]
    assert wrong.is_good is False
    assert "CERTIFICATE_VERIFY_FAILED" in wrong.detail


@pytest.mark.parametrize(("is_trusted", "days"), [(False, 1), (True, -1)])
def test_a_strange_or_expired_certificate_is_bad_and_said(  # noqa: PLR0917
    is_trusted: bool,
    days: int,
    ask: Ask,
    page: Callable[..., Page],
    certificate: Callable[..., Path],
    trust: Callable[[Path], None],
) -> None:
    file = certificate("shop.example", "127.0.0.1", days=days)
    if is_trusted:
        trust(file)
    shop = page(OK, context=serving(file))
    found = ask(http(shop.port, scheme="https"), 10)
    assert found.is_good is False
    assert "CERTIFICATE_VERIFY_FAILED" in found.detail
    assert shop.asked == []


def test_a_plain_server_behind_https_is_bad(ask: Ask, serve: Callable[..., Any]) -> None:
    assert ask(http(serve(OK).port, scheme="https"), 5).is_good is False


def test_a_handshake_that_hangs_is_bad_and_leaves_no_file_open(serve: Callable[..., Any]) -> None:
    mute = serve()

    async def main() -> None:
        asker = http(mute.port, scheme="https")
        for _ in range(3):
            assert (await asker.ask(0.2, is_hastened=True)).is_good is False
        await asyncio.sleep(0)
        assert ("127.0.0.1", mute.port) not in peers()
        await asker.close()

    asyncio.run(main())


def peers() -> set[object]:
    """Whom this process is connected to."""
    found = set()
    for file in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError), socket.socket(fileno=os.dup(int(file.name))) as sock:
            found.add(sock.getpeername())
    return found
