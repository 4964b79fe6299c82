"""Fault scripts: what they mean, and what is said of those that cannot be meant."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.lab import Fault, Moment, Platform, When
from nornir_haupgrade.lab.command import Event
from nornir_haupgrade.lab.fault_script import Known, read_script

KNOWN = Known(
    {
        "p1": (Platform.LINUX_HA, ("p1a", "p1b")),
        "r": (Platform.CISCO_IOSXE, ("r1", "r2")),
    }
)


@pytest.fixture
def script(tmp_path: Path) -> Path:
    return tmp_path / "faults.yaml"


def findings(path: Path, text: str, known: Known = KNOWN) -> list[str]:
    path.write_text(dedent(text))
    with pytest.raises(BadInput) as refused:
        read_script(path, known)
    return str(refused.value).replace(str(path), "FILE").splitlines()


def test_a_script_says_when_whom_and_what(script: Path) -> None:
    script.write_text("""
- fault: crash
- fault: slow_boot
  on: standby
  pair: p1
  when: reload
  params: {seconds: 20}
- fault: login_refused
  on: p1a
  when: {at: reload, by: p1b, nth: 2, side: after, after: 1.5}
  lasts: 15
- fault: reply_lost
  when: {command: fwctl ha suspend}
- fault: commit_lost
  on: r1
  when: 30
""")
    assert read_script(script, KNOWN) == (
        Fault("crash"),
        Fault("slow_boot", "standby", When(at=Event.RELOAD), {"seconds": 20}, "p1"),
        Fault(
            "login_refused",
            "p1a",
            When(after=1.5, by="p1b", nth=2, moment=Moment.AFTER, at=Event.RELOAD),
            {"lasts": 15},
        ),
        Fault("reply_lost", None, When(on="fwctl ha suspend")),
        Fault("commit_lost", "r1", When(after=30.0)),
    )


def test_every_finding_has_its_file_its_line_and_its_key(script: Path) -> None:
    said = findings(
        script,
        """\
        - fault: slow_boots
          on: p1c
        - fault: crash
          whn: reload
        - fault: slow_boot
          params:
            secnds: 20
        - fault: slow_boot
          when:
            at: reboot
            side: later
          params: {seconds: long}
        """,
    )
    text = "\n".join(said)
    for where, what, instead in (
        ("FILE:1: fault", "slow_boots", "slow_boot"),
        ("FILE:2: on", "p1c", "p1a"),
        ("FILE:4: whn", "whn", "when"),
        ("FILE:7: params.secnds", "secnds", "seconds"),
        ("FILE:10: when.at", "reboot", "reload"),
        ("FILE:11: when.side", "later", "after"),
        ("FILE:12: params.seconds", "long", "seconds"),
    ):
        found = [line for line in said if line.strip("- ").startswith(where)]
        assert found, f"{where}\n{text}"
        assert what in found[0]
        assert instead in found[0]


def test_a_kind_that_only_another_platform_has_is_refused(script: Path) -> None:
    (said,) = findings(script, "- {fault: sessions_never_sync, on: r1}\n")
    assert "there is no fault 'sessions_never_sync' here" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("fault: crash", "FILE: a list of faults is expected"),
        ("- crash", "FILE:1: a mapping with `fault` is expected"),
        ("- on: p1a", "FILE:1: `fault` is missing"),
        ("- fault: crash\n  on: [", "FILE:"),
        ("- {fault: crash, lasts: soon}", "'soon' is no number of seconds"),
        ("- {fault: crash, when: [1]}", "an event, seconds or a mapping is expected"),
        ("- {fault: crash, when: {nth: 1.5}}", "1.5 is not a whole number"),
        ("- {fault: crash, params: 3}", "a mapping is expected"),
    ],
)
def test_what_cannot_be_meant_is_told(script: Path, text: str, says: str) -> None:
    assert says in "\n".join(findings(script, text))


def test_a_script_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        read_script(tmp_path / "none.yaml", KNOWN)
