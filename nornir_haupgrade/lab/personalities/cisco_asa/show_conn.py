"""Connections: how many a unit knows, and which."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_asa.clock import idle
from nornir_haupgrade.lab.terminal.answers import show, wrong

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.cisco_asa.context import At
    from nornir_haupgrade.lab.sessions import Session


_HOST = 100
"""The number of client and server in their networks."""


def _known(at: At) -> list[Session]:
    """What the active carries, or what the standby was told; what both ends closed is gone."""
    sessions = at.pair.sessions
    found = sessions.carried(at.asa) if at.asa.is_active else sessions.known(at.asa)
    return [session for session in found if not session.is_closed]


def counted(at: At) -> tuple[int, int]:
    """How many are in use, and how many have been at most."""
    count = len(_known(at))
    return count, max(count, at.pair.spec.sessions)


def _head(count: int, most: int) -> str:
    return f"{count} in use, {most} most used"


def count(at: At, _: tuple[str, ...]) -> Outcome:
    """``show conn count``."""
    return show(_head(*counted(at)))


def _ends(at: At, session: Session) -> tuple[str, str]:
    outside, inside = (port.net.network_address + _HOST for port in at.asa.board[:2])
    return session.ends or (f"{outside}:{session.port}", f"{inside}:7000")


def _row(at: At, session: Session) -> str:
    client, server = _ends(at, session)
    age = at.now - session.born
    size = int(age) * 80
    return f"TCP outside {client} inside {server}, idle {idle(age % 30)}, bytes {size}, flags UIOB"


def conn(at: At, _: tuple[str, ...]) -> Outcome:
    """``show conn``: outside first, then inside, with ``B`` for what began outside."""
    return show(_head(*counted(at)), "", *(_row(at, session) for session in _known(at)))


def by_protocol(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show conn protocol P``: the count in its head is of those alone; there is but TCP."""
    name = arguments[0].lower()
    if name not in {"tcp", "udp"}:
        return wrong("ERROR: % Invalid input detected at '^' marker.")
    if name == "udp":
        return show(_head(0, 0))
    return conn(at, ())


def by_address(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show conn address A``: of either end."""
    try:
        wanted = ipaddress.ip_address(arguments[0])
    except ValueError:
        return wrong("ERROR: % Invalid Hostname")
    found = [
        session
        for session in _known(at)
        if str(wanted) in {end.rpartition(":")[0] for end in _ends(at, session)}
    ]
    return show(_head(*counted(at)), "", *(_row(at, session) for session in found))


def by_port(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``show conn port P``: of either end."""
    if not arguments[0].isdigit():
        return wrong("ERROR: % Invalid input detected at '^' marker.")
    found = [
        session
        for session in _known(at)
        if arguments[0] in {end.rpartition(":")[2] for end in _ends(at, session)}
    ]
    return show(_head(*counted(at)), "", *(_row(at, session) for session in found))
