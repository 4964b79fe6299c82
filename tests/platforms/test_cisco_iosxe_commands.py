"""Orders as command lines; nothing is sent here."""

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.errors import HAUpgradeError, ImageError
from nornir_haupgrade.model import Change, ImageFile, MemberFacts, Role
from nornir_haupgrade.platforms.base import Order
from nornir_haupgrade.platforms.cisco_iosxe_commands import commands_of

IMAGE = ImageFile("17.09.04a", "images/c8000v-universalk9.17.09.04a.SPA.bin", "c" * 64, 1000)
LINES = (
    "interface Vlan50|standby 50 priority 110",
    "interface Vlan50|standby 50 preempt delay minimum 120",
    "interface Vlan60|no standby 60 priority",
    "interface Vlan60|no standby 60 preempt",
    "interface Vlan60|vrrp 6 priority 90",
    "interface Vlan60|vrrp 6 preempt",
    "interface Gi0/0/1.10|vrrp 1 address-family ipv4|priority 120",
    "interface Gi0/0/1.10|vrrp 1 address-family ipv4|preempt delay minimum 30",
    "interface Gi0/0/1.10|vrrp 1 address-family ipv6|no priority",
    "interface Gi0/0/1.10|vrrp 1 address-family ipv6|no preempt",
)
PACKAGES = MemberFacts(
    identity="FGL1",
    role=Role.STANDBY,
    version="17.06.03a",
    boot_id="x",
    next_version="17.06.03a",
    installed=(("bootflash: committed", "17.06.03a"), ("bootflash: inactive", "17.09.04a")),
    ha_lines=LINES,
)
TRIAL = replace(
    PACKAGES,
    version="17.09.04a",
    installed=(("bootflash: committed", "17.06.03a"), ("bootflash: on trial", "17.09.04a")),
    is_on_trial=True,
)
OLD = "isr4300-universalk9.17.06.03a.SPA.bin"
NEW = "isr4300-universalk9.17.09.04a.SPA.bin"
BUNDLE = replace(PACKAGES, installed=((f"flash:{OLD}", "17.06.03a"), (f"flash:{NEW}", "17.09.04a")))
LATCHED = replace(
    PACKAGES,
    ha_lines=(
        "interface Vlan50|standby 50 priority 254",
        "interface Vlan50|standby 50 preempt",
        "interface Vlan60|standby 60 priority 254",
        "interface Vlan60|standby 60 preempt",
        "interface Vlan60|vrrp 6 priority 254",
        "interface Vlan60|vrrp 6 preempt",
        "interface Gi0/0/1.10|vrrp 1 address-family ipv4|priority 254",
        "interface Gi0/0/1.10|vrrp 1 address-family ipv4|preempt",
        "interface Gi0/0/1.10|vrrp 1 address-family ipv6|priority 254",
        "interface Gi0/0/1.10|vrrp 1 address-family ipv6|preempt",
    ),
)


