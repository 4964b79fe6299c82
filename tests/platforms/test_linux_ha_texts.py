"""The parsers, on synthetic texts: written to the documented shape of `fwctl`, not captured."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.errors import UnexpectedOutput
from nornir_haupgrade.model import Preemption, Role, Session, SessionCount, StagedImage
from nornir_haupgrade.platforms import linux_ha_texts as texts

SHA_A, SHA_B = "a" * 64, "b" * 64
VERSION = """\
Node-id: 8d1c0f2e
Hostname: p1a
Version: 12.15
Slot: A
Boot: B
Keepalived: 2.2.7
Conntrackd: 1.4.7
Uptime: 86400
"""
HA = "State: MASTER\nVIP: yes\nPreempt: no\nPriority: 120\nSuspended: 0\nPeer-link: up\n"
IMAGES = f"A: 12.15 53477376 {SHA_A}\nB: 13.8 60817408 {SHA_B}\nFree: 123456789\n"
BOOT = "Boot-id: 5a3e-11\nUptime: 86400\nFailovers: 2\nConfig-hash: " + SHA_A + "\n"
SYNC = "Internal: 200\nExternal: 0\nKernel: 205\n"
SESSION = "tcp 10.1.1.100:40000>10.2.1.100:7000 10.2.1.100:7000>10.1.1.100:40000 ESTABLISHED 34\n"
REPORT = f"{SHA_A}  nftables.d/50 rules.nft\n{SHA_B}  keepalived.conf\nrunning-nft {SHA_A}\n"

KEYED: tuple[tuple[Callable[[str], Any], str, tuple[str, ...]], ...] = (
    (texts.parse_show_version, VERSION, ("Node-id", "Version", "Slot", "Boot")),
    (texts.parse_show_ha, HA, ("State", "VIP", "Preempt", "Suspended", "Peer-link")),
    (texts.parse_show_images, IMAGES, ("Free",)),
    (texts.parse_show_boot, BOOT, ("Boot-id", "Failovers", "Config-hash")),
    (texts.parse_session_sync, SYNC, ("Internal", "External", "Kernel")),
)
FIELDS = [(parse, text, key) for parse, text, keys in KEYED for key in keys]
PARSERS: tuple[Callable[[str], Any], ...] = (
    *(parse for parse, _, _ in KEYED),
    texts.parse_sessions_list,
    texts.parse_interfaces,
    texts.parse_users,
    texts.parse_sync_report,
    texts.parse_backup,
    lambda text: texts.parse_verified(text, "x.img"),
)


def test_show_version() -> None:
    shown = texts.parse_show_version(VERSION)
    assert shown == texts.ShownVersion("8d1c0f2e", "12.15", "A", "B")


def test_show_ha() -> None:
    shown = texts.parse_show_ha(HA)
    assert (shown.role, shown.preemption) == (Role.ACTIVE, Preemption.OFF)
    assert (shown.is_suspended, shown.is_peer_link_up) == (False, True)
    other = HA.replace("Preempt: no", "Preempt: yes").replace("Peer-link: up", "Peer-link: down")
    shown = texts.parse_show_ha(other)
    assert (shown.preemption, shown.is_peer_link_up) == (Preemption.ON, False)


@pytest.mark.parametrize(
    ("state", "vip", "suspended", "role"),
    [
        ("MASTER", "yes", "0", Role.ACTIVE),
        ("MASTER", "no", "0", Role.MIXED),
        ("MASTER", "yes", "1", Role.ACTIVE),
        ("BACKUP", "no", "0", Role.STANDBY),
        ("BACKUP", "yes", "0", Role.MIXED),
        ("FAULT", "no", "1", Role.SUSPENDED),
        ("FAULT", "no", "0", Role.FAILED),
        ("FAULT", "yes", "0", Role.MIXED),
        ("FAULT", "yes", "1", Role.MIXED),
        ("INIT", "no", "0", Role.FAILED),
        ("INIT", "no", "1", Role.FAILED),
        ("INIT", "yes", "0", Role.UNKNOWN),
        ("STOP", "no", "0", Role.UNKNOWN),
        ("master", "yes", "0", Role.UNKNOWN),
        ("BACKUP?", "no", "0", Role.UNKNOWN),
    ],
)
def test_the_role_needs_state_and_address_to_agree(
    state: str, vip: str, suspended: str, role: Role
) -> None:
    text = f"State: {state}\nVIP: {vip}\nPreempt: no\nSuspended: {suspended}\nPeer-link: up\n"
    shown = texts.parse_show_ha(text)
    assert shown.role is role
    # Whoever holds the address is never known not to forward.
    assert not (shown.has_vip and shown.role.is_known_not_to_forward)


def test_show_images() -> None:
    shown = texts.parse_show_images(IMAGES)
    assert shown.held == (
        texts.HeldImage("A", "12.15", 53477376, SHA_A),
        texts.HeldImage("B", "13.8", 60817408, SHA_B),
    )
    assert shown.free == 123456789
    assert texts.parse_show_images("B: empty\nA: empty\nFree: 0\n").held == ()


@pytest.mark.parametrize(
    "text",
    [
        "Free: 1\n",
        "A:\nFree: 1\n",
        "A: 12.15\nFree: 1\n",
        f"A: 12.15 -1 {SHA_A}\nFree: 1\n",
        "A: 12.15 100 abc\nFree: 1\n",
        f"A: 12.15 100 {SHA_A} more\nFree: 1\n",
        f"A: 12.15 100 {SHA_A}\nFree: lots\n",
        f"A: 12.15 100 {SHA_A}\nFree: 1e9\n",
    ],
)
def test_damaged_images_are_not_guessed(text: str) -> None:
    with pytest.raises(UnexpectedOutput, match="fwctl show images"):
        texts.parse_show_images(text)


def test_show_boot() -> None:
    assert texts.parse_show_boot(BOOT) == texts.ShownBoot("5a3e-11", 2, SHA_A)


def test_session_sync() -> None:
    assert texts.parse_session_sync(SYNC) == SessionCount(200, 0, 205)


def test_sessions_list() -> None:
    (found,) = texts.parse_sessions_list(SESSION)
    assert found == Session(
        "tcp",
        ("10.1.1.100:40000", "10.2.1.100:7000"),
        ("10.2.1.100:7000", "10.1.1.100:40000"),
        "ESTABLISHED",
        34,
    )
    assert texts.parse_sessions_list("") == ()
    assert len(texts.parse_sessions_list(SESSION * 3)) == 3


def test_a_standby_does_not_know_its_peers_sessions_after_nat() -> None:
    # A capture: conntrackd's external cache holds the original tuple only.
    text = "tcp 10.1.1.101:52849>10.2.1.100:7001 - ESTABLISHED 14\n"
    (found,) = texts.parse_sessions_list(text)
    assert (found.original[0], found.reply) == ("10.1.1.101:52849", None)


@pytest.mark.parametrize(
    "line",
    [
        "no sessions",
        SESSION.strip().rsplit(" ", 1)[0],
        SESSION.replace("34", "old"),
        SESSION.replace("34", "-1"),
        SESSION.replace("40000>", "40000 "),
        SESSION.replace("10.1.1.100:40000>", ">", 1),
        SESSION[:40],
    ],
)
def test_a_line_that_is_no_session_is_not_left_out(line: str) -> None:
    with pytest.raises(UnexpectedOutput, match="fwctl show sessions list"):
        texts.parse_sessions_list(SESSION + line)


def test_interfaces() -> None:
    text = "out up\nin up\nha down\n"
    assert texts.parse_interfaces(text) == (("out", True), ("in", True), ("ha", False))


@pytest.mark.parametrize("text", ["", "out\n", "out UP\n", "out up 1000\n", "out unknown\n"])
def test_an_interface_is_up_or_down(text: str) -> None:
    with pytest.raises(UnexpectedOutput, match="fwctl show interfaces"):
        texts.parse_interfaces(text)


def test_users() -> None:
    assert texts.parse_users("admin pts/0\noperator pts/1\n") == ("admin pts/0", "operator pts/1")
    with pytest.raises(UnexpectedOutput, match="no login"):
        texts.parse_users("\n")


def test_sync_report() -> None:
    report = texts.parse_sync_report(REPORT)
    assert report.items == (
        ("keepalived.conf", SHA_B),
        ("nftables.d/50 rules.nft", SHA_A),
        ("running-nft", SHA_A),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        REPORT.rsplit("running-nft", 1)[0],
        REPORT[:-10],
        "abc  keepalived.conf\n" + REPORT,
        f"{SHA_A}\n" + REPORT,
    ],
)
def test_a_cut_sync_report_is_not_taken_for_whole(text: str) -> None:
    with pytest.raises(UnexpectedOutput, match="fwctl ha sync-report"):
        texts.parse_sync_report(text)


def test_verified() -> None:
    assert texts.parse_verified(f"123 {SHA_A}\n", "x") == StagedImage("x", 123, SHA_A)
    for text in ("", "123", f"x {SHA_A}", f"123 {SHA_A.upper()}", f"123 {SHA_A[:-1]}"):
        with pytest.raises(UnexpectedOutput, match="fwctl image verify x"):
            texts.parse_verified(text, "x")


def test_backup() -> None:
    assert texts.parse_backup(f"{SHA_A}  /flash/backups/x.tar\n") == (
        SHA_A,
        "/flash/backups/x.tar",
    )
    for text in ("", SHA_A, f"{SHA_A} x.tar", "abc /flash/x.tar"):
        with pytest.raises(UnexpectedOutput, match="fwctl backup"):
            texts.parse_backup(text)


@pytest.mark.parametrize(("parse", "text", "key"), FIELDS)
def test_a_missing_field_is_named_and_never_defaulted(
    parse: Callable[[str], Any], text: str, key: str
) -> None:
    without = re.sub(rf"^{key}:.*\n", "", text, flags=re.MULTILINE)
    empty = re.sub(rf"^{key}:.*$", f"{key}:", text, flags=re.MULTILINE)
    for damaged in (without, empty):
        with pytest.raises(UnexpectedOutput, match=f"no {key}") as caught:
            parse(damaged)
        assert caught.value.device_text == damaged


@pytest.mark.parametrize(("parse", "text", "key"), FIELDS)
def test_a_field_said_twice_and_differently_is_not_chosen_from(
    parse: Callable[[str], Any], text: str, key: str
) -> None:
    with pytest.raises(UnexpectedOutput, match=f"{key} twice"):
        parse(text + f"{key}: other\n")


@pytest.mark.parametrize(("parse", "text"), [(parse, text) for parse, text, _ in KEYED])
def test_unknown_keys_and_lines_are_left_aside(parse: Callable[[str], Any], text: str) -> None:
    more = f"Broadcast message from root\n{text}\nTemperature: 40\nNew Thing: [1]\n"
    assert parse(more) == parse(text)


@given(st.text() | st.from_regex(r"([A-Za-z-]{1,9}: ?[!-~ ]{0,70}\n){0,9}"))
def test_arbitrary_text_raises_nothing_but_unexpected_output(text: str) -> None:
    for parse in PARSERS:
        try:
            parse(text)
        except UnexpectedOutput:
            continue


@given(st.data())
def test_damaged_answers_raise_nothing_but_unexpected_output(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([VERSION, HA, IMAGES, BOOT, SYNC, SESSION, REPORT]))
    at = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(at, len(text)))
    damaged = text[:at] + data.draw(st.text(max_size=5)) + text[end:]
    for parse in PARSERS:
        try:
            parse(damaged)
        except UnexpectedOutput:
            continue
