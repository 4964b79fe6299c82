"""The platform ``paloalto_panos`` as the lab simulates it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.election import Rules, heartbeat
from nornir_haupgrade.lab.personalities.base import Personality
from nornir_haupgrade.lab.personalities.paloalto_panos.console import PanosConsole
from nornir_haupgrade.lab.personalities.paloalto_panos.faults import PANOS_FAULTS
from nornir_haupgrade.lab.personalities.paloalto_panos.firewall import GROUP, Firewall
from nornir_haupgrade.lab.personalities.paloalto_panos.shell import PanosShell
from nornir_haupgrade.lab.personalities.paloalto_panos.spec import setup_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.spec import PairSpec

_LOST, _PROMOTION, _PREEMPTION = 3, 2, 60
"""In heartbeats of 1 s, as ``show high-availability all`` was captured: three lost ones, then the
promotion hold of 2000 ms; the preemption hold is 1 min."""


def _rules(spec: PairSpec) -> dict[str, Rules]:
    unit = spec.advert_seconds
    return {GROUP: heartbeat(unit, (_LOST + _PROMOTION) * unit, preempts_after=_PREEMPTION * unit)}


def _login_questions(spec: PairSpec) -> tuple[tuple[str, bool], ...]:
    """A banner is to be accepted in the dialogue that asks the password too."""
    accept = "Do you accept and acknowledge the statement above ? (yes/no) : "
    banner = ((accept, True),) if setup_of(spec.setup).has_banner else ()
    return (*banner, ("Password: ", False))


PALOALTO_PANOS = Personality(
    device=Firewall,
    rules=_rules,
    command_line=PanosShell,
    session=PanosConsole,
    faults=PANOS_FAULTS,
    login_questions=_login_questions,
)
