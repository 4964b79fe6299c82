from __future__ import annotations

import json
from dataclasses import fields
from datetime import timedelta
from typing import Any, get_args

import pytest
from hypothesis import example, given, settings, strategies as st

from nornir_haupgrade.engines.codec import decode, encode
from nornir_haupgrade.errors import HistoryDamaged
from nornir_haupgrade.model import Role, Status, Verdict
from nornir_haupgrade.procedure.plan import Plan, Traits
from nornir_haupgrade.procedure.records import (
    Action,
    Ask,
    Asked,
    Choice,
    Command,
    Goal,
    Intent,
    Kind,
    Lease,
    LeaseKind,
    Opened,
    Record,
    Result,
    Run,
    Started,
    Step,
)
from tests.engines.samples import decided, result, strategy_for

KINDS = get_args(Record)
RECORDS = st.one_of([strategy_for(kind) for kind in KINDS])
COMMAND = {"type": "Command", "goal": "up", "who": "", "why": "", "until": None}


@pytest.mark.parametrize("kind", KINDS)
def test_every_record_comes_back_the_same(kind: type[Any]) -> None:
    @settings(max_examples=60, deadline=None)
    @given(strategy_for(kind))
    def check(record: Record) -> None:
        back = decode(encode(record))
        assert back == record
        assert hash(back) == hash(record)
        assert type(back) is kind

    check()


@settings(max_examples=60, deadline=None)
@given(RECORDS)
def test_the_text_is_canonical(record: Record) -> None:
    text = encode(record)
    assert text.isascii()
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    assert encode(decode(text)) == text


@settings(deadline=None)
@given(st.text() | st.text('{}[]":,0123456789-.eE typeCommandgoalup\\u'))
@example("")
@example("[" * 100_000)
@example("9" * 5_000)
@example('{"type":"Command","goal":NaN}')
def test_any_other_text_is_damage(text: str) -> None:
    with pytest.raises(HistoryDamaged):
        decode(text)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"type": "Commando"}, "unknown type: 'Commando'"),
        ({"type": None}, "unknown type"),
        ({"type": ["Command"]}, "unknown type"),
        ({"goal": "sideways"}, "Command.goal must hold Goal, not 'sideways'"),
        ({"goal": 1}, "Command.goal"),
        ({"goal": None}, "Command.goal"),
        ({"who": 7}, "Command.who must hold str, not 7"),
        ({"until": 6.0}, "Command.until"),
        ({"until": True}, "Command.until"),
        ({"until": 99}, "Command.until must hold Step, not 99"),
        ({"colour": "red"}, "has 'colour', which Command does not know"),
    ],
)
def test_what_does_not_fit_is_named(change: dict[str, Any], where: str) -> None:
    with pytest.raises(HistoryDamaged) as caught:
        decode(json.dumps(COMMAND | change))
    assert where in str(caught.value)


def test_the_place_is_named_in_depth() -> None:
    text = encode(Started(Run(Action.STAGE, ("p1a", "p1b"))))
    with pytest.raises(HistoryDamaged, match=r"Started\.run\.members\[1\] must hold str, not 5"):
        decode(text.replace('"p1b"', "5"))
    with pytest.raises(HistoryDamaged, match=r"Started\.run must hold Run, not \[\]"):
        decode('{"type":"Started","run":[]}')
    with pytest.raises(HistoryDamaged, match=r"lacks 'action' of Run"):
        decode('{"type":"Started","run":{"members":[]}}')


def test_a_key_that_occurs_twice_is_damage() -> None:
    with pytest.raises(HistoryDamaged, match="twice"):
        decode('{"type":"Command","goal":"up","goal":"back"}')


def test_a_field_that_was_added_later_takes_its_default() -> None:
    assert decode('{"type":"Command","goal":"up"}') == Command(Goal.UP)


def test_equal_sets_give_equal_text() -> None:
    leases = [Lease(kind, member) for kind in LeaseKind for member in ("p1b", "p1a")]
    one = Started(Run(Action.LOOK, ()), frozenset(leases))
    other = Started(Run(Action.LOOK, ()), frozenset(reversed(leases)))
    assert encode(one) == encode(other)


def test_a_choice_of_one_class_carries_no_type() -> None:
    asked = Asked(1, Ask(Kind.GATE, Run(Action.LOOK, ()), (Choice.RETRY,), Choice.RETRY), None)
    assert "type" not in json.loads(encode(asked))["ask"]["about"]
    assert decode(encode(asked)) == asked


@pytest.mark.parametrize(
    "seconds", [0, 1, -1, 0.5, 60.000001, 86_400 * 365 * 100 + 0.000001, -0.000001]
)
def test_a_time_is_kept_exactly(seconds: float) -> None:
    plan = Plan("p1", ("a", "b"), ("1", "2"), ("13.7", "13.8"), Traits())
    for item in fields(Plan):
        if item.name in {"switch_back_after", "decision_deadline"}:
            object.__setattr__(plan, item.name, timedelta(seconds=seconds))
    assert decode(encode(Opened(plan, Goal.UP))) == Opened(plan, Goal.UP)


def test_a_time_that_would_be_rounded_is_refused() -> None:
    after = timedelta(days=900_000_000, microseconds=1)
    ask = Ask(Kind.GATE, None, (), Choice.PARK, after)
    with pytest.raises(TypeError, match=r"record\.ask\.after"):
        encode(Asked(1, ask, None))


def test_an_enum_in_a_field_for_text_is_its_text() -> None:
    intent = Intent("p1a", (), "13.7", "13.8", Role.STANDBY, "b", None, None)
    started = Started(Run(Action.RELOAD, ("p1a",)), intents=(intent,))
    assert decode(encode(started)) == started


@pytest.mark.parametrize(
    "record",
    [
        decided(number="one"),  # type: ignore[arg-type]
        decided(number=True),
        Command("up"),  # type: ignore[arg-type]
        Started(Run(Action.LOOK, ["p1a"])),  # type: ignore[arg-type]
        Result(Run(Action.LOOK, ()), None, None),  # type: ignore[arg-type]
        Verdict(Status.PASS, "not a record"),
        None,
    ],
)
def test_what_would_not_come_back_the_same_is_not_written(record: Record) -> None:
    with pytest.raises(TypeError):
        encode(record)


@pytest.mark.parametrize(
    "text", ["Grüße 防火墙", "\x00\x1b[2J", "\udc80\udcff", "\u2028\u202e", '"\\']
)
def test_hostile_text_survives(text: str) -> None:
    assert decode(encode(result(text))) == result(text)


def test_steps_are_numbers() -> None:
    text = encode(Command(Goal.UP, until=Step.SWITCH_OVER))
    assert json.loads(text)["until"] == 6
