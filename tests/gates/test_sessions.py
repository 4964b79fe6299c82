from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from nornir_haupgrade.gates.sessions import MemberSessions, critical, ratio, synced
from nornir_haupgrade.model import Session, SessionCount, Status, Verdict
from nornir_haupgrade.settings.ha import CriticalSession

counts = st.none() | st.integers(0, 2000)
ratios = st.none() | st.floats(0, 3)
tolerances = st.floats(0, 1)


def active(own: int | None, *sessions: Session) -> MemberSessions:
    return MemberSessions("fw1", SessionCount(own, 0, own), sessions)


def standby(replicated: int | None, *sessions: Session) -> MemberSessions:
    return MemberSessions("fw2", SessionCount(0, replicated, replicated), sessions)


def compared(
    own: int | None,
    held: int | None,
    baseline: float | None = 1.0,
    tolerance: float = 0.05,
) -> Verdict:
    return synced(active(own), standby(held), baseline_ratio=baseline, tolerance=tolerance)


@pytest.mark.parametrize(
    ("own", "held", "found"),
    [
        (100, 90, 0.9),
        (100, 0, 0.0),
        (100, 200, 2.0),
        (0, 0, None),
        (None, 90, None),
        (100, None, None),
    ],
)
def test_the_ratio_is_the_part_that_the_standby_holds(
    own: int | None,
    held: int | None,
    found: float | None,
) -> None:
    assert ratio(active(own), standby(held)) == found


@pytest.mark.parametrize(
    ("held", "baseline", "tolerance", "is_good"),
    [
        (95, 1.0, 0.05, True),
        (94, 1.0, 0.05, False),
        (100, 1.0, 0.0, True),
        (99, 1.0, 0.0, False),
        (75, 0.8, 0.05, True),
        (74, 0.8, 0.05, False),
        # 0.9 - 0.3 is more than 6/10 to a computer.
        (60, 0.9, 0.3, True),
        (59, 0.9, 0.3, False),
        # An adopted pair has no baseline: all of them, less the tolerance.
        (95, None, 0.05, True),
        (94, None, 0.05, False),
    ],
)
def test_the_standby_holds_its_share_down_to_the_tolerance_and_no_less(
    held: int,
    baseline: float | None,
    tolerance: float,
    is_good: bool,
) -> None:
    assert compared(100, held, baseline, tolerance).is_good == is_good


@pytest.mark.parametrize(("own", "held"), [(None, 100), (100, None), (None, None)])
def test_counts_that_were_not_reported_are_an_error(own: int | None, held: int | None) -> None:
    assert compared(own, held).status is Status.ERROR


def test_an_active_without_a_session_has_none_to_lose() -> None:
    found = compared(0, 0)
    assert found.status is Status.PASS
    assert "no sessions to lose" in found.reason


@pytest.mark.parametrize("baseline", [0.0, 0.01, 0.05, None, 1.0])
def test_a_standby_that_holds_nothing_never_passes(baseline: float | None) -> None:
    """Replication that was broken before us does not make broken replication good."""
    found = compared(1000, 0, baseline)
    assert found.status is Status.FAIL


def test_a_share_that_was_small_before_us_is_named() -> None:
    found = compared(100, 50, 0.5)
    assert found.status is Status.WARN
    assert "fw2 holds 50 of the 100 sessions of fw1" in found.reason


def test_losing_every_session_can_be_tolerated_only_by_saying_so() -> None:
    assert compared(100, 0, 1.0, 1.0).status is Status.WARN


def test_the_counts_and_the_tolerance_are_in_the_facts() -> None:
    facts = dict(compared(100, 97, 0.98).facts)
    assert facts["fw1 own"] == "100"
    assert facts["fw2 replicated"] == "97"
    assert facts["ratio before"] == "0.980"
    assert facts["tolerance"] == "0.050"


@given(counts, counts, ratios, tolerances)
def test_an_unknown_count_is_never_good(
    own: int | None,
    held: int | None,
    baseline: float | None,
    tolerance: float,
) -> None:
    found = compared(own, held, baseline, tolerance)
    assert (found.status is Status.ERROR) == (own is None or held is None)


