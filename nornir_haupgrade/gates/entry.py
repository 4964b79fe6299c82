"""The entry gate of every switchover: may this member take over now?"""

from __future__ import annotations

from collections.abc import Sequence

from nornir_haupgrade.gates.combine import Check, combine, each_member, listed, no_answer
from nornir_haupgrade.gates.readiness import latches, peer_links, roles, settled
from nornir_haupgrade.model import MemberFacts, MemberId, PairFacts, Role, Status, Verdict


def entry(
    facts: PairFacts,
    to: MemberId,
    interfaces: tuple[tuple[str, bool], ...] | None,
    own: Sequence[Check] = (),
) -> Verdict:
    """Both members agree on the roles, see each other, and the target can carry the traffic.

    Args:
        facts: Both members, read just now.
        to: The member that would become active.
        interfaces: The target's (name, is up).
        own: What the site's own gates say.
    """
    if to not in facts.names:
        return Verdict(Status.ERROR, f"{to} is no member of this pair ({', '.join(facts.names)})")
    return combine(
        [
            Check("roles", roles(facts)),
            Check("latches", latches(facts)),
            Check("target", _target(to, facts.of(to))),
            Check("HA links", peer_links(facts)),
            Check("software", settled(facts)),
            Check("forwarding", each_member(facts, _forwarding)),
            Check("interfaces", _interfaces(to, interfaces)),
            *own,
        ]
    )


def _target(to: MemberId, own: MemberFacts | None) -> Verdict:
    if own is None:
        return Verdict(Status.ERROR, f"{to} {no_answer().reason}")
    if own.role in {Role.UNKNOWN, Role.MIXED, Role.NEGOTIATING}:
        return Verdict(Status.ERROR, f"{to}: its role cannot be told ({own.role})")
    wrong = []
    if own.role is not Role.STANDBY:
        wrong.append(f"is {own.role}, not standby")
    if own.is_latched:
        wrong.append("is kept out by a latch: nobody would forward")
    if wrong:
        return Verdict(Status.FAIL, f"{to} {' and '.join(wrong)}")
    return Verdict(Status.PASS, f"{to} stands by")


def _forwarding(own: MemberFacts) -> Verdict:
    if own.is_forwarding is None:
        return Verdict(Status.ERROR, "whether it forwards could not be read")
    if own.role is not Role.ACTIVE and not own.role.is_known_not_to_forward:
        return Verdict(Status.ERROR, f"its role cannot be told ({own.role})")
    does = "forwards" if own.is_forwarding else "does not forward"
    if own.is_forwarding is not (own.role is Role.ACTIVE):
        return Verdict(Status.FAIL, f"says {own.role}, but {does}")
    return Verdict(Status.PASS, f"{own.role}, {does}")


def _interfaces(to: MemberId, interfaces: tuple[tuple[str, bool], ...] | None) -> Verdict:
    if not interfaces:
        return Verdict(Status.ERROR, f"{to}: the state of its interfaces could not be read")
    down = [name for name, is_up in interfaces if not is_up]
    if down:
        return Verdict(
            Status.FAIL, f"{to}: {len(down)} of {len(interfaces)} down: {listed(down, most=10)}"
        )
    return Verdict(Status.PASS, f"{to}: all {len(interfaces)} up")
