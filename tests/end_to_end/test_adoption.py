"""A half-upgraded pair is found: no trial, no synchronisation, and two questions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from nornir_haupgrade.engines.answers import Person
from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.lab import PairSpec, simple_pair
from nornir_haupgrade.procedure.records import Asked, Choice, Kind, LeaseKind, Outcome
from tests.end_to_end.rig import NEW, OLD, Rig, Scenario, together


def mixed(*, is_active_new: bool, preempt: bool = False) -> PairSpec:
    """p1a is active; the one that runs the new version holds the old one in its other slot."""
    versions = (NEW, OLD) if is_active_new else (OLD, NEW)
    spec = simple_pair("p1", versions=versions, preempt=preempt, sessions=40)
    one, other = spec.members
    if is_active_new:
        return replace(spec, members=(replace(one, other_version=OLD), other))
    return replace(spec, members=(one, replace(other, other_version=OLD)))


def answering(*choices: Choice) -> Person:
    """A person who knows the answers beforehand."""
    left = list(choices)

    def answer(pair: str, asked: Asked) -> tuple[Choice, str] | None:
        del pair
        return (left.pop(0), "known") if left and left[0] in asked.ask.options else None

    return answer


def adopted(direction: Choice, before: Choice) -> Scenario:
    def scenario(rig: Rig) -> None:
        end = rig.run()
        assert end.end is Ended.HELD
        assert end.ask is not None
        assert end.ask.kind is Kind.MIXED
        assert end.ask.options == (Choice.FORWARD, Choice.ROLL_BACK, Choice.PARK)

        end = rig.run(person=answering(direction, before))
        is_forward = direction is Choice.FORWARD
        assert end.end is (Outcome.DONE if is_forward else Outcome.ROLLED_BACK)
        assert rig.versions == ((NEW, NEW) if is_forward else (OLD, OLD))
        kinds = [asked.ask.kind for asked in rig.held]
        if is_forward:
            assert kinds == [Kind.MIXED, Kind.PREEMPTION_BEFORE]
        if before is Choice.WAS_ON:
            # It was off when we came, and a person says that it was on before somebody else began.
            rig.was_on = dict.fromkeys(rig.was_on, True)
        # Whose the role was before somebody else began is not known: the preferred member takes it.
        proof = rig.audit_proof(times={"suspend": 2}, may_preempt=True)
        assert len(proof.effects("reboot")) == 1
        first = proof.effects("suspend", "config-sync", "reboot")[0]
        assert first[0] != "config-sync", "no synchronisation of a mixed pair"

    return scenario


def test_a_half_upgraded_pair_is_taken_either_way(tmp_path: Path) -> None:
    found: dict[str, tuple[Scenario, dict[str, Any]]] = {}
    for is_active_new in (True, False):
        name, pair = f"active-new-{is_active_new}", {"pair": mixed(is_active_new=is_active_new)}
        found[f"{name}-forward"] = (adopted(Choice.FORWARD, Choice.WAS_ON), pair)
        found[f"{name}-back"] = (adopted(Choice.ROLL_BACK, Choice.WAS_OFF), pair)
    together(tmp_path, found)


def test_a_half_upgraded_pair_may_be_left_as_it_is(tmp_path: Path) -> None:
    def scenario(rig: Rig) -> None:
        end = rig.run(on_hold=Choice.PARK)
        assert end.end is Outcome.PARKED
        assert end.owed == ()
        assert rig.audit_proof().ours == []

    together(tmp_path, {"parked": (scenario, {"pair": mixed(is_active_new=True)})})


def test_preemption_that_is_on_needs_no_question(tmp_path: Path) -> None:
    def scenario(rig: Rig) -> None:
        end = rig.run(person=answering(Choice.FORWARD))
        assert end.end is Outcome.DONE
        assert [asked.ask.kind for asked in rig.held] == [Kind.MIXED]
        assert {lease.kind for owed in end.owed for lease in [owed.lease]} <= {LeaseKind.PREEMPTION}
        rig.audit_proof(times={"suspend": 2})

    pair = {"pair": mixed(is_active_new=True, preempt=True)}
    together(tmp_path, {"forward": (scenario, pair)})
