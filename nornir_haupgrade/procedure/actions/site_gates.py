"""Gates of the site's own: its Nornir tasks, asked one after the other, each with a deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.gates.combine import Check
from nornir_haupgrade.gates.site import own_gate
from nornir_haupgrade.procedure.actions.ports import wait_until

if TYPE_CHECKING:
    from nornir_haupgrade.model import Verdict
    from nornir_haupgrade.pair import Pair
    from nornir_haupgrade.procedure.actions.context import Context
    from nornir_haupgrade.settings import GateMoment, SiteGate


def site_gates(pair: Pair, when: GateMoment, ctx: Context | None = None) -> list[Check]:
    """What the gates say that are asked now.

    Args:
        pair: The pair.
        when: What they are asked for.
        ctx: Lets a person stop the wait; without one, a check is made and nothing else.
    """
    return [
        Check(f"gate {gate.name}", _verdict(pair, gate, ctx))
        for gate in pair.config.gates
        if when in gate.when
    ]


def _verdict(pair: Pair, gate: SiteGate, ctx: Context | None) -> Verdict:
    is_way_back = ctx is not None and ctx.state.detour is not None
    asking = pair.ask(gate)
    within = gate.timeout
    is_over = wait_until(ctx, asking.is_over, within) if ctx else asking.is_over(within)
    if not is_over:
        late = f"{gate.task}: no answer within {within:g} s"
        return own_gate(late, is_good=None, is_way_back=is_way_back)
    said = asking.said
    return own_gate(said.text, is_good=said.is_good, is_way_back=is_way_back)
