"""One selector thread for the process that watches the ports of rebooting members.

A login while a member reboots costs its daemon's patience and, with AAA, the account: the port is
watched instead, and up means that an SSH banner begins, since a mute port is of no use either.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

from nornir_haupgrade.errors import Unreachable
from nornir_haupgrade.probes.addresses import resolve
from nornir_haupgrade.probes.selecting import Changes, Loop, Pace, Port

_Key = tuple[str, int]


class Watch:
    """What one waiter knows of one port since its watch began. Waiting costs nothing."""

    def __init__(self, watcher: PortWatch, key: _Key) -> None:
        self.address, self.port = key
        self._watcher = watcher
        self._changed = threading.Condition()
        self._is_up: bool | None = None
        self._was_down = False
        self._is_closed = False

    def wait_down(self, timeout: float) -> bool:
        """Whether the port was seen down since the watch began; waits up to ``timeout`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._was_down or self._is_closed, timeout)
            return self._was_down

    def wait_up(self, timeout: float) -> bool:
        """Whether the port, last tried, sent an SSH banner; waits up to ``timeout`` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_up or self._is_closed, timeout)
            return self._is_up is True

    def close(self) -> None:
        """Watch it no more, and let those go who wait."""
        self._watcher.forget(self)
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()

    def seen(self, *, is_up: bool) -> None:
        """For the watching thread: the port was tried."""
        with self._changed:
            self._is_up = is_up
            self._was_down |= not is_up
            self._changed.notify_all()

    def __enter__(self) -> Self:
        """It watches already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Watch it no more."""
        self.close()


class PortWatch:
    """Watches any number of ports with one thread, which lives while there is one to watch."""

    _shared: PortWatch | None = None
    _shared_lock = threading.Lock()

    def __init__(self, pace: Pace | None = None) -> None:
        self._pace = pace or Pace()
        self._lock = threading.Lock()
        self._ports: dict[_Key, Port] = {}
        self._changes = Changes()
        self._waker: socket.socket | None = None
        """There while a thread runs."""

    @classmethod
    def shared(cls) -> PortWatch:
        """The process's own."""
        with cls._shared_lock:
            cls._shared = cls._shared or cls()
            return cls._shared

    def watch(self, address: str, port: int) -> Watch:
        """Begin to watch a port.

        Raises:
            Unreachable: The name has no address, or this machine cannot watch anything more.
        """
        key = (address, port)
        try:
            addresses = resolve(address, port)
        except (OSError, ValueError, OverflowError) as error:
            raise Unreachable(
                f"{address}:{port} cannot be watched: {error}", advice="Check the host name."
            ) from error
        watch = Watch(self, key)
        with self._lock:
            known = self._ports.get(key)
            if known is None:
                known = self._ports[key] = Port(addresses)
                self._changes.come.append(known)
            known.watches += (watch,)
            try:
                self._wake()
            except (OSError, RuntimeError) as error:
                self._leave(watch)
                raise Unreachable(
                    f"{address}:{port} cannot be watched: {error}",
                    advice="Allow this process more open files, or run fewer pairs at once.",
                ) from error
        return watch

    def forget(self, watch: Watch) -> None:
        """End one watch; the last one of a port ends the connection to it."""
        # Where no thread can be started there is none that would have to know.
        with self._lock, contextlib.suppress(OSError, RuntimeError):
            self._leave(watch)
            self._wake()

    def _leave(self, watch: Watch) -> None:
        key = (watch.address, watch.port)
        known = self._ports.get(key)
        if known is None:
            return
        known.watches = tuple(other for other in known.watches if other is not watch)
        if not known.watches:
            self._changes.gone.append(self._ports.pop(key))

    def _wake(self) -> None:
        if self._waker is not None:
            with contextlib.suppress(BlockingIOError):  # full: it wakes anyway
                self._waker.send(b"!")
        elif self._ports:
            self._start()

    def _start(self) -> None:
        self._changes = Changes(come=list(self._ports.values()))
        woken, waker = socket.socketpair()
        try:
            waker.settimeout(0)
            loop = Loop(self._pace, woken, self._take, self._died)
            threading.Thread(target=loop.run, name="port-watch", daemon=True).start()
        except (OSError, RuntimeError):
            woken.close()
            waker.close()
            raise
        self._waker = waker

    def _take(self) -> Changes | None:
        """For the thread: what changed; None when nothing is left to watch, and it is to end."""
        with self._lock:
            if not self._ports:
                self._ended()
                return None
            changes, self._changes = self._changes, Changes()
            return changes

    def _died(self) -> None:
        """For the thread: an error ends it. Who waits waits on; the next change starts another."""
        with self._lock:
            self._ended()

    def _ended(self) -> None:
        if self._waker is not None:
            self._waker.close()
            self._waker = None
