"""A twin is as its pair was read; in what it is not, is said."""

from __future__ import annotations

from nornir_haupgrade.model import Preemption, Role, ServiceResult
from nornir_haupgrade.rehearsal.likeness import MOST_SESSIONS, SESSIONS, as_read, assumed
from tests.rehearsal.samples import config, member, surveyed


def test_roles_versions_and_preemption_are_taken_over() -> None:
    old = member("a", Role.STANDBY, "12.14", installed=(("A", "12.14"), ("B", "12.13")))
    new = member("b", Role.ACTIVE, "12.15", preemption=Preemption.ON)
    on = member("a", Role.STANDBY, "12.14", installed=old.installed, preemption=Preemption.ON)
    found = as_read(surveyed(config(), on, new), sessions=37)
    assert found.active == "p1b"
    assert [own.version for own in found.members] == ["12.14", "12.15"]
    assert [own.other for own in found.members] == ["12.13", None]
    assert found.preempts
    assert found.sessions == 37


def test_a_pair_at_rest_is_only_told_what_cannot_be_read() -> None:
    calm = surveyed(config(), member("a", Role.ACTIVE), member("b", Role.STANDBY))
    found = as_read(calm, sessions=10)
    assert not found.preempts
    assert found.differs == ()


def test_a_split_pair_begins_whole_and_says_so() -> None:
    split = surveyed(config(), member("a", Role.ACTIVE), member("b", Role.ACTIVE))
    found = as_read(split, sessions=10)
    assert found.active == "p1a"
    assert found.differs == (
        "p1a is active, p1b is active; the twins begin as a whole pair, p1a active",
    )


def test_everything_that_could_stop_a_run_is_named() -> None:
    odd = member(
        "b", Role.STANDBY, preemption=Preemption.UNKNOWN, is_latched=True, is_on_trial=True,
        is_peer_link_up=False, others=2,
    )  # fmt: skip
    said = "; ".join(
        as_read(surveyed(config(), member("a", Role.ACTIVE), odd), sessions=10).differs
    )
    for word in ("preempts", "latch", "trial", "hear its peer", "2 other administrators"):
        assert word in said
    assert "p1a" not in said


def test_what_the_next_boot_runs_is_named_where_it_is_not_what_runs() -> None:
    chosen = member("b", Role.STANDBY, "12.15")
    other = type(chosen)("id-b", Role.STANDBY, "12.15", "boot", "12.13", preemption=Preemption.OFF)
    found = as_read(surveyed(config(), member("a", Role.ACTIVE), other), sessions=10)
    assert found.differs == ("p1b is about to boot 12.13; its twin is not",)


def test_preemption_of_one_member_is_on_for_both_twins_and_said() -> None:
    on = member("a", Role.ACTIVE, preemption=Preemption.ON)
    found = as_read(surveyed(config(), on, member("b", Role.STANDBY)), sessions=10)
    assert found.preempts
    assert any("one member only" in line for line in found.differs)


def test_a_busy_pair_s_twin_carries_fewer_sessions() -> None:
    calm = surveyed(config(), member("a", Role.ACTIVE), member("b", Role.STANDBY))
    found = as_read(calm, sessions=250_000)
    assert found.sessions == MOST_SESSIONS
    assert found.differs == (f"it carries 250000 sessions, its twin {MOST_SESSIONS}",)
    assert as_read(calm, sessions=0).sessions == 0
    assert as_read(calm, sessions=None).sessions == SESSIONS


def test_a_service_that_was_bad_or_unmeasured_is_left_out() -> None:
    calm = surveyed(config(), member("a", Role.ACTIVE), member("b", Role.STANDBY))
    measured = [
        ServiceResult("good", True, "accepts"),
        ServiceResult("bad", False, "refused"),
        ServiceResult("unknown", None, "no such host"),
    ]
    found = as_read(calm, sessions=1, services=measured)
    assert found.broken == {"bad", "unknown"}
    assert found.differs == (
        "service bad was not good (refused): left out",
        "service unknown was not good (no such host): left out",
    )


def test_what_is_assumed_is_said_whole() -> None:
    found = assumed(config(), "12.15")
    assert found.active == "p1a"
    assert not found.preempts
    (said,) = found.differs
    for word in (
        "nothing was read",
        "12.15",
        "the first one to be active",
        "preemption",
        str(SESSIONS),
    ):
        assert word in said
