"""One selector thread for the process that watches the ports of rebooting members.

A login while a member reboots costs its daemon's patience and, with AAA, the account: the port is watched
instead, and up means that an SSH banner begins, since a mute port is of no use either.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

_INTERVAL = 0.3
"""Seconds between two tries of one port."""
_PATIENCE = 3.0
"""Seconds for a connection and the first bytes of a banner."""
_BANNER = b"SSH-"


@dataclass(eq=False)
class Watch:
    """One port: down and up are events, so that nobody polls."""

    address: str
    port: int
    _watcher: PortWatch
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _was_down: bool = False
    _is_up: bool | None = None
    sock: socket.socket | None = None
    next_try: float = 0.0
    give_up: float = 0.0

    def wait_down(self, timeout: float) -> bool:
        """Whether the port was seen closed or mute since the watch began, within ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._was_down, timeout)

    def wait_up(self, timeout: float) -> bool:
        """Whether the port sends an SSH banner, within ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._is_up is True, timeout)

    def seen(self, *, is_up: bool) -> None:
        """Tell those who wait."""
        with self._changed:
            self._is_up = is_up
            self._was_down = self._was_down or not is_up
            self._changed.notify_all()

    def close(self) -> None:
        """Watch it no more."""
        self._watcher.forget(self)

    def __enter__(self) -> Self:
        """Nothing to do: the watch runs already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()


class PortWatch:
    """Watches any number of ports with one thread, which lives while there is one to watch."""

    _shared: PortWatch | None = None
    _guard = threading.Lock()

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._watches: set[Watch] = set()
        self._thread: threading.Thread | None = None

    @classmethod
    def shared(cls) -> PortWatch:
        """The process's own."""
        with cls._guard:
            cls._shared = cls._shared or cls()
            return cls._shared

    def watch(self, address: str, port: int) -> Watch:
        """Begin to watch a port."""
        watch = Watch(address, port, self)
        with self._lock:
            self._watches.add(watch)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="port-watch", daemon=True)
                self._thread.start()
        return watch

    def forget(self, watch: Watch) -> None:
        """End one watch."""
        with self._lock:
            self._watches.discard(watch)

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            while True:
                with self._lock:
                    watches = set(self._watches)
                    if not watches:
                        self._thread = None
                        break
                self._drop_forgotten(selector, watches)
                now = time.monotonic()
                for watch in watches:
                    self._advance(selector, watch, now)
                if selector.get_map():
                    for key, _ in selector.select(_INTERVAL):
                        self._ready(selector, key.data)
                else:
                    time.sleep(_INTERVAL)
            self._drop_forgotten(selector, set())

    def _drop_forgotten(self, selector: selectors.BaseSelector, watches: set[Watch]) -> None:
        for key in list(selector.get_map().values()):
            if key.data not in watches:
                self._end(selector, key.data)

    def _advance(self, selector: selectors.BaseSelector, watch: Watch, now: float) -> None:
        if watch.sock is not None:
            if now >= watch.give_up:
                self._end(selector, watch)
                watch.seen(is_up=False)
            return
        if now < watch.next_try:
            return
        watch.next_try, watch.give_up = now + _INTERVAL, now + _PATIENCE
        try:
            watch.sock = _connecting(watch.address, watch.port)
        except OSError:
            watch.seen(is_up=False)
            return
        selector.register(watch.sock, selectors.EVENT_READ, watch)

    def _ready(self, selector: selectors.BaseSelector, watch: Watch) -> None:
        sock = watch.sock
        if sock is None:
            return
        try:
            is_up = sock.recv(len(_BANNER)).startswith(_BANNER)
        except BlockingIOError:
            return
        except OSError:
            is_up = False
        self._end(selector, watch)
        watch.seen(is_up=is_up)

    def _end(self, selector: selectors.BaseSelector, watch: Watch) -> None:
        if watch.sock is not None:
            selector.unregister(watch.sock)
            watch.sock.close()
            watch.sock = None


def _connecting(address: str, port: int) -> socket.socket:
    """A socket on its way; a refusal shows when it is read."""
    family, kind, protocol, _, target = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    sock = socket.socket(family, kind, protocol)
    sock.setblocking(False)
    try:
        sock.connect(target)
    except BlockingIOError:
        pass  # on its way
    except OSError:
        sock.close()
        raise
    return sock
