"""Accidents at the one moment at which a rule is all that stands between them and the services.

Each was found by what random upgrades did to a package that breaks the rule (``tests/mutants``).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.lab import Fault, Moment, PairSpec, When, router_pair, simple_pair
from nornir_haupgrade.procedure.records import Goal, Outcome
from tests.end_to_end.router_rig import ADVERT
from tests.properties.playing import play
from tests.properties.scripts import Answer, Boundary, Kill, Script
from tests.rehearsal.bench import NEW, OLD

_FIREWALLS: Final = simple_pair("p1", preempt=True, boot_seconds=2.0)
_ROUTERS: Final = router_pair("p1", preempt=True, boot_seconds=2.0, advert_seconds=ADVERT)


def _half_upgraded(spec: PairSpec, *, keeps_old: bool = False) -> PairSpec:
    first, second = spec.members
    old, new = OLD[spec.platform], NEW[spec.platform]
    ahead = replace(first, version=new, other_version=old if keeps_old else None)
    return replace(spec, members=(ahead, replace(second, version=old)))


_CASES: Final[dict[str, tuple[Script, Outcome | Ended]]] = {
    "another device answers after the first write": (
        Script(
            _FIREWALLS,
            faults=(
                Fault(
                    "wrong_device",
                    "p1a",
                    When(on="fwctl ha preempt", by="p1a", moment=Moment.AFTER),
                ),
            ),
        ),
        Ended.HELD,
    ),
    "the role comes back just before a reload": (
        Script(
            _ROUTERS,
            faults=(
                Fault(
                    "data_port_down",
                    "p1b",
                    When(on="show users", by="p1b", nth=34, moment=Moment.AFTER),
                ),
            ),
        ),
        Ended.HELD,
    ),
    "reading the roles takes three seconds before a reload": (
        Script(
            _FIREWALLS,
            faults=(
                Fault(
                    "slow_output",
                    "p1b",
                    When(on="fwctl show ha", by="p1b", nth=33),
                    {"command": "fwctl show ha", "seconds": 3.0, "times": 1},
                ),
            ),
        ),
        Outcome.DONE,
    ),
    "the controller dies when it has sent a reload": (
        Script(_FIREWALLS, kills=(Kill(Boundary.WRITE, 28),)),
        Outcome.DONE,
    ),
    "a half-upgraded pair is taken in hand": (
        Script(_half_upgraded(_FIREWALLS), answers=(Answer(0),)),
        Outcome.DONE,
    ),
    "a pair two versions apart is taken forward": (
        Script(_half_upgraded(_FIREWALLS), answers=(Answer(0),), has_hops=True),
        Outcome.DONE,
    ),
    "a pair two versions apart is taken back": (
        Script(
            _half_upgraded(replace(_FIREWALLS, preempt=False), keeps_old=True),
            then=(Goal.BACK,),
            has_hops=True,
        ),
        Outcome.ROLLED_BACK,
    ),
    "a pair two versions apart has no image to go back to": (
        Script(_half_upgraded(_FIREWALLS), then=(Goal.BACK,), has_hops=True),
        Ended.HELD,
    ),
    "a person stops it while the members differ": (
        Script(_FIREWALLS, cancels=(9.0,)),
        Outcome.PARKED,
    ),
    "a person wants it back with the new software active": (
        Script(_ROUTERS, cancels=(26.0,), then=(Goal.BACK,)),
        Outcome.ROLLED_BACK,
    ),
    "the upgrade is rolled back": (
        Script(_FIREWALLS, then=(Goal.BACK,)),
        Outcome.ROLLED_BACK,
    ),
    "a person only wants to see it first": (Script(_FIREWALLS, looks=True), Outcome.DONE),
}


@pytest.mark.parametrize("name", _CASES)
def test_an_accident_breaks_no_rule(name: str, tmp_path: Path) -> None:
    script, end = _CASES[name]
    played = play(script, tmp_path)
    assert played.wrong() == [], played.story
    assert played.last is not None
    assert played.last.end is end, played.story


@pytest.mark.prove
@pytest.mark.exhaustive
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("spec", [_FIREWALLS, _ROUTERS], ids=["firewalls", "routers"])
@pytest.mark.parametrize("boundary", [Boundary.WRITE, Boundary.RECORD], ids=str)
def test_killed_at_any_moment_it_goes_on_to_the_end(
    spec: PairSpec, boundary: Boundary, tmp_path: Path
) -> None:
    nth, done, held = 1, 0, 0
    while True:
        played = play(Script(spec, kills=(Kill(boundary, nth),)), tmp_path)
        assert played.wrong() == [], f"killed at {boundary} {nth}\n{played.story}"
        if not played.killed:
            break
        assert played.last is not None
        is_done = played.last.end is Outcome.DONE
        # Routers change roles group by group: cut in between, it is for a person to say where to.
        is_in_two = played.last.end is Ended.HELD and "MIXED" in played.play.roles
        why = f"killed at {boundary} {nth}: {played.last.reason}\n{played.story}"
        assert is_done or (is_in_two and spec is _ROUTERS), why
        done, held = done + is_done, held + (not is_done)
        nth += 1
    assert done > 40, "an upgrade has more of them"
    assert held < 20, "only a switchover can be cut in two"
    print(f"killed at each boundary of the kind {boundary}: {done} done all the same, {held} held")
