from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest

from nornir_haupgrade.probes import target
from nornir_haupgrade.probes.outcome import Asker, Outcome

BANNER = b"SSH-2.0-Test\r\n"


class Server:
    """A port on loopback that says something and keeps its connections, until it is stopped."""

    def __init__(self, *said: bytes, port: int = 0, hangs_up: bool = False) -> None:
        self._said = said
        self._hangs_up = hangs_up
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(sock)
            thread = threading.Thread(target=self._serve, args=(sock,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for at, piece in enumerate(self._said):
                if at:
                    time.sleep(0.02)
                sock.sendall(piece)
            while not self._hangs_up and sock.recv(100):
                pass
        with self._lock:
            self._open.discard(sock)
            sock.close()

    def hang_up(self) -> None:
        with self._lock:
            for sock in self._open:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join(5)
        self.hang_up()
        for thread in self._threads:
            thread.join(5)


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def start(*said: bytes, port: int = 0, hangs_up: bool = False) -> Server:
        servers.append(Server(*said, port=port, hangs_up=hangs_up))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stalled machine may call silence unknown; that is not what most tests are about."""
    monkeypatch.setattr(target, "_OVERSLEPT", 60.0)


@pytest.fixture
def ask() -> Callable[..., Outcome]:
    """One question to one asker, in a loop of its own."""

    def once(asker: Asker, timeout: float = 2.0, *, is_hastened: bool = False) -> Outcome:
        async def run() -> Outcome:
            try:
                return await asker.ask(timeout, is_hastened=is_hastened)
            finally:
                await asker.close()

        return asyncio.run(run())

    return once


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port whose queue is full: what asks for a connection hears nothing, as of a dead host."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        time.sleep(0.05)
        yield listener.getsockname()[1]


@pytest.fixture
def no_more_files() -> Callable[[], AbstractContextManager[None]]:
    """Inside it this process can open nothing more."""

    @contextlib.contextmanager
    def limited() -> Iterator[None]:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    return limited


@pytest.fixture
def name_of(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A name with several addresses, here by their ports."""

    def build(*ports: int) -> str:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
        return "many.example"

    return build
