"""The lines that a switchover rewrites, found in a configuration.

The sections are synthetic, in the form that the vendor's configuration guides and public
configurations have (HSRP; VRRP version 2; VRRP version 3 with `exit-vrrp`).
"""

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.errors import HAUpgradeError, UnexpectedOutput
from nornir_haupgrade.model import Role
from nornir_haupgrade.platforms.cisco_iosxe_groups import Group, parse_standby
from nornir_haupgrade.platforms.cisco_iosxe_lines import (
    Line,
    is_latched,
    lines_of_groups,
    parse_lines,
    preempting,
)
from tests.platforms.captured import captured

SECTIONS = """\
interface GigabitEthernet0/0/0
 description standby 50 priority 1
 ip address 192.0.2.2 255.255.255.0
 negotiation auto
interface Vlan50
 ip address 10.0.52.162 255.255.255.0
 standby version 2
 standby delay minimum 30 reload 60
 standby 50 ip 10.0.52.161
 standby 50 priority 90
 standby 50 preempt delay minimum 120
 standby 50 authentication md5 key-string 7 0822455D0A16
 standby 50 track 1 decrement 10
interface BDI10
 standby 0 ip 203.0.113.1
 standby 1 ip 203.0.113.2
 standby 1 preempt
 vrrp 7 ip 203.0.113.3
 vrrp 8 ip 203.0.113.4
 vrrp 8 priority 120
 no vrrp 8 preempt
interface GigabitEthernet0/0/1.10
 vrrp 1 address-family ipv4
  priority 110
  preempt delay minimum 30
  track 1 decrement 20
  address 198.51.100.1 primary
  exit-vrrp
 vrrp 1 address-family ipv6
  no preempt
  address FE80::1 primary
  exit-vrrp
 vrrp 2 address-family ipv4
  address 198.51.100.2 primary
  exit-vrrp
"""


FAMILY = "interface GigabitEthernet0/0/1.10|vrrp 1 address-family ipv"


def group(
    interface: str, protocol: str, number: int, family: str | None = None, role: Role = Role.STANDBY
) -> Group:
    return Group(
        protocol=protocol,
        interface=interface,
        number=number,
        family=family,
        role=role,
        state="Standby",
        holder="192.0.2.1",
        holder_priority=100,
        second=None,
        is_in_use=None,
        preempts=True,
        priority=100,
        configured=100,
        changes=0,
    )


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (
            group("Vlan50", "standby", 50),
            (
                "interface Vlan50|standby 50 priority 90",
                "interface Vlan50|standby 50 preempt delay minimum 120",
            ),
        ),
        (
            group("BDI10", "standby", 0),
            ("interface BDI10|no standby 0 priority", "interface BDI10|no standby 0 preempt"),
        ),
        (
            group("BDI10", "standby", 1),
            ("interface BDI10|no standby 1 priority", "interface BDI10|standby 1 preempt"),
        ),
        (
            group("BDI10", "vrrp", 7),
            ("interface BDI10|no vrrp 7 priority", "interface BDI10|vrrp 7 preempt"),
        ),
        (
            group("BDI10", "vrrp", 8),
            ("interface BDI10|vrrp 8 priority 120", "interface BDI10|no vrrp 8 preempt"),
        ),
        (
            group("GigabitEthernet0/0/1.10", "vrrp", 1, "IPv4"),
            (
                f"{FAMILY}4|priority 110",
                f"{FAMILY}4|preempt delay minimum 30",
            ),
        ),
        (
            group("GigabitEthernet0/0/1.10", "vrrp", 1, "IPv6"),
            (
                f"{FAMILY}6|no priority",
                f"{FAMILY}6|no preempt",
            ),
        ),
        (
            group("GigabitEthernet0/0/1.10", "vrrp", 2, "IPv4"),
            (
                "interface GigabitEthernet0/0/1.10|vrrp 2 address-family ipv4|no priority",
                "interface GigabitEthernet0/0/1.10|vrrp 2 address-family ipv4|preempt",
            ),
        ),
    ],
)
def test_what_is_configured_of_a_group(shown: Group, expected: tuple[str, ...]) -> None:
    assert lines_of_groups(SECTIONS, [shown]) == expected
    assert not is_latched(expected)


