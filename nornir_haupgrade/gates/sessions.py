"""Whether the standby holds the sessions that a switchover would need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from nornir_haupgrade.gates.combine import failed, passed, unknown
from nornir_haupgrade.model import Session, SessionCount, Verdict

if TYPE_CHECKING:
    from nornir_haupgrade.settings.ha import CriticalSession

_SHOWN = 3
"""Sessions named in a reason; the count tells of the rest."""


@dataclass(frozen=True, slots=True)
class MemberSessions:
    """What one member holds: its counters, and its sessions where they were read."""

    member: str
    count: SessionCount
    sessions: tuple[Session, ...] = ()


def ratio(active: MemberSessions, standby: MemberSessions) -> float | None:
    """Of the active's own sessions, the part that the standby holds; None if it cannot be told."""
    if not active.count.own or standby.count.replicated is None:
        return None
    return standby.count.replicated / active.count.own


def synced(
    active: MemberSessions,
    standby: MemberSessions,
    *,
    baseline_ratio: float | None,
    tolerance: float,
) -> Verdict:
    """Against this pair's own ratio before the upgrade; without one, against all of them.

    The standby may hold fewer by its nature, so equal counts are not asked for.
    """
    if active.count.own is None:
        return unknown(f"{active.member} did not report how many sessions it serves")
    if standby.count.replicated is None:
        return unknown(f"{standby.member} did not report how many sessions it holds for its peer")
    counts = (
        f"{standby.member} holds {standby.count.replicated}"
        f" of the {active.count.own} sessions of {active.member}"
    )
    if active.count.own == 0:
        return passed(f"{active.member} serves no session: none can be lost")
    wanted = min(1.0, 1.0 if baseline_ratio is None else baseline_ratio) - tolerance
    found = standby.count.replicated / active.count.own
    if found < wanted:
        return failed(f"{counts} ({found:.1%}); at least {wanted:.1%} are wanted")
    return passed(f"{counts} ({found:.1%}, wanted {wanted:.1%})")


def critical(
    wanted: Sequence[CriticalSession],
    active: MemberSessions,
    standby: MemberSessions,
) -> Verdict:
    """Every critical session of the active is on the standby, before and after NAT the same."""
    held = {_tuple(session) for session in standby.sessions}
    wrong, good = [], []
    for one in wanted:
        found = [session for session in active.sessions if _matches(one, session)]
        missing = [session for session in found if _tuple(session) not in held]
        if len(found) < one.at_least:
            wrong.append(f"{one.name}: {len(found)} on {active.member}, {one.at_least} wanted")
        elif missing:
            shown = ", ".join(">".join(session.original) for session in missing[:_SHOWN])
            wrong.append(
                f"{one.name}: {len(missing)} of {len(found)} not on {standby.member}: {shown}",
            )
        else:
            good.append(f"{one.name}: {len(found)} on both")
    return failed("; ".join(wrong)) if wrong else passed("; ".join(good))


def _tuple(session: Session) -> tuple[str, tuple[str, str], tuple[str, str]]:
    return session.protocol, session.original, session.reply


def _matches(one: CriticalSession, session: Session) -> bool:
    source, destination = (end.rpartition(":")[0] for end in session.original)
    port = session.original[1].rpartition(":")[2]
    if session.protocol != one.protocol or port != str(one.destination_port):
        return False
    if one.min_age is not None and (session.age is None or session.age < one.min_age):
        return False
    return _inside(source, one.source) and _inside(destination, one.destination)


def _inside(address: str, network: object) -> bool:
    if network is None:
        return True
    try:
        return ip_address(address.strip("[]")) in ip_network(str(network), strict=False)
    except ValueError:
        return False


def names(wanted: Iterable[CriticalSession]) -> str:
    """Their names, for a person."""
    return ", ".join(one.name for one in wanted)
