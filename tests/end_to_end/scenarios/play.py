"""Playing scenarios: each in a lab of its own, over real SSH, and proven by the lab's log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nornir_haupgrade.engines.answers import Person
from nornir_haupgrade.engines.events import Ended, PairEnd
from nornir_haupgrade.lab.fault_script import Known, read_script
from nornir_haupgrade.procedure.records import Asked, Choice, Kind, LeaseKind
from tests.end_to_end.rig import Rig, Scenario as Play, together
from tests.end_to_end.scenarios.measured import Measured, keep
from tests.end_to_end.scenarios.scenario import Hold, Scenario


def playing(name: str, scenario: Scenario) -> Play:
    """A scenario, for ``together``; what came of it is kept where it is wanted."""

    def play(rig: Rig) -> None:
        _set_off(rig, scenario)
        end = _through(rig, scenario)
        assert scenario.end in {None, end.end}, (end.end, end.reason)
        assert re.search(scenario.says, end.reason), end.reason
        _end_proof(rig, scenario, end)
        if not rig.is_through_nornir:
            keep(rig.PLATFORM, name, Measured.of(rig, end))

    return play


def play(folder: Path, scenarios: Mapping[str, Scenario], **settings: Any) -> None:  # noqa: ANN401
    """Play scenarios at once."""
    found = {
        name: (
            playing(name, one),
            {**one.given, "settings": dict(one.settings), **settings},
        )
        for name, one in scenarios.items()
    }
    together(folder, found)


def batches(names: Iterable[str], size: int) -> list[list[str]]:
    """Names, so many at a time."""
    every = list(names)
    return [every[first : first + size] for first in range(0, len(every), size)]


def _set_off(rig: Rig, scenario: Scenario) -> None:
    if scenario.script:
        script = rig.folder / "faults.yaml"
        script.write_text(scenario.script)
        for fault in read_script(script, rig.lab.call(lambda lab: Known.of(lab.spec))):
            rig.lab.inject(fault)
    if scenario.prepares is not None:
        scenario.prepares(rig)


def _through(rig: Rig, scenario: Scenario) -> PairEnd:
    """Run, be held where it is expected, answer, and go on to the end."""
    end = rig.run()
    for number, hold in enumerate(scenario.holds, start=1):
        if hold.answer is None:  # its deadline has passed by itself
            continue
        assert end.end is Ended.HELD, (end.end, end.reason)
        assert end.ask is not None
        _hold_proof(hold, end)
        if hold.mends is not None:
            hold.mends(rig)
        is_last = number == len(scenario.holds)
        end = _answered(rig, hold, is_last=is_last)
    if not scenario.holds:
        assert end.end is not Ended.HELD, end.reason
        return end
    asked = [record for record in rig.held if record.ask.kind is not Kind.QUESTION]
    kinds = [record.ask.kind for record in asked]
    assert len(kinds) >= len(scenario.holds), kinds
    for hold, kind in zip(scenario.holds, kinds, strict=False):
        assert kind in hold.kinds, kinds
    return end


def _hold_proof(hold: Hold, end: PairEnd) -> None:
    assert end.ask is not None
    assert end.ask.kind in hold.kinds, (end.ask.kind, end.reason)
    assert re.search(hold.says, end.reason), end.reason
    assert f"haupgrade decide {end.campaign} p1" in end.advice
    assert (Choice.CONTINUE in end.ask.options) == hold.has_continue
    assert hold.answer in end.ask.options


def _answered(rig: Rig, hold: Hold, *, is_last: bool) -> PairEnd:
    """Go on with an answer: the last one holds for all that is asked then, but for a retry."""
    if is_last and hold.answer is not Choice.RETRY:
        return rig.run(on_hold=hold.answer)
    answers = iter([hold.answer] * hold.times)

    def person(_: object, asked: Asked) -> tuple[Choice, str] | None:
        found = next(answers, None)
        return None if found is None else (found, "looked at it")

    once: Person = person
    return rig.run(person=once)


def _end_proof(rig: Rig, scenario: Scenario, end: PairEnd) -> None:
    first = (rig.first["p1a"], rig.first["p1b"])
    assert rig.versions == (scenario.runs or first), rig.versions
    owed = {(str(one.lease.kind), one.lease.member) for one in end.owed}
    assert scenario.owed is None or owed == scenario.owed, owed
    for one in end.owed:
        assert one.reason
        # What boots next is the other side of a trial, which a commit ends.
        assert one.commands or one.lease.kind is LeaseKind.BOOT
    if not scenario.is_contacted:
        assert end.advice
        assert end.campaign is None, "nothing was opened for it"
    if scenario.proves is not None:
        scenario.proves(rig)
    proof = rig.audit_proof(**scenario.allowed)
    assert scenario.is_contacted or proof.ours == []
