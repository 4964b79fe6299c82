"""A script played to its end: controllers that come, are killed and come again, on one pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final

from nornir_haupgrade.engines.checking import check
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.events import Ended, PairEnd
from nornir_haupgrade.engines.history import History
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.platforms import driver_class
from nornir_haupgrade.platforms.base import Dialogue, Progress
from nornir_haupgrade.platforms.guard import only_reads
from nornir_haupgrade.procedure.records import Asked, Choice, Goal, Opened, Outcome, Record
from nornir_haupgrade.rehearsal.memory.bench import Bench
from nornir_haupgrade.rehearsal.memory.store import MemoryStore
from nornir_haupgrade.rehearsal.memory.transport import MemoryTransport
from tests.properties.observer import Observer
from tests.properties.scripts import Boundary, Kill, Script
from tests.rehearsal.bench import Play

_SITTINGS: Final = 8
"""Controllers that come one after the other for one goal, at most."""
_BOUNDARIES: Final = 60_000
"""More than so many commands and records no script can need: something goes round in a circle."""
_PAUSE: Final = 20.0
"""Seconds between two controllers."""


_SHOWN: Final = (
    *("member", "state", "forwards", "command", "effect", "status", "by"),
    *("fault", "params", "before", "cause", "seconds"),
)


class Killed(BaseException):
    """The controller is gone, at this very instruction."""


class NeverEnds(BaseException):
    """It goes on and on."""


@dataclass
class Fuse:
    """Counts the boundaries that the controller comes to, and kills it at the one that is meant."""

    kills: list[Kill]
    left: int = 0
    passed: int = 0

    def light(self) -> None:
        """Another controller begins."""
        self.left = self.kills[0].nth if self.kills else 0

    def came_to(self, *kinds: Boundary) -> None:
        """A boundary."""
        self.passed += 1
        if self.passed > _BOUNDARIES:
            raise NeverEnds
        if self.left and self.kills[0].at in kinds:
            self.left -= 1
            if not self.left:
                self.kills.pop(0)
                raise Killed


class _Transport(MemoryTransport):
    """Sessions of a controller that can be killed before and behind each command."""

    def _ask(self, text: str, timeout: float, dialogues: Sequence[Dialogue]) -> Any:  # noqa: ANN401
        return self._within(text, lambda: super(_Transport, self)._ask(text, timeout, dialogues))

    def upload(self, local: str, remote: str, *, timeout: float, progress: Progress | None) -> None:
        self._within(
            f"put {remote}",
            lambda: super(_Transport, self).upload(
                local, remote, timeout=timeout, progress=progress
            ),
        )

    def _within(self, text: str, send: Callable[[], Any]) -> Any:  # noqa: ANN401
        bench = self._bench
        assert isinstance(bench, KillingBench)
        is_read = only_reads([text], bench.read_only)
        kinds = (Boundary.COMMAND,) if is_read else (Boundary.COMMAND, Boundary.WRITE)
        bench.fuse.came_to(*kinds)
        found = send()
        bench.fuse.came_to(*kinds)
        return found


class KillingBench(Bench):
    """A bench on which controllers are killed."""

    TRANSPORT: ClassVar[type[MemoryTransport]] = _Transport

    def __init__(self, script: Script) -> None:
        super().__init__(script.pair, script.pace)
        self.fuse = Fuse(list(script.kills))
        self.read_only = driver_class(str(script.pair.platform)).READ_ONLY


class _History(History):
    """Records of a controller that can be killed before and behind each of them."""

    fuse: Fuse
    observer: Observer

    def append(self, pair: str, record: Record, **given: Any) -> int:  # noqa: ANN401
        self.fuse.came_to(Boundary.RECORD)
        if isinstance(record, Opened):
            self.observer.is_planned(record)
        seq = super().append(pair, record, **given)
        self.observer.recorded(record)
        self.fuse.came_to(Boundary.RECORD)
        return seq


class _Store(MemoryStore):
    def __init__(self, bench: KillingBench, observer: Observer) -> None:
        super().__init__(bench.clock)
        own = {"fuse": bench.fuse, "observer": observer}
        self.HISTORY: type[History] = type("OwnHistory", (_History,), own)  # type: ignore[misc]


@dataclass
class Played:
    """How a script went.

    Attributes:
        ends: What each controller said that came to its end.
        last: What the last one said; None if it was killed.
        killed: How many were.
        decided: What a person chose.
        refused: What was asked for and could not be done.
    """

    play: Play
    observer: Observer
    ends: list[PairEnd] = field(default_factory=list)
    last: PairEnd | None = None
    killed: int = 0
    decided: list[Choice] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    is_endless: bool = False

    @property
    def has_reloaded(self) -> bool:
        """Whether a member was made to boot, by us."""
        return any(entry["effect"] == "reboot" for _, entry in self.observer.ours)

    @property
    def _is_over(self) -> bool:
        return self.last is not None and self.last.end in {Outcome.DONE, Outcome.ROLLED_BACK}

    def wrong(self) -> list[str]:
        """All that must not have happened."""
        owed = None if self.last is None else self.last.owed
        found = self.observer.wrong(owed, is_over=self._is_over)
        said = [*(end.reason for end in self.ends), self.play.story]
        if self.is_endless:
            found.append("it never came to an end")
        if any("internal error" in text for text in said):
            found.append("an internal error")
        return found

    @property
    def story(self) -> str:
        """For the message of a test that fails."""
        entries = [
            f"{entry['at']:9.3f} {entry['kind']} "
            + " ".join(f"{key}={entry[key]}" for key in _SHOWN if key in entry)
            for entry in self.play.bench.audit.entries
            if entry["kind"] != "command" or entry["effect"] != "none" or entry["status"]
        ]
        return "\n".join(["", *entries, "", self.play.story, f"decided: {self.decided}"])


def play(script: Script, folder: Path) -> Played:
    """Play a script; what is observed is in what it returns."""
    return _Player(script, folder).play()


class _Player:
    def __init__(self, script: Script, folder: Path) -> None:
        self.script = script
        self.bench = KillingBench(script)
        observer = Observer(self.bench)
        self.own = Play(
            script.pair,
            folder,
            has_hops=script.has_hops,
            make=lambda *_: self.bench,
            keep=lambda _: _Store(self.bench, observer),
        )
        self.played = Played(self.own, observer)
        self.answers = list(script.answers)
        self.cancels = list(script.cancels)
        self.stops = list(script.stops)
        self.was_on = {name: one.preempts for name, one in self.own.first.items()}

    def play(self) -> Played:
        for fault in self.script.faults:
            self.bench.rig.faults.arm(fault)
        if self.script.looks:
            self._look()
        for goal in (Goal.UP, *self.script.then):
            if not self.played.is_endless:
                self._pursue(goal)
        return self.played

    def _look(self) -> None:
        """Only reads, whatever happens meanwhile."""
        errand = Errand(to=self.own.new)
        self.played.observer.is_read_only = True
        check(self.own.project, errand, world=self.bench.world)
        self.own.controller().dry_run(errand)
        self.played.observer.is_read_only = False

    def _pursue(self, goal: Goal) -> None:
        for _ in range(_SITTINGS):
            self.bench.fuse.light()
            try:
                end = self._sit(goal)
            except Killed:
                self.played.killed += 1
                self.played.last, goal = None, Goal.UP  # `run` goes on, wherever it was going to
                self.bench.clock.advance(_PAUSE / 4)
                continue
            except NeverEnds:
                self.played.is_endless = True
                return
            except BadInput as error:
                self.played.refused.append(error.message)
                return
            self.played.ends.append(end)
            self.played.last = end
            is_open = end.end in {Ended.HELD, Ended.INTERRUPTED}
            if not is_open or not (self.answers or self.cancels or self.stops):
                return
            goal = Goal.UP
            self.bench.clock.advance(_PAUSE)

    def _sit(self, goal: Goal) -> PairEnd:
        controller = self.own.controller(person=self._person)
        timeline = self.bench.clock.timeline
        for moments, flag in ((self.cancels, controller.cancel), (self.stops, controller.stop)):
            if moments and (after := moments.pop(0)) is not None:
                timeline.after(after, flag.set)
        if goal is Goal.UP:
            (end,) = controller.run(Errand(to=self.own.new))
        else:
            (end,) = controller.command(goal, "asked by the script")
        return end

    def _person(self, pair: str, asked: Asked) -> tuple[Choice, str] | None:
        options = asked.ask.options
        truth = self._truth(options)
        if truth is not None:
            return truth, "as it was found"
        if not self.answers:
            return None
        answer = self.answers.pop(0)
        self.bench.clock.advance(answer.after)
        if answer.option is None:
            return None
        choice = options[answer.option % len(options)]
        self.played.decided.append(choice)
        return choice, "by the script"

    def _truth(self, options: Sequence[Choice]) -> Choice | None:
        """How preemption was before anybody touched the pair is not guessed: a person knows it."""
        if Choice.WAS_ON not in options:
            return None
        return Choice.WAS_ON if any(self.was_on.values()) else Choice.WAS_OFF
