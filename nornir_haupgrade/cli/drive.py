"""Running the engine in a thread of its own, so that the main thread hears every signal at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread, current_thread, main_thread
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from nornir_haupgrade.engines.events import PairEnd

FIRST: Final = (
    "finishing the running step, then giving back what is borrowed; Ctrl-C again stops at once"
)
SECOND: Final = "stopping now; what is owed is listed at the end"

_TICK: Final = 0.2
_PATIENCE: Final = 10.0
"""Seconds after the second signal until the engine is left behind; its history is whole anyway."""


@dataclass(slots=True)
class Driven:
    """What came of it."""

    ends: list[PairEnd] = field(default_factory=list)
    error: BaseException | None = None
    is_interrupted: bool = False
    is_left_behind: bool = False
    """The engine still waits for a device: leave without waiting for its threads."""


class Signals:
    """Counts what arrives; the first cancels, the second stops."""

    def __init__(self, cancel: Event, stop: Event) -> None:
        self.count = 0
        self._cancel = cancel
        self._stop = stop

    def interrupt(self, *_: Any) -> None:  # noqa: ANN401 - signal number and frame
        """Ctrl-C, SIGTERM, or the end of input at a prompt."""
        self.count += 1
        (self._cancel if self.count == 1 else self._stop).set()

    def terminate(self, *_: Any) -> None:  # noqa: ANN401 - as above
        """SIGTERM, or the terminal was closed: a first Ctrl-C, however often it comes."""
        self.count = max(self.count, 1)
        self._cancel.set()


def drive(
    work: Callable[[], list[PairEnd]],
    signals: Signals,
    say: Callable[[str], None],
) -> Driven:
    """Do the work; tell what a signal did; come back when it is over, or after the second one."""
    result, done = Driven(), Event()

    def body() -> None:
        try:
            result.ends = work()
        except BaseException as error:  # noqa: BLE001 - raised again where the user is
            result.error = error
        finally:
            done.set()

    with _listening(signals):
        Thread(target=body, name="engine", daemon=True).start()
        told, given_up = 0, float("inf")
        while not done.wait(_TICK):
            if signals.count > told:
                told = signals.count
                say(FIRST if told == 1 else SECOND)
                if told > 1:
                    given_up = min(given_up, monotonic() + _PATIENCE)
            if monotonic() > given_up:
                result.is_left_behind = True
                break
    result.is_interrupted = signals.count > 0
    return result


@contextmanager
def _listening(signals: Signals) -> Iterator[None]:
    if current_thread() is not main_thread():
        yield
        return
    before = {
        signal.SIGINT: signal.signal(signal.SIGINT, signals.interrupt),
        signal.SIGTERM: signal.signal(signal.SIGTERM, signals.terminate),
        signal.SIGHUP: signal.signal(signal.SIGHUP, signals.terminate),
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
