from __future__ import annotations

from typing import Any

import pytest

from nornir_haupgrade.gates.restore import restore_point
from nornir_haupgrade.model import Status
from tests.gates.samples import member


def test_the_running_version_stays_in_a_slot_of_its_own() -> None:
    found = restore_point("fw2", member(), "13.8")
    assert found.status is Status.PASS
    assert "13.6 stays in slot A, 13.8 is in slot B" in found.reason


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"installed": (("B", "13.8"),)}, Status.FAIL, "there would be no way back"),
        ({"installed": (("A", "13.6"),)}, Status.FAIL, "no slot holds 13.8"),
        ({"installed": (("A", "13.4"),)}, Status.FAIL, "no slot holds 13.6"),
        ({"installed": (("A", "13.6"), ("A", "13.8"))}, Status.FAIL, "said to hold both"),
        ({"version": "13.8"}, Status.FAIL, "already runs 13.8"),
        ({"installed": ()}, Status.ERROR, "could not be read"),
        ({"version": ""}, Status.ERROR, "could not be read"),
    ],
)
def test_no_way_back_is_said(changes: dict[str, Any], status: Status, said: str) -> None:
    found = restore_point("fw2", member(**changes), "13.8")
    assert found.status is status
    assert said in found.reason


def test_an_image_that_the_reload_itself_installs_need_not_lie_in_a_slot() -> None:
    facts = member(installed=(("A", "13.6"),))
    found = restore_point("fw2", facts, "13.8", is_installed_by_reload=True)
    assert found.status is Status.PASS


def test_a_member_that_did_not_answer_proves_nothing() -> None:
    assert restore_point("fw2", None, "13.8").status is Status.ERROR


def test_the_slots_as_they_were_read_are_kept_as_facts() -> None:
    found = restore_point("fw2", member(), "13.8")
    assert found.facts == (("running", "13.6"), ("A", "13.6"), ("B", "13.8"))
