from __future__ import annotations

import base64
import html
import json
import shlex
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given, strategies as st

from nornir_haupgrade.engines.redact import MARK, SHORTEST, Redactor, escape
from nornir_haupgrade.model import Role, Status, Verdict
from nornir_haupgrade.procedure.records import Action, Command, Goal, Intent, Run, Started
from tests.engines.samples import decided, result

SECRET = "p\"ä\\s' s/w+=&<ö>rd"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        repr(SECRET),
        repr(SECRET + "'" + '"'),
        json.dumps({"key": SECRET}),
        json.dumps(SECRET, ensure_ascii=False),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        quote(SECRET).lower(),
        html.escape(SECRET),
        shlex.quote(SECRET),
        shlex.quote(f"x{SECRET}"),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
    ],
)
def test_no_form_of_a_secret_is_left(form: str) -> None:
    text = Redactor([SECRET])(f"before {form} after")
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert MARK in text
    for part in ("s/w+=", "rd", "s%2F", "s/w%2B", form[2:-2]):
        assert part not in text


@pytest.mark.parametrize("user", ["a", "ab", "abc", "admin"])
def test_a_secret_within_base64_is_found(user: str) -> None:
    header = base64.b64encode(f"{user}:correct horse\n".encode()).decode()
    text = Redactor(["correct horse"])(f"Authorization: Basic {header}")
    assert MARK in text
    left = text.removeprefix("Authorization: Basic ").replace(MARK, "")
    # At most the digits that the secret shares with a neighbour.
    assert len(left) <= len(header) - len("correct horse") * 8 // 6 + 2


@given(st.lists(st.text(min_size=SHORTEST), min_size=1, max_size=4), st.data())
def test_a_known_secret_never_passes(secrets: list[str], data: st.DataObject) -> None:
    assume(not any("*" in secret or not secret.strip() for secret in secrets))
    parts = data.draw(st.lists(st.sampled_from(secrets) | st.text(max_size=3), max_size=8))
    redacted = Redactor(secrets)("".join(parts))
    for secret in secrets:
        assert secret not in redacted


@given(st.text(), st.lists(st.text(max_size=SHORTEST - 1)))
def test_without_usable_secrets_nothing_changes(text: str, secrets: list[str]) -> None:
    assert Redactor(secrets)(text) == text


def test_overlapping_secrets_leave_nothing() -> None:
    assert Redactor(["abcd", "cdefg", "cde12"])("<abcdefg>") == f"<{MARK}>"
    assert Redactor(["abcd"])("abcdabcd abcd") == f"{MARK}{MARK} {MARK}"


def test_short_secrets_are_counted_not_replaced() -> None:
    redactor = Redactor(["", "  ", "a", "fw1", "fw1", "long enough"])
    assert redactor.too_short == 2
    assert redactor("a fw1 long enough") == f"a fw1 {MARK}"


def test_many_secrets_cost_no_time() -> None:
    redactor = Redactor(f"secret-number-{number}" for number in range(3_000))
    text = "interface eth0 is up, line protocol is up\n" * 2_000
    assert redactor(text + "secret-number-2999") == text + MARK


def test_a_record_keeps_what_was_decided_on() -> None:
    clean = Redactor(["p1a-secret"]).record
    run = Run(Action.RELOAD, ("p1a-secret",))
    intent = Intent("p1a-secret", ("login p1a-secret",), "13.7", "13.8", Role.STANDBY, "b", 1, None)
    assert clean(Started(run, intents=(intent,))).intents[0].commands == (f"login {MARK}",)
    assert clean(Started(run, intents=(intent,))).run == run
    verdict = Verdict(Status.FAIL, "got p1a-secret", (("answer", "p1a-secret"),))
    assert clean(verdict) == Verdict(Status.FAIL, f"got {MARK}", (("answer", MARK),))
    assert clean(result("p1a-secret")).verdict.reason == MARK
    assert clean(decided(why="p1a-secret")) == decided(why=MARK)
    assert clean(Command(Goal.UP, "anna", "p1a-secret")) == Command(Goal.UP, "anna", MARK)
    untouched = result("nothing in it")
    assert clean(untouched) is untouched


def test_data_keeps_its_keys() -> None:
    data = {"password": ["password", 1, None, ("a password", {"b": "password"})]}
    assert Redactor(["password"]).data(data) == {
        "password": [MARK, 1, None, [f"a {MARK}", {"b": MARK}]]
    }


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("fine\rFAILED", r"fine\rFAILED"),
        ("a\x08b\x07\x00\x7f\x9b", r"a\x08b\x07\x00\x7f\x9b"),
        ("\u202eevil\u2066\u200b\ufeff\u061c", r"\u202eevil\u2066\u200b\ufeff\u061c"),
        ("\u2028\u2029\udc80\U000e0041", r"\u2028\u2029\udc80\U000e0041"),
        ("kept\r\nas lines\n\tand tabs", "kept\nas lines\n\tand tabs"),
        ("Grüße, 防火墙 ✓", "Grüße, 防火墙 ✓"),
    ],
)
def test_hostile_characters_are_spelt_out(hostile: str, shown: str) -> None:
    assert escape(hostile) == shown


@given(st.text())
def test_what_is_shown_prints(text: str) -> None:
    shown = escape(text)
    assert all(letter.isprintable() or letter in "\n\t" for letter in shown)
    shown.encode("utf-8")
    assert escape(shown) == shown
