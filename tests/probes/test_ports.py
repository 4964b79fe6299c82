from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from nornir_haupgrade.errors import Unreachable
from nornir_haupgrade.probes.attempt import Attempt
from nornir_haupgrade.probes.ports import PortWatch
from nornir_haupgrade.probes.selecting import Pace

HERE = "127.0.0.1"
BANNER = b"SSH-2.0-Test\r\n"
SOON = 5.0
"""Seconds that something which comes at once may take on a loaded machine."""
FAST = Pace(interval=0.02, hold=0.05, connect_timeout=0.3, banner_timeout=0.3)

Serve = Callable[..., Any]


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "port-watch"]


def wait_until(is_so: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + SOON
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return is_so()


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    yield
    assert wait_until(lambda: not threads()), "the thread has not ended"


@pytest.fixture
def ports() -> PortWatch:
    return PortWatch(FAST)


def test_a_port_with_a_banner_is_up_and_was_not_down(ports: PortWatch, serve: Serve) -> None:
    with ports.watch(HERE, serve(BANNER).port) as watch:
        assert watch.wait_up(SOON)
        assert not watch.wait_down(0.3)


def test_a_closed_port_is_down_and_not_up(ports: PortWatch, closed_port: int) -> None:
    with ports.watch(HERE, closed_port) as watch:
        assert watch.wait_down(SOON)
        assert not watch.wait_up(0.2)


def test_a_silent_port_is_down(ports: PortWatch, silent_port: int) -> None:
    with ports.watch(HERE, silent_port) as watch:
        assert watch.wait_down(SOON)
        assert not watch.wait_up(0.2)


@pytest.mark.parametrize(
    "said", [(), (b"HTTP/1.1 400\r\n",), (b"x" * 5000,), (b"XSSH-2.0",)], ids=repr
)
def test_an_open_port_without_a_banner_is_down(
    said: tuple[bytes, ...], ports: PortWatch, serve: Serve
) -> None:
    with ports.watch(HERE, serve(*said).port) as watch:
        assert watch.wait_down(SOON)
        assert not watch.wait_up(0.2)


def test_a_port_that_accepts_and_hangs_up_is_down(ports: PortWatch, serve: Serve) -> None:
    with ports.watch(HERE, serve(hangs_up=True).port) as watch:
        assert watch.wait_down(SOON)


@pytest.mark.parametrize(
    "said", [(b"SS", b"H-", b"2.0"), (b"Authorised use only\r\n", BANNER)], ids=repr
)
def test_a_banner_may_come_in_pieces_and_after_other_lines(
    said: tuple[bytes, ...], ports: PortWatch, serve: Serve
) -> None:
    with ports.watch(HERE, serve(*said).port) as watch:
        assert watch.wait_up(SOON)
        assert not watch.wait_down(0.1)


def test_a_reboot_is_seen_down_and_then_up(ports: PortWatch, serve: Serve) -> None:
    old = serve(BANNER)
    with ports.watch(HERE, old.port) as watch:
        assert watch.wait_up(SOON)
        old.stop()
        assert watch.wait_down(SOON)
        assert not watch.wait_up(0)
        serve(BANNER, port=old.port)
        assert watch.wait_up(SOON)


def test_a_reboot_that_is_over_before_anyone_waits_is_remembered(
    ports: PortWatch, serve: Serve, closed_port: int
) -> None:
    with ports.watch(HERE, closed_port) as watch:
        assert watch.wait_down(SOON)
        serve(BANNER, port=closed_port)
        assert watch.wait_up(SOON)
        assert watch.wait_down(0)


def test_what_an_earlier_watch_saw_is_not_told_to_a_later_one(
    ports: PortWatch, serve: Serve, closed_port: int
) -> None:
    with ports.watch(HERE, closed_port) as first:
        assert first.wait_down(SOON)
        serve(BANNER, port=closed_port)
        assert first.wait_up(SOON)
        with ports.watch(HERE, closed_port) as second:
            assert second.wait_up(SOON)
            assert not second.wait_down(0.1)


def test_a_port_that_is_up_is_held_and_not_asked_over_and_over(serve: Serve) -> None:
    server = serve(BANNER)
    ports = PortWatch(Pace(interval=0.02, hold=60))
    with ports.watch(HERE, server.port) as watch:
        assert watch.wait_up(SOON)
        time.sleep(0.3)
        assert server.connections == 1
        # The end of what is held is seen at once all the same.
        server.stop()
        assert watch.wait_down(SOON)


def test_a_server_that_ends_an_idle_connection_is_not_down(serve: Serve) -> None:
    server = serve(BANNER)
    ports = PortWatch(Pace(interval=0.02, hold=60))
    with ports.watch(HERE, server.port) as watch:
        assert watch.wait_up(SOON)
        server.hang_up()
        assert wait_until(lambda: server.connections == 2)
        assert not watch.wait_down(0.1)


def test_many_watches_of_one_port_share_one_connection(serve: Serve) -> None:
    server = serve(BANNER)
    ports = PortWatch(Pace(interval=0.02, hold=1.5))
    with ExitStack() as stack:
        watches = [stack.enter_context(ports.watch(HERE, server.port)) for _ in range(10)]
        # The later ones came after the first try had begun: the next try serves them all.
        assert all(watch.wait_up(SOON) for watch in watches)
        assert server.connections <= 2
        assert len(threads()) == 1


def test_many_ports_share_one_thread_and_it_ends_with_the_last(
    ports: PortWatch, serve: Serve
) -> None:
    with ports.watch(HERE, serve(BANNER).port) as last:
        with ExitStack() as stack:
            others = [stack.enter_context(ports.watch(HERE, serve(BANNER).port)) for _ in range(20)]
            assert all(watch.wait_up(SOON) for watch in others)
            assert len(threads()) == 1
        assert last.wait_up(SOON)
        assert len(threads()) == 1
    assert wait_until(lambda: not threads())
    with ports.watch(HERE, serve(BANNER).port) as again:
        assert again.wait_up(SOON)


def test_closing_lets_the_waiting_go(ports: PortWatch, serve: Serve) -> None:
    watch = ports.watch(HERE, serve(BANNER).port)
    threading.Timer(0.1, watch.close).start()
    began = time.monotonic()
    assert not watch.wait_down(60)
    assert time.monotonic() - began < SOON
    watch.close()


def test_a_closed_watch_gives_its_connection_back(ports: PortWatch, serve: Serve) -> None:
    server, other = serve(BANNER), serve(BANNER)
    with ports.watch(HERE, other.port):
        with ports.watch(HERE, server.port) as watch:
            assert watch.wait_up(SOON)
        assert wait_until(lambda: not server._open)
        before = server.connections
        time.sleep(0.2)
        assert server.connections == before


def test_a_machine_that_cannot_try_says_neither_up_nor_down(
    ports: PortWatch,
    serve: Serve,
    closed_port: int,
    no_more_files: Callable[[], AbstractContextManager[None]],
) -> None:
    # Of a second port, since the thread itself needs files to begin.
    with ports.watch(HERE, serve(BANNER).port) as running:
        assert running.wait_up(SOON)
        with no_more_files():
            watch = ports.watch(HERE, closed_port)
            assert not watch.wait_down(0.3)
            assert not watch.wait_up(0)
        assert watch.wait_down(SOON)
        watch.close()


def test_a_name_is_up_where_one_of_its_addresses_is(
    ports: PortWatch,
    serve: Serve,
    closed_port: int,
    silent_port: int,
    name_of: Callable[..., str],
) -> None:
    name = name_of(closed_port, silent_port, serve().port, serve(BANNER).port)
    with ports.watch(name, 22) as watch:
        assert watch.wait_up(SOON)
        assert not watch.wait_down(0)


def test_a_name_is_down_when_all_of_its_addresses_are(
    ports: PortWatch, closed_port: int, silent_port: int, name_of: Callable[..., str]
) -> None:
    with ports.watch(name_of(closed_port, silent_port), 22) as watch:
        assert watch.wait_down(SOON)


def test_a_name_without_an_address_is_refused_at_once(ports: PortWatch) -> None:
    with pytest.raises(Unreachable, match=r"cannot be watched.*Check the host name"):
        ports.watch("x" * 300, 22)
    assert not threads()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_dies_is_replaced_and_those_who_wait_are_served(
    ports: PortWatch, serve: Serve, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: Attempt, now: float) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Attempt, "begin", fail)
        first = ports.watch(HERE, closed_port)
        assert wait_until(lambda: not threads())
        assert not first.wait_down(0)
    with ports.watch(HERE, serve(BANNER).port) as second:
        assert second.wait_up(SOON)
        assert first.wait_down(SOON)
        first.close()


def test_watches_come_and_go_from_many_threads(serve: Serve) -> None:
    ports = PortWatch(FAST)
    servers = [serve(BANNER) for _ in range(3)]
    failures: list[str] = []

    def work(at: int) -> None:
        for turn in range(15):
            with ports.watch(HERE, servers[(at + turn) % 3].port) as watch:
                if not watch.wait_up(SOON):
                    failures.append(f"{at}/{turn}")

    workers = [threading.Thread(target=work, args=(at,)) for at in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert not failures
    assert not any(worker.is_alive() for worker in workers)


def test_nothing_stays_open(serve: Serve) -> None:
    ports = PortWatch(FAST)
    port = serve(BANNER).port
    with ports.watch(HERE, port) as watch:
        assert watch.wait_up(SOON)
    assert wait_until(lambda: not threads())
    before = open_files()
    for _ in range(10):
        with ports.watch(HERE, port) as watch:
            assert watch.wait_up(SOON)
        assert wait_until(lambda: not threads())
    assert wait_until(lambda: open_files() <= before)


def test_the_process_has_one_of_its_own() -> None:
    assert PortWatch.shared() is PortWatch.shared()
