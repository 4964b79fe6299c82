from __future__ import annotations

import time

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.gates.configuration import Interfaces, alike, whole
from nornir_haupgrade.model import Status, Verdict

UP: Interfaces = (("eth0", True), ("eth1", True))
FILES = {"rules.conf": "allow web\nallow mail\ndeny all\n", "nat.conf": "snat lan\n"}

lines = st.lists(st.sampled_from(["allow web", "allow mail", "deny all", "  log", ""]), max_size=8)


def compared(before: str, after: str) -> Verdict:
    return whole("fw2", {"rules.conf": before}, {"rules.conf": after}, UP, UP)


def test_an_unchanged_configuration_is_whole() -> None:
    assert whole("fw2", FILES, FILES, UP, UP).status is Status.PASS


def test_every_lost_line_is_named_with_its_file_and_number() -> None:
    found = compared("allow web\nallow mail\ndeny all\n", "deny all\n")
    assert found.status is Status.FAIL
    assert "fw2 lost 2 lines" in found.reason
    assert "rules.conf:1: allow web" in found.reason
    assert "rules.conf:2: allow mail" in found.reason


def test_lines_that_the_reason_has_no_room_for_are_in_the_facts() -> None:
    old = [f"rule {n}" for n in range(30)]
    found = compared("\n".join(old), "rule 0")
    assert "24 more" in found.reason
    assert len([value for label, value in found.facts if label.endswith("lost")]) == 29


def test_a_changed_line_is_a_lost_one() -> None:
    found = compared("allow web port 443", "allow web port 80")
    assert found.status is Status.FAIL
    assert "allow web port 443" in found.reason


def test_a_line_that_is_there_once_instead_of_twice_is_lost() -> None:
    assert compared("permit\npermit\n", "permit\n").status is Status.FAIL


def test_a_lost_file_is_named_whole() -> None:
    after = {"rules.conf": FILES["rules.conf"]}
    found = whole("fw2", FILES, after, UP, UP)
    assert found.status is Status.FAIL
    assert "nat.conf: the whole file (1 lines)" in found.reason


def test_new_lines_and_new_files_are_no_loss_but_are_shown() -> None:
    after = FILES | {"rules.conf": FILES["rules.conf"] + "# by 13.8\n", "new.conf": "x\n"}
    found = whole("fw2", FILES, after, UP, UP)
    assert found.status is Status.PASS
    shown = [value for label, value in found.facts if label.endswith("added")]
    assert shown == ["rules.conf:4: # by 13.8", "new.conf: a new file"]


def test_blank_lines_and_trailing_blanks_do_not_count() -> None:
    assert compared("a\n\nb  \n", "a\nb\n\n\n").status is Status.PASS


def test_leading_blanks_count_since_they_nest() -> None:
    assert compared("a\n  b\n", "a\nb\n").status is Status.FAIL


def test_rules_in_another_order_are_a_warning_that_names_the_file() -> None:
    found = compared("allow web\ndeny all\n", "deny all\nallow web\n")
    assert found.status is Status.WARN
    assert "order changed in rules.conf" in found.reason


def test_secrets_are_not_shown() -> None:
    found = compared("user x password hunter2\nset community s3cret\n", "user y\n")
    assert found.status is Status.FAIL
    shown = found.reason + str(found.facts)
    assert "hunter2" not in shown
    assert "s3cret" not in shown
    assert "password (hidden)" in shown


def test_what_cannot_be_printed_and_what_is_long_is_shortened() -> None:
    found = compared("banner \x1b[31m" + "x" * 300, "none")
    assert "\x1b" not in found.reason
    assert "x" * 200 not in found.reason
    assert "..." in found.reason


@pytest.mark.parametrize("after", [None, {}])
def test_a_configuration_that_could_not_be_read_is_an_error(after: dict[str, str] | None) -> None:
    found = whole("fw2", FILES, after, UP, UP)
    assert found.status is Status.ERROR
    assert "could not be read" in found.reason