@pytest.mark.parametrize(
    ("order", "facts", "lines"),
    [
        (Order(Change.BACK_UP, name="x"), PACKAGES, ["show running-config"]),
        (
            Order(Change.PREEMPTION_OFF),
            PACKAGES,
            [
                "configure terminal",
                "interface Vlan50",
                "no standby 50 preempt",
                "interface Vlan60",
                "no vrrp 6 preempt",
                "interface Gi0/0/1.10",
                "vrrp 1 address-family ipv4",
                "no preempt",
                "exit-vrrp",
                "end",
                "write memory",
            ],
        ),
        (
            Order(Change.PREEMPTION_ON, lines=LINES),
            PACKAGES,
            [
                "configure terminal",
                "interface Vlan50",
                "standby 50 preempt delay minimum 120",
                "interface Vlan60",
                "vrrp 6 preempt",
                "interface Gi0/0/1.10",
                "vrrp 1 address-family ipv4",
                "preempt delay minimum 30",
                "exit-vrrp",
                "end",
                "write memory",
            ],
        ),
        (
            Order(Change.RELINQUISH),
            PACKAGES,
            [
                "configure terminal",
                "interface Vlan50",
                "standby 50 priority 254",
                "interface Vlan60",
                "standby 60 priority 254",
                "vrrp 6 priority 254",
                "interface Gi0/0/1.10",
                "vrrp 1 address-family ipv4",
                "priority 254",
                "exit-vrrp",
                "vrrp 1 address-family ipv6",
                "priority 254",
                "exit-vrrp",
                # Whatever is refused up to here has moved no group.
                "interface Vlan50",
                "no standby 50 preempt",
                "standby 50 preempt",
                "interface Vlan60",
                "standby 60 preempt",
                "vrrp 6 preempt",
                "interface Gi0/0/1.10",
                "vrrp 1 address-family ipv4",
                "no preempt",
                "preempt",
                "exit-vrrp",
                "vrrp 1 address-family ipv6",
                "preempt",
                "exit-vrrp",
                "end",
            ],
        ),
        (
            Order(Change.RELEASE, lines=LINES),
            LATCHED,
            [
                "configure terminal",
                "interface Vlan50",
                "no standby 50 preempt",
                "standby 50 priority 110",
                "interface Vlan60",
                "no standby 60 preempt",
                "no standby 60 priority",
                "no vrrp 6 preempt",
                "vrrp 6 priority 90",
                "interface Gi0/0/1.10",
                "vrrp 1 address-family ipv4",
                "no preempt",
                "priority 120",
                "exit-vrrp",
                "vrrp 1 address-family ipv6",
                "no preempt",
                "no priority",
                "exit-vrrp",
                "end",
                "write memory",
            ],
        ),
        (
            Order(Change.STAGE, image=IMAGE),
            PACKAGES,
            [f"scp put {IMAGE.name} bootflash:{IMAGE.name}"],
        ),
        (
            Order(Change.INSTALL, image=IMAGE, only_if=Role.STANDBY),
            PACKAGES,
            [f"install add file bootflash:{IMAGE.name}"],
        ),
        (
            Order(Change.RELOAD, version="17.09.04a", only_if=Role.STANDBY),
            PACKAGES,
            ["install activate auto-abort-timer 120 prompt-level none"],
        ),
        (Order(Change.RELOAD, only_if=Role.STANDBY), PACKAGES, ["reload"]),
        (Order(Change.COMMIT, version="17.09.04a"), TRIAL, ["install commit"]),
        (Order(Change.RELOAD, version="17.06.03a"), TRIAL, ["install abort"]),
        (Order(Change.STAGE, image=IMAGE), BUNDLE, [f"scp put {IMAGE.name} flash:{IMAGE.name}"]),
        (Order(Change.INSTALL, image=IMAGE), BUNDLE, []),
        (
            Order(Change.ACTIVATE, version="17.09.04a"),
            BUNDLE,
            [
                "configure terminal",
                "no boot system",
                f"boot system flash:{NEW}",
                f"boot system flash:{OLD}",
                "end",
                "write memory",
            ],
        ),
        (
            Order(Change.ACTIVATE, version="17.06.03a"),
            BUNDLE,
            [
                "configure terminal",
                "no boot system",
                f"boot system flash:{OLD}",
                "end",
                "write memory",
            ],
        ),
        (Order(Change.RELOAD, version="17.09.04a"), BUNDLE, ["reload"]),
    ],
)
def test_each_change_is_these_lines(order: Order, facts: MemberFacts, lines: list[str]) -> None:
    assert list(commands_of(order, facts)) == lines


def test_where_nothing_is_to_be_changed_nothing_is_said() -> None:
    off = tuple(line for line in LINES if "|no " in line)
    assert commands_of(Order(Change.PREEMPTION_OFF), replace(PACKAGES, ha_lines=off)) == ()
    assert commands_of(Order(Change.RELEASE, lines=LINES), PACKAGES) == ()


def test_preemption_that_is_off_already_and_not_saved_is_saved() -> None:
    off = tuple(line for line in LINES if "|no " in line)
    facts = replace(PACKAGES, ha_lines=off, is_saved=False)
    assert commands_of(Order(Change.PREEMPTION_OFF), facts) == ("write memory",)


def test_preemption_that_is_on_again_and_not_saved_is_saved_without_saying_it_again() -> None:
    order = Order(Change.PREEMPTION_ON, lines=LINES)
    assert commands_of(order, replace(PACKAGES, is_saved=False)) == ("write memory",)
    half = replace(PACKAGES, ha_lines=(*LINES[:1], *LINES[2:]), is_saved=False)
    assert "standby 50 preempt delay minimum 120" in commands_of(order, half)


def test_only_groups_that_took_the_role_are_released() -> None:
    half = replace(PACKAGES, ha_lines=(*LATCHED.ha_lines[:2], *LINES[2:]))
    assert commands_of(Order(Change.RELEASE, lines=LINES), half) == (
        "configure terminal",
        "interface Vlan50",
        "no standby 50 preempt",
        "standby 50 priority 110",
        "end",
        "write memory",
    )


def test_nothing_is_brought_back_that_is_not_known() -> None:
    with pytest.raises(HAUpgradeError, match="which groups preempted"):
        commands_of(Order(Change.PREEMPTION_ON), PACKAGES)
    with pytest.raises(HAUpgradeError, match="which priority interface Vlan50 standby 50"):
        commands_of(Order(Change.RELEASE), LATCHED)
    with pytest.raises(HAUpgradeError, match="startup-config"):
        commands_of(Order(Change.RELEASE, lines=LATCHED.ha_lines), LATCHED)
    foreign = ("interface Vlan50|no shutdown",)
    with pytest.raises(HAUpgradeError, match="not a line of a group"):
        commands_of(Order(Change.PREEMPTION_ON, lines=foreign), PACKAGES)


