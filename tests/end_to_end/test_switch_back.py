"""What a person has said beforehand about services that die with a switchover."""

from __future__ import annotations

from nornir_haupgrade.engines.events import Ended
from nornir_haupgrade.procedure.records import Choice, Kind
from tests.end_to_end.conftest import MakeRig


def test_switched_back_at_once_where_that_was_said_beforehand(make_rig: MakeRig) -> None:
    """Without that a person has `switch_back_after` seconds."""
    rig = make_rig(settings={"switch_back_after": 60})
    rig.fault("data_dead", "p1a", on="fwctl reboot", is_after_effect=True)
    end = rig.run(on_hold=Choice.SWITCH_BACK)
    assert end.end is Ended.HELD
    assert end.ask is not None
    assert end.ask.kind is Kind.SWITCHED_BACK
    rig.audit_proof(is_dead=True, times={"suspend": 2})
