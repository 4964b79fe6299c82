"""Commands that change devices: run, reboot, drill, rollback, give-back."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
from nornir_haupgrade.report.screens import LineScreen, LiveScreen, Screen
from nornir_haupgrade.report.summary import owed_lines, summary_lines

if TYPE_CHECKING:
    from nornir_haupgrade.settings import Project

_WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Options:
    """What run, rollback and give-back were told; ``on_hold`` None was not said."""

    pairs: Sequence[str] = ()
    on_hold: str | None = None
    is_yes: bool = False
    is_json: bool = False


def run(shell: Shell, options: Options, errand: Errand, *, is_new: bool) -> int:
    """Upgrade, reboot or drill; or go on with it."""
    project = the_project(shell, options.pairs, to=errand.to, is_written_to=True)
    return _work(shell, project, options, lambda engine: engine.run(errand, is_new=is_new))


def rollback(shell: Shell, options: Options, *, why: str) -> int:
    """Take the pairs back to their old version."""
    project = the_project(shell, options.pairs, is_written_to=True)
    return _work(shell, project, options, lambda engine: engine.command(Goal.BACK, why))


def give_back(shell: Shell, options: Options, *, why: str) -> int:
    """Give back what is owed, as far as that can move no role."""
    project = the_project(shell, options.pairs, is_written_to=True)
    return _work(
        shell,
        project,
        options,
        lambda engine: engine.command(Goal.CLOSE, why),
        code_of=after_giving_back,
    )


def _work(
    shell: Shell,
    project: Project,
    options: Options,
    work: Callable[[LocalEngine], list[PairEnd]],
    code_of: Callable[..., Exit] = worst,
) -> int:
    screen = _screen(project, options)
    on_hold = None if options.on_hold in {None, _WAIT} else Choice(str(options.on_hold))
    policy = Policy(on_hold, is_yes=options.is_yes, who=user_name())
    is_asked = options.on_hold is None and sys.stdin.isatty()
    person = (
        Person(screen, Lines(sys.stdin.fileno()))
        if isinstance(screen, LiveScreen) and is_asked
        else None
    )
    engine = LocalEngine(project, policy=policy, listener=screen.take, person=person)
    signals = Signals(engine.cancel, engine.stop)
    if person is not None:
        person.connect(_Desk(engine, signals))
    try:
        driven = drive(lambda: work(engine), signals, screen.say)
    finally:
        screen.close()
    return _ended(shell, engine, driven, code_of, is_json=options.is_json)


def _ended(
    shell: Shell,
    engine: LocalEngine,
    driven: Driven,
    code_of: Callable[..., Exit],
    *,
    is_json: bool,
) -> int:
    if driven.error is not None:
        raise driven.error
    out = sys.stderr if is_json else sys.stdout
    lines = ["", *summary_lines(driven.ends, engine.project.settings.store)]
    if driven.is_left_behind:
        for pair, owed in engine.owed().items():
            lines += [f"{pair}  INTERRUPTED: a device did not answer in time", *owed_lines(owed)]
    emit(shell, lines, out)
    code = code_of(driven.ends, is_interrupted=driven.is_interrupted)
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


def _screen(project: Project, options: Options) -> Screen:
    from nornir_haupgrade.engines.local import redactor_for

    redactor = redactor_for(project)
    if options.is_json or not sys.stdout.isatty():
        return LineScreen(sys.stdout, redactor, aside=sys.stderr, is_json=options.is_json)
    return LiveScreen(console(), redactor, tuple(pair.name for pair in project.pairs))
