"""What the lab can simulate: for each platform its devices, its groups and its command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.appliance import GROUP, Appliance
from nornir_haupgrade.lab.console import Console
from nornir_haupgrade.lab.election import Rules, hsrp, vrrp
from nornir_haupgrade.lab.fwctl import LinuxShell
from nornir_haupgrade.lab.iosxe.console import RouterConsole
from nornir_haupgrade.lab.iosxe.router import Router
from nornir_haupgrade.lab.iosxe.shell import RouterShell
from nornir_haupgrade.lab.iosxe.spec import GroupProtocol
from nornir_haupgrade.lab.spec import Platform

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Personality
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.spec import PairSpec
    from nornir_haupgrade.lab.timeline import Timeline


def make_devices(spec: PairSpec, timeline: Timeline) -> tuple[Device, Device]:
    """Both members of a pair."""
    kind = Router if spec.platform is Platform.CISCO_IOSXE else Appliance
    first, second = spec.members
    return kind(first, spec, timeline), kind(second, spec, timeline)


def rules_of(spec: PairSpec) -> dict[str, Rules]:
    """A pair's groups, each with what its protocol's times come to."""
    if spec.platform is Platform.LINUX_HA:
        return {GROUP: vrrp(spec.advert_seconds)}
    return {
        group.name: (hsrp if group.protocol is GroupProtocol.HSRP else vrrp)(spec.advert_seconds)
        for group in spec.router.groups
    }


def make_personality(spec: PairSpec, username: str) -> Personality:
    """The command line of a pair's members."""
    if spec.platform is Platform.CISCO_IOSXE:
        return RouterShell()
    return LinuxShell(username)


def console_of(platform: Platform) -> type[Console | RouterConsole]:
    """What a login to such a device talks to."""
    return RouterConsole if platform is Platform.CISCO_IOSXE else Console
