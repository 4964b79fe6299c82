"""A task of the site's own may do anything; only its own good result is good."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from nornir_haupgrade.model import ServiceResult
from nornir_haupgrade.probes.askers import asker_of
from nornir_haupgrade.probes.icmp_echo import Echoes
from nornir_haupgrade.probes.outcome import Outcome
from nornir_haupgrade.probes.site_task import TaskAsker
from nornir_haupgrade.settings import TaskService

Ask = Callable[..., Outcome]
SHOP = TaskService(name="shop", type="task", task="tasks.shop.check")


@pytest.mark.parametrize("is_good", [True, False, None])
def test_what_the_task_says_counts(is_good: bool | None, ask: Ask) -> None:
    asker = TaskAsker(SHOP, lambda service: ServiceResult(service.name, is_good, "as it says"))
    assert ask(asker) == Outcome(is_good, "as it says")


@pytest.mark.parametrize("error", [ValueError("odd"), StopIteration("odd"), SystemExit("odd")])
def test_a_task_that_raises_is_unknown(error: BaseException, ask: Ask) -> None:
    def run(_: TaskService) -> ServiceResult:
        raise error

    found = ask(TaskAsker(SHOP, run))
    assert found.is_good is None
    assert found.detail.startswith("tasks.shop.check: ")
    assert "odd" in found.detail


def test_a_task_that_hangs_is_unknown_never_run_twice_and_its_late_word_is_not_taken() -> None:
    release, runs = threading.Event(), []

    def run(service: TaskService) -> ServiceResult:
        runs.append(service)
        release.wait(20)
        return ServiceResult("shop", is_good=len(runs) > 1, detail=f"run {len(runs)}")

    async def main() -> None:
        asker = TaskAsker(SHOP, run)
        first, second = await asyncio.gather(
            asker.ask(0.1, is_hastened=False), asker.ask(0.2, is_hastened=True)
        )
        for found in (first, second):
            assert found.is_good is None
            assert "tasks.shop.check: still runs after" in found.detail
        assert len(runs) == 1
        release.set()
        assert await asker.ask(10, is_hastened=False) == Outcome(is_good=True, detail="run 2")
        await asker.close()

    asyncio.run(main())


def test_a_task_that_hangs_does_not_keep_the_process(ask: Ask) -> None:
    release = threading.Event()

    def run(_: TaskService) -> ServiceResult:
        release.wait(20)
        raise AssertionError("nobody hears this")

    ask(TaskAsker(SHOP, run), 0.05)
    (thread,) = (one for one in threading.enumerate() if one.name == "task shop")
    assert thread.daemon
    release.set()
    thread.join(5)


def test_a_machine_without_a_thread_left_is_unknown(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    asker = TaskAsker(SHOP, lambda _: ServiceResult("shop", is_good=True, detail=""))
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", fail)
        found = ask(asker)
    assert found == Outcome(None, "tasks.shop.check: can't start new thread")


def test_where_nobody_can_run_tasks_it_is_unknown(ask: Ask) -> None:
    found = ask(asker_of(SHOP, run_task=None, echoes=Echoes()))
    assert found == Outcome(None, "tasks.shop.check: nobody here can run tasks")
