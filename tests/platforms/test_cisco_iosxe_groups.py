"""HSRP's and VRRP's groups as real routers show them; the expected values were read by a person."""

from dataclasses import replace

import pytest
from hypothesis import given, settings, strategies as st

from nornir_haupgrade.errors import UnexpectedOutput
from nornir_haupgrade.model import Preemption, Role
from nornir_haupgrade.platforms import cisco_iosxe_groups as fhrp
from nornir_haupgrade.platforms.cisco_iosxe_groups import Group, parse_standby, parse_vrrp
from tests.platforms.captured import captured, names, spoilt

STANDBY = [captured(name) for name in names("show_standby")]
VRRP = [captured(name) for name in names("show_vrrp")]


def test_a_standby_router_with_the_word_of_its_data_plane() -> None:
    (group,) = parse_standby(captured("show_standby_ntc0"))
    assert group == Group(
        protocol="standby",
        interface="Vlan50",
        number=50,
        family=None,
        role=Role.STANDBY,
        state="Standby",
        holder="10.0.52.163",
        holder_priority=110,
        second="local",
        is_in_use=False,
        preempts=True,
        priority=90,
        configured=90,
        changes=1,
    )
    assert (group.is_forwarding, group.sees_peer) == (False, True)


def test_a_router_without_the_word_of_its_data_plane() -> None:
    (group,) = parse_standby(captured("show_standby_ntc1"))
    assert (group.interface, group.number, group.role) == ("Vlan76", 76, Role.STANDBY)
    assert (group.holder, group.holder_priority) == ("128.88.163.163", 255)
    assert (group.is_in_use, group.is_forwarding) == (None, False)
    assert (group.priority, group.changes) == (250, 4)


def test_groups_of_both_roles_are_mixed() -> None:
    groups = parse_standby(captured("show_standby_ntc3"))
    assert [(g.interface, g.number, g.role, g.second) for g in groups] == [
        ("Vlan111", 1, Role.STANDBY, "local"),
        ("BDI10", 1, Role.ACTIVE, "203.57.147.3"),
        ("Vlan703", 4, Role.ACTIVE, "unknown"),
        ("GigabitEthernet0/1.2951", 1, Role.ACTIVE, "unknown"),
    ]
    assert [g.is_in_use for g in groups] == [None, True, None, None]
    assert [g.sees_peer for g in groups] == [True, True, False, False]
    assert fhrp.role_of(groups) is Role.MIXED
    assert fhrp.forwards(groups) is None
    assert fhrp.sees_peer(groups) is False
    assert fhrp.failovers_of(groups) == 1 + 14 + 11 + 2


def test_an_edge_router_that_is_active_in_all_its_groups() -> None:
    groups = parse_standby(captured("show_standby_genie3"))
    assert len(groups) == 12
    assert [(g.interface, g.number) for g in groups[:4]] == [
        ("BDI3071", 71),
        ("BDI3121", 121),
        ("BDI3122", 122),
        ("BDI3201", 21),
    ]
    assert {(g.is_in_use, g.priority, g.configured) for g in groups} == {(True, 110, 110)}
    assert groups[-1].second == "10.5.148.253"
    assert fhrp.role_of(groups) is Role.ACTIVE
    assert fhrp.forwards(groups) is True
    assert fhrp.sees_peer(groups) is True
    assert fhrp.preemption_of(groups) is Preemption.ON
    # Three with 2, eight with 40, one with 1.
    assert fhrp.failovers_of(groups) == 3 * 2 + 8 * 40 + 1


def test_two_groups_of_one_interface() -> None:
    groups = parse_standby(captured("show_standby_genie4"))
    assert [(g.interface, g.number, g.changes) for g in groups] == [
        ("BDI3147", 31, 17),
        ("BDI3147", 32, 17),
    ]
    assert fhrp.failovers_of(groups) == 34


def test_a_group_without_an_address_is_disabled_and_counts_nothing() -> None:
    groups = parse_standby(captured("show_standby_genie2"))
    assert [(g.state, g.role, g.changes) for g in groups] == [
        ("Active", Role.ACTIVE, 8),
        ("Disabled", Role.FAILED, None),
    ]
    assert (groups[1].holder, groups[1].second, groups[1].is_in_use) == (
        "unknown",
        "unknown",
        False,
    )
    assert fhrp.role_of(groups) is Role.MIXED
    assert fhrp.failovers_of(groups) == 8


def test_a_state_without_its_indentation_is_read() -> None:
    groups = parse_standby(captured("show_standby_genie1"))
    assert [(g.interface, g.role) for g in groups] == [
        ("Port-channel1", Role.ACTIVE),
        ("GigabitEthernet1/0/2", Role.FAILED),
        ("GigabitEthernet3", Role.STANDBY),
        ("GigabitEthernet4/10.101", Role.ACTIVE),
        ("GigabitEthernet4/10.103", Role.ACTIVE),
    ]


