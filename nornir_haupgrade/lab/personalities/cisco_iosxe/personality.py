"""The platform ``cisco_iosxe`` as the lab simulates it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.election import Rules, hsrp, vrrp
from nornir_haupgrade.lab.personalities.base import Personality
from nornir_haupgrade.lab.personalities.cisco_iosxe.configuration import SCP
from nornir_haupgrade.lab.personalities.cisco_iosxe.console import RouterConsole
from nornir_haupgrade.lab.personalities.cisco_iosxe.events import router_events
from nornir_haupgrade.lab.personalities.cisco_iosxe.faults import ROUTER_FAULTS
from nornir_haupgrade.lab.personalities.cisco_iosxe.router import Router, router_of
from nornir_haupgrade.lab.personalities.cisco_iosxe.shell import RouterShell
from nornir_haupgrade.lab.personalities.cisco_iosxe.software import flash_path
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import GroupProtocol, setup_of
from nornir_haupgrade.lab.transfer import Depot, Refused

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.spec import PairSpec


def _rules(spec: PairSpec) -> dict[str, Rules]:
    return {
        group.name: (hsrp if group.protocol is GroupProtocol.HSRP else vrrp)(spec.advert_seconds)
        for group in setup_of(spec.setup).groups
    }


def _path(device: Device, name: str) -> str:
    if SCP not in router_of(device).configuration.running:
        raise Refused("Administratively disabled.")
    path = flash_path(name)
    if path is None:
        raise Refused("No such file or directory")
    return path


CISCO_IOSXE = Personality(
    device=Router,
    rules=_rules,
    command_line=lambda _: RouterShell(),
    session=RouterConsole,
    faults=ROUTER_FAULTS,
    version="17.06.03a",
    netmiko="cisco_xe",
    is_stateful=False,
    depot=Depot(_path, is_in_place=True),
    events=router_events,
    privilege=lambda spec: setup_of(spec.setup).privilege,
)
"""It serves no SFTP (Cisco's document 220371), and gives every session a line."""
