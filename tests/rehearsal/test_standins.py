"""What is measured behind a twin, and what it stands for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from nornir_haupgrade.lab import SESSION_PORT
from nornir_haupgrade.rehearsal.standins import Behind, StandIns, stand_ins
from nornir_haupgrade.settings import Canary, CriticalSession, Service
from tests.rehearsal.samples import TCP, WEB, config, likeness

READ = TypeAdapter[Any](Service)


def behind(*services: Any, sessions: int = 200, **settings: Any) -> StandIns:  # noqa: ANN401
    pair = config(services=tuple(services), **settings)
    return stand_ins(replace(likeness(pair), sessions=sessions))


def test_a_page_stays_a_page_and_two_of_one_path_are_told_apart() -> None:
    other = WEB.model_copy(update={"name": "shop", "status": 302, "contains": None})
    found = behind(WEB, other)
    first, second = found.pages
    assert first.path != second.path
    assert (first.status, first.text, second.status) == (200, "up", 302)
    assert first.path.endswith("/health")
    assert "service web (https) is asked without encryption" in found.differs


def test_a_tcp_service_needs_no_word() -> None:
    found = behind(TCP)
    assert [own.behind for own in found.services] == [Behind.ECHO]
    assert (found.pages, found.differs) == ((), ())


@pytest.mark.parametrize(
    "service",
    [
        {"name": "x", "type": "dns", "address": "10.2.1.53", "query": "a.example"},
        {"name": "x", "type": "icmp", "address": "10.2.1.1"},
        {"name": "x", "type": "task", "task": "tasks.shop.check"},
    ],
)
def test_what_cannot_be_asked_of_a_twin_is_a_connection_and_said(service: dict[str, str]) -> None:
    found = behind(READ.validate_python(service))
    assert [own.behind for own in found.services] == [Behind.ECHO]
    (said,) = found.differs
    assert "x" in said
    assert service["type"] in said
    assert "TCP connection" in said


def test_what_was_broken_before_is_not_measured() -> None:
    pair = config(services=(TCP, WEB))
    found = stand_ins(replace(likeness(pair), broken=frozenset({"web"})))
    assert [own.name for own in found.services] == ["till"]


def test_canaries_keep_their_names() -> None:
    canary = Canary(name="line", type="tcp", address="10.2.1.100", port=9)
    assert behind(canaries=(canary,)).canaries == ("line",)


def test_critical_sessions_are_those_that_a_twin_carries() -> None:
    udp = CriticalSession(name="sip", protocol="udp", destination_port=5060, at_least=40)
    found = behind(critical_sessions=(udp,), sessions=12)
    assert found.critical_sessions == (
        {"name": "sip", "protocol": "tcp", "destination_port": SESSION_PORT, "at_least": 12},
    )
    (said,) = found.differs
    assert "sip" in said
    same = CriticalSession(name="shop", protocol="tcp", destination_port=SESSION_PORT, min_age=60)
    found = behind(critical_sessions=(same,))
    assert found.differs == ()
    assert found.critical_sessions[0]["min_age"] == 60
