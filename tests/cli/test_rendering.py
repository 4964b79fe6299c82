from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path

import pytest
from rich.console import Console

from nornir_haupgrade.engines.events import (
    Answered,
    Ended,
    Event,
    Held,
    Owed,
    PairEnd,
    RunEnded,
    RunStarted,
    Told,
)
from nornir_haupgrade.engines.redact import Redactor
from nornir_haupgrade.model import Status, Verdict
from nornir_haupgrade.procedure.plan import Question
from nornir_haupgrade.procedure.records import (
    Action,
    Ask,
    Choice,
    Kind,
    Lease,
    LeaseKind,
    Outcome,
    Run,
    Step,
)
from nornir_haupgrade.report.board import Board
from nornir_haupgrade.report.jsonl import json_line
from nornir_haupgrade.report.live import LiveTable, elapsed
from nornir_haupgrade.report.plain import lines_of
from nornir_haupgrade.report.screens import LineScreen, LiveScreen, redacted
from nornir_haupgrade.report.summary import summary_lines
from nornir_haupgrade.report.words import (
    CHOICES,
    KINDS,
    LEASES,
    NEXT,
    ask_text,
    local_time,
)
from tests.cli.conftest import HOLD, HOSTILE, RELOAD, facts

AT = "12:00:00"
DUE = "2026-01-01T00:00:00.000+00:00"
DUE_HERE = local_time(DUE)
URGENT = Ask(
    Kind.SERVICES_BAD,
    None,
    (Choice.RETRY, Choice.SWITCH_BACK),
    Choice.SWITCH_BACK,
    timedelta(seconds=60),
    step=Step.SWITCH_OVER,
)
OWED = Owed(Lease(LeaseKind.PREEMPTION, "p1a"), HOSTILE, (f"preempt {HOSTILE}",))
EVENTS: list[Event] = [
    RunStarted("p1", RELOAD),
    RunEnded("p1", RELOAD, Verdict(Status.FAIL, HOSTILE, (("label", HOSTILE),)), facts()),
    Told("p1", HOSTILE),
    Held("p1", URGENT, HOSTILE, "2026-01-01T00:00:00.000+00:00"),
    Answered("p1", "park", "person", HOSTILE),
    PairEnd("p1", Ended.HELD, HOSTILE, "c", facts(), (OWED,), HOLD, HOSTILE, "ab12"),
]


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (RunStarted("p1", RELOAD), ["p1  5 upgrade standby  reload p1b -> 13.8 ..."]),
        (RunStarted("p1", Run(Action.LOOK, ("p1a", "p1b"))), []),
        (
            RunEnded("p1", RELOAD, Verdict(Status.PASS, "it is back"), None),
            ["p1  5 upgrade standby  reload p1b -> 13.8  PASS it is back"],
        ),
        (
            RunEnded("p1", Run(Action.SWITCH, ("p1a", "p1b"), "p1b", step=Step.ROLL_BACK),
                     Verdict(Status.PASS, "p1b is active"), None),
            ["p1  roll back          switch-over -> p1b  PASS p1b is active"],
        ),
        (Told("p1", "p1a: down"), ["p1                     p1a: down"]),
        (
            Held("p1", URGENT, "shop is dead", DUE),
            [
                f"p1  6 switch over      {text}"
                for text in (
                    "HELD a service is not as it was before, or a canary was lost: shop is dead",
                    f"options: retry, switch-back (safe); switch-back by itself at {DUE_HERE}",
                )
            ],
        ),
        (Answered("p1", "park", "policy", ""), ["p1                     decided: park by policy"]),
        (PairEnd("p1", Outcome.DONE, ""), ["p1                     DONE"]),
    ],
)  # fmt: skip
def test_plain_lines(event: Event, lines: list[str]) -> None:
    assert lines_of(event, AT) == [f"{AT} {line}" for line in lines]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_what_a_device_says_cannot_leave_its_line(event: Event) -> None:
    for line in lines_of(event, AT):
        assert line.isprintable()
        assert line.startswith(f"{AT} p1")


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_as_one_line_of_json(event: Event) -> None:
    line = json_line(event, "2026-01-01T00:00:00+00:00")
    assert line.isascii()
    assert line.isprintable()
    data = json.loads(line)
    assert (data["pair"], data["at"]) == ("p1", "2026-01-01T00:00:00+00:00")


def test_json_names_steps_members_and_times() -> None:
    ended, held, end = (json.loads(json_line(EVENTS[number], "")) for number in (1, 3, 5))
    assert ended["event"] == "run-ended"
    assert ended["run"]["step"] == "upgrade_standby"
    assert ended["verdict"] == {"status": "fail", "reason": HOSTILE, "facts": [["label", HOSTILE]]}
    assert ended["facts"]["p1b"]["role"] == "standby"
    assert held["ask"]["after"] == 60
    assert end["owed"][0]["lease"] == {"kind": "preemption", "member": "p1a"}


def test_the_live_table_shows_markup_and_follows_none() -> None:
    clock = iter([0.0, *[62.0] * 20]).__next__
    board = Board(("p1",))
    for event in EVENTS[:3]:
        board.take(event, 0.0)
    board.take(RunStarted("p1", RELOAD), clock())
    out = io.StringIO()
    Console(file=out, width=200, force_terminal=True, color_system="standard").print(
        LiveTable(board, clock)
    )
    text = out.getvalue()
    assert "\x1b[31mred" not in text
    assert "\\x1b[31mred" in text
    assert "[bold red]markup[/]" in text
    assert "1:02" in text
    assert "p1b standby 12.15" in text


