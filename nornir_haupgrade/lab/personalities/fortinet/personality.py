"""The platform ``fortinet`` as the lab simulates it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.election import Rules
from nornir_haupgrade.lab.personalities.base import Personality
from nornir_haupgrade.lab.personalities.fortinet.clustered import GROUP
from nornir_haupgrade.lab.personalities.fortinet.console import FortiConsole
from nornir_haupgrade.lab.personalities.fortinet.faults import FORTIGATE_FAULTS
from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate
from nornir_haupgrade.lab.personalities.fortinet.schema import ha
from nornir_haupgrade.lab.personalities.fortinet.shell import FortiShell

if TYPE_CHECKING:
    from nornir_haupgrade.lab.spec import PairSpec

_TICK = 0.1
"""``hb-interval`` counts tenths of a second."""


def _rules(spec: PairSpec) -> dict[str, Rules]:
    known = ha(spec.members[0].version)
    interval = int(known["hb-interval"].default) * _TICK * spec.advert_seconds
    hold = interval * int(known["hb-lost-threshold"].default)
    return {GROUP: Rules(hello=interval, hold=hold, preempts_after=interval, is_on_link=True)}


FORTINET = Personality(
    device=FortiGate,
    rules=_rules,
    command_line=lambda _: FortiShell(),
    session=FortiConsole,
    faults=FORTIGATE_FAULTS,
    key_exchanges=(
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "diffie-hellman-group-exchange-sha256",
    ),
)
"""Netmiko's own driver takes no curve (netmiko 4.8, ``FortinetSSH.preferred_kex``)."""
