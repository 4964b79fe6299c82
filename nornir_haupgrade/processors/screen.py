"""A thread that writes what is to be shown, so that no task waits for whoever reads it.

A terminal that stands still (Ctrl-S) and a pipe that nobody empties block whoever writes to them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final, Protocol, TextIO

TICK: Final = 0.25
"""Seconds between two pictures."""
GRACE: Final = 5.0
"""Seconds that the end of a run waits for its last lines to be written."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line that stays; ``style`` is for a terminal."""

    text: str
    style: str = ""


class Out(Protocol):
    """Where lines go."""

    is_live: bool
    """Whether a picture that moves is shown below them."""

    def show(self, lines: Sequence[Line]) -> None:
        """Write lines, and the picture anew."""

    def close(self, lines: Sequence[Line]) -> None:
        """Write the last lines where the picture stood."""

    def leave(self, lines: Sequence[Line]) -> None:
        """The same after a run that was broken off: something else may have been written since."""

    def restore(self) -> None:
        """Undo what else was changed, whatever went wrong."""


class Lines:
    """Plain lines, for files, pipes and notebooks."""

    is_live = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def show(self, lines: Sequence[Line]) -> None:
        """Write them at once: whoever reads a pipe wants to see them now."""
        if lines:
            text = "".join(f"{line.text}\n" for line in lines)
            self._stream.write(encodable(text, self._stream))
            self._stream.flush()

    close = show
    leave = show

    def restore(self) -> None:
        """Nothing was changed."""


class Screen:
    """The thread and its lines.

    It is no daemon, since one that is cut off while it writes can take the interpreter's end with
    it; so it ends by itself when no run is left.

    Args:
        out: Where it writes.
        is_needed: Whether a run still goes on.
        last_words: What is to be said when there is none any more and nobody said so.
        failed: Told what went wrong; nothing is written after that.
    """

    def __init__(
        self,
        out: Out,
        *,
        is_needed: Callable[[], bool],
        last_words: Callable[[], Sequence[Line]],
        failed: Callable[[Exception], None],
    ) -> None:
        self.is_live = out.is_live
        self.is_over = False
        self._out = out
        self._is_needed = is_needed
        self._last_words = last_words
        self._failed = failed
        self._lines: deque[Line] = deque()
        self._last: list[Line] = []
        self._wake = Event()
        self._is_ending = False
        self._thread = Thread(target=self._work, name="nornir_haupgrade.progress", daemon=False)
        self._thread.start()

    def say(self, line: Line) -> None:
        """Have a line written soon."""
        self._lines.append(line)
        self._wake.set()

    def close(self, last: Line) -> None:
        """Have the rest and a last line written, and wait for that, but not for ever."""
        self._last.append(last)
        self._is_ending = True
        self._wake.set()
        self._thread.join(GRACE)

    def _work(self) -> None:
        try:
            self._write()
        except Exception as error:  # noqa: BLE001 - whatever a stream raises: the run goes on
            self._failed(error)
        finally:
            self.is_over = True

    def _write(self) -> None:
        try:
            while not self._is_ending and self._is_needed():
                self._wake.wait(TICK)
                self._wake.clear()
                self._out.show(self._waiting())
            if self._is_ending:
                self._out.close([*self._waiting(), *self._last])
            else:
                self._out.leave([*self._waiting(), *self._last_words()])
        finally:
            self._out.restore()

    def _waiting(self) -> list[Line]:
        return [self._lines.popleft() for _ in range(len(self._lines))]


def encodable(text: str, stream: TextIO) -> str:
    """The text with all that the stream's encoding lacks spelt out."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    return text.encode(encoding, "backslashreplace").decode(encoding)
