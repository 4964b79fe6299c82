"""What went wrong once, in the watching thread or while starting it, must not go wrong for good."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from nornir_haupgrade.errors import Unreachable
from nornir_haupgrade.probes.attempt import Attempt
from nornir_haupgrade.probes.ports import PortWatch
from nornir_haupgrade.probes.selecting import Pace

HERE = "127.0.0.1"
BANNER = b"SSH-2.0-Test\r\n"
SOON = 5.0
FAST = Pace(interval=0.02, hold=0.05, connect_timeout=0.3, banner_timeout=5.0)

Serve = Callable[..., Any]


def has_thread() -> bool:
    return any(thread.name == "port-watch" for thread in threading.enumerate())


def is_soon(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SOON
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_so()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_dies_with_a_connection_open_is_replaced(
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mute, ports = serve(), PortWatch(FAST)
    right = Attempt.go_on
    first = ports.watch(HERE, mute.port)
    assert is_soon(lambda: mute.connections == 1)

    def fail(self: Attempt, now: float) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Attempt, "begin", fail)
        second = ports.watch(HERE, serve(BANNER).port)
        assert is_soon(lambda: not has_thread())
    assert Attempt.go_on is right
    with ports.watch(HERE, serve(BANNER).port) as third:
        assert third.wait_up(SOON)
        assert second.wait_up(SOON)
        assert is_soon(lambda: mute.connections == 2)
    first.close()
    second.close()
    assert is_soon(lambda: not has_thread())


def test_a_watch_that_could_not_begin_leaves_nothing_behind(
    serve: Serve,
    closed_port: int,
    no_more_files: Callable[[], AbstractContextManager[None]],
) -> None:
    ports = PortWatch(FAST)
    with no_more_files(), pytest.raises(Unreachable, match="cannot be watched"):
        ports.watch(HERE, closed_port)
    with ports.watch(HERE, serve(BANNER).port) as watch:
        assert watch.wait_up(SOON)
    assert is_soon(lambda: not has_thread()), "it still watches what nobody waits for"


@pytest.mark.parametrize("what", ["selector", "thread"])
def test_a_thread_that_could_not_be_started_is_started_later(
    what: str,
    serve: Serve,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ports = PortWatch(FAST)

    def fail(*_: object) -> None:
        if what == "selector":
            raise OSError(24, "Too many open files")
        raise RuntimeError("can't start new thread")

    where = "selectors.DefaultSelector" if what == "selector" else "threading.Thread.start"
    port = serve(BANNER).port
    with monkeypatch.context() as patch:
        patch.setattr(where, fail)
        with pytest.raises(Unreachable, match="cannot be watched"):
            ports.watch(HERE, port)
    with ports.watch(HERE, port) as watch:
        assert watch.wait_up(SOON)
    assert is_soon(lambda: not has_thread())
