"""Commands that change devices: run, reboot, drill, rollback, give-back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from nornir_haupgrade.cli.drive import Driven, Signals, drive
from nornir_haupgrade.cli.exits import after_giving_back, worst
from nornir_haupgrade.cli.out import console, emit
from nornir_haupgrade.cli.person import Lines, Person
from nornir_haupgrade.cli.project import the_project
from nornir_haupgrade.cli.shell import Exit, Shell
from nornir_haupgrade.engines.answers import Policy, user_name
from nornir_haupgrade.engines.errand import Errand
from nornir_haupgrade.engines.events import PairEnd
from nornir_haupgrade.engines.local import LocalEngine
from nornir_haupgrade.procedure.records import Asked, Choice, Goal
from nornir_haupgrade.report.hold import LATER
from nornir_haupgrade.report.screens import LineScreen, LiveScreen, Screen, marked
from nornir_haupgrade.report.summary import owed_lines, summary_lines

if TYPE_CHECKING:
    from nornir_haupgrade.engines.answers import Person as AnyPerson
    from nornir_haupgrade.engines.events import Listener
    from nornir_haupgrade.settings import Project

_WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Options:
    """What run, rollback and give-back were told; ``on_hold`` None was not said."""

    pairs: Sequence[str] = ()
    on_hold: str | None = None
    is_yes: bool = False
    is_json: bool = False

    @property
    def is_asked(self) -> bool:
        """Whether a person at a terminal is asked at a hold."""
        is_on_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        return self.on_hold is None and not self.is_json and is_on_terminal


MakeEngine: TypeAlias = "Callable[[Project, Policy, Listener, AnyPerson | None], LocalEngine]"


def _make_engine(
    project: Project, policy: Policy, listener: Listener, person: AnyPerson | None
) -> LocalEngine:
    return LocalEngine(project, policy=policy, listener=listener, person=person)


def _sum_up(engine: LocalEngine, ends: Sequence[PairEnd]) -> list[str]:
    return summary_lines(ends, engine.project.settings.store)


@dataclass(frozen=True, slots=True)
class Manner:
    """How pairs are worked on, and how it is told: for real, unless somebody says otherwise."""

    engine: MakeEngine = _make_engine
    summary: Callable[[LocalEngine, Sequence[PairEnd]], list[str]] = _sum_up
    code_of: Callable[..., Exit] = worst
    mark: str = ""
    """What this is, if it is not a real run; it begins every line."""
    later: str = LATER
    """What comes of a hold that a person leaves."""


_FOR_REAL = Manner()


def run(shell: Shell, options: Options, errand: Errand, *, is_new: bool) -> int:
    """Upgrade, reboot or drill; or go on with it."""
    project = the_project(shell, options.pairs, to=errand.to, is_written_to=True)
    return work_on(shell, project, options, lambda engine: engine.run(errand, is_new=is_new))


def rollback(shell: Shell, options: Options, *, why: str) -> int:
    """Take the pairs back to their old version."""
    project = the_project(shell, options.pairs, is_written_to=True)
    return work_on(shell, project, options, lambda engine: engine.command(Goal.BACK, why))


def give_back(shell: Shell, options: Options, *, why: str) -> int:
    """Give back what is owed, as far as that can move no role."""
    project = the_project(shell, options.pairs, is_written_to=True)
    return work_on(
        shell,
        project,
        options,
        lambda engine: engine.command(Goal.CLOSE, why),
        Manner(code_of=after_giving_back),
    )


def work_on(
    shell: Shell,
    project: Project,
    options: Options,
    work: Callable[[LocalEngine], list[PairEnd]],
    manner: Manner = _FOR_REAL,
) -> int:
    """Have an engine do the work, show what happens, ask who is there, and sum it up."""
    screen = _screen(project, options, manner.mark)
    on_hold = None if options.on_hold in {None, _WAIT} else Choice(str(options.on_hold))
    policy = Policy(on_hold, is_yes=options.is_yes, who=user_name())
    person = (
        Person(screen, Lines(sys.stdin.fileno()), later=manner.later)
        if isinstance(screen, LiveScreen) and options.is_asked
        else None
    )
    engine = manner.engine(project, policy, screen.take, person)
    signals = Signals(engine.cancel, engine.stop)
    if person is not None:
        person.connect(_Desk(engine, signals))
    try:
        driven = drive(lambda: work(engine), signals, screen.say)
    finally:
        screen.close()
    return _ended(shell, engine, driven, manner, is_json=options.is_json)


def _ended(
    shell: Shell,
    engine: LocalEngine,
    driven: Driven,
    manner: Manner,
    *,
    is_json: bool,
) -> int:
    if driven.error is not None:
        raise driven.error
    out = sys.stderr if is_json else sys.stdout
    lines = ["", *manner.summary(engine, driven.ends)]
    if driven.is_left_behind:
        for pair, owed in engine.owed().items():
            lines += [f"{pair}  INTERRUPTED: a device did not answer in time", *owed_lines(owed)]
    emit(shell, marked(lines, manner.mark), out)
    code = manner.code_of(driven.ends, is_interrupted=driven.is_interrupted)
    if driven.is_left_behind:
        # Its threads wait for a device; the history is whole, and the next run looks first.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


class _Desk:
    """What a person at the prompt must know of the run."""

    def __init__(self, engine: LocalEngine, signals: Signals) -> None:
        self._engine = engine
        self.interrupt = signals.interrupt

    @property
    def is_cancelled(self) -> bool:
        """Whether a signal came."""
        return self._engine.cancel.is_set() or self._engine.stop.is_set()

    def has_moved_on(self, pair: str) -> bool:
        """Whether the hold was answered from elsewhere."""
        campaign = self._engine.store.latest_for(pair)
        records = campaign.history.records(pair) if campaign else ()
        return not (records and isinstance(records[-1], Asked))

    def evidence(self, pair: str) -> str:
        """The campaign's folder."""
        campaign = self._engine.store.latest_for(pair)
        return str(campaign.path if campaign else self._engine.store.root)


def _screen(project: Project, options: Options, mark: str) -> Screen:
    from nornir_haupgrade.engines.local import redactor_for

    redactor = redactor_for(project)
    if options.is_json or not sys.stdout.isatty():
        return LineScreen(
            sys.stdout, redactor, aside=sys.stderr, is_json=options.is_json, mark=mark
        )
    pairs = tuple(pair.name for pair in project.pairs)
    return LiveScreen(console(), redactor, pairs, mark=mark)
