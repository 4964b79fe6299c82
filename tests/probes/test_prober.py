"""One thread for all: when it begins, when it ends, and what survives what."""

from __future__ import annotations

import asyncio
import builtins
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest

from nornir_haupgrade.errors import Unreachable
from nornir_haupgrade.model import ServiceResult
from nornir_haupgrade.probes import prober as module
from nornir_haupgrade.probes.engine import Engine
from nornir_haupgrade.probes.prober import Prober
from nornir_haupgrade.probes.tcp_connect import TcpAsker
from nornir_haupgrade.probes.watch import Watch
from nornir_haupgrade.settings import (
    Canary,
    DnsService,
    HttpService,
    IcmpService,
    TaskService,
    TcpService,
)

HERE = "127.0.0.1"
SOON = 10.0

Serve = Callable[..., Any]


def tcp(port: int, name: str = "shop") -> TcpService:
    return TcpService(name=name, type="tcp", address=HERE, port=port)


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "prober"]


def wait_until(is_so: Callable[[], object]) -> bool:
    deadline = time.monotonic() + SOON
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)
    return bool(is_so())


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def is_good(watch: Watch) -> bool | None:
    return watch.measure()[0].is_good


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    yield
    assert wait_until(lambda: not threads()), "the thread has not ended"


def test_the_process_has_one_of_its_own_and_no_thread_before_there_is_a_watch() -> None:
    assert Prober.shared() is Prober.shared()
    assert threads() == []


def test_many_pairs_share_one_thread_which_ends_with_the_last(serve: Serve) -> None:
    prober, port = Prober(), serve().port
    with prober.watch([tcp(port)], []) as last:
        with ExitStack() as stack:
            others = [stack.enter_context(prober.watch([tcp(port)], [])) for _ in range(20)]
            assert len(threads()) == 1
            assert all(is_good(one) for one in others)
        assert is_good(last)
        assert len(threads()) == 1
    assert wait_until(lambda: not threads())
    with prober.watch([tcp(port)], []) as again:
        assert is_good(again)


def test_nothing_stays_open(serve: Serve) -> None:
    prober, port = Prober(), serve().port
    canary = Canary(name="till", type="tcp", address=HERE, port=port)

    def once() -> None:
        with prober.watch([tcp(port)], [canary]) as watch:
            watch.hasten()
            time.sleep(0.05)
        assert wait_until(lambda: not threads())

    once()
    before = open_files()
    for _ in range(5):
        once()
    assert wait_until(lambda: open_files() <= before)


def test_each_service_is_told_by_its_name_in_their_order(serve: Serve, closed_port: int) -> None:
    services = [tcp(serve().port, "a"), tcp(closed_port, "b")]
    with Prober().watch(services, []) as watch:
        found = watch.measure()
        assert [(one.name, one.is_good) for one in found] == [("a", True), ("b", False)]
        assert [gap.name for gap in watch.gaps(watch.mark())] == ["a", "b"]


def test_a_hastened_service_has_a_fresh_answer_when_the_window_begins(serve: Serve) -> None:
    server = serve()
    with Prober().watch([tcp(server.port)], []) as watch:
        watch.hasten()
        since = watch.mark()
        time.sleep(0.5)
        (gap,) = watch.gaps(since)
        assert gap.seconds is not None
        assert gap.good >= 10  # 50 on an idle machine
        watch.rest()
        time.sleep(0.1)
        before = server.connections
        time.sleep(0.5)
        assert server.connections - before <= 2


def test_hastening_what_does_not_answer_takes_no_longer_than_a_probe(silent_port: int) -> None:
    with Prober().watch([tcp(silent_port)], []) as watch:
        began = time.monotonic()
        watch.hasten()
        assert time.monotonic() - began < 3
        time.sleep(0.6)
        (gap,) = watch.gaps(watch.mark() - 0.5)
        assert gap.seconds is None
        assert gap.bad > 0
        assert is_good(watch) is False


