"""The engine in a thread of its own, while the caller's thread hears Ctrl-C.

An interrupt that struck the engine itself would take the pair's lock from threads that still work
on it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event as Flag, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir_haupgrade.engines.events import PairEnd

_TICK = 0.2
_PATIENCE = 10.0
"""Seconds after the second Ctrl-C until a device that does not answer is left behind."""


@dataclass(slots=True)
class Driven:
    """What came of it."""

    ends: list[PairEnd] = field(default_factory=list)
    error: BaseException | None = None
    interrupts: int = 0
    is_left_behind: bool = False
    """Its threads still wait for a device; the history is whole."""


def drive(
    work: Callable[[], list[PairEnd]],
    *,
    cancel: Callable[[], object],
    stop: Callable[[], object],
) -> Driven:
    """Do the work; a first Ctrl-C cancels it, a second one stops it and does not wait for ever."""
    driven, is_over = Driven(), Flag()

    def body() -> None:
        try:
            driven.ends = work()
        except BaseException as error:  # noqa: BLE001 - it is told where the caller is
            driven.error = error
        finally:
            is_over.set()

    Thread(target=body, name="engine", daemon=True).start()
    patience = _PATIENCE
    while True:
        try:
            # Not `join`: interrupted, it takes a thread that lives for dead (Python before 3.13).
            while not is_over.wait(_TICK):
                patience -= _TICK if driven.interrupts > 1 else 0
                if patience <= 0:
                    driven.is_left_behind = True
                    return driven
        except KeyboardInterrupt:
            driven.interrupts += 1
            (cancel if driven.interrupts == 1 else stop)()
        else:
            return driven
