"""What a held connection's past says of its survival: instants in, a result out."""

from __future__ import annotations

import pytest

from nornir_haupgrade.model import CanaryResult, Flow
from nornir_haupgrade.probes.canary_log import CanaryLog, End

FLOW = Flow("tcp", "10.1.1.9:40000", "10.2.1.100:22")


def held(since: float, until: float, *, log: CanaryLog | None = None) -> CanaryLog:
    """Open, and heard once a second."""
    if log is None:
        log = CanaryLog("till", "10.2.1.100:22")
        log.opened(since, FLOW, tells=True)
    at = since
    while at < until:
        at += 1
        log.heard(at)
        log.looked(at)
    return log


def judged(log: CanaryLog, since: float, now: float, *, is_looked_at: bool = True) -> CanaryResult:
    if is_looked_at:
        log.looked(now)
    return log.judge(since, now)


def test_a_connection_that_is_heard_all_the_time_survives() -> None:
    found = judged(held(0, 20), 10, 20.5)
    assert (found.name, found.is_alive, found.flow) == ("till", True, FLOW)
    assert found.silence == pytest.approx(1.0)


def test_a_reset_in_the_window_is_a_loss_even_if_it_was_opened_again() -> None:
    log = held(0, 12)
    log.ended(12, "lost: Connection reset by peer", End.LOST)
    assert judged(log, 10, 13).is_alive is False
    log.opened(13, FLOW, tells=True)
    held(13, 20, log=log)
    found = judged(log, 10, 20)
    assert found.is_alive is False
    assert "Connection reset by peer, 2.0 s after the beginning" in found.detail


def test_a_loss_before_the_window_is_not_the_window_s() -> None:
    log = held(0, 5)
    log.ended(5, "lost: Connection reset by peer", End.LOST)
    log.opened(6, FLOW, tells=True)
    held(6, 20, log=log)
    assert judged(log, 10, 20).is_alive is True


def test_a_server_s_close_is_no_loss_once_it_is_open_again() -> None:
    log = held(0, 12)
    log.ended(12, "closed by the server", End.CLOSED)
    assert judged(log, 10, 12.05).is_alive is None
    log.opened(12.1, FLOW, tells=True)
    held(12.1, 16, log=log)
    found = judged(log, 10, 16)
    assert found.is_alive is True
    assert "closed by the server, and opened again" in found.detail


def test_a_server_that_closes_and_cannot_be_reached_again_is_unknown() -> None:
    log = held(0, 12)
    log.ended(12, "closed by the server", End.CLOSED)
    log.not_opened("10.2.1.100:22: Connection refused")
    found = judged(log, 10, 30)
    assert found.is_alive is None
    assert "not open again yet: 10.2.1.100:22: Connection refused" in found.detail


def test_what_was_opened_after_the_beginning_proves_nothing() -> None:
    found = judged(held(11, 20), 10, 20)
    assert found.is_alive is None
    assert "was not open at the beginning" in found.detail


def test_what_was_never_open_is_unknown_and_says_why() -> None:
    log = CanaryLog("till", "10.2.1.100:22")
    log.not_opened("10.2.1.100:22: Connection refused")
    found = log.judge(10, 20)
    assert found.is_alive is None
    assert found.detail == "10.2.1.100:22: not open: 10.2.1.100:22: Connection refused"


@pytest.mark.parametrize(
    ("quiet", "is_alive"), [(2.5, True), (5.0, None), (9.9, None), (11, False)]
)
def test_silence_is_undecided_for_a_while_and_then_a_loss(
    quiet: float, is_alive: bool | None
) -> None:
    found = judged(held(0, 20), 15, 20 + quiet)
    assert found.is_alive is is_alive
    assert found.silence is not None
    assert found.silence >= 1


def test_a_silence_that_began_before_the_window_is_decided_within_it() -> None:
    found = judged(held(0, 20), 40, 45)
    assert found.is_alive is None
    assert judged(held(0, 20), 40, 51).is_alive is False


def test_silence_that_nobody_listened_to_is_no_loss_and_never_survival() -> None:
    """This machine stood still, or what looks has died."""
    log = held(0, 20)
    for now in (25, 60, 3600):
        found = judged(log, 15, now, is_looked_at=False)
        assert found.is_alive is None
        assert "not looked at for" in found.detail


def test_without_a_word_since_the_beginning_nothing_is_proven() -> None:
    found = judged(held(0, 20), 20.2, 20.7)
    assert found.is_alive is None


def test_what_we_let_go_of_ourselves_is_unknown() -> None:
    log = held(0, 12)
    log.ended(12, "cannot be held: ValueError: odd", End.DROPPED)
    found = judged(log, 10, 13)
    assert found.is_alive is None
    assert "cannot be held: ValueError: odd" in found.detail
    log.opened(14, FLOW, tells=True)
    held(14, 20, log=log)
    assert judged(log, 10, 20).is_alive is None


def test_a_platform_that_does_not_tell_acknowledgements_says_so() -> None:
    log = CanaryLog("till", "10.2.1.100:22")
    log.opened(0, FLOW, tells=False)
    found = judged(log, 10, 20)
    assert (found.is_alive, found.silence) == (True, None)
    assert "does not tell acknowledgements" in found.detail


def test_a_week_is_remembered_in_little() -> None:
    log = held(0, 9000)
    assert len(log._heard) <= 4000
    assert judged(log, 8990, 9000).is_alive is True
