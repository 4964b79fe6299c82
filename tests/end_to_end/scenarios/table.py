"""The one table: every scenario of every platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tests.end_to_end.scenarios.accidents import Accident
from tests.end_to_end.scenarios.firewalls import FIREWALLS
from tests.end_to_end.scenarios.routers import ROUTERS
from tests.end_to_end.scenarios.scenario import Scenario

TABLE: Final[Mapping[str, Mapping[str, Scenario]]] = {
    "linux_ha": FIREWALLS,
    "cisco_iosxe": ROUTERS,
}
"""Platform, name, scenario."""


def all_of(accident: Accident, platform: str) -> Iterator[tuple[str, Scenario]]:
    """What plays an accident on a platform."""
    for name, scenario in TABLE[platform].items():
        if scenario.accident is accident:
            yield name, scenario


def telling(story: int) -> Iterator[tuple[str, str]]:
    """(platform, name) of what plays a story of the field."""
    for platform, scenarios in TABLE.items():
        for name, scenario in scenarios.items():
            if story in scenario.stories:
                yield platform, name
