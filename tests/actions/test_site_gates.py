"""Gates of the site's own, asked in prepare and before every switchover."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nornir_haupgrade.errors import Interrupted
from nornir_haupgrade.model import Status
from nornir_haupgrade.procedure.actions.site_gates import site_gates
from nornir_haupgrade.procedure.records import Action, Result
from nornir_haupgrade.settings import GateMoment, SiteGate
from tests.actions.conftest import Bench

MODULE = """
import threading
from nornir.core.task import Result

ASKED = []
RELEASE = threading.Event()

def yes(task):
    ASKED.append((task.name, task.host.name, task.is_dry_run()))
    return Result(host=task.host, result="no ticket is open")

def no(task):
    return Result(host=task.host, result="CHG0042 is open", failed=True)

def nothing(task):
    ASKED.append(task.name)

def broken(task):
    raise ConnectionError("the ticket system does not answer")

def hangs(task):
    RELEASE.wait(30)
    return Result(host=task.host, result="much too late")
"""


@pytest.fixture(autouse=True)
def own_gates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "own_gates.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "own_gates", raising=False)
    yield
    if "own_gates" in sys.modules:
        sys.modules["own_gates"].RELEASE.set()


def gate(task: str, *when: GateMoment, name: str = "ticket", timeout: float = 10) -> SiteGate:
    task = f"own_gates.{task}"
    return SiteGate(name=name, task=task, when=when or tuple(GateMoment), timeout=timeout)


def gated(bench: Bench, action: Action, *gates: SiteGate) -> Result:
    bench.config = {"gates": gates}
    return bench.do(action, *(() if action is Action.READINESS else ("p1b",)))


BOTH = pytest.mark.parametrize("action", [Action.READINESS, Action.ENTRY])


@BOTH
def test_a_gate_that_says_yes_passes_and_its_word_is_recorded(bench: Bench, action: Action) -> None:
    result = gated(bench, action, gate("yes"))
    assert result.verdict.status is Status.PASS
    said = dict(result.verdict.facts)["gate ticket"]
    assert said == "pass: own_gates.yes: no ticket is open"
    assert sys.modules["own_gates"].ASKED == [("ticket", "p1a", True)]


@BOTH
@pytest.mark.parametrize(
    ("task", "status", "words"),
    [
        ("no", Status.FAIL, "gate ticket: own_gates.no: CHG0042 is open"),
        ("nothing", Status.FAIL, "gate ticket: own_gates.nothing: it said nothing"),
        ("broken", Status.ERROR, "gate ticket: could not be asked: own_gates.broken: ConnectionE"),
        ("missing", Status.ERROR, "gate ticket: could not be asked: there is no task missing"),
    ],
)
def test_a_gate_that_does_not_say_yes_has_not_passed(
    bench: Bench, action: Action, task: str, status: Status, words: str
) -> None:
    result = gated(bench, action, gate("yes", name="other"), gate(task))
    assert result.verdict.status is status
    assert words in result.verdict.reason
    assert bench.sent == []


def test_the_traceback_of_a_gate_is_kept_with_the_result(bench: Bench) -> None:
    ctx = bench.context()
    heard: list[str] = []
    bench.pair.heard = lambda member, command, text: heard.append(f"{member} {command}\n{text}")
    object.__setattr__(bench.pair.config, "gates", (gate("broken"),))
    (check,) = site_gates(bench.pair, GateMoment.PREPARE, ctx)
    assert check.verdict.status is Status.ERROR
    (kept,) = heard
    assert kept.startswith("p1a task own_gates.broken\nTraceback")
    assert "the ticket system does not answer" in kept


@BOTH
def test_a_gate_that_hangs_is_given_up_and_has_not_passed(bench: Bench, action: Action) -> None:
    bench.clock.is_real = True
    result = gated(bench, action, gate("hangs", timeout=0.05))
    assert result.verdict.status is Status.ERROR
    assert "own_gates.hangs: no answer within 0.05 s" in result.verdict.reason


def test_a_check_gives_up_as_well(bench: Bench) -> None:
    bench.config = {"gates": (gate("hangs", timeout=0.05), gate("yes"))}
    bench.context()
    hangs, yes = site_gates(bench.pair, GateMoment.PREPARE)
    assert hangs.verdict.status is Status.ERROR
    assert yes.verdict.status is Status.PASS


def test_a_person_need_not_wait_for_a_gate(bench: Bench) -> None:
    bench.stop.set()
    with pytest.raises(Interrupted):
        gated(bench, Action.ENTRY, gate("hangs"))


@pytest.mark.parametrize(
    ("when", "action", "is_asked"),
    [
        (GateMoment.PREPARE, Action.READINESS, True),
        (GateMoment.PREPARE, Action.ENTRY, False),
        (GateMoment.SWITCHOVER, Action.READINESS, False),
        (GateMoment.SWITCHOVER, Action.ENTRY, True),
    ],
)
def test_a_gate_is_asked_when_it_says(
    bench: Bench, when: GateMoment, action: Action, is_asked: bool
) -> None:
    result = gated(bench, action, gate("no", when))
    assert (result.verdict.status is Status.FAIL) is is_asked


@pytest.mark.parametrize("task", ["no", "broken", "hangs"])
def test_a_gate_is_told_but_does_not_hold_up_the_way_back(bench: Bench, task: str) -> None:
    """Services are bad on the new active: the old one stands ready, and everybody waits."""
    bench.clock.is_real = True
    bench.state = {"detour": "p1b"}
    result = gated(bench, Action.ENTRY, gate(task, timeout=0.05 if task == "hangs" else 10))
    assert result.verdict.status is Status.WARN
    assert "gate ticket: does not hold up the way back: own_gates." in result.verdict.reason
