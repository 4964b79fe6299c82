"""The person at the terminal, over a pipe."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from rich.console import Console

from nornir_haupgrade.cli.person import Lines, Person
from nornir_haupgrade.engines.events import RunEnded
from nornir_haupgrade.engines.redact import Redactor
from nornir_haupgrade.model import Status, Verdict
from nornir_haupgrade.procedure.records import Asked, Choice
from nornir_haupgrade.report.screens import LiveScreen
from tests.cli.conftest import HOLD, HOSTILE, RELOAD, facts

OPTIONS = (Choice.RETRY, Choice.CONTINUE, Choice.PARK)
ASKED = Asked(4, replace(HOLD, options=OPTIONS), None, HOSTILE)


@dataclass
class Run:
    """What the prompt knows of its run."""

    is_cancelled: bool = False
    is_decided: bool = False
    interrupts: list[int] = field(default_factory=list)

    def interrupt(self) -> None:
        self.interrupts.append(1)
        self.is_cancelled = True

    def has_moved_on(self, pair: str) -> bool:
        return self.is_decided

    def evidence(self, pair: str) -> str:
        return f"campaigns/{pair}"


@dataclass
class Desk:
    person: Person
    run: Run
    out: io.StringIO
    write: int

    def type(self, text: str) -> None:
        os.write(self.write, text.encode())


@pytest.fixture
def desk() -> Iterator[Desk]:
    read, write = os.pipe()
    out = io.StringIO()
    screen = LiveScreen(Console(file=out, width=200), Redactor(()), ("p1", "p2"))
    verdict = Verdict(Status.FAIL, "bad", (("label", HOSTILE),))
    screen.take(RunEnded("p1", RELOAD, verdict, facts()))
    person, run = Person(screen, Lines(read)), Run()
    person.connect(run)
    made = Desk(person, run, out, write)
    yield made
    screen.close()
    for file in (read, made.write):
        if file >= 0:
            os.close(file)


def test_a_choice_and_why(desk: Desk) -> None:
    desk.type("park\nenough for tonight\n")
    assert desk.person("p1", ASKED) == (Choice.PARK, "enough for tonight")


def test_what_is_shown(desk: Desk) -> None:
    desk.type("wait\n")
    assert desk.person("p1", ASKED) is None
    shown = desk.out.getvalue()
    assert "p1 is held at 5 upgrade standby" in shown
    assert "p1a: active 12.15" in shown
    assert "p1b: standby 12.15" in shown
    assert "evidence: campaigns/p1" in shown
    assert "park (safe)" in shown
    assert all(choice in shown for choice in OPTIONS)
    assert "\x1b[31m" not in shown
    assert "[bold red]markup[/]" in shown


def test_nothing_is_taken_for_granted(desk: Desk) -> None:
    desk.type("\nyes\nroll-back\nretry\n\n")
    assert desk.person("p1", ASKED) == (Choice.RETRY, "")
    assert desk.out.getvalue().count("type one of: retry, continue, park, wait") == 2


def test_continue_needs_a_reason(desk: Desk) -> None:
    desk.type("continue\n\nthe vendor says so\n")
    assert desk.person("p1", ASKED) == (Choice.CONTINUE, "the vendor says so")
    assert "continue needs a reason" in desk.out.getvalue()


def test_the_end_of_input_is_a_ctrl_c(desk: Desk) -> None:
    os.close(desk.write)
    desk.write = -1
    assert desk.person("p1", ASKED) is None
    assert desk.run.interrupts == [1]


@pytest.mark.parametrize("name", ["is_cancelled", "is_decided"])
def test_a_prompt_ends_when_there_is_nothing_left_to_answer(desk: Desk, name: str) -> None:
    setattr(desk.run, name, True)
    assert desk.person("p1", ASKED) is None
    assert "not answered here" in desk.out.getvalue()


def test_a_deadline_ends_the_prompt_and_the_wait_for_another_one(desk: Desk) -> None:
    answers: dict[str, object] = {}
    first = Thread(target=lambda: answers.update(p1=desk.person("p1", ASKED)))
    first.start()
    soon = (datetime.now(tz=UTC) + timedelta(seconds=0.5)).isoformat()
    assert desk.person("p2", replace(ASKED, due=soon)) is None
    assert first.is_alive()
    desk.type("park\n\n")
    first.join(10)
    assert answers == {"p1": (Choice.PARK, "")}
    assert "p2 is held" not in desk.out.getvalue()
    passed = replace(ASKED, due=datetime.now(tz=UTC).isoformat())
    assert desk.person("p1", passed) is None
    assert "park is taken by itself" in desk.out.getvalue()


def test_without_a_run_nobody_is_asked(desk: Desk) -> None:
    screen = LiveScreen(Console(file=io.StringIO()), Redactor(()), ("p1",))
    assert Person(screen, Lines(0))("p1", ASKED) is None
    screen.close()