@given(st.integers(1, 2000), st.integers(0, 1999), ratios, tolerances)
def test_more_sessions_on_the_standby_are_never_worse(
    own: int,
    held: int,
    baseline: float | None,
    tolerance: float,
) -> None:
    if compared(own, held, baseline, tolerance).is_good:
        assert compared(own, held + 1, baseline, tolerance).is_good


# --- critical sessions ----------------------------------------------------------------------------

BEFORE = ("10.1.0.5:40000", "192.0.2.9:443")
AFTER = ("192.0.2.9:443", "198.51.100.1:1025")
YOUNG: dict[str, Any] = {"original": ("10.1.0.5:40009", "192.0.2.9:443"), "is_replicable": False}


def session(**changes: Any) -> Session:  # noqa: ANN401 - any field
    values: dict[str, Any] = {
        "protocol": "tcp",
        "original": BEFORE,
        "reply": AFTER,
        "state": "EST",
        "age": 60,
    }
    return Session(**(values | changes))


def wanted(**changes: Any) -> CriticalSession:  # noqa: ANN401 - any field
    values: dict[str, Any] = {"name": "shop", "protocol": "tcp", "destination_port": 443}
    return CriticalSession(**(values | changes))


def held(
    on_active: list[Session],
    on_standby: list[Session],
    *kinds: CriticalSession,
) -> Verdict:
    return critical(kinds or (wanted(),), active(9, *on_active), standby(9, *on_standby))


def test_a_critical_session_on_both_members_passes() -> None:
    assert held([session()], [session()]).status is Status.PASS


def test_a_critical_session_that_is_not_on_the_standby_is_named() -> None:
    found = held([session()], [])
    assert found.status is Status.FAIL
    assert "shop" in found.reason
    assert "10.1.0.5:40000 > 192.0.2.9:443" in found.reason


@pytest.mark.parametrize(
    "other",
    [
        {"original": ("10.1.0.6:40000", "192.0.2.9:443")},
        {"original": ("10.1.0.5:40001", "192.0.2.9:443")},
        {"reply": ("192.0.2.9:443", "198.51.100.2:1025")},
        {"reply": ("192.0.2.9:443", "198.51.100.1:1026")},
        {"reply": ("192.0.2.8:443", "198.51.100.1:1025")},
    ],
)
def test_the_same_session_has_the_same_five_before_and_after_nat(other: dict[str, Any]) -> None:
    """Translated otherwise, its packets would be dropped after the switchover."""
    assert held([session()], [session(**other)]).status is Status.FAIL


def test_a_session_that_may_not_have_a_copy_is_not_looked_for() -> None:
    """New connections and ending ones come and go while both tables are being read."""
    assert held([session(), session(**YOUNG)], [session()]).is_good
    assert held([session(**YOUNG)], []).status is Status.FAIL  # none left to satisfy at_least
    assert held([session()], [session(is_replicable=False)]).is_good


@pytest.mark.parametrize("ours", [AFTER, None])
@pytest.mark.parametrize("theirs", [AFTER, None])
def test_what_one_member_does_not_know_after_nat_is_compared_before_it(
    ours: tuple[str, str] | None, theirs: tuple[str, str] | None
) -> None:
    assert held([session(reply=ours)], [session(reply=theirs)]).is_good
    other = ("10.1.0.6:40000", "192.0.2.9:443")
    assert not held([session(reply=ours)], [session(original=other, reply=theirs)]).is_good


def test_state_and_age_may_differ_between_the_members() -> None:
    assert held([session()], [session(state="UNREPLIED", age=1)]).is_good


def test_one_address_spelt_in_two_ways_is_one_address() -> None:
    one = session(original=("[2001:db8::5]:40000", "[2001:db8::9]:443"), reply=AFTER)
    other = session(original=("2001:DB8:0:0:0:0:0:5:40000", "2001:db8:0::9:443"), reply=AFTER)
    assert held([one], [other]).is_good


def test_networks_of_ipv6_are_compared_as_such() -> None:
    one = session(original=("[2001:db8:1::5]:40000", "[2001:db8::9]:443"))
    inside = wanted(source="2001:db8:1::/48", destination="2001:db8::9")
    assert held([one], [one], inside).is_good
    assert not held([one], [one], wanted(source="2001:db8:2::/48")).is_good
    assert not held([one], [one], wanted(source="10.0.0.0/8")).is_good


