"""What traffic measured, as frozen facts, and their way through JSON."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a connection was lost or could not be made."""

    REFUSED = "refused"
    RESET = "reset"
    CLOSED = "closed by the peer"
    TIMEOUT = "timeout"
    WRONG_ANSWER = "wrong answer"
    UNREACHABLE = "unreachable"
    LOCAL = "this machine"
    """Out of ports or descriptors, say: nothing that the path did."""


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment on both clocks; the monotonic one is the same in all processes of a machine."""

    wall: str
    monotonic: float

    @classmethod
    def of(cls, monotonic: float) -> Instant:
        """The wall's time is that of now less the distance: the wall's clock may have been set."""
        ago = timedelta(seconds=time.monotonic() - monotonic)
        return cls((datetime.now(UTC) - ago).isoformat(timespec="milliseconds"), monotonic)


@dataclass(frozen=True, slots=True)
class Gap:
    """The distance between two good answers in a row, or since the last one."""

    ms: float
    began: Instant
    five_tuple: str
    is_open: bool
    """No answer yet: this long so far."""


@dataclass(frozen=True, slots=True)
class ConnectionReport:
    """One long connection in one interval."""

    number: int
    five_tuple: str
    """As the client sees it: ``tcp 10.1.1.100:40000>10.2.1.100:7000``."""
    seen_as: str
    """The client's address and port as the server sees them."""
    is_idle: bool
    is_nat: bool
    is_lost: bool
    exchanges: int
    longest_gap: Gap | None
    """None where nothing was asked."""


@dataclass(frozen=True, slots=True)
class LostConnection:
    """A long connection that is no more; it is not opened again."""

    number: int
    five_tuple: str
    at: Instant
    reason: Reason
    detail: str
    is_idle: bool
    is_nat: bool
    silent_ms: float
    """Since its last good answer."""


@dataclass(frozen=True, slots=True)
class FailedConnection:
    """A new connection that came to nothing."""

    began: Instant
    ms: float
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class NewConnections:
    """The new connections that were begun in one interval."""

    ok: int
    failed: int
    pending: int
    """Begun and not yet decided."""
    skipped: int
    """Never begun, because the client itself came too late."""
    slow: int
    """Good, but so slow that a SYN or a segment must have been sent again."""
    slowest_ms: float | None
    """Of the good ones, from the first SYN to the answer."""
    slowest_began: Instant | None
    failures: tuple[FailedConnection, ...]
    """The first thousand."""


@dataclass(frozen=True, slots=True)
class TrafficReport:
    """One measuring interval, from a mark to the next one or to now."""

    label: str
    began: Instant
    until: Instant
    is_over: bool
    wanted: int
    established: int
    """Ever, lost ones included."""
    lost: tuple[LostConnection, ...]
    """In this interval."""
    lost_earlier: int
    exchanges: int
    longest_gap: Gap | None
    """Over all that are not idle. Where nothing happens it is the distance of two exchanges."""
    median_longest_gap_ms: float | None
    """The median of the longest gaps of each connection."""
    new: NewConnections
    seen_as: tuple[str, ...]
    """The addresses as which the server sees the connections that are not to be translated."""
    nat_seen_as: tuple[str, ...]
    """The addresses as which it sees those from the NAT source."""
    longest_pause_ms: float
    """The longest time this client itself was late: a gap no longer than that proves nothing."""
    failed_attempts: int
    """To open a long connection for the first time, ever."""
    last_failed_attempt: str
    connections: tuple[ConnectionReport, ...]
    """Those established, without those lost earlier."""

    @property
    def alive(self) -> int:
        """Long connections not lost by the end of the interval."""
        return self.established - self.lost_earlier - len(self.lost)


@dataclass(frozen=True, slots=True)
class DeadConnection:
    """An idle connection that did not pass a check."""

    five_tuple: str
    why: str


@dataclass(frozen=True, slots=True)
class CheckReport:
    """One exchange on each idle connection."""

    idle: int
    """Ever established."""
    alive: int
    slowest_ms: float | None
    dead: tuple[DeadConnection, ...]


def report_from(plain: dict[str, Any]) -> TrafficReport:
    """The report that ``dataclasses.asdict`` made plain."""
    return TrafficReport(
        **{
            **plain,
            "began": Instant(**plain["began"]),
            "until": Instant(**plain["until"]),
            "lost": tuple(
                LostConnection(
                    **{**item, "at": Instant(**item["at"]), "reason": Reason(item["reason"])}
                )
                for item in plain["lost"]
            ),
            "longest_gap": _gap(plain["longest_gap"]),
            "new": _new(plain["new"]),
            "seen_as": tuple(plain["seen_as"]),
            "nat_seen_as": tuple(plain["nat_seen_as"]),
            "connections": tuple(
                ConnectionReport(**{**item, "longest_gap": _gap(item["longest_gap"])})
                for item in plain["connections"]
            ),
        }
    )


def check_from(plain: dict[str, Any]) -> CheckReport:
    """The result of a check that ``dataclasses.asdict`` made plain."""
    return CheckReport(**{**plain, "dead": tuple(DeadConnection(**one) for one in plain["dead"])})


def _gap(plain: dict[str, Any] | None) -> Gap | None:
    return None if plain is None else Gap(**{**plain, "began": Instant(**plain["began"])})


def _new(plain: dict[str, Any]) -> NewConnections:
    began = plain["slowest_began"]
    failures = tuple(
        FailedConnection(
            **{**item, "began": Instant(**item["began"]), "reason": Reason(item["reason"])}
        )
        for item in plain["failures"]
    )
    slowest_began = None if began is None else Instant(**began)
    return NewConnections(**{**plain, "slowest_began": slowest_began, "failures": failures})
