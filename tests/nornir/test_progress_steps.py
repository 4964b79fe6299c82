"""A pair's steps in a log: the processor where there is no terminal."""

from __future__ import annotations

import io
import re

from nornir_haupgrade import HAPairs, upgrade_pair
from nornir_haupgrade.processors import Progress
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import NEW, Rig


def lines(rig: Rig, until: int) -> tuple[list[str], list[str]]:
    """What is shown, without the time of day, and how long things took replaced; and the steps."""
    shown = io.StringIO()
    nr = rig.nornir().with_runner(HAPairs()).with_processors([Progress(shown)])
    result = nr.run(task=upgrade_pair, to=NEW, until=until)
    told = [re.sub(r"\b\d+:\d\d\b", "T", line[9:]) for line in shown.getvalue().splitlines()]
    return told, [str(step.name) for step in result["p1a"][1:] if not step.result["is_earlier"]]


def test_each_step_of_a_pair_is_told_once_when_it_begins_and_when_it_ends(
    make_rig: MakeRig,
) -> None:
    rig = make_rig()
    (first, *told, one, other, _), steps = lines(rig, 2)
    assert first == "upgrade_pair  2 hosts"
    assert steps[:3] == ["0 prepare", "1 trial", "2 report"]
    # The second member may tell the end of a step after the first one told the next.
    assert sorted(told) == sorted(f"p1  {step}{end}" for step in steps for end in ("", "  T  ok"))
    assert told[0] == "p1  0 prepare"
    assert {one[:3], other[:3]} == {"p1a", "p1b"}
    again, steps = lines(rig, 3)
    assert again[1] == f"p1  {steps[0]}", "what an earlier run did is not told again"
    assert "p1  3 back up  T  ok" in again


def test_a_step_that_failed_says_why(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.fault("ha_link_down")
    told = [line for line in lines(rig, 2)[0] if line.startswith("p1  0 prepare  T  FAILED")]
    assert len(told) == 1
    assert "HA link is down" in told[0]
