from __future__ import annotations

import os
import signal
from threading import Event, Timer

import pytest

from nornir_haupgrade.cli.drive import FIRST, SECOND, Signals, drive
from nornir_haupgrade.engines.events import PairEnd
from nornir_haupgrade.procedure.records import Outcome

END = PairEnd("p1", Outcome.DONE, "")


def send(*numbers: int) -> None:
    for index, number in enumerate(numbers):
        Timer(0.3 + index * 0.6, os.kill, (os.getpid(), number)).start()


def signals() -> tuple[Signals, Event, Event]:
    cancel, stop = Event(), Event()
    return Signals(cancel, stop), cancel, stop


def test_without_a_signal() -> None:
    said: list[str] = []
    driven = drive(lambda: [END], signals()[0], said.append)
    assert (driven.ends, driven.error, driven.is_interrupted, said) == ([END], None, False, [])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_cancels(number: int) -> None:
    heard, cancel, stop = signals()
    said: list[str] = []
    before = signal.getsignal(number)
    send(number)

    def work() -> list[PairEnd]:
        assert cancel.wait(10)
        return [END]

    driven = drive(work, heard, said.append)
    assert (driven.ends, driven.is_interrupted, stop.is_set()) == ([END], True, False)
    assert said in ([FIRST], [])  # the work may end before the message is due
    assert signal.getsignal(number) is before


def test_the_second_one_stops() -> None:
    heard, cancel, stop = signals()
    said: list[str] = []
    send(signal.SIGINT, signal.SIGINT)

    def work() -> list[PairEnd]:
        assert stop.wait(10)
        assert cancel.is_set()
        Event().wait(0.5)
        return [END]

    driven = drive(work, heard, said.append)
    assert (driven.is_interrupted, driven.is_left_behind) == (True, False)
    assert said == [FIRST, SECOND]


def test_a_second_term_is_still_the_first() -> None:
    heard, cancel, stop = signals()
    heard.terminate()
    heard.terminate()
    assert (cancel.is_set(), stop.is_set()) == (True, False)


def test_an_engine_that_waits_for_a_device_is_left_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("nornir_haupgrade.cli.drive._PATIENCE", 0.3)
    release = Event()
    heard = signals()[0]
    send(signal.SIGINT, signal.SIGINT)

    def work() -> list[PairEnd]:
        release.wait(30)
        return []

    driven = drive(work, heard, lambda _: None)
    release.set()
    assert driven.is_left_behind


def test_what_the_engine_raises_is_handed_back() -> None:
    def work() -> list[PairEnd]:
        raise ValueError("x")

    assert isinstance(drive(work, signals()[0], lambda _: None).error, ValueError)
