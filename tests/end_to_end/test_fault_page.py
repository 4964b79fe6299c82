"""Every accident and story is played, and `docs/faults.md` says what came of it."""

from __future__ import annotations

import re

import pytest

from nornir_haupgrade.lab.fault_words import ABOUT
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from tests.end_to_end.scenarios.accidents import NOT_HERE, STORIES, Accident
from tests.end_to_end.scenarios.measured import kept
from tests.end_to_end.scenarios.page import PAGE, page
from tests.end_to_end.scenarios.table import TABLE, all_of, telling

EVERY = [(platform, name) for platform, scenarios in TABLE.items() for name in scenarios]


@pytest.mark.parametrize("platform", TABLE)
@pytest.mark.parametrize("accident", Accident)
def test_every_accident_is_played_or_it_is_said_why_not(accident: Accident, platform: str) -> None:
    is_played = any(all_of(accident, platform))
    assert is_played != ((platform, accident) in NOT_HERE)


@pytest.mark.parametrize("number", range(1, 21))
def test_every_story_of_the_field_is_played_or_told_where_it_is_proven(number: int) -> None:
    assert STORIES[number].elsewhere or list(telling(number))


def test_every_kind_of_fault_is_described_and_exists() -> None:
    assert set(ABOUT) == {name for one in PERSONALITIES.values() for name in one.faults}


@pytest.mark.parametrize(("platform", "name"), EVERY)
def test_what_is_kept_of_a_scenario_is_what_is_expected_of_it(platform: str, name: str) -> None:
    """Else it was changed and not played again: `make faults` does that."""
    scenario, found = TABLE[platform][name], kept().get(platform, {}).get(name)
    assert found is not None, "it was never played"
    assert scenario.end is None or found.end == scenario.end
    assert re.search(scenario.says, found.says)
    assert len(found.holds) >= len(scenario.holds)
    for hold, met in zip(scenario.holds, found.holds, strict=False):
        assert met.kind in {str(kind) for kind in hold.kinds}


def test_nothing_is_kept_of_what_is_no_scenario() -> None:
    assert {(platform, name) for platform, found in kept().items() for name in found} <= set(EVERY)


def test_the_page_is_what_the_table_and_the_kept_endings_give() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(kept()), "make faults writes it"
