"""``config ... end``, what travels to the other member, and what a report says of it."""

from __future__ import annotations

import re

import pytest

from nornir_haupgrade.lab import FortigateSpec
from nornir_haupgrade.lab.command import Terminal
from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate
from tests.lab.conftest import FortiWorld, MakeFortigates

STRAY = ('edit "stray"', "set subnet 192.0.2.0 255.255.255.0")


def prompt(world: FortiWorld, unit: FortiGate, terminal: Terminal) -> str:
    return world.rig.executor.command_line.prompt(unit, terminal)


def addresses(world: FortiWorld, unit: FortiGate) -> list[str]:
    return re.findall(r'edit "(.*)"', world.ask(unit, "show firewall address"))


def set_hostname(world: FortiWorld, unit: FortiGate, name: str) -> None:
    world.configure(unit, "config system global", f"set hostname {name}", "end")


def test_the_prompt_has_the_level_and_the_hostname(fortigates: FortiWorld) -> None:
    at, seen = Terminal(), []
    for line in (
        "get system status",
        "config system ha",
        "set priority 99",
        "end",
        "config firewall policy",
        "edit 3",
        "next",
        "edit 4",
        "end",
        "config router bgp",
        "config neighbor",
        "end",
        "end",
        "config system global",
        "set hostname edge-1",
        "end",
    ):
        fortigates.ask(fortigates.a, line, terminal=at)
        seen.append(prompt(fortigates, fortigates.a, at))
    top, edge = "p1a # ", "edge-1 # "
    assert seen == [
        *(top, "p1a (ha) # ", "p1a (ha) # ", top),
        *("p1a (policy) # ", "p1a (3) # ", "p1a (policy) # ", "p1a (4) # ", top),
        *("p1a (bgp) # ", "p1a (neighbor) # ", "p1a (bgp) # ", top),
        *("p1a (global) # ", "p1a (global) # ", edge),
    ]


def test_what_is_set_counts_when_its_table_is_left(fortigates: FortiWorld) -> None:
    at = Terminal()
    before = fortigates.state(fortigates.a).config_hash
    for line in ("config firewall address", *STRAY):
        fortigates.ask(fortigates.a, line, terminal=at)
    shown = fortigates.ask(fortigates.a, "show", terminal=at)
    assert shown == (
        'config firewall address\n    edit "stray"\n'
        "        set subnet 192.0.2.0 255.255.255.0\n    next\nend\n"
    )
    assert fortigates.state(fortigates.a).config_hash == before
    fortigates.ask(fortigates.a, "end", terminal=at)
    assert fortigates.state(fortigates.a).config_hash != before
    effects = [entry["effect"] for entry in fortigates.entries("command")]
    assert effects == ["none"] * 4 + ["config"]


def test_next_applies_an_entry_at_once(fortigates: FortiWorld) -> None:
    at = Terminal()
    for line in ("config firewall address", *STRAY, "next"):
        fortigates.ask(fortigates.a, line, terminal=at)
    assert "stray" in addresses(fortigates, fortigates.a)
    assert fortigates.ask(fortigates.a, "abort", terminal=at) == ""
    assert "stray" in addresses(fortigates, fortigates.a)


def test_a_level_is_shown_in_full_and_in_columns(fortigates: FortiWorld) -> None:
    at = Terminal()
    for line in ("config system ha", "set priority 99"):
        fortigates.ask(fortigates.a, line, terminal=at)
    full = fortigates.ask(fortigates.a, "show full-configuration", terminal=at)
    assert "    set override disable\n    set priority 99\n" in full
    columns = fortigates.ask(fortigates.a, "get", terminal=at)
    assert "priority            : 99\n" in columns
    assert "password            : *\n" in columns
    assert "group-name          : lab\n" in columns


def test_abort_drops_what_was_typed(fortigates: FortiWorld) -> None:
    fortigates.configure(fortigates.a, "config firewall address", *STRAY, "abort")
    assert "stray" not in addresses(fortigates, fortigates.a)
    assert {entry["effect"] for entry in fortigates.entries("command")} == {"none"}


def test_a_table_that_is_left_as_it_was_changes_nothing(fortigates: FortiWorld) -> None:
    fortigates.configure(fortigates.a, "config system ha", "set priority 120", "end")
    assert fortigates.entries("command")[-1]["effect"] == "none"


def test_delete_unset_and_the_next_free_number(fortigates: FortiWorld) -> None:
    fortigates.configure(
        fortigates.a,
        *("config firewall policy", "delete 2", "edit 0", "set action accept", "next", "end"),
        *("config system ha", "unset priority", "end"),
    )
    said = fortigates.ask(fortigates.a, "show firewall policy")
    assert re.findall(r"edit (\d+)", said) == [str(number) for number in (1, *range(3, 22))]
    assert "set priority" not in fortigates.ask(fortigates.a, "show system ha")
    assert "priority            : 128\n" in fortigates.ask(fortigates.a, "get system ha")


