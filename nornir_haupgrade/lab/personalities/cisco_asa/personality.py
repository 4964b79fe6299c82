"""The platform ``cisco_asa`` as the lab simulates it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.election import Rules, heartbeat
from nornir_haupgrade.lab.personalities.base import Personality
from nornir_haupgrade.lab.personalities.cisco_asa.asa import GROUP, Asa, asa_of
from nornir_haupgrade.lab.personalities.cisco_asa.console import AsaConsole
from nornir_haupgrade.lab.personalities.cisco_asa.context import FULL
from nornir_haupgrade.lab.personalities.cisco_asa.faults import ASA_FAULTS
from nornir_haupgrade.lab.personalities.cisco_asa.shell import AsaShell
from nornir_haupgrade.lab.personalities.cisco_asa.spec import setup_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.spec import PairSpec

_HOLD = 15
"""Default hold time, in unit polls (``Unit Poll frequency 1 seconds, holdtime 15 seconds``)."""


def _rules(spec: PairSpec) -> dict[str, Rules]:
    poll = spec.advert_seconds
    return {GROUP: heartbeat(poll, poll * _HOLD, needs_link=True)}


def _answers(pair: Pair, member: Device) -> Device | None:
    """The addresses are those of the roles: the first member's is the active unit's.

    Of two active units the last one has it, and nobody has the standby's (assumed: each claims the
    active's addresses, and neighbours believe whom they heard last).
    """
    if not setup_of(pair.spec.setup).moves_addresses:
        return member
    units = [asa_of(device) for device in pair.devices]
    claiming = [unit for unit in units if unit.is_active]
    active = max(claiming, key=lambda unit: unit.course.active_since, default=None)
    if member is pair.devices[0]:
        return active
    others = [unit for unit in units if unit.is_answering and not unit.is_active]
    return others[-1] if others else None


CISCO_ASA = Personality(
    device=Asa,
    rules=_rules,
    command_line=AsaShell,
    session=AsaConsole,
    faults=ASA_FAULTS,
    answers=_answers,
    privilege=lambda spec: FULL if setup_of(spec.setup).auto_enable else 1,
)
