"""Which way do our own packets go? Looked for in the active's session table, never assumed."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from nornir_haupgrade.gates.combine import listed
from nornir_haupgrade.gates.endpoints import ends
from nornir_haupgrade.model import Flow, MemberId, Session, Status, Verdict


def proven_through(
    active: MemberId, flows: Mapping[str, Flow | None], sessions: Collection[Session] | None
) -> Verdict:
    """Each probe's own flow is in the active's session table, so what it proves is proven of it.

    One that is not there may go another way, or be translated before it gets there: a warning.

    Args:
        active: The member that forwards.
        flows: The newest flow of each service or canary; None where it has none.
        sessions: What the active holds; None where the platform keeps no sessions.
    """
    known = {name: flow for name, flow in flows.items() if flow is not None}
    if not known:
        return Verdict(Status.SKIPPED, "no probe has a flow that could be looked for")
    if sessions is None:
        reason = f"not proven through this pair, {active} keeps no sessions: {listed(list(known))}"
        return Verdict(Status.WARN, reason)
    seen = {ends(*session.original) for session in sessions}
    missing = [
        f"{name} ({flow.source} > {flow.destination})"
        for name, flow in known.items()
        if ends(flow.source, flow.destination) not in seen
    ]
    if missing:
        reason = f"not proven through this pair, not in the sessions of {active}: {listed(missing)}"
        return Verdict(Status.WARN, reason)
    return Verdict(Status.PASS, f"{active} carries the probes of {listed(sorted(known))}")


def management_path(
    active: MemberId,
    standby: MemberId,
    *,
    is_through_pair: bool,
    flow: Flow | None,
    sessions: Collection[Session] | None,
) -> Verdict:
    """Our session to the standby goes as declared: past the active, or through it.

    Args:
        active: The member that forwards.
        standby: The other one; only the way to it can lead through the active.
        is_through_pair: What was declared.
        flow: Our session to the standby; None when it cannot be told.
        sessions: What the active holds; None where the platform keeps no sessions.
    """
    if flow is None:
        return Verdict(Status.WARN, f"our own session to {standby} has no addresses to look for")
    if sessions is None:
        declared = "through_pair" if is_through_pair else "out_of_band"
        reason = f"{active} keeps no sessions to look for ours in; {declared} is only declared"
        return Verdict(Status.WARN, reason)
    is_found = ends(flow.source, flow.destination) in {ends(*one.original) for one in sessions}
    shown = f"our session to {standby} ({flow.source} > {flow.destination})"
    if is_through_pair and is_found:
        return Verdict(Status.PASS, f"{shown} runs through {active}, as declared")
    if is_through_pair:
        reason = f"{shown} is declared through_pair, but {active} does not carry it"
        return Verdict(Status.WARN, reason)
    if is_found:
        reason = (
            f"{shown} runs through {active}, but is declared out_of_band: a switchover could cut "
            "it; declare management_path: through_pair, or reach the members another way"
        )
        return Verdict(Status.FAIL, reason)
    if ends(flow.destination) in {ends(one.original[1]) for one in sessions}:
        reason = f"{active} carries a session to {flow.destination}: ours, if it is translated"
        return Verdict(Status.WARN, reason)
    return Verdict(Status.PASS, f"{active} does not carry {shown}")
