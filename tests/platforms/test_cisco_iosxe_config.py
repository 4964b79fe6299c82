"""Configurations as text. They are synthetic, in the form of the vendor's own examples."""

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.errors import HAUpgradeError, UnexpectedOutput
from nornir_haupgrade.platforms import cisco_iosxe_config as config
from tests.platforms.captured import spoilt

RUNNING = """\
Building configuration...

Current configuration : 5432 bytes
!
! Last configuration change at 14:02:11 UTC Thu Sep 24 2026 by netops
! NVRAM config last updated at 14:05:00 UTC Thu Sep 24 2026 by netops
!
version 17.6
service timestamps log datetime msec
hostname R1
!
boot-start-marker
boot system bootflash:packages.conf
boot-end-marker
!
crypto pki certificate chain TP-self-signed-1253431187
 certificate self-signed 01
  30820330 30820218 A0030201 02020101 300D0609 2A864886 F70D0101 05050030
  31312F30 2D
  \tquit
!
interface GigabitEthernet0/0/0
 ip address 192.0.2.2 255.255.255.0
 shutdown
!
interface Vlan50
 standby 50 ip 10.0.52.161
 standby 50 priority 110
!
ntp clock-period 17180000
end
"""
STARTUP = (
    "Using 2345 out of 33554432 bytes, uncompressed size = 5432 bytes\n"
    "Uncompressed configuration from 2345 bytes to 5432 bytes\n"
    + RUNNING[RUNNING.index("!\n! Last") :]
    .replace("14:02:11", "13:00:00")
    .replace(
        RUNNING[RUNNING.index(" certificate self") : RUNNING.index("!\ninterface Gig")],
        " certificate self-signed 01 nvram:IOS-Self-Sig#1.cer\n",
    )
)


def test_what_changes_by_itself_is_no_difference() -> None:
    assert config.differences(RUNNING, STARTUP) == ()


def test_what_a_reload_would_lose_or_bring_back_is_told_with_its_place() -> None:
    changed = RUNNING.replace("standby 50 priority 110", "standby 50 priority 254").replace(
        " shutdown\n", ""
    )
    assert config.differences(changed, STARTUP) == (
        "+ interface Vlan50 | standby 50 priority 254",
        "- interface GigabitEthernet0/0/0 | shutdown",
        "- interface Vlan50 | standby 50 priority 110",
    )


def test_a_line_that_moved_to_another_interface_is_a_difference() -> None:
    moved = RUNNING.replace(" shutdown\n", "").replace(
        "interface Vlan50\n", "interface Vlan50\n shutdown\n"
    )
    assert config.differences(moved, STARTUP) == (
        "+ interface Vlan50 | shutdown",
        "- interface GigabitEthernet0/0/0 | shutdown",
    )


def test_another_certificate_is_a_difference() -> None:
    other = STARTUP.replace("self-signed 01 nvram", "self-signed 02 nvram")
    assert len(config.differences(RUNNING, other)) == 2


def test_no_startup_configuration_is_a_difference() -> None:
    assert config.differences(RUNNING, "startup-config is not present") == (
        "+ everything: there is no startup configuration",
    )


@pytest.mark.parametrize("text", ["", "end of file", RUNNING[:-4], RUNNING + "R1"])
def test_a_configuration_that_does_not_end_is_not_whole(text: str) -> None:
    with pytest.raises(UnexpectedOutput, match="does not end with 'end'"):
        config.whole(text)
    with pytest.raises(UnexpectedOutput, match="show startup-config"):
        config.differences(RUNNING, text)
    with pytest.raises(UnexpectedOutput, match="show running-config"):
        config.differences(text, STARTUP)
    with pytest.raises(HAUpgradeError, match="cannot be read back"):
        config.read_backup(text.encode())


def test_a_backup_is_compared_without_what_an_upgrade_is_to_change() -> None:
    files = config.read_backup(RUNNING.replace("\n", "\r\n").encode())
    lines = files["running-config"].split("\n")
    assert list(files) == ["running-config"]
    for gone in ("17.6", "boot system", "Last configuration", "clock-period", "bytes"):
        assert gone not in files["running-config"]
    assert "!" not in lines
    assert lines[:2] == ["service timestamps log datetime msec", "hostname R1"]
    assert " standby 50 priority 110" in lines
    assert "  30820330 30820218 A0030201 02020101 300D0609 2A864886 F70D0101 05050030" in lines
    newer = RUNNING.replace("version 17.6", "version 17.9").replace("packages.conf", "new.bin")
    assert config.read_backup(newer.encode()) == files


def test_when_it_was_changed_is_one_short_hash() -> None:
    first = config.parse_changed("! Last configuration change at 14:02:11 UTC Thu Sep 24 2026 by a")
    again = config.parse_changed(
        "\n! Last configuration change at 14:02:11 UTC Thu Sep 24 2026 by a \n"
    )
    other = config.parse_changed("! Last configuration change at 14:02:12 UTC Thu Sep 24 2026 by a")
    never = config.parse_changed("! No configuration change since last restart")
    assert first == again
    assert len({first, other, never}) == 3
    for text in ("", "hostname R1", "banner configuration change"):
        with pytest.raises(UnexpectedOutput, match="configuration change"):
            config.parse_changed(text)


CHANGE = "! Last configuration change at 23:59:58 UTC Thu Dec 31 2026 by a\n"
SAVE = "! NVRAM config last updated at {} by a\n"


@pytest.mark.parametrize(
    ("text", "is_saved"),
    [
        ("! No configuration change since last restart\n", True),
        (CHANGE, False),
        (CHANGE + SAVE.format("23:59:57 UTC Thu Dec 31 2026"), False),
        (CHANGE + SAVE.format("23:59:58 UTC Thu Dec 31 2026"), True),
        (CHANGE + SAVE.format("00:00:03 UTC Fri Jan 1 2027"), True),
        ("! Last configuration change\n" + SAVE.format("00:00:03 UTC Fri Jan 1 2027"), False),
    ],
)
def test_saved_is_what_was_saved_after_the_last_change(text: str, is_saved: bool) -> None:
    assert config.parse_saved(text) is is_saved


def test_a_date_that_is_none_is_an_error() -> None:
    text = CHANGE + SAVE.format("23:59:58 UTC Thu Foo 31 2026")
    with pytest.raises(UnexpectedOutput, match="is no date"):
        config.parse_saved(text)


@given(spoilt([RUNNING, STARTUP]), spoilt([RUNNING, STARTUP]))
def test_spoilt_configurations_never_become_another_error(one: str, other: str) -> None:
    try:
        config.differences(one, other)
        config.read_backup(one.encode(errors="replace"))
    except HAUpgradeError:
        return


@given(st.binary())
def test_any_bytes_are_a_backup_or_an_error(content: bytes) -> None:
    try:
        config.read_backup(content)
    except HAUpgradeError:
        return
