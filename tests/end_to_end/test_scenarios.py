"""Each accident: where the pair is held, what is said about it, how it ends, and what was done."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from tests.end_to_end.scenarios.play import batches, play
from tests.end_to_end.scenarios.table import TABLE

AT_ONCE: Final = {"linux_ha": 7, "cisco_iosxe": 6}
"""Scenarios that are played at the same time; routers have more to say."""


def _batches(*, in_test: bool) -> list[object]:
    return [
        pytest.param(platform, names, id=f"{platform}-{'+'.join(names)}")
        for platform, scenarios in TABLE.items()
        for names in batches(
            (name for name, one in scenarios.items() if one.in_test is in_test), AT_ONCE[platform]
        )
    ]


@pytest.mark.parametrize(("platform", "names"), _batches(in_test=True))
def test_an_accident_ends_as_designed(tmp_path: Path, platform: str, names: list[str]) -> None:
    play(tmp_path, {name: TABLE[platform][name] for name in names})


@pytest.mark.prove
@pytest.mark.timeout(300)
@pytest.mark.parametrize(("platform", "names"), _batches(in_test=False))
def test_more_accidents_end_as_designed(tmp_path: Path, platform: str, names: list[str]) -> None:
    play(tmp_path, {name: TABLE[platform][name] for name in names})


BY_NORNIR: Final = ("boot-without-ha", "old-image-after-reboot", "never-boots", "disk-full")
"""As a sample; all of `make test`'s are among the long proofs."""


def test_an_accident_is_no_other_by_nornir(tmp_path: Path) -> None:
    found = {name: TABLE["linux_ha"][name] for name in BY_NORNIR}
    play(tmp_path, found, is_through_nornir=True)


@pytest.mark.prove
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "names",
    batches(
        (
            name
            for name, one in TABLE["linux_ha"].items()
            if one.in_test and name not in BY_NORNIR and one.has_one_answer
        ),
        AT_ONCE["linux_ha"],
    ),
    ids="+".join,
)
def test_more_accidents_are_no_others_by_nornir(tmp_path: Path, names: list[str]) -> None:
    found = {name: TABLE["linux_ha"][name] for name in names}
    play(tmp_path, found, is_through_nornir=True)
