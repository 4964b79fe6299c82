"""What stands in for the services, canaries and sessions of a pair behind its twin."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from nornir_haupgrade.lab import SESSION_PORT, PageSpec
from nornir_haupgrade.settings import HttpService, TcpService

if TYPE_CHECKING:
    from nornir_haupgrade.rehearsal.likeness import Likeness
    from nornir_haupgrade.settings import CriticalSession, Service

_PROTOCOL: Final = "tcp"
"""Of every session that a twin carries."""


class Behind(StrEnum):
    """Which port behind a twin is meant."""

    ECHO = "echo"
    PAGES = "pages"


@dataclass(frozen=True, slots=True)
class StandIn:
    """One service as the twin's inventory has it, but for its port."""

    name: str
    behind: Behind
    settle: float
    """Device seconds; so is the next."""
    stable_for: float
    page: PageSpec | None = None


@dataclass(frozen=True, slots=True)
class StandIns:
    """All that stands in for what is measured through one pair."""

    services: tuple[StandIn, ...]
    canaries: tuple[str, ...]
    critical_sessions: tuple[dict[str, Any], ...]
    differs: tuple[str, ...]

    @property
    def pages(self) -> tuple[PageSpec, ...]:
        """What must answer HTTP."""
        return tuple(one.page for one in self.services if one.page is not None)


def stand_ins(likeness: Likeness) -> StandIns:
    """The services that can be simulated, and in words what each really is."""
    config = likeness.config
    services = [one for one in config.services if one.name not in likeness.broken]
    said = [_said(one) for one in services]
    said += [f"critical session {one.name} stands for {_PROTOCOL} to port {SESSION_PORT}, from "
             "anywhere: the sessions that the twins carry"
             for one in config.critical_sessions if not _is_ours(one)]  # fmt: skip
    return StandIns(
        tuple(_service(one, number) for number, one in enumerate(services, start=1)),
        tuple(canary.name for canary in config.canaries),
        tuple(_session(one, likeness.sessions) for one in config.critical_sessions),
        tuple(line for line in said if line),
    )


def _service(service: Service, number: int) -> StandIn:
    page = None
    if isinstance(service, HttpService):
        # The path is ours: two pages of two servers may have the same one.
        path = urlsplit(service.url).path or "/"
        page = PageSpec(f"/{number}{path}", service.status, service.contains or "")
    behind = Behind.ECHO if page is None else Behind.PAGES
    return StandIn(service.name, behind, service.settle, service.stable_for, page)


def _said(service: Service) -> str:
    if isinstance(service, TcpService):
        return ""
    if isinstance(service, HttpService):
        is_plain = urlsplit(service.url).scheme == "http"
        return "" if is_plain else f"service {service.name} (https) is asked without encryption"
    return f"service {service.name} ({service.type}) stands for a TCP connection behind the twins"


def _is_ours(session: CriticalSession) -> bool:
    wanted = (session.protocol, session.destination_port, session.source, session.destination)
    return wanted == (_PROTOCOL, SESSION_PORT, None, None)


def _session(session: CriticalSession, sessions: int) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "name": session.name,
        "protocol": _PROTOCOL,
        "destination_port": SESSION_PORT,
        "at_least": max(1, min(session.at_least, sessions)),
    }
    return wanted if session.min_age is None else {**wanted, "min_age": session.min_age}
