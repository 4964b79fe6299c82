"""Orders as command lines; nothing is sent here."""

import shlex
from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.errors import HAUpgradeError, ImageError
from nornir_haupgrade.model import Change, ImageFile, MemberFacts, Role
from nornir_haupgrade.platforms.base import Order
from nornir_haupgrade.platforms.linux_ha_commands import commands_of

SHA = "c" * 64
IMAGE = ImageFile("13.8", "images/fw-13.8.img", SHA, 1000)
FACTS = MemberFacts(
    identity="8d1c",
    role=Role.STANDBY,
    version="12.15",
    boot_id="x",
    next_version="12.15",
    installed=(("A", "12.15"), ("B", "13.8")),
)
HOSTILE = (
    "",
    "a b",
    "a;reboot",
    "a|b",
    "a&b",
    "$(reboot)",
    "`reboot`",
    "a\nfwctl reboot",
    "a\rb",
    "a\x00",
    "--if-state",
    "-x",
    "..",
    ".hidden",
    "a'b",
    'a"b',
    "a*",
    "~",
    "ä",
    "x" * 101,
)


@pytest.mark.parametrize(
    ("order", "line"),
    [
        (Order(Change.SYNC_CONFIG), "fwctl ha sync-config"),
        (Order(Change.PREEMPTION_ON), "fwctl ha preempt on"),
        (Order(Change.PREEMPTION_OFF), "fwctl ha preempt off"),
        (Order(Change.RELINQUISH), "fwctl ha suspend"),
        (Order(Change.RELEASE), "fwctl ha functional"),
        (Order(Change.BACK_UP, name="before-13.8"), "fwctl backup before-13.8"),
        (Order(Change.STAGE, image=IMAGE), "sftp put fw-13.8.img /flash/upload/fw-13.8.img"),
        (
            Order(Change.INSTALL, image=IMAGE, only_if=Role.STANDBY),
            f"fwctl image install fw-13.8.img {SHA} 13.8 --if-state BACKUP",
        ),
        (Order(Change.ACTIVATE, version="13.8"), "fwctl image boot B"),
        (
            Order(Change.ACTIVATE, version="12.15", only_if=Role.SUSPENDED),
            "fwctl image boot A --if-state FAULT",
        ),
        (Order(Change.RELOAD), "fwctl reboot"),
        (Order(Change.RELOAD, only_if=Role.STANDBY), "fwctl reboot --if-state BACKUP"),
        (Order(Change.RELOAD, only_if=Role.FAILED), "fwctl reboot --if-state INIT|FAULT"),
    ],
)
def test_each_change_is_one_exact_line(order: Order, line: str) -> None:
    assert commands_of(order, FACTS) == (line,)


@pytest.mark.parametrize("role", [Role.ACTIVE, Role.NEGOTIATING, Role.MIXED, Role.UNKNOWN])
@pytest.mark.parametrize("change", [Change.INSTALL, Change.ACTIVATE, Change.RELOAD])
def test_no_change_is_made_conditional_on_a_role_that_may_forward(
    change: Change, role: Role
) -> None:
    with pytest.raises(HAUpgradeError, match="standby, suspended or failed"):
        commands_of(Order(change, version="13.8", image=IMAGE, only_if=role), FACTS)


def test_a_version_that_no_slot_holds_cannot_be_activated() -> None:
    with pytest.raises(ImageError, match=r"no slot holds version 14.*A: 12\.15, B: 13\.8"):
        commands_of(Order(Change.ACTIVATE, version="14"), FACTS)
    with pytest.raises(ImageError, match="only nothing"):
        commands_of(Order(Change.ACTIVATE, version="14"), replace(FACTS, installed=()))
    with pytest.raises(ImageError, match="names no version"):
        commands_of(Order(Change.ACTIVATE), FACTS)


@pytest.mark.parametrize("change", [Change.STAGE, Change.INSTALL])
def test_an_order_without_its_image_is_refused(change: Change) -> None:
    with pytest.raises(ImageError, match="names no image"):
        commands_of(Order(change), FACTS)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_never_reaches_a_command_line(name: str) -> None:
    orders = [
        Order(Change.BACK_UP, name=name),
        Order(Change.INSTALL, image=replace(IMAGE, path="images/" + name)),
        Order(Change.STAGE, image=replace(IMAGE, path="images/" + name)),
        Order(Change.INSTALL, image=replace(IMAGE, version=name)),
        Order(Change.INSTALL, image=replace(IMAGE, sha256=name)),
    ]
    for order in orders:
        with pytest.raises(HAUpgradeError):
            commands_of(order, FACTS)


def test_a_backup_needs_a_name() -> None:
    with pytest.raises(HAUpgradeError, match="None"):
        commands_of(Order(Change.BACK_UP), FACTS)


@given(st.text(), st.text(), st.text(), st.sampled_from(Change))
def test_whatever_is_said_is_one_line_of_plain_words(
    name: str, version: str, sha256: str, change: Change
) -> None:
    image = ImageFile(version, name, sha256, 1)
    try:
        (line,) = commands_of(Order(change, version=version, image=image, name=name), FACTS)
    except HAUpgradeError:
        return
    assert shlex.split(line) == line.split(" ")
    assert line.isprintable()
    assert not set(line) & set(";|&$`<>(){}[]*?!~'\"\\#")