def test_a_backup_without_a_file_is_nothing_to_compare_with() -> None:
    assert whole("fw2", {}, FILES, UP, UP).status is Status.ERROR


def test_without_a_backup_of_the_old_version_it_is_said_that_nothing_was_compared() -> None:
    """An adopted pair has none: the old version of that member was gone when we came."""
    found = whole("fw2", None, FILES, UP, UP)
    assert found.status is Status.WARN
    assert "no backup" in found.reason


@pytest.mark.parametrize("after", [None, ()])
def test_interfaces_that_could_not_be_read_are_an_error(after: Interfaces | None) -> None:
    assert whole("fw2", FILES, FILES, UP, after).status is Status.ERROR


@pytest.mark.parametrize(
    ("after", "said"),
    [((("eth0", True), ("eth1", False)), "eth1 is down"), ((("eth0", True),), "eth1 is gone")],
)
def test_an_interface_that_was_up_and_is_not_fails(after: Interfaces, said: str) -> None:
    found = whole("fw2", FILES, FILES, UP, after)
    assert found.status is Status.FAIL
    assert said in found.reason


def test_an_interface_that_was_down_before_us_is_named_and_not_blamed_on_us() -> None:
    states: Interfaces = (("eth0", True), ("eth9", False))
    found = whole("fw2", FILES, FILES, states, states)
    assert found.status is Status.PASS
    assert "down as before: eth9" in str(found.facts)


@pytest.mark.parametrize("before", [None, ()])
@pytest.mark.parametrize("is_up", [True, False])
def test_interfaces_that_were_not_recorded_before_are_a_warning(
    before: Interfaces | None,
    is_up: bool,
) -> None:
    found = whole("fw2", FILES, FILES, before, (("eth0", is_up),))
    assert found.status is Status.WARN
    assert ("down now: eth0" in found.reason) is not is_up


def test_a_lost_line_is_not_hidden_by_interfaces_that_could_not_be_read() -> None:
    found = whole("fw2", {"f": "gone"}, {"f": "x"}, UP, None)
    assert found.status is Status.ERROR
    assert "gone" in found.reason


@given(lines, lines)
def test_it_is_lost_exactly_if_it_is_there_less_often(old: list[str], new: list[str]) -> None:
    missing = sum(max(0, old.count(line) - new.count(line)) for line in set(old) - {""})
    found = compared("\n".join(old), "\n".join(new))
    assert (found.status is Status.FAIL) == (missing > 0)
    shown = [value for label, value in found.facts if label == "configuration: lost"]
    assert len(shown) == missing


def test_a_large_configuration_is_compared_in_no_time() -> None:
    old = "\n".join(f"rule {n} from 10.{n % 256}.0.0 id {n * 7919 % 10007}" for n in range(5000))
    new = old.replace(" id ", " uuid ")
    began = time.monotonic()
    assert compared(old, new).status is Status.FAIL
    assert time.monotonic() - began < 5


def test_members_that_hold_the_same_lines_are_alike() -> None:
    found = alike("fw1", FILES, "fw2", dict(reversed(FILES.items())))
    assert (found.status, found.facts) == (Status.PASS, ())


def test_each_line_that_only_one_member_has_is_named_without_its_secret() -> None:
    others = {**FILES, "nat.conf": "snat dmz\n", "users.conf": "password hunter2\n"}
    found = alike("fw1", FILES, "fw2", others)
    assert found.status is Status.WARN
    assert found.facts == (
        ("only on fw1", "nat.conf:1: snat lan"),
        ("only on fw2", "nat.conf:1: snat dmz"),
        ("only on fw2", "users.conf:1: password (hidden)"),
    )
    assert "fw1 and fw2 differ in 3 lines" in found.reason


@pytest.mark.parametrize(("its", "others", "who"), [({}, FILES, "fw1"), (FILES, {}, "fw2")])
def test_what_could_not_be_read_is_not_alike(
    its: dict[str, str], others: dict[str, str], who: str
) -> None:
    found = alike("fw1", its, "fw2", others)
    assert found.status is Status.ERROR
    assert found.reason == f"{who}: its configuration could not be read"
