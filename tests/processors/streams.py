"""Streams that behave badly, and a terminal that can be looked at."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import select
import struct
import termios
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Raising(io.StringIO):
    """Raises at the calls that a test says; all of its methods count."""

    def __init__(self, plan: list[Exception | None]) -> None:
        super().__init__()
        self._plan = plan
        self.raised: list[Exception] = []
        self.asked_after = 0
        """Writes after the first exception."""
        self._lock = threading.Lock()

    def _next(self) -> None:
        with self._lock:
            error = self._plan.pop(0) if self._plan else None
            if error is not None:
                self.raised.append(error)
                raise error

    def write(self, text: str) -> int:
        self.asked_after += bool(self.raised)
        self._next()
        return super().write(text)

    def flush(self) -> None:
        self._next()

    def isatty(self) -> bool:
        self._next()
        return False


class Stuck(io.StringIO):
    """Nobody reads it: whoever writes waits."""

    def __init__(self) -> None:
        super().__init__()
        self.is_read = threading.Event()

    def write(self, text: str) -> int:
        self.is_read.wait()
        return super().write(text)


_CODE = re.compile(r"\x1b\[(\??[0-9;]*)([A-Za-z])|([\r\n])|([^\x1b\r\n]+)")


class Looked:
    """What a terminal of endless height shows after so many bytes."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.lines = [""]
        self.at = 0
        self._column = 0
        self.is_cursor_visible = True
        left = raw
        while left:
            found = _CODE.match(left)
            assert found, f"a code that is not known here: {left[:20]!r}"
            self._take(*found.groups())
            left = left[found.end() :]

    def _take(self, number: str | None, code: str | None, end: str | None, text: str) -> None:
        if text:
            line = self.lines[self.at].ljust(self._column)
            self.lines[self.at] = line[: self._column] + text + line[self._column + len(text) :]
            self._column += len(text)
        elif end == "\r":
            self._column = 0
        elif end == "\n":
            self.at += 1
            self._column = 0
            self.lines += [""] * (self.at == len(self.lines))
        elif code == "A":
            self.at -= int(number or 1)
            assert self.at >= 0, "above the first line"
        elif (code, number) == ("K", "2"):
            self.lines[self.at] = ""
        elif number == "?25":
            self.is_cursor_visible = code == "h"
        else:
            assert code == "m", (number, code)

    @property
    def shown(self) -> list[str]:
        """Lines with something on them."""
        return [line.rstrip() for line in self.lines if line.strip()]


class Tty:
    """A pseudo-terminal: ``stream`` for the program, and all that it ever wrote."""

    def __init__(self, columns: int, lines: int) -> None:
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.stream = os.fdopen(slave, "w", encoding="utf-8")
        self._read = bytearray()
        self._is_hung_up = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while not self._is_hung_up.is_set():
            if not select.select([self.master], [], [], 0.02)[0]:
                continue
            try:
                some = os.read(self.master, 65536)
            except OSError:
                return
            if not some:
                return
            self._read += some

    def wait_for(self, word: str) -> None:
        """Until it stands there, or stood there for a moment."""
        deadline = time.monotonic() + 20
        while word.encode() not in self._read:
            assert time.monotonic() < deadline, (word, bytes(self._read[-2000:]))
            time.sleep(0.01)

    def hang_up(self) -> None:
        """The window is closed: writing to it is an error from now on."""
        # Whoever reads from it keeps it open.
        self._is_hung_up.set()
        self._thread.join()
        os.close(self.master)
        self.master = -1

    def look(self) -> Looked:
        """Everything, once the program's side is closed."""
        self.stream.close()
        self._thread.join()
        return Looked(self._read.decode())

    def close(self) -> None:
        """Let go of both sides."""
        with suppress(OSError):  # what nobody could be given
            self.stream.close()
        self._thread.join()
        if self.master >= 0:
            os.close(self.master)


@contextmanager
def terminal(columns: int = 80, lines: int = 24) -> Iterator[Tty]:
    """A terminal of that size."""
    opened = Tty(columns, lines)
    try:
        yield opened
    finally:
        opened.close()
