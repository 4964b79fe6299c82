"""A whole upgrade."""

from __future__ import annotations

import json

from nornir_haupgrade.engines.events import RunEnded
from nornir_haupgrade.procedure.records import Outcome, Step
from tests.end_to_end.conftest import MakeRig
from tests.end_to_end.rig import NEW


def test_a_pair_is_upgraded_by_the_ten_steps(make_rig: MakeRig) -> None:
    rig = make_rig()
    end = rig.run()
    assert end.end is Outcome.DONE, rig.story
    rig.audit_proof()