def test_vrrp_of_the_second_version() -> None:
    groups = parse_vrrp(captured("show_vrrp_all_v2"))
    assert [(g.interface, g.number, g.role, g.holder, g.holder_priority) for g in groups] == [
        ("FastEthernet0/1", 1, Role.ACTIVE, "local", 110),
        ("FastEthernet0/1.2", 2, Role.ACTIVE, "local", 110),
        ("FastEthernet0/1.3", 3, Role.STANDBY, "10.0.3.3", 120),
        ("FastEthernet0/1.4", 4, Role.FAILED, "10.0.4.3", 120),
        ("FastEthernet0/1.5", 5, Role.STANDBY, "10.0.5.3", 105),
    ]
    assert [(g.priority, g.configured) for g in groups] == [
        (110, 110),
        (110, 110),
        (110, 110),
        (100, 100),
        (90, 110),
    ]
    assert [g.is_forwarding for g in groups] == [True, True, False, False, False]
    assert {g.preempts for g in groups} == {True}
    assert fhrp.failovers_of(groups) is None


def test_vrrp_of_the_third_version() -> None:
    groups = parse_vrrp(captured("show_vrrp_all_v3"))
    assert [(g.interface, g.number, g.family, g.role) for g in groups] == [
        ("GigabitEthernet0/0", 1, "IPv4", Role.ACTIVE),
        ("GigabitEthernet0/0", 6, "IPv6", Role.ACTIVE),
        ("GigabitEthernet0/0.4010", 1, "IPv4", Role.STANDBY),
        ("GigabitEthernet0/0.4010", 6, "IPv6", Role.STANDBY),
        ("GigabitEthernet0/0.2600", 1, "IPv4", Role.STANDBY),
        ("GigabitEthernet0/0.2600", 6, "IPv6", Role.FAILED),
    ]
    assert (groups[4].priority, groups[4].configured) == (90, 110)
    assert groups[3].holder == "FE80::4010:3"
    assert (groups[5].holder, groups[5].holder_priority) == ("unknown", None)


def test_vrrp_as_this_system_prints_it() -> None:
    groups = parse_vrrp(captured("show_vrrp_all_genie"))
    assert [(g.interface, g.number, g.family, g.role, g.priority) for g in groups] == [
        ("GigabitEthernet3.420", 10, None, Role.ACTIVE, 100),
        ("GigabitEthernet3.415", 13, None, Role.ACTIVE, 100),
        ("GigabitEthernet1/0/19", 1, "IPv4", Role.ACTIVE, 100),
        ("GigabitEthernet1/0/20", 1, "IPv4", Role.FAILED, 200),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("show_vrrp_genie1", [("GigabitEthernet1", 100, Role.ACTIVE, 120, 120)]),
        ("show_vrrp_genie2", [("GigabitEthernet1", 100, Role.FAILED, 115, 115)]),
        (
            "show_vrrp_genie3",
            [("Vlan33", 10, Role.ACTIVE, 150, 150), ("Vlan33", 10, Role.ACTIVE, 150, 150)],
        ),
        ("show_vrrp_genie4", [("GigabitEthernet0/0/3.129", 4, Role.STANDBY, 70, 90)]),
        ("show_vrrp_genie5", [("Vlan11", 2, Role.ACTIVE, 150, 150)]),
        (
            "show_vrrp_detail_genie",
            [
                ("GigabitEthernet0/0/2.150", 2, Role.FAILED, 250, 250),
                ("GigabitEthernet0/0/6.101", 1, Role.STANDBY, 200, 200),
                ("GigabitEthernet0/0/6.102", 2, Role.ACTIVE, 100, 100),
            ],
        ),
    ],
)
def test_vrrp_with_descriptions_reasons_and_flags(
    name: str, expected: list[tuple[str, int, Role, int, int]]
) -> None:
    groups = parse_vrrp(captured(name))
    assert [(g.interface, g.number, g.role, g.priority, g.configured) for g in groups] == expected


@pytest.mark.parametrize("parse", [parse_standby, parse_vrrp])
def test_no_group_is_an_answer_and_something_else_is_not(parse: object) -> None:
    assert callable(parse)
    assert parse("") == ()
    assert parse("\n \n") == ()
    for text in ("% Invalid input detected at '^' marker.", "hello", "Vlan1 - Group x"):
        with pytest.raises(UnexpectedOutput, match="no group"):
            parse(text)


