"""Boots, crashes and images that do not do what their checksum promises."""

from __future__ import annotations

import time

import pytest

from nornir_haupgrade.errors import Unreachable
from nornir_haupgrade.lab.linux import LinuxLab
from nornir_haupgrade.model import Change, Role
from nornir_haupgrade.platforms.base import Order
from tests.linux.conftest import Drive, active, reload_to, standby, until_roles

pytestmark = [pytest.mark.linux, pytest.mark.timeout(600)]


def test_a_standby_is_brought_to_the_next_release(lab: LinuxLab, drive: Drive) -> None:
    member = standby(lab, "p3")  # nobody else needs its slots
    driver = drive(member)
    before = driver.facts()
    image = lab.image("13")
    reload_to(lab, driver, member, image)
    until_roles(lab, "p3")
    after = drive(member).facts()
    assert (after.version, after.role, after.identity) == (
        image.version,
        Role.STANDBY,
        before.identity,
    )
    assert after.boot_id != before.boot_id
    assert after.config == before.config
    boots = [own for own in lab.audit("boot") if own["member"] == member]
    assert boots[-1]["version"] == image.version


def test_a_crashed_active_is_silent_and_its_peer_takes_over(lab: LinuxLab, drive: Drive) -> None:
    first, second = active(lab), standby(lab)
    began = time.monotonic()
    lab.crash(first)
    lab.wait_until(lambda: lab.states[second]["role"] == "MASTER", 10, what="the takeover")
    # Three advertisements of a second each, and a bit.
    assert 2 < time.monotonic() - began < 6
    assert lab.states[first]["phase"] == "off"
    with pytest.raises(Unreachable):
        drive(first)
    lab.power_on(first)
    until_roles(lab, "p1")
    assert drive(first).facts().role is Role.STANDBY


def test_a_truncated_image_falls_back_to_the_old_release(lab: LinuxLab, drive: Drive) -> None:
    member = standby(lab, "p2")
    driver = drive(member)
    version = driver.facts().version
    image = lab.image("13-truncated")
    reload_to(lab, driver, member, image)
    until_roles(lab, "p2")
    after = drive(member).facts()
    assert (after.version, after.next_version) == (version, image.version)


def test_an_image_without_ha_boots_and_takes_no_part(lab: LinuxLab, drive: Drive) -> None:
    member = standby(lab, "p2")
    reload_to(lab, drive(member), member, lab.image("13-no-ha"))
    lab.wait_until(lambda: _answers(drive, member), 15, what="it answers")
    driver = drive(member)
    facts = driver.facts()
    assert (facts.role, facts.is_forwarding) == (Role.FAILED, False)
    back = next(version for _, version in facts.installed if version != facts.version)
    driver.perform(Order(Change.ACTIVATE, back, only_if=Role.FAILED), facts)
    driver.perform(Order(Change.RELOAD, only_if=Role.FAILED), facts)
    until_roles(lab, "p2")


def test_a_halted_member_stays_off_until_it_is_powered_on(lab: LinuxLab) -> None:
    member = standby(lab, "p2")
    lab.run(member, "fwctl reboot halt")
    lab.wait_until(lambda: lab.states[member]["phase"] == "off", 10, what="it is off")
    time.sleep(1.5)
    assert lab.states[member]["phase"] == "off"
    lab.power_on(member)
    until_roles(lab, "p2")


def _answers(drive: Drive, member: str) -> bool:
    try:
        drive(member)
    except Unreachable:
        return False
    return True
