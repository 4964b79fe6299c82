"""``haupgrade rehearse``: the run that is asked for, on twins of the pairs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from nornir_haupgrade.cli.exits import worst
from nornir_haupgrade.cli.out import emit
from nornir_haupgrade.cli.project import the_project
from nornir_haupgrade.cli.run import MakeEngine, Manner, Options, work_on
from nornir_haupgrade.cli.shell import Exit
from nornir_haupgrade.engines.errand import Errand, step_of
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.rehearsal.engine import RehearsalEngine
from nornir_haupgrade.rehearsal.run import Rehearsal, Wanted, prepare, stage
from nornir_haupgrade.rehearsal.telling import keep, told_of
from nornir_haupgrade.report.rehearsed import fate_lines, rehearsal_lines, unread_lines
from nornir_haupgrade.report.screens import marked, now

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from nornir_haupgrade.cli.shell import Shell
    from nornir_haupgrade.engines.answers import Person as AnyPerson, Policy
    from nornir_haupgrade.engines.events import Listener, PairEnd
    from nornir_haupgrade.engines.local import LocalEngine
    from nornir_haupgrade.settings import Project

MARK: Final = "REHEARSAL"
_LATER: Final = "leave it held: its rehearsal ends here, and the twins with the command"


@dataclass(frozen=True, slots=True)
class Said:
    """The options that only a rehearsal has, and what it shares with a run's."""

    pairs: Sequence[str]
    until: str | None
    is_assumed: bool
    version: str | None
    faults: Sequence[Path]
    speed: float
    boot: float | None


def rehearse(
    shell: Shell, said: Said, *, to: str, on_hold: str | None, is_yes: bool, is_json: bool
) -> int:
    """Look at the pairs, bring up their twins, run on those, and say how it would end."""
    if said.version is not None and not said.is_assumed:
        advice = "leave it out, or add --assume"
        raise BadInput("--from says what the members run, and they are asked", advice=advice)
    options = Options(said.pairs, on_hold, is_yes=is_yes, is_json=is_json)
    errand = Errand(to=to, until=step_of(said.until))
    wanted = Wanted(
        to,
        speed=said.speed,
        is_read=not said.is_assumed,
        version=said.version,
        boot=said.boot,
        faults=tuple(said.faults),
        is_asked=options.is_asked,
    )
    site = the_project(shell, said.pairs, to=to, is_contacted=wanted.is_read)
    out = sys.stderr if is_json else sys.stdout
    cast = prepare(site, wanted)
    emit(shell, marked(unread_lines(cast.unread), MARK), out)
    with stage(site, cast, wanted) as rehearsal:
        emit(shell, marked(_beginning(rehearsal), MARK), out)
        return work_on(
            shell,
            rehearsal.project,
            options,
            lambda engine: engine.run(errand),
            Manner(
                _maker(said.speed),
                lambda engine, ends: _summary(shell, rehearsal, engine, ends, is_json=is_json),
                _worst if cast.unread else worst,
                mark=MARK,
                later=_LATER,
            ),
        )


def _worst(ends: Iterable[PairEnd], *, is_interrupted: bool = False) -> Exit:
    """A pair that could not be read has failed, however the others ended."""
    code = worst(ends, is_interrupted=is_interrupted)
    return code if code is Exit.INTERRUPTED else Exit.FAILED


def _maker(speed: float) -> MakeEngine:
    def make(
        project: Project, policy: Policy, listener: Listener, person: AnyPerson | None
    ) -> LocalEngine:
        return RehearsalEngine(
            project, speed=speed, policy=policy, listener=listener, person=person
        )

    return make


def _beginning(rehearsal: Rehearsal) -> list[str]:
    wanted = rehearsal.wanted
    members = sum(len(twin.names) for twin in rehearsal.twins)
    read = "as they were read just now" if wanted.is_read else "as they are assumed to be"
    return [
        f"{members} simulated twins, {read}; from here on nothing real is contacted",
        f"one second here is {wanted.speed:g} of theirs; kept in {rehearsal.folder}",
        *(f"{twin.name}: {said}" for twin in rehearsal.twins for said in twin.likeness.unfinished),
    ]


def _summary(
    shell: Shell,
    rehearsal: Rehearsal,
    engine: LocalEngine,
    ends: Sequence[PairEnd],
    *,
    is_json: bool,
) -> list[str]:
    stories = engine.stories.of if isinstance(engine, RehearsalEngine) else {}
    wanted, store = rehearsal.wanted, engine.project.settings.store
    told = told_of(
        ends,
        stories,
        rehearsal.twins,
        rehearsal.audit,
        speed=wanted.speed,
        is_interrupted=engine.cancel.is_set(),
    )
    keep(told, rehearsal, store)
    if is_json:
        emit(shell, fate_lines(told, now().isoformat(timespec="milliseconds"), mark=MARK))
    return rehearsal_lines(told, rehearsal.unread, store)
