from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.gates.software import came_back
from nornir_haupgrade.model import MemberFacts, Role, Status
from tests.gates.samples import any_member, member

BEFORE = member(identity="SN2", role=Role.STANDBY, is_forwarding=False)


def after(**changes: Any) -> MemberFacts:  # noqa: ANN401 - any field
    values = {"identity": "SN2", "role": Role.STANDBY, "version": "13.8", "boot_id": "boot-2"}
    return member(**(values | changes))


def test_a_new_boot_the_version_and_the_role_prove_it() -> None:
    assert came_back("fw2", BEFORE, after(), "13.8").status is Status.PASS


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"boot_id": "boot-1"}, Status.FAIL, "did not reboot"),
        ({"boot_id": ""}, Status.ERROR, "boot id could not be read"),
        ({"version": "13.6"}, Status.FAIL, "runs the old version 13.6 after the reboot"),
        ({"version": "12.0"}, Status.FAIL, "runs 12.0, not 13.8"),
        ({"version": ""}, Status.ERROR, "version could not be read"),
        ({"role": Role.FAILED}, Status.FAIL, "HA did not come up"),
        ({"role": Role.SUSPENDED}, Status.FAIL, "suspended"),
        ({"role": Role.ACTIVE}, Status.FAIL, "took the active role"),
        ({"role": Role.UNKNOWN}, Status.ERROR, "cannot be told"),
        ({"role": Role.MIXED}, Status.ERROR, "cannot be told"),
        ({"role": Role.NEGOTIATING}, Status.ERROR, "cannot be told"),
        ({"identity": "SN9"}, Status.FAIL, "another device"),
        ({"identity": ""}, Status.ERROR, "did not say who it is"),
    ],
)
def test_what_is_not_as_it_should_be_is_named(
    changes: dict[str, Any],
    status: Status,
    said: str,
) -> None:
    found = came_back("fw2", BEFORE, after(**changes), "13.8")
    assert found.status is status
    assert said in found.reason


def test_a_member_that_does_not_answer_did_not_come_back() -> None:
    found = came_back("fw2", BEFORE, None, "13.8")
    assert found.status is Status.FAIL
    assert "did not come back" in found.reason


def test_the_old_version_without_a_reboot_is_not_said_to_come_after_it() -> None:
    found = came_back("fw2", BEFORE, after(boot_id="boot-1", version="13.6"), "13.8")
    assert "did not reboot" in found.reason
    assert "after the reboot" not in found.reason


def test_without_facts_from_before_it_is_said_that_no_reboot_was_proven() -> None:
    found = came_back("fw2", None, after(), "13.8")
    assert "not known which boot ran before" in found.reason
    assert came_back("fw2", None, after(version="13.6"), "13.8").status is Status.FAIL


@given(st.none() | any_member, st.none() | any_member)
def test_only_a_standby_with_the_target_and_a_new_boot_is_good(
    before: MemberFacts | None,
    now: MemberFacts | None,
) -> None:
    if came_back("fw2", before, now, "13.8").is_good:
        assert now is not None
        assert (now.version, now.role) == ("13.8", Role.STANDBY)
        if before is not None:
            assert now.boot_id != before.boot_id
            assert now.identity == before.identity