def test_defaults_are_shown_in_full_only(fortigates: FortiWorld) -> None:
    short = fortigates.ask(fortigates.a, "show system ha")
    full = fortigates.ask(fortigates.a, "show full-configuration system ha")
    for line in ("override disable", "hb-lost-threshold 20", "upgrade-mode uninterruptible"):
        assert f"    set {line}\n" not in short
        assert f"    set {line}\n" in full
    assert "    set session-pickup enable\n" in short


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("config system nothing",), "command parse error before 'nothing'"),
        (("config system ha", "set nothing 1"), "command parse error before 'nothing'"),
        (("config system ha", "set priority"), "command parse error before 'priority'"),
        (("config system ha", "set priority 256"), "value parse error before '256'"),
        (("config system ha", "set override maybe"), "value parse error before 'maybe'"),
        (("config system ha", "edit 1"), "command parse error before 'edit'"),
        (("config system ha", "next"), "command parse error before 'next'"),
        (("config firewall policy", "set name x"), "command parse error before 'set'"),
        (("config firewall policy", "delete 99"), "command parse error before '99'"),
        (("config system ha", "get system status"), "command parse error before 'system'"),
    ],
)
def test_what_is_refused(fortigates: FortiWorld, lines: tuple[str, ...], why: str) -> None:
    at = Terminal()
    *_, last = (fortigates.ask(fortigates.a, line, terminal=at) for line in lines)
    assert why in last
    assert re.search(r"Command fail\. Return code -\d+\n$", last)


@pytest.mark.parametrize(
    ("version", "known", "unknown"),
    [
        ("7.4.0", "uninterruptible-upgrade disable", "upgrade-mode local-only"),
        ("7.4.1", "upgrade-mode local-only", "uninterruptible-upgrade disable"),
    ],
)
def test_how_to_upgrade_was_renamed_in_7_4_1(
    make_fortigates: MakeFortigates, version: str, known: str, unknown: str
) -> None:
    world = make_fortigates(versions=(version, version))
    world.configure_ha(world.a, known)
    at = Terminal()
    world.ask(world.a, "config system ha", terminal=at)
    assert "parse error" in world.ask(world.a, f"set {unknown}", terminal=at)


@pytest.mark.parametrize("first", [0, 1])
def test_a_change_travels_to_the_other_member(fortigates: FortiWorld, first: int) -> None:
    unit, other = (fortigates.a, fortigates.b)[::-1] if first else (fortigates.a, fortigates.b)
    fortigates.configure(unit, "config firewall address", *STRAY, "end")
    assert "stray" not in addresses(fortigates, other)
    fortigates.wait(1)
    assert "stray" in addresses(fortigates, other)
    assert fortigates.is_in_sync()


def test_what_is_a_members_own_does_not_travel(fortigates: FortiWorld) -> None:
    before = fortigates.state(fortigates.b).config_hash
    fortigates.configure_ha(fortigates.a, "priority 99")
    set_hostname(fortigates, fortigates.a, "edge-1")
    lines = ("config system interface", "edit mgmt", "set alias office", "end")
    fortigates.configure(fortigates.a, *lines)
    gateway = ("config ha-mgmt-interfaces", "edit 1", "set gateway 10.99.1.253", "next", "end")
    fortigates.configure(fortigates.a, "config system ha", *gateway, "end")
    fortigates.wait(1)
    assert fortigates.state(fortigates.b).config_hash == before
    assert fortigates.is_in_sync()
    assert "edge-1" in fortigates.ask(fortigates.b, "get system ha status")


def test_there_is_nothing_to_save(fortigates: FortiWorld) -> None:
    fortigates.configure(fortigates.b, "config firewall address", *STRAY, "end")
    fortigates.wait(1)
    fortigates.reboot(fortigates.b)
    assert "stray" in addresses(fortigates, fortigates.b)


