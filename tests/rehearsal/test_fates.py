"""What is said of the faults of a script: where and when each struck, or that it did not."""

from __future__ import annotations

from pathlib import Path

import pytest

from nornir_haupgrade.engines.events import PairEnd
from nornir_haupgrade.lab import Fault, Moment, When
from nornir_haupgrade.lab.command import Event
from nornir_haupgrade.procedure.records import Action, Outcome, Run, Step
from nornir_haupgrade.rehearsal.fates import Fate, Strike, fates_of
from nornir_haupgrade.rehearsal.memory.bench import Bench
from nornir_haupgrade.rehearsal.story import Story, Took
from nornir_haupgrade.rehearsal.telling import Told
from nornir_haupgrade.rehearsal.twins import Times, twins_of
from nornir_haupgrade.report.rehearsed import rehearsal_lines
from tests.rehearsal.samples import config, likeness

RELOAD = When(after=3, by="x y", nth=2, moment=Moment.AFTER, at=Event.RELOAD)


def test_the_lab_s_log_says_where_and_when_each_struck() -> None:
    faults = (
        Fault("another_login", "x y", When(after=5)),
        Fault("another_login", "both"),
        Fault("slow_boot", "x y", RELOAD),
        Fault("slow_output", "p1b", params={"command": "fwctl show ha", "seconds": 0}),
        Fault("slow_output", "p1b", params={"command": "fwctl shw ha"}),
    )
    (twin,) = twins_of([likeness(config("p1", members=("x y", "p1b")))], Times(), faults)
    bench = Bench(twin.spec)
    bench.clock.advance(7)
    for line in ("fwctl show ha", "fwctl show ha", "fwctl show version"):
        bench.rig.executor.run(bench.device("p1b"), line, lambda _: None)
    story = Story([Took(Run(Action.BACK_UP, ("x y",), step=Step.BACK_UP), 0.0, 1.0, 0.0, True)])
    found = fates_of(twin, story, bench.audit.entries)
    assert [one.fault.member for one in found] == ["x y", "both", "x y", "p1b", "p1b"]
    assert found[2].fault == faults[2]
    assert [one.strikes for one in found] == [
        (Strike("x y", 5.0, Step.BACK_UP),),
        (Strike("x y", 0.0, Step.BACK_UP), Strike("p1b", 0.0, Step.BACK_UP)),
        (),
        (Strike("p1b", 7.0, Step.BACK_UP, 2),),
        (),
    ]
    early = fates_of(twin, Story(), bench.audit.entries)
    assert [one.step for one in early[1].strikes] == [None, None]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault("crash"), "crash"),
        (Fault("crash", "p1a", When(after=30)), "crash on p1a, 30 s later"),
        (
            Fault("mute", "p1a", When(on="show ha"), {"lasts": 2}),
            "mute on p1a, at `show ha`, for 2 s",
        ),
        (
            Fault("slow_boot", "active", RELOAD, {"seconds": 20}),
            "slow_boot seconds=20 on active, at reload no. 2 on x y, after its effect, 3 s later",
        ),
    ],
)
def test_a_fault_is_told_as_its_script_has_it(fault: Fault, says: str) -> None:
    assert Fate(fault).says == says


def test_the_summary_names_each_fault() -> None:
    fates = (
        Fate(Fault("crash"), (Strike("p1a", 12.34, Step.TRIAL), Strike("p1b", 2, None, 7))),
        Fate(Fault("mute", "p1a", When(at=Event.RELOAD))),
    )
    end = PairEnd("p1", Outcome.DONE, "because", None, None)
    lines = rehearsal_lines([Told(end, {}, (), (), fates)], [], Path("kept"))
    first = "  faults crash: struck p1a in 1 trial, 12.3 s after the twins began; "
    at = lines.index(
        first + "struck p1b before the first step, 2.0 s after the twins began, 7 times"
    )
    assert lines[at + 1] == "         mute on p1a, at reload: DID NOT STRIKE"
    assert not any(
        "faults" in line for line in rehearsal_lines([Told(end, {}, (), ())], [], Path())
    )
