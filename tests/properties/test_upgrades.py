"""Whole upgrades with random faults, persons and crashes; an observer in the pair sees it all."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from nornir_haupgrade.lab import Platform
from tests.properties.playing import Played, play
from tests.properties.scripts import Script, scripts

SEED: Final = 20261126
SAMPLES: Final = {Platform.LINUX_HA: 90, Platform.CISCO_IOSXE: 12}
PROVEN: Final = {Platform.LINUX_HA: 1150, Platform.CISCO_IOSXE: 110}
CHUNKS: Final = 8


class Tally:
    """What a proof played, for its figures."""

    def __init__(self) -> None:
        self.began = time.process_time()
        self.scripts = 0
        self.kills = 0
        self.faults: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()

    def add(self, played: Played) -> None:
        self.scripts += 1
        self.kills += played.killed
        self.faults.update(
            entry["fault"] for entry in played.play.bench.audit.entries if entry["kind"] == "fault"
        )
        self.ends.update(str(end.end) for end in played.ends)

    def __str__(self) -> str:
        def counted(counter: Counter[str]) -> str:
            return ", ".join(f"{name} {number}" for name, number in sorted(counter.items()))

        each = 1000 * (time.process_time() - self.began) / max(self.scripts, 1)
        return "\n".join(
            [
                f"upgrades played: {self.scripts}, {each:.0f} ms of CPU each",
                f"controllers killed: {self.kills}",
                f"faults that struck: {counted(self.faults)}",
                f"endings: {counted(self.ends)}",
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
        phases=(Phase.generate, Phase.shrink),
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


@pytest.mark.parametrize("platform", Platform, ids=str)
def test_a_sample_of_upgrades_keeps_the_rules(platform: Platform, tmp_path: Path) -> None:
    tally = prove(platform, examples=SAMPLES[platform], chunk=0, folder=tmp_path)
    assert tally.scripts >= SAMPLES[platform]


@pytest.mark.prove
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("chunk", range(1, CHUNKS + 1))
@pytest.mark.parametrize("platform", Platform, ids=str)
def test_ten_thousand_upgrades_keep_the_rules(
    platform: Platform, chunk: int, tmp_path: Path
) -> None:
    tally = prove(platform, examples=PROVEN[platform], chunk=chunk, folder=tmp_path)
    print(f"\nplatform: {platform}; seed: {SEED + chunk}")
    print(tally)
    assert tally.scripts >= PROVEN[platform]