def test_a_name_that_would_mean_more_is_not_sent() -> None:
    for name in ("Vlan1?", "Vlan1;reload", "Vlan1\nreload", "Vlän1"):
        odd = replace(PACKAGES, ha_lines=(f"interface {name}|standby 1 preempt",))
        with pytest.raises(HAUpgradeError, match="not sent to a device"):
            commands_of(Order(Change.PREEMPTION_OFF), odd)


def test_no_role_is_taken_without_a_group_or_over_a_latch() -> None:
    with pytest.raises(HAUpgradeError, match="no group"):
        commands_of(Order(Change.RELINQUISH), replace(PACKAGES, ha_lines=()))
    with pytest.raises(HAUpgradeError, match="254 already"):
        commands_of(Order(Change.RELINQUISH), LATCHED)


@pytest.mark.parametrize("role", [Role.ACTIVE, Role.NEGOTIATING, Role.MIXED, Role.UNKNOWN])
@pytest.mark.parametrize("change", [Change.INSTALL, Change.ACTIVATE, Change.RELOAD])
def test_no_change_is_made_conditional_on_a_role_that_may_forward(
    change: Change, role: Role
) -> None:
    with pytest.raises(HAUpgradeError, match="standby, suspended or failed"):
        commands_of(Order(change, version="17.09.04a", image=IMAGE, only_if=role), PACKAGES)


def test_a_version_that_is_not_there_is_not_booted() -> None:
    for facts in (PACKAGES, TRIAL):
        with pytest.raises(ImageError, match=r"17\.12\.04 is not there.*committed: 17\.06\.03a"):
            commands_of(Order(Change.RELOAD, version="17.12.04"), facts)
    # What runs and stays is not activated again.
    with pytest.raises(ImageError, match="is not there to be activated"):
        commands_of(Order(Change.RELOAD, version="17.06.03a"), PACKAGES)
    for change in (Change.ACTIVATE, Change.INSTALL):
        image = replace(IMAGE, version="17.12.04")
        with pytest.raises(ImageError, match=r"no file holds version 17\.12\.04"):
            commands_of(Order(change, version="17.12.04", image=image), BUNDLE)
    with pytest.raises(ImageError, match="names no version"):
        commands_of(Order(Change.ACTIVATE), BUNDLE)
    with pytest.raises(ImageError, match="where its images lie"):
        commands_of(Order(Change.STAGE, image=IMAGE), replace(PACKAGES, installed=()))


SEVERAL = replace(PACKAGES, installed=(*PACKAGES.installed, ("bootflash: inactive", "17.03.04")))


def test_of_several_inactive_versions_the_one_is_named_by_its_file() -> None:
    order = Order(Change.RELOAD, version="17.09.04a", image=IMAGE)
    assert commands_of(order, SEVERAL) == (
        f"install activate file bootflash:{IMAGE.name} auto-abort-timer 120 prompt-level none",
    )
    assert commands_of(order, PACKAGES) == (
        "install activate auto-abort-timer 120 prompt-level none",
    )


def test_without_a_file_none_of_several_inactive_versions_is_activated() -> None:
    with pytest.raises(ImageError, match=r"17\.03\.04, 17\.09\.04a") as caught:
        commands_of(Order(Change.RELOAD, version="17.09.04a"), SEVERAL)
    assert "keep 17.09.04a" in str(caught.value)


def test_what_a_mode_does_not_have_is_refused() -> None:
    with pytest.raises(HAUpgradeError, match="by activating them only"):
        commands_of(Order(Change.ACTIVATE, version="17.09.04a"), PACKAGES)
    with pytest.raises(HAUpgradeError, match="not run on trial"):
        commands_of(Order(Change.COMMIT), BUNDLE)
    with pytest.raises(HAUpgradeError, match="do not synchronise"):
        commands_of(Order(Change.SYNC_CONFIG), PACKAGES)


@pytest.mark.parametrize("change", [Change.STAGE, Change.INSTALL])
@pytest.mark.parametrize("facts", [PACKAGES, BUNDLE])
def test_an_order_without_its_image_is_refused(change: Change, facts: MemberFacts) -> None:
    with pytest.raises(ImageError, match="names no image"):
        commands_of(Order(change), facts)


@given(
    st.tuples(st.text(), st.text()),
    st.lists(st.text() | st.sampled_from(LINES), max_size=4),
    st.lists(st.text() | st.sampled_from(LINES + LATCHED.ha_lines), max_size=4),
    st.sampled_from(Change),
    st.sampled_from([PACKAGES, TRIAL, BUNDLE]),
)
def test_whatever_is_said_is_plain_lines(
    words: tuple[str, str], lines: list[str], held: list[str], change: Change, facts: MemberFacts
) -> None:
    name, version = words
    image = ImageFile(version, name, "c" * 64, 1)
    order = Order(change, version=version, image=image, name=name, lines=tuple(lines))
    facts = replace(facts, ha_lines=tuple(held))
    try:
        said = commands_of(order, facts)
    except HAUpgradeError:
        return
    for line in said:
        assert line.isprintable()
        assert not set(line) & set(";|&$`<>(){}[]*?!~'\"\\#")
