"""Fault scripts: what they mean, and what is said of those that cannot be meant."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import pytest
import yaml
from hypothesis import given, settings, strategies as st

from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.lab import Fault, Moment, Platform, When, fault_from
from nornir_haupgrade.lab.command import Event
from nornir_haupgrade.lab.fault_script import Known, read_script
from nornir_haupgrade.lab.spec import FAULT_WORDS, WHEN_WORDS
from nornir_haupgrade.lab.written import plain_fault

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
        ("- {fault: crash, when: {at: reload, nth: 1.5}}", "1.5 is not a whole number"),
        ("- {fault: crash, when: {at: reload, nth: 0}}", "0 is not a whole number from 1"),
        ("- {fault: crash, lasts: .inf}", "inf is no number of seconds"),
        ("- {fault: crash, params: 3}", "a mapping is expected"),
    ],
)
def test_what_cannot_be_meant_is_told(script: Path, text: str, says: str) -> None:
    assert says in "\n".join(findings(script, text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("- fault: [crash]", "FILE:1: fault: one word is expected, not ['crash']"),
        (
            "- fault: crash\n  on: [p1a, p1b]",
            "FILE:2: on: one word is expected, not ['p1a', 'p1b']",
        ),
        ("- fault: crash\n  pair: {a: 1}", "FILE:2: pair: one word is expected, not {'a': 1}"),
        ("- fault: crash\n  on: 7", "FILE:2: on: one word is expected, not 7"),
        ("- fault: crash\n  on: 2026-11-26", "FILE:2: on: one word is expected, not"),
        ("- fault: crash\n  when: {at: [reload]}", "FILE:2: when.at: there is no event ['reload']"),
        ("- fault: crash\n  when: {at: reload, by: {}}", "FILE:2: when.by: there is no member {}"),
        ("- fault: crash\n  1: x", "FILE:2: 1: unknown key '1'"),
        ("- fault: crash\n  [on, by]: x", "unknown key"),
        ("- fault: crash\n  fault: mute", "FILE:2: found duplicate key"),
        ("- fault: !mine crash", "FILE:1: could not determine a constructor"),
        ("- fault: 2026-13-26", "FILE: it is no YAML"),
        ("- fault: 0x" + "f" * 5000, "one word is expected, not a huge number"),
        ("- fault: crash\n  on: [" + "x," * 100 + "]", "..."),
        ("[" * 2000, "FILE: it is no YAML"),
    ],
)
def test_a_value_of_another_kind_has_its_file_line_and_key(
    script: Path, text: str, says: str
) -> None:
    assert says in "\n".join(findings(script, text))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{by: p1a}", "FILE:2: when.by: `by` is about an event, and none is named"),
        ("{nth: 2, after: 30}", "FILE:2: when.nth: `nth` is about an event"),
        ("{side: after}", "FILE:2: when.side: `side` is about an event"),
        ("{}", "FILE:2: when: it is empty"),
        ("{at: install, command: show}", "FILE:2: when.command: `at` is given besides"),
    ],
)
def test_what_is_about_an_event_needs_one(script: Path, text: str, says: str) -> None:
    (said,) = findings(script, f"- fault: crash\n  when: {text}\n")
    assert says in said
    assert ("add `at`, an event, or `command`" in said) == ("besides" not in said)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("on: p1a, pair: r", "FILE:1: on: 'p1a' is a member of 'p1', not of 'r'"),
        ("on: p1a, when: {at: reload, by: r2}", "when.by: 'r2' is a member of 'r', not of 'p1'"),
        ("pair: p1, when: {at: reload, by: r2}", "when.by: 'r2' is a member of 'r', not of 'p1'"),
    ],
)
def test_a_fault_is_for_one_pair_and_its_members(script: Path, text: str, says: str) -> None:
    (said,) = findings(script, f"- {{fault: crash, {text}}}\n")
    assert says in said


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates()
    | st.datetimes() | st.binary() | st.sampled_from(["p1a", "r1", "p1", "crash", "reload"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text() | st.sampled_from([*FAULT_WORDS, *WHEN_WORDS, "seconds"]), inner),
    max_leaves=6,
)  # fmt: skip
FIELDS = st.dictionaries(st.sampled_from([*FAULT_WORDS]), ANY)
WHEN = st.fixed_dictionaries({}, optional=dict.fromkeys(WHEN_WORDS, ANY))


@settings(max_examples=150, deadline=None)
@given(st.lists(FIELDS | st.builds(lambda one, when: {**one, "when": when}, FIELDS, WHEN)))
def test_any_value_in_any_field_gives_findings_or_faults(entries: list[dict[str, object]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "faults.yaml"
        path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
        try:
            faults = read_script(path, KNOWN)
        except BadInput as refused:
            assert str(path) in str(refused)  # noqa: PT017 - either of both is right
        else:
            assert len(faults) == len(entries)
            for fault in faults:
                assert KNOWN.aimed(fault), fault
                assert fault_from(json.loads(json.dumps(plain_fault(fault)))) == fault


def test_a_script_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No such file"):
        read_script(tmp_path / "none.yaml", KNOWN)