@pytest.mark.parametrize(
    ("state", "role"),
    [
        ("Active", Role.ACTIVE),
        ("Standby", Role.STANDBY),
        ("Init (interface down)", Role.FAILED),
        ("Disabled", Role.FAILED),
        ("Speak", Role.NEGOTIATING),
        ("Listen", Role.NEGOTIATING),
        ("Learn", Role.NEGOTIATING),
        ("Something", Role.UNKNOWN),
    ],
)
def test_each_state_has_its_role(state: str, role: Role) -> None:
    text = captured("show_standby_ntc0").replace("State is Standby", f"State is {state}")
    assert fhrp.role_of(parse_standby(text)) is role


def test_roles_of_several_groups() -> None:
    (one,) = parse_standby(captured("show_standby_ntc0"))

    def role(*roles: Role) -> Role:
        return fhrp.role_of([replace(one, number=n, role=r) for n, r in enumerate(roles)])

    assert role() is Role.UNKNOWN
    assert role(Role.ACTIVE, Role.ACTIVE) is Role.ACTIVE
    assert role(Role.STANDBY, Role.STANDBY) is Role.STANDBY
    assert role(Role.FAILED, Role.FAILED) is Role.FAILED
    assert role(Role.ACTIVE, Role.STANDBY) is Role.MIXED
    assert role(Role.STANDBY, Role.FAILED) is Role.MIXED
    assert role(Role.STANDBY, Role.NEGOTIATING) is Role.NEGOTIATING
    assert role(Role.STANDBY, Role.NEGOTIATING, Role.UNKNOWN) is Role.UNKNOWN


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("(MAC Not In Use)", "(MAC In Use)"),
        ("Active router is 10.0.52.163, priority 110", "Active router is local"),
        ("State is Standby", "State is Active"),
    ],
)
def test_words_that_contradict_each_other_are_no_answer(old: str, new: str) -> None:
    text = captured("show_standby_ntc0")
    assert old in text
    groups = parse_standby(text.replace(old, new))
    assert fhrp.forwards(groups) is None


def test_a_peer_that_is_not_heard_is_a_link_that_is_down() -> None:
    text = captured("show_standby_genie4").replace("router is 10.190.99.51", "router is unknown")
    assert fhrp.sees_peer(parse_standby(text)) is False
    lonely = captured("show_standby_ntc0").replace("router is 10.0.52.163", "router is unknown")
    assert fhrp.sees_peer(parse_standby(lonely)) is False
    assert fhrp.sees_peer(()) is None
    backup = captured("show_vrrp_genie4").replace("Router is 173.29.2.6", "Router is unknown")
    assert fhrp.sees_peer(parse_vrrp(backup)) is False
    # A VRRP master does not know its backups: what it cannot see, the backup says.
    assert fhrp.sees_peer(parse_vrrp(captured("show_vrrp_genie1"))) is True


def test_preemption_that_is_ours_is_not_the_members_own() -> None:
    text = captured("show_standby_ntc0")
    assert fhrp.preemption_of(()) is Preemption.UNKNOWN
    assert fhrp.preemption_of(parse_standby(text)) is Preemption.ON
    off = text.replace("Preemption enabled, delay min 120 secs", "Preemption disabled")
    assert fhrp.preemption_of(parse_standby(off)) is Preemption.OFF
    latched = text.replace("Priority 90 (configured 90)", "Priority 254 (configured 254)")
    assert fhrp.preemption_of(parse_standby(latched)) is Preemption.OFF


@pytest.mark.parametrize(
    "lost", ["State is", "Preemption", "Active router is", "Standby router is", "Priority"]
)
def test_a_line_that_is_missing_is_named(lost: str) -> None:
    lines = captured("show_standby_ntc0").split("\n")
    text = "\n".join(line for line in lines if lost not in line)
    with pytest.raises(UnexpectedOutput, match=f"Vlan50 group 50 has no .*{lost}"):
        parse_standby(text)


def test_a_group_that_is_said_twice_is_not_understood() -> None:
    text = captured("show_standby_ntc0")
    with pytest.raises(UnexpectedOutput, match="twice"):
        parse_standby(text + "\n" + text)


@given(spoilt(STANDBY))
@settings(max_examples=300)
def test_a_spoilt_text_of_hsrp_never_becomes_another_error(text: str) -> None:
    try:
        groups = parse_standby(text)
    except UnexpectedOutput:
        return
    fhrp.role_of(groups), fhrp.forwards(groups), fhrp.sees_peer(groups)


@given(spoilt(VRRP))
@settings(max_examples=300)
def test_a_spoilt_text_of_vrrp_never_becomes_another_error(text: str) -> None:
    try:
        groups = parse_vrrp(text)
    except UnexpectedOutput:
        return
    fhrp.role_of(groups), fhrp.forwards(groups), fhrp.sees_peer(groups)


@given(st.text(), st.sampled_from([parse_standby, parse_vrrp]))
def test_any_text_is_groups_or_unexpected(text: str, parse: object) -> None:
    assert callable(parse)
    try:
        parse(text)
    except UnexpectedOutput:
        return
