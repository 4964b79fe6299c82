"""What is owed to a device: in words, and as the exact commands that give it back."""

from __future__ import annotations

from collections.abc import Iterable

from nornir_haupgrade.engines.events import Owed
from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.model import Change, MemberFacts, PairFacts
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.platforms.base import Order
from nornir_haupgrade.procedure.conditions import versions
from nornir_haupgrade.procedure.records import Lease, LeaseKind
from nornir_haupgrade.procedure.state import State


def owed_of(pair: Pair, state: State, leases: Iterable[Lease]) -> tuple[Owed, ...]:
    """Each lease with its reason and its commands."""
    found = []
    for lease in sorted(leases):
        facts = state.known.of(lease.member) if state.known else None
        commands = _commands(pair, lease, facts, state.original)
        found.append(Owed(lease, _reason(state, lease), commands))
    return tuple(found)


def _commands(
    pair: Pair, lease: Lease, facts: MemberFacts | None, start: PairFacts | None
) -> tuple[str, ...]:
    if facts is None:
        return ()
    before = start.of(lease.member) if start else None
    lines = before.ha_lines if before else ()
    orders = {
        LeaseKind.PREEMPTION: Order(Change.PREEMPTION_ON, lines=lines),
        LeaseKind.LATCH: Order(Change.RELEASE, lines=lines),
        LeaseKind.TRIAL: Order(Change.COMMIT, version=facts.version),
        LeaseKind.BOOT: Order(Change.ACTIVATE, version=facts.version),
    }
    try:
        return pair.commands(lease.member, orders[lease.kind], facts)
    except HAUpgradeError:
        # Without a slot that holds the running version there is no such command; the reason is
        # told.
        return ()


def _reason(state: State, lease: Lease) -> str:
    known = state.known
    if known is None or known.of(lease.member) is None:
        return f"{lease.member} was never read"
    if state.facts is not None and state.facts.of(lease.member) is None:
        return f"{lease.member} does not answer"
    match lease.kind:
        case LeaseKind.LATCH:
            return "its latch could not be released"
        case LeaseKind.BOOT:
            return f"its next boot would not run {known.of(lease.member).version}"  # type: ignore[union-attr]
        case LeaseKind.TRIAL:
            runs = known.of(lease.member).version  # type: ignore[union-attr]
            return f"{runs} runs on trial: it goes back by itself unless it is committed"
        case LeaseKind.PREEMPTION if len(versions(known)) > 1:
            return (
                "the pair runs two versions: returning it would move the role at the next failover"
            )
        case LeaseKind.PREEMPTION if lease not in state.given_up:
            return (
                "it is lent; returning it may move the role, and passes a switchover's gate first"
            )
        case _:
            return "returning it could move the role, and the gate for that did not pass"
