"""The platform ``linux_ha`` as the lab simulates it."""

from __future__ import annotations

from nornir_haupgrade.lab.election import vrrp
from nornir_haupgrade.lab.personalities.base import Personality
from nornir_haupgrade.lab.personalities.linux_ha.appliance import GROUP, Appliance
from nornir_haupgrade.lab.personalities.linux_ha.console import Console
from nornir_haupgrade.lab.personalities.linux_ha.faults import FAULTS
from nornir_haupgrade.lab.personalities.linux_ha.shell import LinuxShell

LINUX_HA = Personality(
    device=Appliance,
    rules=lambda spec: {GROUP: vrrp(spec.advert_seconds)},
    command_line=LinuxShell,
    session=Console,
    faults=FAULTS,
    has_sftp=True,
    gives_lines_to_all=False,
)