def test_an_asker_that_raises_is_unknown_and_harms_nobody(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, port, other = TcpAsker.ask, serve().port, serve().port

    async def ask(self: TcpAsker, timeout: float, *, is_hastened: bool) -> Any:  # noqa: ANN401, ASYNC109
        if self._target.where.endswith(f":{port}"):
            raise ZeroDivisionError("odd")
        return await right(self, timeout, is_hastened=is_hastened)

    monkeypatch.setattr(TcpAsker, "ask", ask)
    with Prober().watch([tcp(port, "odd"), tcp(other, "even")], []) as watch:
        odd, even = watch.measure()
        assert (odd.is_good, odd.detail) == (None, "ZeroDivisionError: odd")
        assert even.is_good is True
        watch.hasten()
        since = watch.mark()
        time.sleep(0.2)
        assert [gap.good > 0 for gap in watch.gaps(since)] == [False, True]


def test_a_task_that_hangs_holds_up_nothing_but_itself(serve: Serve) -> None:
    release = threading.Event()

    def run(_: TaskService) -> ServiceResult:
        release.wait(20)
        return ServiceResult("own", is_good=True, detail="late")

    own = TaskService(name="own", type="task", task="tasks.own.check")
    with Prober().watch([own, tcp(serve().port)], [], run_task=run) as watch:
        hung, good = watch.measure(0.3)
        assert hung.is_good is None
        assert "still runs" in hung.detail
        assert good.is_good is True
        began = time.monotonic()
        watch.hasten()
    assert time.monotonic() - began < 5
    release.set()


# --- death ----------------------------------------------------------------------------------------


def kill(watch: Watch) -> None:
    """The thread ends as by an error nobody thought of."""
    watch._engine._loop.call_soon_threadsafe(watch._engine._loop.stop)
    assert wait_until(lambda: not watch._engine._thread.is_alive())


def test_a_death_never_means_good_nor_lost(serve: Serve) -> None:
    prober, port = Prober(), serve().port
    canary = Canary(name="till", type="tcp", address=HERE, port=port)
    watch = prober.watch([tcp(port)], [canary])
    watch.hasten()
    since = watch.mark()
    assert is_good(watch) is True
    assert wait_until(lambda: watch.canaries(since)[0].flow)
    kill(watch)
    (found,) = watch.measure()
    assert found.is_good is None
    assert "nothing is known" in found.detail
    (gap,) = watch.gaps(since)
    assert (gap.seconds, gap.good) == (None, 0)
    assert "did not run" in gap.detail
    assert watch.canaries(since)[0].is_alive is None
    watch.hasten()
    watch.rest()
    watch.renew_canaries()
    watch.close()


def test_after_a_death_the_next_watch_has_a_thread_again_and_the_old_one_does_not_end_it(
    serve: Serve,
) -> None:
    prober, port = Prober(), serve().port
    old = prober.watch([tcp(port)], [])
    kill(old)
    with prober.watch([tcp(port)], []) as new:
        old.close()
        assert is_good(new) is True
        assert len(threads()) == 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # threads and fork, from Python 3.12 on
def test_after_a_fork_the_child_measures_by_itself_and_leaves_the_parent_s_alone(
    serve: Serve,
) -> None:
    prober, port = Prober(), serve().port
    with prober.watch([tcp(port)], []) as watch:
        child = os.fork()
        if child == 0:  # pragma: no cover - another process
            code = 1
            try:
                old = watch.measure(0.1)[0].is_good, watch.is_alive
                with prober.watch([tcp(port)], []) as own:
                    new = own.measure()[0].is_good
                watch.close()
                code = 0 if (old, new) == ((None, False), True) else 2
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert is_good(watch) is True


@pytest.mark.parametrize("what", ["loop", "thread"])
def test_a_thread_that_could_not_be_started_is_started_later(
    what: str, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        if what == "loop":
            raise OSError(24, "Too many open files")
        raise RuntimeError("can't start new thread")

    prober, port = Prober(), serve().port
    where = "asyncio.new_event_loop" if what == "loop" else "threading.Thread.start"
    with monkeypatch.context() as patch:
        patch.setattr(where, fail)
        with pytest.raises(Unreachable, match="cannot be watched"):
            prober.watch([tcp(port)], [])
    with prober.watch([tcp(port)], []) as watch:
        assert is_good(watch) is True


def test_a_machine_without_files_measures_nothing_and_recovers(
    serve: Serve, no_more_files: Callable[[], AbstractContextManager[None]]
) -> None:
    with Prober().watch([tcp(serve().port)], []) as watch:
        assert is_good(watch) is True
        with no_more_files():
            (found,) = watch.measure()
            assert found.is_good is None
            assert "Too many open files" in found.detail
        assert is_good(watch) is True


def test_closing_a_watch_that_is_busy_stops_it_all_the_same(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if the thread is too busy to say so in time: else it would be probed for ever."""
    monkeypatch.setattr("nornir_haupgrade.probes.watch._CLOSING", 0.05)
    prober, server, other = Prober(), serve(), serve()
    with prober.watch([tcp(other.port)], []):
        watch = prober.watch([tcp(server.port)], [])
        watch.hasten()
        watch._engine.call(lambda: time.sleep(0.3))
        watch.close()
        watch.close()
        time.sleep(0.4)
        before = server.connections
        time.sleep(0.3)
        assert server.connections == before
        assert watch._engine.load.hastened == 0


def test_a_closed_watch_measures_nothing(serve: Serve) -> None:
    prober, port = Prober(), serve().port
    watch = prober.watch([tcp(port)], [])
    watch.close()
    assert is_good(watch) is None


def test_watches_come_and_go_from_many_threads(serve: Serve) -> None:
    prober, port = Prober(), serve().port
    failures: list[object] = []

    def work() -> None:
        for _ in range(5):
            with prober.watch([tcp(port)], []) as watch:
                found = watch.measure(10)[0]
                if not found.is_good:
                    failures.append(found)

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert not failures


def test_the_wall_s_clock_may_jump(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    right = time.time
    with Prober().watch([tcp(serve().port)], []) as watch:
        watch.hasten()
        since = watch.mark()
        for jump in (86400, -86400):
            monkeypatch.setattr(time, "time", lambda jump=jump: right() + jump)
            before = watch.gaps(since)[0].good
            assert wait_until(lambda before=before: watch.gaps(since)[0].good > before + 3)  # type: ignore[misc]
        monkeypatch.undo()
        (gap,) = watch.gaps(since)
        assert gap.seconds is not None
        assert gap.seconds < SOON
        assert is_good(watch) is True


def test_an_engine_that_cannot_end_is_not_waited_for_for_ever(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_ENDING", 0.05)
    watch = Prober().watch([tcp(serve().port)], [])
    watch._do(asyncio.sleep(0), SOON)
    watch._engine.call(lambda: time.sleep(0.5))
    monkeypatch.setattr("nornir_haupgrade.probes.watch._CLOSING", 0.05)
    began = time.monotonic()
    watch.close()
    assert time.monotonic() - began < 0.45


def test_an_engine_takes_no_more_work_once_it_has_ended() -> None:
    engine = Engine()
    engine.stop(SOON)
    assert not engine.is_alive
    assert engine.submit(asyncio.sleep(0)) is None
    engine.call(lambda: None)
    engine.stop(SOON)


# --- what asks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("library", "service"),
    [
        ("httpx", HttpService(name="s", type="http", url="http://127.0.0.1:9/")),
        ("dns", DnsService(name="s", type="dns", address=HERE, query="shop.example")),
        ("icmplib", IcmpService(name="s", type="icmp", address=HERE)),
    ],
)
def test_without_its_library_a_service_is_unknown_and_says_what_to_install(
    library: str, service: HttpService, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = builtins.__import__

    def missing(name: str, *more: Any) -> Any:  # noqa: ANN401
        if name.split(".", maxsplit=1)[0] == library:
            raise ModuleNotFoundError(f"No module named {library!r}")
        return right(name, *more)

    port = serve().port
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "__import__", missing)
        watch = Prober().watch([service, tcp(port)], [])
    with watch:
        found, other = watch.measure()
        assert found.is_good is None
        assert f"No module named {library!r}" in found.detail
        assert "pip install 'nornir-haupgrade[probes]'" in found.detail
        assert other.is_good is True


def test_a_service_that_cannot_be_built_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError("odd")

    monkeypatch.setattr(TcpAsker, "__init__", broken)
    with Prober().watch([tcp(9)], []) as watch:
        (found,) = watch.measure()
        assert (found.is_good, found.detail) == (None, "ValueError: odd")


def test_a_thousand_services_need_no_thousand_files(
    silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All dark at once, and still there are files for the rest of the process."""
    services = [tcp(silent_port, f"s{at}") for at in range(1000)]
    with Prober().watch(services, []) as watch:
        before = open_files()
        most = 0
        for _ in range(60):
            time.sleep(0.02)
            most = max(most, open_files() - before)
        assert most <= watch._engine.load.room // 2 + 10
        with socket.socket():
            pass
