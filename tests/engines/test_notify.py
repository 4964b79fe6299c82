"""Notifications: in order, in the background, without secrets, and without any say."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Defaults, Groups, Host, Hosts, Inventory

from nornir_haupgrade.engines import notify
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
from nornir_haupgrade.engines.notify import Notifier
from nornir_haupgrade.engines.redact import Redactor
from nornir_haupgrade.engines.store import Store
from nornir_haupgrade.model import Status, Verdict
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
from nornir_haupgrade.settings import MemberConfig, PairConfig, Project, Settings
from tests.cli.conftest import facts

SECRET = "hunter2!secret"
MODULE = """
import threading
from nornir.core.task import Result

HEARD = []
RELEASE = threading.Event()

def hear(task, event):
    HEARD.append((task.host.name, task.is_dry_run(), event))

def fails(task, event):
    return Result(host=task.host, result="HTTP 503", failed=True)

def broken(task, event):
    raise ValueError("no such room: hunter2!secret")

def hangs(task, event):
    RELEASE.wait(30)
"""

ASK = Ask(Kind.GATE, None, (Choice.RETRY, Choice.PARK), Choice.PARK, step=Step.SWITCH_OVER)
HELD = Held("p1", ASK, f"p1b: the device said {SECRET}", "2026-11-25T22:00:00.000+00:00")
SWITCH = Run(Action.SWITCH, ("p1a", "p1b"), "p1b", step=Step.TRIAL)
SWITCHED = RunEnded("p1", SWITCH, Verdict(Status.PASS, "p1b is active"), facts())
ENDED = PairEnd(
    "p1",
    Outcome.PARKED,
    "p1a runs 12.15",
    facts=facts(),
    owed=(Owed(Lease(LeaseKind.PREEMPTION, "p1a"), "why", ("fwctl preempt on",)),),
    advice="run again",
    head="ab12",
)


@dataclass
class Site:
    """A pair p1 with tasks that are told, and one p2 without."""

    folder: Path
    told: list[str] = field(default_factory=list)
    is_deaf: bool = False

    def notifier(self, *tasks: str, has_campaign: bool = True) -> Notifier:
        members = (MemberConfig("p1a", None, "memory"), MemberConfig("p1b", None, "memory"))
        names = tuple(f"own_hooks.{task}" for task in tasks)
        pairs = (
            PairConfig("p1", members, "memory", site="muc", notify=names),
            PairConfig("p2", members, "memory"),
        )
        hosts = Hosts({name: Host(name) for name in ("p1a", "p1b")})
        nr = Nornir(Inventory(hosts, Groups(), Defaults()))
        clean = Redactor([SECRET])
        self.campaign = Store(self.folder / "campaigns", redactor=clean).create()
        return Notifier(
            Project(nr, Settings(), pairs),
            clean=clean,
            tell=self.tell,
            campaign_of=lambda _: self.campaign if has_campaign else None,
        )

    def tell(self, event: Event) -> None:
        assert isinstance(event, Told)
        self.told.append(event.text)
        if self.is_deaf:
            raise BrokenPipeError

    @property
    def heard(self) -> list[tuple[str, bool, dict[str, Any]]]:
        return cast("Any", sys.modules["own_hooks"]).HEARD  # type: ignore[no-any-return]

    @property
    def raw(self) -> list[str]:
        return [path.read_text() for path in (self.campaign.path / "raw").iterdir()]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    (tmp_path / "own_hooks.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "own_hooks", raising=False)
    made = Site(tmp_path)
    yield made
    if "own_hooks" in sys.modules:
        cast("Any", sys.modules["own_hooks"]).RELEASE.set()


def test_what_matters_is_told_in_order_as_plain_data_without_secrets(site: Site) -> None:
    notifier = site.notifier("hear")
    for event in (HELD, SWITCHED, ENDED):
        notifier.take(event)
    notifier.close()
    assert [(host, is_dry) for host, is_dry, _ in site.heard] == [("p1a", False)] * 3
    events = [said for *_, said in site.heard]
    for said in events:
        assert said.pop("at").endswith("+00:00")
    common = {"pair": "p1", "site": "muc", "campaign": site.campaign.id}
    assert events == [
        {
            "event": "held",
            "step": "switch_over",
            "about": "gate-failed",
            "reason": "p1b: the device said ***",
            "options": ["retry", "park"],
            "safe": "park",
            "due": "2026-11-25T22:00:00.000+00:00",
            **common,
        },
        {
            "event": "switched-over",
            "step": "trial",
            "to": "p1b",
            "reason": "p1b is active",
            **common,
        },
        {
            "event": "ended",
            "end": "parked",
            "reason": "p1a runs 12.15",
            "advice": "run again",
            "members": {
                "p1a": {"role": "active", "version": "12.15"},
                "p1b": {"role": "standby", "version": "12.15"},
            },
            "owed": ["p1a: preemption"],
            "head": "ab12",
            **common,
        },
    ]
    assert site.told == []


@pytest.mark.parametrize(
    "event",
    [
        RunStarted("p1", SWITCH),
        RunEnded("p1", SWITCH, Verdict(Status.ERROR, "p1b did not become active"), facts()),
        RunEnded("p1", Run(Action.LOOK, ("p1a",)), Verdict(Status.PASS, "seen"), facts()),
        Told("p1", "uploading"),
        Answered("p1", "park", "person", "late"),
        PairEnd("p1", Ended.HELD, "waits"),
        PairEnd("p2", Outcome.DONE, "another pair"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_nothing_else_is_told(site: Site, event: Event) -> None:
    notifier = site.notifier("hear")
    notifier.take(event)
    notifier.close()
    assert "own_hooks" not in sys.modules


def test_a_hold_that_is_shown_again_is_told_once_and_one_after_an_answer_anew(site: Site) -> None:
    notifier = site.notifier("hear")
    for event in (HELD, Told("p1", "x"), HELD, Answered("p1", "retry", "person", ""), HELD):
        notifier.take(event)
    notifier.close()
    assert len(site.heard) == 2


def test_a_pair_without_facts_and_without_a_campaign_is_told_as_well(site: Site) -> None:
    notifier = site.notifier("hear", "broken", has_campaign=False)
    notifier.take(PairEnd("p1", Outcome.NOT_STARTED, "does not answer"))
    notifier.close()
    ((*_, event),) = site.heard
    assert (event["end"], event["campaign"], event["members"]) == ("not_started", None, {})
    assert site.told == ["not notified: own_hooks.broken: ValueError: no such room: ***"]


@pytest.mark.parametrize(
    ("task", "words", "kept"),
    [
        ("fails", "own_hooks.fails: HTTP 503", "notify: own_hooks.fails: HTTP 503"),
        ("broken", "own_hooks.broken: ValueError: no such room: ***", "Traceback"),
        ("missing", "there is no task missing in own_hooks", "there is no task missing"),
    ],
)
def test_what_fails_is_told_and_kept_and_others_are_told_all_the_same(
    site: Site, task: str, words: str, kept: str
) -> None:
    notifier = site.notifier(task, "hear")
    notifier.take(SWITCHED)
    notifier.close()
    assert len(site.heard) == 1
    (told,) = site.told
    assert told.startswith(f"not notified: {words}")
    (raw,) = site.raw
    assert kept in raw
    assert SECRET not in raw
    assert "; kept as raw/" in told


def test_a_task_that_hangs_is_given_up_and_holds_up_no_other(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "WITHIN", 0.1)
    notifier = site.notifier("hangs", "hear")
    notifier.take(HELD)
    notifier.take(SWITCHED)
    notifier.close()
    assert [event["event"] for *_, event in site.heard] == ["held", "switched-over"]
    assert len(site.told) == 2
    assert all("own_hooks.hangs: no answer within 0.1 s" in text for text in site.told)


def test_the_end_does_not_wait_for_long(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "AT_THE_END", 0.05)
    notifier = site.notifier("hangs")
    notifier.take(ENDED)
    notifier.close()
    assert site.told == ["not waited for any longer: own_hooks.hangs still notifies"]
    cast("Any", sys.modules["own_hooks"]).RELEASE.set()
    for thread in threading.enumerate():
        if thread.name == "notify own_hooks.hangs":
            assert thread.daemon
            thread.join(5)


def test_what_cannot_be_kept_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    notifier = site.notifier("fails")
    (site.campaign.path / "raw").rename(site.folder / "elsewhere")
    notifier.take(SWITCHED)
    notifier.close()
    (told,) = site.told
    assert "could not be kept" in told


def test_a_listener_that_is_gone_does_no_harm(site: Site) -> None:
    site.is_deaf = True
    notifier = site.notifier("fails")
    notifier.take(SWITCHED)
    notifier.close()
    assert len(site.told) == 1


def test_a_machine_without_a_thread_left_says_so(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise RuntimeError("can't start new thread")

    notifier = site.notifier("hear")
    with monkeypatch.context() as patch:
        patch.setattr(notify, "Thread", lambda **_: SimpleNamespace(start=fail))
        notifier.take(SWITCHED)
    notifier.close()
    assert site.told == ["not notified: own_hooks.hear: can't start new thread"]
