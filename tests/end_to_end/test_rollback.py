"""Rolling back is the same walk: the standby, the role, the other; never the active."""

from __future__ import annotations

from pathlib import Path

from nornir_haupgrade.procedure.records import Goal, Outcome, Step
from tests.end_to_end.rig import OLD, Rig, Scenario, together

TWICE = {"reboot": 2, "suspend": 3}
"""Up and back again."""


def back_after(until: Step | None) -> Scenario:
    def scenario(rig: Rig) -> None:
        end = rig.run(until=until)
        assert end.end is (Outcome.DONE if until is None else Outcome.PARKED)
        if until in {Step.UPGRADE_STANDBY, Step.SWITCH_OVER}:
            assert {owed.lease.member for owed in end.owed} == {"p1a", "p1b"}
            assert all(owed.commands == ("fwctl ha preempt on",) for owed in end.owed)
        forward = rig.audit_proof(times=TWICE).effects("reboot", "suspend")

        end = rig.command(Goal.BACK)
        assert end.end is Outcome.ROLLED_BACK
        assert end.owed == ()
        assert rig.versions == (OLD, OLD)
        assert rig.roles == ("MASTER", "BACKUP")
        proof = rig.audit_proof(times=TWICE)
        back = proof.effects("reboot", "suspend")[len(forward) :]
        assert back == BACK[until], back

    return scenario


ONE = [("reboot", "p1a"), ("suspend", "p1b")]
"""p1a runs the new version and stands by; then preemption asks for the roles as they were."""
BACK: dict[Step | None, list[tuple[str, str]]] = {
    Step.UPGRADE_STANDBY: ONE,
    # p1a forwards: it gives the role away before it is touched.
    Step.SWITCH_OVER: [("suspend", "p1a"), *ONE],
    Step.UPGRADE_OTHER: [("reboot", "p1b"), ("suspend", "p1a"), *ONE],
    None: [("reboot", "p1b"), ("suspend", "p1a"), *ONE],
}


def test_rolled_back_in_order(tmp_path: Path) -> None:
    together(tmp_path, {f"after-{stop}": (back_after(stop), {}) for stop in BACK})