@pytest.mark.parametrize(
    ("changes", "counts_in"),
    [
        ({"source": "10.1.0.0/24"}, True),
        ({"source": "10.1.0.5"}, True),
        ({"source": "10.2.0.0/24"}, False),
        ({"destination": "192.0.2.0/24"}, True),
        ({"destination": "192.0.3.0/24"}, False),
        ({"destination_port": 80}, False),
        ({"protocol": "udp"}, False),
        ({"min_age": 60}, True),
        ({"min_age": 61}, False),
        ({"min_age": 0}, True),
    ],
)
def test_only_sessions_as_configured_count(changes: dict[str, Any], counts_in: bool) -> None:
    """The one session there is does not reach ``at_least`` where it does not count."""
    assert held([session()], [session()], wanted(**changes)).is_good == counts_in


def test_too_few_on_the_active_fails_even_if_all_of_them_are_on_the_standby() -> None:
    found = held([session()], [session()], wanted(at_least=2))
    assert found.status is Status.FAIL
    assert "1 on fw1, at least 2 wanted" in found.reason


def test_a_young_session_need_not_be_on_the_standby_yet() -> None:
    young = session(original=("10.1.0.7:40000", "192.0.2.9:443"), age=1)
    assert held([session(), young], [session()], wanted(min_age=5)).is_good


def test_a_session_whose_age_is_not_known_is_not_taken_for_young() -> None:
    unknown = session(original=("10.1.0.7:40000", "192.0.2.9:443"), age=None)
    found = held([session(), unknown], [session()], wanted(min_age=5))
    assert found.status is Status.ERROR
    assert "10.1.0.7:40000" in found.reason


def test_an_age_that_is_not_asked_for_need_not_be_known() -> None:
    unknown = session(age=None)
    assert held([unknown], [unknown]).is_good


def test_a_session_that_cannot_be_read_is_not_taken_for_unimportant() -> None:
    broken = session(original=("10.1.0.5", "nonsense"))
    assert held([session(), broken], [session()]).status is Status.ERROR


def test_a_reply_that_cannot_be_parsed_is_compared_as_it_was_written() -> None:
    odd = session(reply=("zone a", "zone b"))
    assert held([odd], [odd]).is_good
    assert not held([odd], [session(reply=("zone a", "zone c"))]).is_good


def test_every_kind_that_is_missing_is_named() -> None:
    kinds = (wanted(), wanted(name="dns", protocol="udp", destination_port=53))
    found = held([], [], *kinds)
    assert found.status is Status.FAIL
    assert "shop" in found.reason
    assert "dns" in found.reason


def test_without_critical_sessions_it_is_skipped() -> None:
    assert critical((), active(9), standby(9)).status is Status.SKIPPED


any_session = st.builds(
    session,
    original=st.sampled_from([BEFORE, ("10.1.0.6:40000", "192.0.2.9:443")]),
    reply=st.sampled_from([AFTER, ("192.0.2.9:443", "198.51.100.1:9")]),
    age=st.none() | st.integers(0, 100),
)
tables = st.lists(any_session, max_size=4)


@given(tables, tables)
def test_good_means_that_every_session_of_the_active_is_on_the_standby(
    on_active: list[Session],
    on_standby: list[Session],
) -> None:
    keys = {(one.original, one.reply) for one in on_standby}
    is_held = all((one.original, one.reply) in keys for one in on_active)
    assert held(on_active, on_standby).is_good == (bool(on_active) and is_held)


def test_a_full_table_of_which_nothing_is_counted_is_not_empty() -> None:
    """The daemon that replicates was restarted, or lost what the kernel tells it."""
    deaf = MemberSessions("fw1", SessionCount(0, 0, 50_000))
    found = synced(deaf, standby(0), baseline_ratio=0.99, tolerance=0.05)
    assert found.status is Status.FAIL
    assert "50000 in its table" in found.reason
    quiet = MemberSessions("fw1", SessionCount(0, 0, 3))  # our own logins
    assert synced(quiet, standby(0), baseline_ratio=0.99, tolerance=0.05).status is Status.PASS