def test_the_groups_are_kept_in_the_order_in_which_they_are_shown() -> None:
    shown = [group("BDI10", "standby", 1), group("Vlan50", "standby", 50)]
    assert [line.path for line in parse_lines(lines_of_groups(SECTIONS, shown))] == [
        ("interface BDI10",),
        ("interface BDI10",),
        ("interface Vlan50",),
        ("interface Vlan50",),
    ]
    assert lines_of_groups(SECTIONS, []) == ()


def test_a_group_without_a_number_is_group_0() -> None:
    text = "interface Vlan1\n standby ip 192.0.2.1\n standby priority 120\n standby preempt\n"
    assert lines_of_groups(text, [group("Vlan1", "standby", 0)]) == (
        "interface Vlan1|standby 0 priority 120",
        "interface Vlan1|standby 0 preempt",
    )


def test_a_group_that_is_shown_and_not_configured_is_not_understood() -> None:
    for shown in (
        group("Vlan50", "standby", 51),
        group("Vlan51", "standby", 50),
        group("Vlan50", "vrrp", 50),
        group("BDI10", "vrrp", 9),
        group("GigabitEthernet0/0/1.10", "vrrp", 2, "IPv6"),
    ):
        with pytest.raises(UnexpectedOutput, match=f"{shown} is shown"):
            lines_of_groups(SECTIONS, [shown])
    with pytest.raises(UnexpectedOutput):
        lines_of_groups("", parse_standby(captured("show_standby_ntc0")))


def test_a_group_that_follows_another_is_refused() -> None:
    text = "interface Vlan1\n standby 2 ip 192.0.2.1\n standby 2 follow MASTER\n"
    with pytest.raises(UnexpectedOutput, match="follows another group"):
        lines_of_groups(text, [group("Vlan1", "standby", 2)])


def test_the_lines_that_preempt_are_told_from_those_that_do_not() -> None:
    on = ("interface Vlan1|standby 1 preempt delay minimum 30", "interface Vlan2|vrrp 2 preempt")
    off = ("interface Vlan1|standby 1 priority 110", "interface Vlan3|no standby 3 preempt")
    assert preempting((off[0], on[0], on[1], off[1])) == on
    assert preempting(()) == ()


def test_the_priority_that_takes_the_role_is_a_latch() -> None:
    text = SECTIONS.replace("standby 50 priority 90", "standby 50 priority 254")
    assert is_latched(lines_of_groups(text, [group("Vlan50", "standby", 50)]))
    text = SECTIONS.replace("  priority 110", "  priority 254")
    assert is_latched(lines_of_groups(text, [group("GigabitEthernet0/0/1.10", "vrrp", 1, "IPv4")]))
    assert not is_latched(
        ("interface Vlan1|no standby 1 priority", "interface Vlan1|vrrp 254 preempt")
    )
    assert not is_latched(("interface Vlan1|standby 1 preempt delay minimum 254",))


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "standby 50 priority 110",
        "interface Vlan1|shutdown",
        "interface Vlan1|standby 50 ip 10.0.0.1",
        "interface Vlan1|standby x priority 1",
        "interface Vlan1|reload",
    ],
)
def test_what_is_no_line_of_a_group_is_never_brought_back(kept: str) -> None:
    with pytest.raises(HAUpgradeError, match="not a line of a group"):
        Line.parse(kept)


@given(
    st.text(
        alphabet=st.sampled_from("interface Vlan1\n standby50vrrpiyth preempt|no"), max_size=300
    )
)
def test_any_configuration_is_lines_or_unexpected(text: str) -> None:
    try:
        kept = lines_of_groups(text, [group("Vlan1", "standby", 50), group("Vlan1", "vrrp", 1)])
    except UnexpectedOutput:
        return
    assert len(parse_lines(kept)) == 4
