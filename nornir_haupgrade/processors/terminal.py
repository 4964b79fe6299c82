"""Progress on a terminal: a picture that moves, with the lines that stay scrolling above it.

The terminal's modes stay as they are, the cursor stays visible: even a program that is killed
leaves nothing to restore. What tasks print meanwhile is led above the picture.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING, Any, Final, TextIO, cast

from nornir_haupgrade.processors.screen import Line, encodable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.live import Live

_USUAL: Final = os.terminal_size((80, 24))


def can_move(stream: TextIO) -> bool:
    """Whether a stream is a terminal that knows how to move its cursor."""
    return stream.isatty() and os.environ.get("TERM", "").lower() not in {"", "dumb", "unknown"}


class Terminal:
    """The picture and the lines above it.

    Args:
        stream: A terminal.
        picture: What it looks like now, on so many lines at most.
    """

    is_live = True

    def __init__(self, stream: TextIO, picture: Callable[[int], RenderableType]) -> None:
        self._stream = stream
        self._picture = picture
        self._live: Live | None = None
        self._detours: list[_Detour] = []

    def show(self, lines: Sequence[Line]) -> None:
        """Write lines above the picture, and the picture anew."""
        self._draw(self._live or self._start(), lines)

    def close(self, lines: Sequence[Line]) -> None:
        """Write the last lines where the picture stood."""
        live = self._live or self._start()
        # What was printed without a newline is still held back.
        self.restore()
        self._draw(live, lines)
        live.stop()

    def leave(self, lines: Sequence[Line]) -> None:
        """The same, but at an interactive prompt: there a person may be typing below it by now."""
        if not hasattr(sys, "ps1"):
            self.close(lines)

    def restore(self) -> None:
        """Let ``print`` write to where it did."""
        while self._detours:
            self._detours.pop().end()

    def _draw(self, live: Live, lines: Sequence[Line]) -> None:
        from rich.text import Text

        console = live.console
        size = _size(self._stream)
        console.size = size
        live.update(self._picture(size.lines))
        # All of it in one write: a picture half drawn flickers.
        with console:
            for line in lines:
                console.print(Text(line.text, line.style))
            live.refresh()

    def _start(self) -> Live:
        from rich.console import Console
        from rich.live import Live

        console = Console(
            file=cast("IO[str]", _Encodable(self._stream)),
            # The environment may say otherwise, for another stream.
            force_terminal=True,
            force_interactive=True,
            force_jupyter=False,
            highlight=False,
            markup=False,
            emoji=False,
        )
        live = Live(
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
        )
        with console:
            live.start()
            console.show_cursor(True)  # noqa: FBT003 - rich's own
        self._live = live
        self._detours = [
            _Detour(name, console)
            for name in ("stdout", "stderr")
            if _is_same(getattr(sys, name), self._stream)
        ]
        return live


class _Detour:
    """``sys.stdout`` or ``sys.stderr``, led above the picture while it stands."""

    def __init__(self, name: str, console: Console) -> None:
        from rich.file_proxy import FileProxy

        self._name = name
        self._was = getattr(sys, name)
        self._now = FileProxy(console, self._was)
        setattr(sys, name, self._now)

    def end(self) -> None:
        """Undo it, unless somebody else has changed it since."""
        if getattr(sys, self._name) is self._now:
            setattr(sys, self._name, self._was)
        self._now.flush()


class _Encodable:
    """A stream that is never given what its encoding lacks."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(encodable(text, self._stream))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        return getattr(self._stream, name)


def _size(stream: TextIO) -> os.terminal_size:
    """A terminal that nobody told its size says 0."""
    size = os.get_terminal_size(stream.fileno())
    return size if size.columns and size.lines else _USUAL


def _is_same(one: TextIO | None, other: TextIO) -> bool:
    try:
        return one is not None and one.isatty() and _device(one) == _device(other)
    except (OSError, ValueError):
        return False


def _device(stream: TextIO) -> int:
    return os.fstat(stream.fileno()).st_rdev