def sums(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^(global|root|all): ((?:[0-9a-f]{2} ){16})$", text, re.MULTILINE)


def test_a_member_that_differs_shows_in_the_report_and_in_the_checksums(
    fortigates: FortiWorld,
) -> None:
    line = "diagnose sys ha checksum cluster"
    equal = sums(fortigates.ask(fortigates.a, line))
    assert len(equal) == 2 * 2 * 3
    assert len(set(equal)) == 3
    fortigates.strike("report_differs")
    said = fortigates.ask(fortigates.a, line)
    assert said.count("is_manage_primary()=1") == said.count("is_manage_primary()=0") == 1
    differing = sums(said)
    assert differing[:6] == equal[:6]
    # an address is of the domain, not of the device
    assert [zone for zone, _ in set(differing) - set(equal)] in (["root", "all"], ["all", "root"])
    assert not fortigates.is_in_sync()
    per_table = [
        dict(re.findall(r"(.*): (.*)", fortigates.ask(unit, "diagnose sys ha checksum show root")))
        for unit in (fortigates.a, fortigates.b)
    ]
    assert [name for name, value in per_table[0].items() if per_table[1][name] != value] == [
        "firewall.address"
    ]


def test_checksums_of_a_zone_that_is_none(fortigates: FortiWorld) -> None:
    said = fortigates.ask(fortigates.a, "diagnose sys ha checksum show dmz")
    assert "parse error before 'dmz'" in said
    line = "diagnose sys ha checksum show"
    assert sums(fortigates.ask(fortigates.a, line)) == sums(fortigates.ask(fortigates.b, line))
    assert fortigates.ask(fortigates.a, "diagnose sys ha checksum recalculate") == ""


def test_synchronising_by_hand_makes_the_secondary_like_the_primary(
    fortigates: FortiWorld,
) -> None:
    fortigates.strike("report_differs")
    fortigates.ask(fortigates.a, "execute ha synchronize start")  # the primary pulls from nobody
    fortigates.wait(5)
    assert not fortigates.is_in_sync()
    fortigates.ask(fortigates.b, "execute ha synchronize start")
    assert fortigates.entries("command")[-1]["effect"] == "config-sync"
    fortigates.wait(5)
    assert fortigates.is_in_sync()
    assert "stray" not in addresses(fortigates, fortigates.b)


def test_what_differs_again_after_each_synchronisation(fortigates: FortiWorld) -> None:
    fortigates.strike("report_differs", after_sync=True, times=1)
    for is_good in (False, True):
        fortigates.ask(fortigates.b, "execute ha synchronize start")
        fortigates.wait(5)
        assert fortigates.is_in_sync() is is_good


def test_a_synchronisation_that_is_stuck(fortigates: FortiWorld) -> None:
    fortigates.strike("sync_stuck", lasts=60)
    fortigates.configure(fortigates.a, "config firewall address", *STRAY, "end")
    fortigates.ask(fortigates.b, "execute ha synchronize start")
    fortigates.wait(30)
    assert not fortigates.is_in_sync()
    fortigates.wait(31)
    fortigates.ask(fortigates.b, "execute ha synchronize start")
    fortigates.wait(5)
    assert fortigates.is_in_sync()


def test_synchronisation_is_stopped_and_started(fortigates: FortiWorld) -> None:
    fortigates.ask(fortigates.b, "execute ha synchronize stop")
    fortigates.configure(fortigates.a, "config firewall address", *STRAY, "end")
    fortigates.wait(5)
    assert not fortigates.is_in_sync()
    fortigates.ask(fortigates.b, "execute ha synchronize start")
    fortigates.wait(5)
    assert fortigates.is_in_sync()


def test_a_member_that_joins_takes_the_primarys_configuration(fortigates: FortiWorld) -> None:
    fortigates.strike("report_differs")
    fortigates.reboot(fortigates.b)
    assert fortigates.is_in_sync()
    assert "stray" not in addresses(fortigates, fortigates.b)


def test_between_different_builds_nothing_travels(make_fortigates: MakeFortigates) -> None:
    world = make_fortigates(versions=("7.4.4", "7.4.8"))
    assert not world.is_in_sync()
    world.configure(world.a, "config firewall address", *STRAY, "end")
    world.ask(world.b, "execute ha synchronize start")
    world.wait(60)
    assert "stray" not in addresses(world, world.b)
    # sessions do travel
    assert "session_count=200 " in world.ask(world.b, "diagnose sys session stat")


def test_a_secondary_that_is_alone_cannot_synchronise(fortigates: FortiWorld) -> None:
    fortigates.strike("ha_link_down", "p1b")
    fortigates.wait(10)
    assert "Return code -1" in fortigates.ask(fortigates.b, "execute ha synchronize start")


def test_how_pages_are_shown_is_configuration_and_travels(
    make_fortigates: MakeFortigates,
) -> None:
    world = make_fortigates(setup=FortigateSpec(output="standard"))
    assert "output              : standard\n" in world.ask(world.b, "get system console")
    before = [world.state(unit).config_hash for unit in (world.a, world.b)]
    world.configure(world.a, "config system console", "set output more", "end")
    world.wait(1)
    assert "output              : more\n" in world.ask(world.b, "get system console")
    after = [world.state(unit).config_hash for unit in (world.a, world.b)]
    assert after[0] != before[0]
    assert after[1] != before[1]


def test_a_backup_is_the_whole_configuration(fortigates: FortiWorld) -> None:
    said = fortigates.ask(fortigates.b, "execute backup config tftp b.conf 10.0.0.9")
    assert said.endswith("Send config file to tftp server OK.\n")
    assert fortigates.entries("command")[-1]["effect"] == "backup"
    sent = fortigates.b.depot.held["b.conf"].decode()
    assert sent == fortigates.ask(fortigates.b, "show")
    assert sent.startswith("#config-version=VM64_KVM-7.4.4-FW-build")
    assert 'set hostname "p1b"' in sent
    fortigates.ask(fortigates.b, "execute backup full-config ftp f.conf 10.0.0.9 user secret")
    full = fortigates.b.depot.held["f.conf"].decode()
    assert full == fortigates.ask(fortigates.b, "show full-configuration")
    assert "Return code" in fortigates.ask(fortigates.b, "execute backup config tftp b.conf here")
