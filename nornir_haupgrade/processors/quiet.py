"""Processors that never raise: an exception in one escapes `nr.run`, and with it every result."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar

KEPT: Final = 100
"""Failures of its own that a processor remembers: the first ones, which say most."""


class Quiet:
    """Remembers what went wrong inside a processor instead of raising it."""

    def __init__(self) -> None:
        self._errors: list[Exception] = []

    @property
    def errors(self) -> tuple[Exception, ...]:
        """What went wrong with the output; the run went on without a word."""
        return tuple(self._errors)

    def remember(self, error: Exception) -> None:
        """Keep it, without the frames of its traceback and all that they hold."""
        if len(self._errors) < KEPT:
            self._errors.append(error.with_traceback(None))


_Self = TypeVar("_Self", bound=Quiet)
_Given = ParamSpec("_Given")


def quiet(
    hook: Callable[Concatenate[_Self, _Given], None],
) -> Callable[Concatenate[_Self, _Given], None]:
    """Let nothing out of a hook but what ends the program."""

    @wraps(hook)
    def called(self: _Self, /, *args: _Given.args, **kwargs: _Given.kwargs) -> None:
        try:
            hook(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever it is, the run matters more
            self.remember(error)

    return called
