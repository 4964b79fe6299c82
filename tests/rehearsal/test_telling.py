"""What is said at the end of a rehearsal, and what is kept."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Hosts, Inventory

from nornir_haupgrade.engines.events import Ended, PairEnd
from nornir_haupgrade.engines.redact import Redactor
from nornir_haupgrade.engines.store import Store
from nornir_haupgrade.engines.switchovers import Switchover
from nornir_haupgrade.errors import Finding
from nornir_haupgrade.model import CanaryResult, Gap
from nornir_haupgrade.procedure.plan import Question as Named
from nornir_haupgrade.procedure.records import Ask, Choice, Kind, Outcome, Step
from nornir_haupgrade.rehearsal.engine import rehearsed
from nornir_haupgrade.rehearsal.reading import Unread
from nornir_haupgrade.rehearsal.run import Rehearsal, Wanted
from nornir_haupgrade.rehearsal.story import Question
from nornir_haupgrade.rehearsal.telling import Told, keep, said_of_all
from nornir_haupgrade.report.rehearsed import rehearsal_lines
from nornir_haupgrade.settings import Project, Settings

HOSTILE = "\x1b[31mred\x1b[0m"


def gap(name: str, seconds: float | None) -> Gap:
    return Gap(name, seconds, 0.01, 5, 1, None, "" if seconds else "silent so far")


def pair_end(name: str, end: Outcome | Ended, *moved: Switchover) -> PairEnd:
    return PairEnd(name, end, "because", None, None, switchovers=moved)


def test_each_pair_has_its_end_its_switchovers_minutes_questions_and_differences() -> None:
    moved = Switchover(
        Step.TRIAL, "p1b", (gap("shop", 0.7), gap("mail", None)),
        (CanaryResult("till", False, None, ""), CanaryResult("line", True, 0.1, "")),
    )  # fmt: skip
    asked = Question(Step.SWITCH_OVER, "services-bad", "mail is silent", ("retry", "park"))
    answered = Question(Step.TRIAL, "no-services", "", ("continue",), "continue", "policy")
    seconds = {Step.PREPARE: 2.0, Step.UPGRADE_STANDBY: 120.0}
    differs = ("all the same", f"only {HOSTILE} p1")
    told = [
        Told(pair_end("p1", Outcome.DONE, moved), seconds, (asked, answered), differs),
        Told(pair_end("p2", Ended.HELD), {}, (), ("all the same",)),
    ]
    lines = rehearsal_lines(told, [], Path("kept"))
    assert lines[0] == "p1  DONE"
    text = "\n".join(lines)
    assert "\x1b" not in text
    for said in (
        "  moved  1 trial -> p1b: shop came back, mail silent so far, canary till LOST, canary",
        "  times  2.0 min, without what a person takes: 5 upgrade standby 2.0\n",
        "  asked  6 switch over: services-bad: mail is silent (retry, park): not answered\n",
        "         1 trial: no-services (continue): continue, by policy\n",
        "  times  0.0 min, without what a person takes\n  asked  nothing\n",
    ):
        assert said in text
    assert lines[-2:] == ["every twin", "  all the same"]
    assert sum("all the same" in line for line in lines) == 1
    assert any(line.startswith("  twins  only") for line in lines)


def test_a_pair_that_was_not_read_is_named_with_every_reason() -> None:
    unread = Unread("p3", (Finding("p3/p3a", "is off", "Switch it on."), Finding("x", HOSTILE, "")))
    told = [Told(pair_end("p1", Outcome.DONE), {}, (), ())]
    lines = rehearsal_lines(told, [unread], Path("kept"))
    at = lines.index("p3  NOT REHEARSED")
    assert "p3/p3a: is off" in lines[at + 1]
    assert "\x1b" not in "".join(lines)
    assert "every twin" not in lines


def test_no_advice_sends_anybody_to_a_device() -> None:
    for end in (*Outcome, *Ended):
        for is_interrupted in (False, True):
            said = rehearsed(pair_end("p1", end), is_interrupted=is_interrupted).advice
            assert said
            assert "mend" not in said


@pytest.mark.parametrize(
    ("end", "is_interrupted", "said"),
    [
        (Outcome.DONE, True, "would end like this"),
        (Outcome.PARKED, True, "rehearse again"),
        (Outcome.PARKED, False, "would end like this"),
        (Outcome.NOT_STARTED, True, "rehearse again"),
        (Ended.INTERRUPTED, False, "rehearse again"),
    ],
)
def test_what_a_person_interrupted_says_nothing_of_the_pair(
    end: Outcome | Ended, said: str, *, is_interrupted: bool
) -> None:
    assert said in rehearsed(pair_end("p1", end), is_interrupted=is_interrupted).advice


def test_no_secret_of_the_site_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store:
        campaign = store.create()
        campaign.write_report({})
    unread = Unread("p2", (Finding("p2/p2a", "Slot: hunter2-of-the-site", ""),))
    project = Project(Nornir(Inventory(Hosts(), Groups(), Defaults())), Settings(), ())
    redactor = Redactor(["hunter2-of-the-site"])
    rehearsal = Rehearsal(project, (), (unread,), tmp_path, Wanted("13.8"), redactor)
    end = replace(pair_end("p1", Outcome.DONE), campaign=campaign.id)
    keep([Told(end, {}, (), ("service shop: hunter2-of-the-site",))], rehearsal, tmp_path)
    kept = (campaign.path / "report.json").read_text()
    assert "not_rehearsed" in kept
    assert "hunter2" not in kept


def test_a_hold_says_which_option_leads_on() -> None:
    held = pair_end("p1", Ended.HELD)
    gate = Ask(Kind.GATE, None, (Choice.RETRY, Choice.PARK), Choice.PARK)
    question = replace(gate, kind=Kind.QUESTION, question=Named.NO_SERVICES)
    for ask, option in ((gate, "--on-hold"), (question, "--yes")):
        said = rehearsed(replace(held, ask=ask), is_interrupted=False).advice
        assert said.endswith(option)


def test_what_holds_for_all_is_what_stands_in_every_list() -> None:
    assert said_of_all([("a", "b"), ("b", "c")]) == ["b"]
    assert said_of_all([]) == []
