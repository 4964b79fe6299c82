from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.gates.getters import as_before, distinct, readable
from nornir_haupgrade.model import Status, Verdict
from nornir_haupgrade.settings import Getter


def wanted(getter: str = "get_interfaces", **how: Any) -> Getter:  # noqa: ANN401 - any field
    return Getter(getter=getter, name=getter, **how)


def port(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any property
    return {"is_up": True, "mtu": 1500, "last_flapped": 1.0, "description": "", **changes}


PORTS = {f"Gi{number}": port() for number in range(10)}


def judged(before: object, after: object, one: Getter | None = None) -> Verdict:
    return as_before("r1", one or wanted(), before, after)


def without(*names: str) -> dict[str, Any]:
    return {name: own for name, own in PORTS.items() if name not in names}


def test_all_as_before_passes_and_says_how_much_was_compared() -> None:
    found = judged(PORTS, copy.deepcopy(PORTS))
    assert found == Verdict(Status.PASS, "r1: 10 items as before", (("items before", "10"),))


def test_a_missing_item_fails_and_is_named() -> None:
    found = judged(PORTS, without("Gi3"))
    assert found.status is Status.FAIL
    assert found.reason == "r1: 1 of 10 items missing: Gi3"
    assert ("missing", "Gi3") in found.facts


def test_missing_items_that_the_reason_has_no_room_for_are_in_the_facts() -> None:
    found = judged(PORTS, {"Gi0": port()})
    assert "Gi1, Gi2, Gi3 and 6 more" in found.reason
    assert len([value for label, value in found.facts if label == "missing"]) == 9


def test_as_many_may_be_missing_as_the_threshold_says_and_are_still_named() -> None:
    one = wanted(threshold="10%")
    found = judged(PORTS, without("Gi3"), one)
    assert found.status is Status.WARN
    assert found.reason == "r1: 1 of 10 items missing, no more than 10%: Gi3"
    found = judged(PORTS, without("Gi3", "Gi4"), one)
    assert found.status is Status.FAIL
    assert found.reason == "r1: 2 of 10 items missing: Gi3, Gi4"


def test_a_changed_property_is_named_with_before_and_now() -> None:
    found = judged(PORTS, PORTS | {"Gi2": port(is_up=False, mtu=9000)})
    assert found.status is Status.FAIL
    assert (
        found.reason == "r1: 2 changed: Gi2: is_up was true, is false, Gi2: mtu was 1500, is 9000"
    )
    assert ("changed", "Gi2: is_up was true, is false") in found.facts


def test_no_threshold_excuses_a_change() -> None:
    found = judged(PORTS, PORTS | {"Gi2": port(is_up=False)}, wanted(threshold="100%"))
    assert found.status is Status.FAIL


def test_a_property_that_is_gone_is_a_change_and_a_new_one_is_not() -> None:
    before, after = {"Gi1": {"is_up": True, "mtu": 1500}}, {"Gi1": {"is_up": True, "speed": 10}}
    found = judged(before, after)
    assert found.status is Status.FAIL
    assert found.reason == "r1: 1 changed: Gi1: mtu was 1500, is not there"
    assert judged({"Gi1": {"is_up": True}}, after).status is Status.PASS


def test_what_is_new_is_a_warning() -> None:
    found = judged(without("Gi3"), PORTS)
    assert found.status is Status.WARN
    assert found.reason == "r1: 1 new: Gi3"


def test_nothing_of_it_hides_anything_else() -> None:
    after = without("Gi3") | {"Gi2": port(mtu=9000), "Gi77": port()}
    found = judged(PORTS, after)
    assert found.status is Status.FAIL
    assert found.reason == (
        "r1: 1 of 10 items missing: Gi3; 1 changed: Gi2: mtu was 1500, is 9000; 1 new: Gi77"
    )


def test_what_changes_by_itself_is_left_out() -> None:
    after = {name: port(last_flapped=99.0) for name in PORTS}
    assert judged(PORTS, after).status is Status.PASS


def test_but_compared_when_it_is_named() -> None:
    after = {name: port(last_flapped=99.0) for name in PORTS}
    found = judged(PORTS, after, wanted(properties=("last_flapped",)))
    assert found.status is Status.FAIL
    assert "Gi0: last_flapped was 1, is 99" in found.reason


def test_only_what_is_named_is_compared() -> None:
    one = wanted(properties=("is_up",))
    assert judged(PORTS, PORTS | {"Gi2": port(mtu=9000)}, one).status is Status.PASS
    assert judged(PORTS, PORTS | {"Gi2": port(is_up=False)}, one).status is Status.FAIL


def test_what_is_left_out_is_not_compared_and_all_else_is() -> None:
    one = wanted(properties=("!mtu", "!description"))
    after = PORTS | {"Gi2": port(mtu=9000, description="x", last_flapped=9.0)}
    assert judged(PORTS, after, one).status is Status.PASS
    assert judged(PORTS, PORTS | {"Gi2": port(is_up=False)}, one).status is Status.FAIL


@pytest.mark.parametrize("name", ["address_family", "ipv4", "received_prefixes"])
def test_a_nested_property_is_named_whole_or_in_part(name: str) -> None:
    def peers(count: int) -> object:
        family = {"ipv4": {"received_prefixes": count}}
        return {"global": {"peers": {"10.0.0.2": {"is_up": True, "address_family": family}}}}

    assert judged(peers(1), peers(2), wanted("get_bgp_neighbors")).status is Status.PASS
    found = judged(peers(1), peers(2), wanted("get_bgp_neighbors", properties=(name,)))
    assert found.status is Status.FAIL


def test_a_property_that_nothing_has_is_an_error_and_not_a_comparison_of_nothing() -> None:
    one = wanted(properties=("is_upp",))
    for found in (readable("r1", one, PORTS), judged(PORTS, PORTS, one)):
        assert found.status is Status.ERROR
        assert found.reason == (
            "r1: no item has the property 'is_upp', only: description, is_up, last_flapped, mtu"
        )
    found = readable("r1", wanted("get_ntp_peers", properties=("x",)), {"10.0.0.1": {}})
    assert found.reason == "r1: no item has the property 'x', only: none"
    assert readable("r1", wanted(properties=("!is_upp",)), PORTS).status is Status.PASS


@pytest.mark.parametrize("nothing", [None, {}, [], ""])
def test_an_empty_read_is_an_error(nothing: object) -> None:
    assert readable("r1", wanted(), nothing) == Verdict(
        Status.ERROR,
        "r1: get_interfaces returned nothing: leave it out of ha.getters if that is right",
    )
    found = judged(PORTS, nothing)
    assert (found.status, found.reason) == (
        Status.ERROR,
        "r1: get_interfaces returned nothing, before it were 10 items",
    )
    assert judged(None, nothing).status is Status.ERROR


def test_something_to_compare_with_later_is_counted() -> None:
    assert readable("r1", wanted(), PORTS).reason == "r1: 10 items"
    assert readable("r1", wanted("get_facts"), {"hostname": "r1"}).reason == "r1: 1 item"


def test_without_a_baseline_it_is_said_that_nothing_was_compared() -> None:
    found = judged(None, PORTS)
    assert found.status is Status.WARN
    assert found.reason == "r1: nothing was kept from before to compare with"


def test_a_baseline_that_holds_nothing_compares_nothing() -> None:
    assert judged({}, PORTS).status is Status.ERROR


@pytest.mark.parametrize(
    ("one", "other", "status"),
    [
        (("SN1", "r1"), ("SN2", "r2"), Status.PASS),
        (("SN1", "r"), ("SN2", "r"), Status.PASS),  # one configuration for both
        (("SN1", "r1"), ("SN1", "r2"), Status.PASS),  # that of the machine that both run on
        (("SN1", "r1"), ("SN1", "r1"), Status.ERROR),
        (("SN1", "r1"), ("", "r1"), Status.SKIPPED),
        (("", "r1"), ("", "r1"), Status.SKIPPED),
    ],
)
def test_two_members_are_two_devices(
    one: tuple[str, str], other: tuple[str, str], status: Status
) -> None:
    facts = [
        (member, {"serial_number": serial, "hostname": name})
        for member, (serial, name) in (("r1", one), ("r2", other))
    ]
    assert distinct(facts).status is status
    assert distinct(facts[:1]).status is Status.SKIPPED
    assert distinct([]).status is Status.SKIPPED


def test_what_cannot_be_printed_and_what_is_long_is_shortened() -> None:
    after = PORTS | {"Gi2": port(description="\x1b[31m" + "x" * 500)}
    found = judged(PORTS, after)
    assert "\x1b" not in found.reason
    assert "x" * 61 not in found.reason
    assert "..." in found.reason


ports = st.dictionaries(
    st.sampled_from(["Gi1", "Gi2", "Gi3", "Gi4", "Gi5"]),
    st.fixed_dictionaries({"is_up": st.booleans(), "mtu": st.sampled_from([1500, 9000])}),
    min_size=1,
)


@given(ports, ports, st.sampled_from(["0%", "20%", "50%", "100%"]))
def test_the_verdict_is_that_of_counting_by_hand(
    before: dict[str, Any], after: dict[str, Any], threshold: str
) -> None:
    lost = before.keys() - after.keys()
    is_changed = any(before[name] != after[name] for name in before.keys() & after.keys())
    found = judged(before, after, wanted(threshold=threshold))
    is_too_many = len(lost) * 100 > int(threshold.removesuffix("%")) * len(before)
    is_bad = is_changed or is_too_many
    assert (found.status is Status.FAIL) == is_bad
    assert (found.status is Status.PASS) == (before == after)
    named = {value for label, value in found.facts if label == "missing"}
    assert named == lost
    assert {value for label, value in found.facts if label == "new"} == after.keys() - before.keys()


@given(st.none() | ports | st.just({}), st.none() | ports | st.just({}))
def test_it_never_passes_without_both_readings(before: object, after: object) -> None:
    found = judged(before, after)
    if not before or not after:
        assert found.status is not Status.PASS
    if not after:
        assert found.status is Status.ERROR
