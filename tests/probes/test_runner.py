"""The clockwork of one service, on a clock that runs as fast as the test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from typing import Any

import pytest

from nornir_haupgrade.probes.load import Load
from nornir_haupgrade.probes.outcome import Outcome
from nornir_haupgrade.probes.runner import Runner
from nornir_haupgrade.probes.track import Track

GOOD = Outcome(is_good=True, detail="good")


class Loop(asyncio.SelectorEventLoop):
    """Time passes only when there is nothing else to do, and then at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self.now = max(self.now, self._scheduled[0]._when)  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


class Service:
    """Answers as it is told to, and notes when it was asked."""

    def __init__(
        self, answer: Callable[[float], Coroutine[Any, Any, Outcome]], *, is_exclusive: bool = False
    ) -> None:
        self.is_exclusive = is_exclusive
        self._answer = answer
        self.asked: list[float] = []
        self.timeouts: set[float] = set()
        self.is_closed = False

    async def ask(self, timeout: float, *, is_hastened: bool) -> Outcome:  # noqa: ASYNC109
        now = asyncio.get_running_loop().time()
        self.asked.append(now)
        self.timeouts.add(timeout)
        return await self._answer(now)

    async def close(self) -> None:
        self.is_closed = True

    def distances(self) -> list[float]:
        return [b - a for a, b in pairwise(self.asked)]


async def at_once(_: float) -> Outcome:
    return GOOD


async def hang(_: float) -> Outcome:
    await asyncio.sleep(1000)
    return GOOD


async def fail(_: float) -> Outcome:
    raise ValueError("a defect")


def idle() -> Load:
    """Where probing costs no CPU: on a clock of its own, a busy machine would look slow."""
    return Load(cpu=lambda: 0.0)


def run(main: Coroutine[Any, Any, None]) -> None:
    loop = Loop()
    try:
        loop.run_until_complete(main)
    finally:
        loop.close()


async def watched(
    service: Service, seconds: float, *, is_hastened: bool = False, load: Load | None = None
) -> Track:
    track = Track("shop")
    runner = Runner(service, track, load or idle())
    runner.start(0)
    runner.set_pace(is_hastened=is_hastened)
    await asyncio.sleep(seconds)
    await runner.close()
    return track


@pytest.mark.parametrize(("is_hastened", "pace", "limit"), [(False, 1.0, 2.0), (True, 0.01, 0.5)])
def test_a_service_is_asked_at_its_pace(is_hastened: bool, pace: float, limit: float) -> None:
    async def main() -> None:
        service = Service(at_once)
        await watched(service, 20 * pace - pace / 2, is_hastened=is_hastened)
        assert len(service.asked) == 20
        assert service.distances() == pytest.approx([pace] * 19)
        assert service.timeouts == {limit}
        assert service.is_closed

    run(main())


def test_a_probe_that_hangs_does_not_delay_the_next() -> None:
    async def main() -> None:
        service = Service(hang)
        await watched(service, 0.995, is_hastened=True)
        assert len(service.asked) == 100
        assert max(service.distances()) == pytest.approx(0.01)

    run(main())


def test_a_syn_that_was_sent_again_is_no_outage() -> None:
    """At 100 a second, one answer that comes a second late costs the measurement nothing."""

    async def main() -> None:
        async def second_late(now: float) -> Outcome:
            if 1001.205 < now < 1001.215:
                await asyncio.sleep(1.0)
            return GOOD

        service = Service(second_late)
        track = await watched(service, 4, is_hastened=True)
        found = track.gap(1001, 1003.9, 1004)
        assert found.seconds is not None
        assert found.seconds <= 0.0201
        assert found.resolution == pytest.approx(0.01)

    run(main())


def test_an_outage_is_measured_to_the_pace() -> None:
    async def main() -> None:
        async def dark(now: float) -> Outcome:
            if 1001.0 <= now < 1001.25:
                await asyncio.sleep(0.5)
                return Outcome(is_good=False, detail="no answer")
            return GOOD

        track = await watched(Service(dark), 3, is_hastened=True)
        found = track.gap(1000.5, 1002.9, 1003)
        assert found.seconds == pytest.approx(0.25, abs=0.021)
        assert found.bad == pytest.approx(25, abs=1)

    run(main())


def test_a_service_that_is_asked_exclusively_is_never_hastened_nor_asked_twice_at_once() -> None:
    async def main() -> None:
        async def slow(_: float) -> Outcome:
            await asyncio.sleep(2.5)
            return GOOD

        load = idle()
        service = Service(slow, is_exclusive=True)
        await watched(service, 11, is_hastened=True, load=load)
        assert service.distances() == pytest.approx([3, 3, 3])
        assert load.hastened == 0

    run(main())


def test_an_asker_that_raises_is_unknown_and_asked_on() -> None:
    async def main() -> None:
        service = Service(fail)
        load = idle()
        track = Track("shop")
        runner = Runner(service, track, load)
        runner.start(0)
        await asyncio.sleep(3.5)
        outcome = await runner.probe(1.0)
        await runner.close()
        assert outcome == Outcome(None, "ValueError: a defect")
        assert len(service.asked) == 5
        assert track.gap(1000, 1003, 1003).good == 0
        assert load.in_flight == 0

    run(main())


def test_what_could_not_be_measured_is_no_outage() -> None:
    """A gap in which this machine could not ask has a resolution as wide as itself."""

    async def main() -> None:
        async def hindered(now: float) -> Outcome:
            return Outcome(None, "no files left") if 1001 <= now < 1002 else GOOD

        track = await watched(Service(hindered), 3, is_hastened=True)
        found = track.gap(1000.5, 1002.9, 1003)
        assert found.seconds == pytest.approx(1.01, abs=0.011)
        assert found.seconds is not None
        assert found.resolution is not None
        assert found.resolution >= found.seconds - 0.021

    run(main())


def test_a_stalled_machine_is_no_outage_either() -> None:
    async def main() -> None:
        service = Service(at_once)
        track = Track("shop")
        runner = Runner(service, track, idle())
        runner.start(0)
        runner.set_pace(is_hastened=True)
        await asyncio.sleep(0.5)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)
        loop.now += 0.8
        await asyncio.sleep(0.5)
        await runner.close()
        found = track.gap(1000.2, 1001.7, 1001.8)
        assert found.seconds == pytest.approx(0.8, abs=0.03)
        assert found.resolution == pytest.approx(found.seconds, abs=0.03)
        # What was missed is not made up for.
        assert len(service.asked) == pytest.approx(100, abs=3)

    run(main())


def test_a_full_machine_begins_no_probe_and_tries_again_soon() -> None:
    async def main() -> None:
        load = idle()
        service = Service(at_once)
        runner = Runner(service, Track("shop"), load)
        load.in_flight = load.room
        runner.start(0)
        await asyncio.sleep(3.1)
        assert service.asked == []
        load.in_flight = 0
        await asyncio.sleep(0.5)
        assert len(service.asked) == 1
        await runner.close()

    run(main())


def test_closing_leaves_nothing_behind_and_may_be_done_twice() -> None:
    async def main() -> None:
        load = idle()
        service = Service(hang)
        runner = Runner(service, Track("shop"), load)
        runner.start(0)
        runner.set_pace(is_hastened=True)
        await asyncio.sleep(0.2)
        assert load.hastened == 1
        assert load.in_flight > 10
        await runner.close()
        await runner.close()
        runner.start(0)
        runner.set_pace(is_hastened=True)
        before = len(service.asked)
        await asyncio.sleep(1)
        assert (len(service.asked), load.hastened, load.in_flight) == (before, 0, 0)

    run(main())