@pytest.mark.parametrize("width", [80, 90, 120])
def test_a_narrow_terminal_breaks_no_name_of_a_pair(width: int) -> None:
    board = Board(("datacentre-east", "p2"))
    out = io.StringIO()
    Console(file=out, width=width).print(LiveTable(board, lambda: 0.0))
    assert out.getvalue().startswith("pair ")
    assert "datacentre-east" in out.getvalue()
    assert all(len(line) <= width for line in out.getvalue().splitlines())


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_can_be_shown_live(event: Event) -> None:
    out = io.StringIO()
    screen = LiveScreen(Console(file=out, width=300, force_terminal=True), Redactor(()), ("p1",))
    screen.take(event)
    screen.close()
    assert "\x1b[31mred" not in out.getvalue()


def test_above_the_live_table_stands_what_is_told_when_nothing_is_under_way() -> None:
    out = io.StringIO()
    screen = LiveScreen(Console(file=out, width=300), Redactor(()), ("p1",))
    for event in (RunStarted("p1", RELOAD), Told("p1", "p1b: down"), EVENTS[5]):
        screen.take(event)
    screen.take(Told("p1", "the report could not be written"))
    screen.close()
    lines = out.getvalue().splitlines()
    assert not [line for line in lines if line.endswith("p1b: down")]
    assert [line for line in lines if line.endswith("the report could not be written")]


def test_lines_wait_while_a_person_is_asked_but_another_hold_does_not() -> None:
    out = io.StringIO()
    screen = LiveScreen(Console(file=out, width=300), Redactor(()), ("p1", "p2"))
    with screen.paused() as console:
        console.print("the question")
        screen.take(EVENTS[4])
        assert "decided" not in out.getvalue()
        screen.take(EVENTS[3])
        assert "HELD" in out.getvalue()
        screen.say("a signal came")
    screen.close()
    assert out.getvalue().index("a signal came") < out.getvalue().index("decided")


@pytest.mark.parametrize("is_json", [False, True])
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_no_screen_shows_a_secret(event: Event, is_json: bool) -> None:
    out, aside = io.StringIO(), io.StringIO()
    screen = LineScreen(out, Redactor(["markup"]), aside=aside, is_json=is_json)
    screen.take(event)
    screen.say("a line of ours")
    screen.close()
    assert "a line of ours" not in out.getvalue()
    if not isinstance(event, PairEnd):  # what is owed holds commands of ours only
        assert "markup" not in out.getvalue()
    assert isinstance(redacted(event, Redactor(["markup"])), type(event))


def test_the_summary_says_what_is_next_and_what_is_owed() -> None:
    end = PairEnd("p1", Ended.HELD, "old version", "c", facts(), (OWED,), HOLD, "decide", "ab12")
    lines = summary_lines([end, PairEnd("p2", Outcome.DONE, "1 check passed")], Path("campaigns"))
    text = "\n".join(lines)
    assert all(line.isprintable() for line in lines)
    assert "p1  HELD: old version" in text
    assert "now    p1a active 12.15, p1b standby 12.15" in text
    assert "next   decide" in text
    assert "park (safe)" in text
    assert "p1a: preemption is to be switched on again" in text
    assert "p1a$ preempt" in text
    assert "found  campaigns/c" in text
    assert "head   ab12" in text
    assert "p2  DONE\n" in text


def test_owed_without_a_command_says_so() -> None:
    owed = Owed(Lease(LeaseKind.BOOT, "p1a"), "it was never read", ())
    lines = summary_lines([PairEnd("p1", Outcome.PARKED, "", owed=(owed,))], Path("campaigns"))
    assert any("no command can be told" in line for line in lines)


def test_every_word_has_its_line() -> None:
    assert set(CHOICES) == set(Choice)
    assert set(KINDS) == set(Kind)
    assert set(LEASES) == set(LeaseKind)
    assert set(NEXT) == {*Outcome, *Ended}
    assert [step.title for step in (Step.PREPARE, Step.GIVE_BACK, Step.CLOSE)] == [
        "0 prepare", "10 give back", "close",
    ]  # fmt: skip
    question = Ask(Kind.QUESTION, None, (Choice.PARK,), Choice.PARK, question=Question.NO_SYNC)
    assert ask_text(question).startswith("no-config-sync: ")
    assert elapsed(-1) == "0:00"


def test_a_run_does_not_end_with_its_reader() -> None:
    broken: list[str] = []

    class Gone(io.StringIO):
        def flush(self) -> None:
            broken.append("broken")
            raise BrokenPipeError

    screen = LineScreen(Gone(), Redactor(()), aside=Gone())
    for event in EVENTS:
        screen.take(event)
    screen.say("x")
    assert broken  # it was really written to, and nothing came of it


def test_a_member_that_is_silent_is_not_shown_as_if_it_were_there() -> None:
    end = PairEnd("p1", Ended.HELD, "alone", facts=facts(), silent=("p1b",))
    (now,) = (line for line in summary_lines([end], Path("campaigns")) if "now " in line)
    assert now.strip() == "now    p1a active 12.15, p1b does not answer, was standby 12.15"
