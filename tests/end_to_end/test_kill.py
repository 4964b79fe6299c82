"""``kill -9`` at any moment, and the same command again: nothing is lost and nothing done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.end_to_end.killing import Kill, new_seed, random_kills, survives

RUNS = 39
"""Runs of an upgrade with preemption on; each writes two records."""
RECORDS = 2 * RUNS + 1
"""With ``Opened``."""
CHUNKS = 10
AT_ONCE = 6


def _prove(folder: Path, kills: list[Kill]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        found = threads.map(
            lambda item: survives(folder / str(item[0]), item[1]), list(enumerate(kills))
        )
        wrong = [text for text in found if text is not None]
    print(f"{len(kills) - len(wrong)} of {len(kills)} kills survived")
    assert not wrong, "\n\n".join(wrong)


def test_killed_at_the_boundary_of_a_record(tmp_path: Path) -> None:
    """Before and after what matters most: the switchover, the installation, the reload."""
    kills = [Kill(after=1), Kill(before=36), Kill(after=49), Kill(before=57), Kill(before=78)]
    _prove(tmp_path, [*kills, Kill(before=RECORDS)])


def test_killed_at_a_random_moment(tmp_path: Path) -> None:
    _prove(tmp_path, random_kills(seed=1, number=3, runs=RUNS))


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_killed_at_every_boundary_of_a_record(tmp_path: Path, chunk: int) -> None:
    """A record on the disk and its action not begun; its action done and the record not written."""
    every = [kill for n in range(1, RECORDS + 1) for kill in (Kill(before=n), Kill(after=n))]
    _prove(tmp_path, every[2:-1][chunk::CHUNKS])


@pytest.mark.prove
@pytest.mark.timeout(900)
@pytest.mark.parametrize("chunk", range(5))
def test_killed_at_fifty_random_moments(tmp_path: Path, chunk: int) -> None:
    _prove(tmp_path, random_kills(new_seed(), number=10, runs=RUNS))
