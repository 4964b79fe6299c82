"""Whole upgrades with random faults, persons and crashes; an observer in the pair sees it all."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, seed, settings

from nornir_haupgrade.lab import Platform
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.platforms import known_platforms
from tests.properties.playing import Played, play
from tests.properties.profiles import PROFILES
from tests.properties.scripts import Script, scripts

SEED: Final = 20261126
CHUNKS: Final = 10
"""Each with a seed of its own, so that they can be played at once."""


class Tally:
    """What a proof played, for its figures."""

    def __init__(self) -> None:
        self.began = time.process_time()
        self.scripts = 0
        self.reloaded = 0
        self.kills = 0
        self.decisions = 0
        self.preempting = 0
        self.faults: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()

    def add(self, played: Played) -> None:
        """One script more."""
        self.scripts += 1
        self.kills += played.killed
        self.decisions += len(played.decided)
        self.reloaded += played.has_reloaded
        self.preempting += played.play.spec.preempt
        self.faults.update(
            entry["fault"] for entry in played.play.bench.audit.entries if entry["kind"] == "fault"
        )
        self.ends.update(["killed" if played.last is None else str(played.last.end)])

    def __str__(self) -> str:
        def counted(counter: Counter[str]) -> str:
            return ", ".join(f"{name} {number}" for name, number in sorted(counter.items()))

        each = 1000 * (time.process_time() - self.began) / max(self.scripts, 1)
        return "\n".join(
            [
                f"upgrades played: {self.scripts}, {each:.0f} ms of CPU each",
                f"with preemption: {self.preempting}; as far as a reload: {self.reloaded}",
                f"controllers killed: {self.kills}; decisions of a person: {self.decisions}",
                f"faults that struck: {self.faults.total()}: {counted(self.faults)}",
                f"last endings: {counted(self.ends)}",
            ]
        )


def prove(platform: Platform, *, examples: int, chunk: int, folder: Path) -> Tally:
    """Play so many scripts."""
    tally = Tally()

    @seed(SEED + chunk)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(scripts(platform))
    def holds(script: Script) -> None:
        played = play(script, folder)
        tally.add(played)
        wrong = played.wrong()
        assert not wrong, "\n".join([*wrong, played.story])

    holds()
    return tally


def test_every_platform_that_can_be_played_is_played() -> None:
    assert {str(one) for one in PROFILES} == {
        str(one) for one in PERSONALITIES if str(one) in known_platforms()
    }


@pytest.mark.parametrize("platform", PROFILES, ids=str)
def test_a_sample_of_upgrades_keeps_the_rules(platform: Platform, tmp_path: Path) -> None:
    wanted = PROFILES[platform].sample
    tally = prove(platform, examples=wanted, chunk=0, folder=tmp_path)
    assert tally.scripts >= wanted
    assert tally.reloaded, "none of them came as far as a reload: nothing is proven"


@pytest.mark.prove
@pytest.mark.exhaustive
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("chunk", range(1, CHUNKS + 1))
@pytest.mark.parametrize("platform", PROFILES, ids=str)
def test_ten_thousand_upgrades_keep_the_rules(
    platform: Platform, chunk: int, tmp_path: Path
) -> None:
    wanted = PROFILES[platform].proven // CHUNKS
    tally = prove(platform, examples=wanted, chunk=chunk, folder=tmp_path)
    print(f"\nplatform: {platform}; seed: {SEED + chunk}")
    print(tally)
    assert tally.scripts >= wanted
