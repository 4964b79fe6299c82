"""The entry gate of every switchover."""

from __future__ import annotations

from nornir_haupgrade.gates.combine import Check, combine, failed, passed, unknown
from nornir_haupgrade.gates.readiness import latches, peer_links, roles
from nornir_haupgrade.model import PairFacts, Role, Verdict


def entry(
    facts: PairFacts,
    to: str,
    interfaces: tuple[tuple[str, bool], ...] | None,
) -> Verdict:
    """Both agree on the roles, the target stands by, links and its interfaces are up."""
    return combine(
        [
            Check("roles", roles(facts)),
            Check("target", _target(facts, to)),
            Check("HA links", peer_links(facts)),
            Check("latches", latches(facts)),
            Check("forwarding", _forwarding(facts)),
            Check(f"interfaces of {to}", _interfaces(to, interfaces)),
        ],
    )


def _target(facts: PairFacts, to: str) -> Verdict:
    own = facts.of(to)
    if own is None:
        return unknown(f"{to} could not be read")
    if own.role is not Role.STANDBY:
        return failed(f"{to} is {own.role}, not standby")
    return passed(f"{to} stands by")


def _forwarding(facts: PairFacts) -> Verdict:
    """The data plane's own word agrees with the role's name."""
    for name, own in facts.members:
        if own is None or own.is_forwarding is None:
            return unknown(f"{name} did not say whether it forwards")
        if own.is_forwarding != (own.role is Role.ACTIVE):
            does = "forwards" if own.is_forwarding else "does not forward"
            return failed(f"{name} is {own.role} and {does}")
    return passed("as the roles say")


def _interfaces(to: str, interfaces: tuple[tuple[str, bool], ...] | None) -> Verdict:
    if not interfaces:
        return unknown(f"{to} did not report its interfaces")
    down = [name for name, is_up in interfaces if not is_up]
    if down:
        return failed(f"down on {to}: {', '.join(down)}")
    return passed(f"{len(interfaces)} up")
