"""One thing on one member, before anything is done: may it be, and between which versions?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.engines.errand import said
from nornir_haupgrade.errors import BadInput
from nornir_haupgrade.model import Activation, MemberFacts, MemberId, PairFacts, Role
from nornir_haupgrade.procedure.plan import Purpose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nornir_haupgrade.engines.errand import Errand
    from nornir_haupgrade.procedure.plan import Plan


def versions_alone(
    pair: str, facts: PairFacts, errand: Errand, way: Sequence[str]
) -> tuple[str, ...]:
    """The plan's path: from what the member runs to where it is taken, or back.

    Args:
        pair: The pair's name.
        facts: Both members, read just now.
        errand: What is to be done.
        way: The versions from the pair's older one to the target, if the errand names one.

    Raises:
        BadInput: It cannot be done to this member as it is.
    """
    member = str(errand.member)
    own = facts.of(member)
    if own is None:
        raise BadInput(f"{member} was not read", pair=pair, member=member)
    peer = facts.of(facts.peer_of(member))
    _refuse_wrong_role(pair, member, own, errand.purpose)
    match errand.purpose:
        case Purpose.UPGRADE_MEMBER | Purpose.STAGE:
            return _upwards(pair, member, own, str(errand.to), way)
        case Purpose.ROLL_BACK_MEMBER:
            return (_back_to(pair, member, own, errand.to), own.version)
        case Purpose.SYNC_CONFIG if peer is not None and peer.version != own.version:
            what = f"{member} runs {own.version}, its peer {peer.version}: nothing is synchronised"
            raise BadInput(what, pair=pair, advice="take both to one version first")
        case _:
            return tuple(dict.fromkeys([own.version, *([peer.version] if peer else [])]))


def _refuse_wrong_role(pair: str, member: MemberId, own: MemberFacts, purpose: Purpose) -> None:
    if purpose is Purpose.UPGRADE_MEMBER and own.role is not Role.STANDBY:
        what = f"{said(purpose)} is for the standby, and {member} is {own.role}"
        raise BadInput(what, pair=pair, member=member, advice="switch over first: switch_over")
    if purpose is Purpose.ROLL_BACK_MEMBER and not own.role.is_known_not_to_forward:
        what = f"{said(purpose)} is for one that does not forward, and {member} is {own.role}"
        raise BadInput(what, pair=pair, member=member, advice="switch over first: switch_over")


def _upwards(
    pair: str, member: MemberId, own: MemberFacts, to: str, way: Sequence[str]
) -> tuple[str, ...]:
    """One hop at a time: between two hops the other member has its turn."""
    ahead = list(way[way.index(own.version) + 1 :]) if own.version in way else list(way)
    if len(ahead) > 1:
        what = f"{member} gets from {own.version} to {to} only by way of {' and '.join(ahead[:-1])}"
        advice = f"take both members to {ahead[0]} first"
        raise BadInput(what, pair=pair, member=member, advice=advice)
    return tuple(dict.fromkeys([own.version, to]))


def _back_to(pair: str, member: MemberId, own: MemberFacts, to: str | None) -> str:
    if to is not None:
        return to
    others = sorted({version for _, version in own.installed if version != own.version})
    if len(others) != 1:
        held = ", ".join(others) or "none"
        what = f"{member} holds no single other version to go back to ({held})"
        raise BadInput(what, pair=pair, member=member, advice="say which: to=VERSION")
    return others[0]


def refuse_unheld(plan: Plan, facts: PairFacts) -> None:
    """A member is taken back to what it holds, or is brought once more.

    Raises:
        BadInput: It is neither there nor to be had, such as a version that is misspelt.
    """
    own = facts.of(str(plan.member)) if plan.purpose is Purpose.ROLL_BACK_MEMBER else None
    if own is None or plan.traits.activation is Activation.INSTALL:
        return
    target = plan.path[0]
    is_there = own.version == target or own.slot_of(target) is not None
    if not is_there and plan.image_of(target) is None:
        held = ", ".join(sorted({version for _, version in own.installed})) or "none"
        what = (
            f"{plan.member} does not hold {target} (it holds {held}), and there is no image of it"
        )
        advice = "say another version, or add its image to the settings"
        raise BadInput(what, pair=plan.pair, member=plan.member, advice=advice)
