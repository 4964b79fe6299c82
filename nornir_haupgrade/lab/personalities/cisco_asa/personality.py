"""The platform ``cisco_asa`` as the lab simulates it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.election import Rules, heartbeat
from nornir_haupgrade.lab.personalities.base import Personality
from nornir_haupgrade.lab.personalities.cisco_asa.asa import GROUP, Asa
from nornir_haupgrade.lab.personalities.cisco_asa.console import AsaConsole
from nornir_haupgrade.lab.personalities.cisco_asa.context import FULL
from nornir_haupgrade.lab.personalities.cisco_asa.faults import ASA_FAULTS
from nornir_haupgrade.lab.personalities.cisco_asa.shell import AsaShell
from nornir_haupgrade.lab.personalities.cisco_asa.spec import setup_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.spec import PairSpec

_HOLD = 15
"""Default hold time, in unit polls (``Unit Poll frequency 1 seconds, holdtime 15 seconds``)."""


def _rules(spec: PairSpec) -> dict[str, Rules]:
    poll = spec.advert_seconds
    return {GROUP: heartbeat(poll, poll * _HOLD, needs_link=True)}


CISCO_ASA = Personality(
    device=Asa,
    rules=_rules,
    command_line=AsaShell,
    session=AsaConsole,
    faults=ASA_FAULTS,
    privilege=lambda spec: FULL if setup_of(spec.setup).auto_enable else 1,
)
