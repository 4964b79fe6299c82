"""Would the sessions survive a switchover? Roles and services look perfect when they would not."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from nornir_haupgrade.gates.combine import Check, combine, listed
from nornir_haupgrade.gates.endpoints import Endpoint, endpoint, ends
from nornir_haupgrade.model import MemberId, Session, SessionCount, Status, Verdict

if TYPE_CHECKING:
    from nornir_haupgrade.settings.ha import CriticalSession

_ROUNDING = 1e-9
_FEW = 20
"""Sessions to the member itself, ours among them, that nobody wants replicated."""


@dataclass(frozen=True, slots=True)
class MemberSessions:
    """What one member said of its sessions."""

    member: MemberId
    count: SessionCount
    sessions: tuple[Session, ...] = ()


def ratio(active: MemberSessions, standby: MemberSessions) -> float | None:
    """How many of the active's own sessions the standby holds; None when that cannot be told.

    With no sessions on the active there is no ratio either. It may exceed 1: some standbys count
    each session twice, or keep ended ones for a while.
    """
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
    """The standby holds as large a share as this pair's standby did before the upgrade.

    Args:
        active: The counts of the member that forwards.
        standby: The counts of the member that would take over.
        baseline_ratio: The ratio before the upgrade; None, as in an adopted pair, stands for 1.0.
        tolerance: By how much the ratio may have fallen, 0.05 for five hundredths.
    """
    own, held = active.count.own, standby.count.replicated
    if own is None:
        return Verdict(Status.ERROR, f"{active.member} does not report its own sessions")
    if held is None:
        return Verdict(Status.ERROR, f"{standby.member} does not report its replicated sessions")
    before = 1.0 if baseline_ratio is None else baseline_ratio
    facts = (
        (f"{active.member} own", str(own)),
        (f"{standby.member} replicated", str(held)),
        ("ratio before", "unknown" if baseline_ratio is None else f"{baseline_ratio:.3f}"),
        ("tolerance", f"{tolerance:.3f}"),
    )
    if not own and (active.count.total or 0) > _FEW:
        reason = (
            f"{active.member} counts no session that could be replicated, but "
            f"{active.count.total} in its table: whether they would survive is not known"
        )
        return Verdict(Status.FAIL, reason, facts)
    if not own:
        return Verdict(Status.PASS, f"{active.member} has no sessions to lose", facts)
    counted = (
        f"{standby.member} holds {held} of the {own} sessions of {active.member} "
        f"({held / own:.1%}; before the upgrade "
        f"{'unknown' if baseline_ratio is None else f'{baseline_ratio:.1%}'}, "
        f"tolerance {tolerance:.1%})"
    )
    if held / own + _ROUNDING < before - tolerance:
        return Verdict(Status.FAIL, f"{counted}: the rest would break", facts)
    if not held and tolerance < 1:
        # A baseline of nothing replicated must not make nothing replicated good.
        return Verdict(Status.FAIL, f"{counted}: every session would break", facts)
    if held / own + _ROUNDING < 1 - tolerance or not held:
        return Verdict(Status.WARN, f"{counted}: no worse than accepted, but few", facts)
    return Verdict(Status.PASS, counted, facts)


def critical(
    wanted: Sequence[CriticalSession], active: MemberSessions, standby: MemberSessions
) -> Verdict:
    """Each wanted kind is on the active often enough, and each such session on the standby too.

    The same session is one with the same 5-tuple before and, where both members know it, after
    NAT. A wanted kind without ``min_age`` takes every session that the driver reports as
    replicable.
    """
    if not wanted:
        return Verdict(Status.SKIPPED, "no critical sessions are configured")
    return combine([Check(one.name, _critical(one, active, standby)) for one in wanted])


def matching(wanted: CriticalSession, sessions: Sequence[Session]) -> tuple[Session, ...]:
    """Those of one critical kind; one of which that cannot be told is left out."""
    return tuple(one for one in sessions if _is_wanted(wanted, one))


def _critical(wanted: CriticalSession, active: MemberSessions, standby: MemberSessions) -> Verdict:
    matching = [one for one in active.sessions if _is_wanted(wanted, one) is not False]
    unreadable = [_shown(one) for one in matching if _is_wanted(wanted, one) is None]
    if unreadable:
        reason = f"{active.member}: cannot tell whether these count: {listed(unreadable)}"
        return Verdict(Status.ERROR, reason)
    is_held = _held_by(standby.sessions)
    missing = [_shown(one) for one in matching if not is_held(one)]
    facts = (
        (f"on {active.member}", str(len(matching))),
        ("at least", str(wanted.at_least)),
        *((f"missing on {standby.member}", one) for one in missing),
    )
    wrong = []
    if len(matching) < wanted.at_least:
        wrong.append(f"{len(matching)} on {active.member}, at least {wanted.at_least} wanted")
    if missing:
        wrong.append(
            f"{len(missing)} of {len(matching)} missing on {standby.member}: {listed(missing)}"
        )
    if wrong:
        return Verdict(Status.FAIL, "; ".join(wrong), facts)
    return Verdict(Status.PASS, f"{len(matching)} on both members", facts)


def _is_wanted(wanted: CriticalSession, session: Session) -> bool | None:
    """None when the session table does not say what is needed to tell."""
    if session.protocol.lower() != wanted.protocol or not session.is_replicable:
        return False
    source, destination = map(endpoint, session.original)
    if source is None or destination is None:
        return None
    if destination[1] != wanted.destination_port:
        return False
    for address, network in ((source, wanted.source), (destination, wanted.destination)):
        if network is not None and address[0] not in ipaddress.ip_network(network, strict=False):
            return False
    if not wanted.min_age:
        return True
    return None if session.age is None else session.age >= wanted.min_age


def _held_by(sessions: Sequence[Session]) -> Callable[[Session], bool]:
    """Whether a session is among these; where NAT's side of one is not known, the other decides."""
    whole = {_key(one) for one in sessions}
    before_nat = {_key(replace(one, reply=None)) for one in sessions}
    without_reply = {_key(one) for one in sessions if one.reply is None}

    def is_held(one: Session) -> bool:
        if one.reply is None:
            return _key(one) in before_nat
        return _key(one) in whole or _key(replace(one, reply=None)) in without_reply

    return is_held


def _key(session: Session) -> tuple[str, tuple[Endpoint | str, ...]]:
    return session.protocol.lower(), ends(*session.original, *(session.reply or ()))


def _shown(session: Session) -> str:
    return f"{session.protocol} {session.original[0]} > {session.original[1]}"
