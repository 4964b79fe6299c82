"""What can be made to go wrong, and that it shows where it should."""

from __future__ import annotations

import socket

import pytest

from nornir_haupgrade.errors import CommandRefused, HAUpgradeError
from nornir_haupgrade.lab.linux import LinuxLab
from nornir_haupgrade.model import Change, Role
from nornir_haupgrade.platforms.base import Order
from tests.linux.conftest import Drive, active, standby, until_roles

pytestmark = [pytest.mark.linux, pytest.mark.timeout(600)]


def passes() -> bool:
    try:
        with socket.create_connection(("10.2.1.100", 7001), 0.5) as one:
            return one.recv(16) == b"ok p1\n"
    except OSError:
        return False


def test_a_dead_data_plane_shows_only_in_the_traffic(lab: LinuxLab, drive: Drive) -> None:
    member = active(lab)
    driver = drive(member)
    before = driver.facts()
    assert passes()
    lab.fault("data-dead", member)
    assert not passes()
    assert driver.facts() == before
    lab.heal("data-dead")
    assert passes()


def test_a_fault_waits_for_a_role(lab: LinuxLab) -> None:
    first, second = active(lab), standby(lab)
    lab.fault("data-dead", second, on="role MASTER", by=second)
    assert lab.faults["waiting"] == [["data-dead", second, "role MASTER"]]
    lab.fault("takeover", first)
    lab.wait_until(lambda: lab.faults["struck"], 10, what="it strikes")
    until_roles(lab, "p1")
    assert active(lab) == second
    assert not passes()


def test_the_active_crashes_while_its_peer_reboots(lab: LinuxLab) -> None:
    first, second = active(lab), standby(lab)
    lab.fault("crash", first, on="fwctl reboot", by=second)
    lab.run(second, "fwctl reboot --if-state BACKUP")
    lab.wait_until(lambda: lab.states[first]["phase"] == "off", 5, what="the crash")
    lab.wait_until(lambda: lab.states[second]["role"] == "MASTER", 20, what="it is active alone")
    kinds = [(own["kind"], own["member"]) for own in lab.audit()]
    assert kinds[-1] != ("begin", second)
    assert ("fault", first) in kinds[kinds.index(("begin", second)) :]


def test_a_cut_link_shows_on_both_members(lab: LinuxLab, drive: Drive) -> None:
    drivers = [drive(active(lab)), drive(standby(lab))]
    lab.fault("ha-cut", active(lab))
    assert [driver.facts().is_peer_link_up for driver in drivers] == [False, False]
    with pytest.raises(CommandRefused, match="peer does not answer"):
        drivers[0].perform(Order(Change.SYNC_CONFIG), drivers[0].facts())
    lab.heal("ha-cut")
    lab.wait_until(lambda: drivers[0].facts().is_peer_link_up, 5, what="the link is up again")


def test_a_port_without_carrier_gives_the_role_away(lab: LinuxLab, drive: Drive) -> None:
    first, second = active(lab), standby(lab)
    driver = drive(first)
    lab.fault("port-down", first, params={"port": "in"})
    lab.wait_until(lambda: lab.states[second]["role"] == "MASTER", 10, what="the takeover")
    assert ("in", False) in driver.interfaces()
    assert driver.facts().role is Role.FAILED
    lab.heal("port-down", first)
    until_roles(lab, "p1")


def test_late_sync_is_no_zero(lab: LinuxLab, drive: Drive) -> None:
    member = standby(lab)
    before = lab.states[member]["boot_id"]
    lab.fault("late-sync", member, params={"seconds": 4})
    lab.run(member, "fwctl reboot")
    lab.wait_until(lambda: lab.states[member]["boot_id"] != before, 20, what="the boot")
    driver = drive(member)
    with pytest.raises(CommandRefused, match="conntrackd is not running"):
        driver.session_count()
    lab.wait_until(lambda: _counts(drive, member), 10, what="it counts")


def test_a_change_by_hand_changes_the_hash(lab: LinuxLab, drive: Drive) -> None:
    driver = drive(active(lab))
    before = driver.facts()
    lab.fault("touch-config", active(lab))
    assert driver.facts().config != before.config


def test_a_full_disk_is_full(lab: LinuxLab, drive: Drive) -> None:
    driver = drive(standby(lab))
    lab.fault("disk-full", standby(lab), params={"free": 1 << 20})
    free = driver.free_space()
    assert free is not None
    assert free <= 2 << 20
    lab.heal("disk-full")
    assert (driver.free_space() or 0) > 100 << 20


@pytest.mark.parametrize(
    ("name", "member", "said"),
    [("earthquake", "p1a", "no fault earthquake"), ("crash", "p9z", "no member p9z")],
)
def test_what_is_not_known_is_refused(lab: LinuxLab, name: str, member: str, said: str) -> None:
    with pytest.raises(HAUpgradeError, match=said):
        lab.fault(name, member)


def _counts(drive: Drive, member: str) -> bool:
    try:
        return drive(member).session_count().own is not None
    except CommandRefused:
        return False
