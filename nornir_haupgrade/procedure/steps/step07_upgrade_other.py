"""Step 7, and with it the walk of steps 5 to 7: one member, the role, the other member.

Rolling back is the same walk towards the old version: the current standby first, then the
switchover, then the new standby; never the active.
"""

from __future__ import annotations

from nornir_haupgrade.model import MemberFacts, MemberId, Version
from nornir_haupgrade.procedure.conditions import has_rebooted
from nornir_haupgrade.procedure.plan import Plan, Purpose
from nornir_haupgrade.procedure.records import Decision, Goal, Step
from nornir_haupgrade.procedure.state import State
from nornir_haupgrade.procedure.steps.step05_upgrade_standby import (
    change_software,
    choose_boot,
    prove_whole,
)
from nornir_haupgrade.procedure.steps.step06_switch_over import move_role


def walk(plan: Plan, state: State, target: Version) -> Decision | None:
    """Members that are not at the target and do not forward are worked; else the role moves on."""
    facts = state.facts
    if facts is None:
        return None
    behind = [
        name for name, own in facts.members if own and _is_behind(plan, state, name, own, target)
    ]
    for name in facts.names:
        own = facts.of(name)
        if own and own.version == target and name not in behind:
            if behind and name != facts.active and own.next_version != target:
                return choose_boot(state, name, target, _label(plan, state, behind))
            unproven = prove_whole(state, name, _label(plan, state, behind))
            if unproven:
                return unproven
    for name in behind:
        if name != facts.active:
            return change_software(plan, state, name, target, _label(plan, state, behind))
    if behind:
        is_up = state.goal is Goal.UP
        return move_role(plan, state, Step.SWITCH_OVER if is_up else Step.ROLL_BACK)
    return None


def _is_behind(
    plan: Plan, state: State, member: MemberId, own: MemberFacts, target: Version
) -> bool:
    """Whether it is still to be worked: older ones going up, newer ones going back.

    For a reboot there is no other version: behind is who still runs the boot of the start.
    """
    if plan.purpose is Purpose.REBOOT:
        return not has_rebooted(state, member)
    at = plan.path.index(target)
    return own.version in (plan.path[:at] if state.goal is Goal.UP else plan.path[at + 1 :])


def _label(plan: Plan, state: State, behind: list[str]) -> Step:
    if state.goal is Goal.BACK:
        return Step.ROLL_BACK
    is_first = len(behind) == len(plan.members)
    facts = state.facts
    is_other_active = facts is not None and behind == [facts.active]
    if plan.purpose is Purpose.REBOOT:
        return Step.REBOOT_STANDBY if is_first or is_other_active else Step.REBOOT_OTHER
    return Step.UPGRADE_STANDBY if is_first or is_other_active else Step.UPGRADE_OTHER
