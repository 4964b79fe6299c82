"""What a router's slots and lines become: a dry run shows the lines that will be sent."""

from __future__ import annotations

from dataclasses import replace

from nornir_haupgrade.model import Change, ImageFile, MemberFacts, Role
from nornir_haupgrade.platforms.base import Order
from nornir_haupgrade.platforms.cisco_iosxe import CiscoIosXe
from nornir_haupgrade.platforms.cisco_iosxe_commands import commands_of

OLD, NEW = "17.06.03a", "17.09.04a"
IMAGE = ImageFile(NEW, f"/images/isr-universalk9.{NEW}.SPA.bin", "ab" * 32, 1000)
LINES = (
    "interface Vlan50|standby 50 priority 110",
    "interface Vlan50|standby 50 preempt delay minimum 60",
    "interface Vlan60|vrrp 6 address-family ipv4|no priority",
    "interface Vlan60|vrrp 6 address-family ipv4|no preempt",
)
OFF = (
    LINES[0],
    "interface Vlan50|no standby 50 preempt",
    *LINES[2:],
)
TAKEN = (
    "interface Vlan50|standby 50 priority 254",
    "interface Vlan50|standby 50 preempt",
    "interface Vlan60|vrrp 6 address-family ipv4|priority 254",
    "interface Vlan60|vrrp 6 address-family ipv4|preempt",
)
PACKAGES = MemberFacts(
    identity="FGL1",
    role=Role.STANDBY,
    version=OLD,
    boot_id="x",
    next_version=OLD,
    installed=(("bootflash: committed", OLD),),
    ha_lines=LINES,
)
BUNDLE = replace(PACKAGES, installed=((f"flash:isr-universalk9.{OLD}.SPA.bin", OLD),))


def after(order: Order, facts: MemberFacts) -> MemberFacts:
    """With nothing but the platform's own marks changed."""
    return CiscoIosXe.marked(order, facts, facts)


def test_packages_are_added_tried_and_kept() -> None:
    facts = after(Order(Change.STAGE, version=NEW, image=IMAGE), PACKAGES)
    assert facts.installed == PACKAGES.installed
    facts = after(Order(Change.INSTALL, version=NEW, image=IMAGE), facts)
    assert dict(facts.installed) == {"bootflash: committed": OLD, "bootflash: inactive": NEW}
    facts = after(Order(Change.RELOAD, version=NEW, image=IMAGE), facts)
    assert dict(facts.installed) == {"bootflash: committed": OLD, "bootflash: on trial": NEW}
    facts = after(Order(Change.COMMIT, version=NEW, image=IMAGE), facts)
    assert dict(facts.installed) == {"bootflash: committed": NEW, "bootflash: inactive": OLD}
    assert after(Order(Change.RELOAD), facts).installed == facts.installed, "a plain reload"


def test_one_file_is_installed_as_soon_as_it_lies_there() -> None:
    facts = after(Order(Change.STAGE, version=NEW, image=IMAGE), BUNDLE)
    both = (*BUNDLE.installed, (f"flash:{IMAGE.name}", NEW))
    assert facts.installed == both
    for change in (Change.INSTALL, Change.ACTIVATE, Change.RELOAD):
        assert after(Order(change, version=NEW, image=IMAGE), facts).installed == both


def test_lines_follow_the_role_and_come_back() -> None:
    lent = after(Order(Change.PREEMPTION_OFF), PACKAGES)
    assert (lent.ha_lines, lent.preempting) == (OFF, ())
    taken = after(Order(Change.RELINQUISH), lent)
    assert taken.ha_lines == TAKEN
    release = Order(Change.RELEASE, lines=LINES)
    assert commands_of(release, taken)[2:4] == ("no standby 50 preempt", "standby 50 priority 110")
    released = after(release, taken)
    assert released.ha_lines == OFF
    assert after(Order(Change.PREEMPTION_ON, lines=LINES), released).ha_lines == LINES
    assert after(Order(Change.BACK_UP), released) == released
