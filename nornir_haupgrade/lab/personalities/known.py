"""The platforms that the lab simulates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_asa.personality import CISCO_ASA
from nornir_haupgrade.lab.personalities.cisco_iosxe.personality import CISCO_IOSXE
from nornir_haupgrade.lab.personalities.fortinet.personality import FORTINET
from nornir_haupgrade.lab.personalities.linux_ha.personality import LINUX_HA
from nornir_haupgrade.lab.personalities.paloalto_panos.personality import PALOALTO_PANOS
from nornir_haupgrade.lab.spec import Platform

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.base import Personality

PERSONALITIES: dict[Platform, Personality] = {
    Platform.LINUX_HA: LINUX_HA,
    Platform.CISCO_IOSXE: CISCO_IOSXE,
    Platform.CISCO_ASA: CISCO_ASA,
    Platform.FORTINET: FORTINET,
    Platform.PALOALTO_PANOS: PALOALTO_PANOS,
}
