"""Calls that some thread is inside of, and whether it still is.

Nornir calls nothing when a run is broken off (Ctrl-C, ``raise_on_error``): only the stacks tell.
"""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType, FunctionType
from typing import Any


class Call:
    """The innermost call of a function that the current thread is inside of.

    If there is none, the thread itself stands for it: somebody else calls the processors.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self._thread = threading.current_thread()
        self._frame = next(_calls(function, inspect.currentframe()), None)

    def is_inside(self, function: Callable[..., Any]) -> bool:
        """Whether it was made from within a call of another function."""
        return any(True for _ in _calls(function, self._frame))

    def is_alive(self) -> bool:
        """Whether its thread is still inside of it."""
        if not self._thread.is_alive():
            return False
        if self._thread.daemon and not threading.main_thread().is_alive():
            return False
        if self._frame is None:
            return True
        newest = sys._current_frames().get(self._thread.ident or 0)  # noqa: SLF001 - no other way
        return any(frame is self._frame for frame in _stack(newest))


def _calls(function: Callable[..., Any], frame: FrameType | None) -> Iterator[FrameType]:
    code = function.__code__ if isinstance(function, FunctionType) else None
    return (frame for frame in _stack(frame) if frame.f_code is code)


def _stack(frame: FrameType | None) -> Iterator[FrameType]:
    while frame is not None:
        yield frame
        frame = frame.f_back
