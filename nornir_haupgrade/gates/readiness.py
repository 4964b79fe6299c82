"""May an upgrade of this pair begin at all? Every check is made, also after one that failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from nornir_haupgrade.gates.combine import Check, combine, each_member, listed, no_answer
from nornir_haupgrade.model import (
    ImageFile,
    MemberFacts,
    MemberId,
    PairFacts,
    Preemption,
    Role,
    StagedImage,
    Status,
    Verdict,
    Version,
)

_SETTLED = frozenset({Role.ACTIVE, Role.STANDBY, Role.SUSPENDED, Role.FAILED})


def identities(facts: PairFacts, planned: Mapping[MemberId, str]) -> Verdict:
    """Each member is the very device that was planned."""
    checks = [
        Check(name, _identity(own, planned.get(name)) if own else no_answer())
        for name, own in facts.members
    ]
    checks += [
        Check(name, Verdict(Status.ERROR, "is planned, but was not read"))
        for name in planned
        if name not in facts.names
    ]
    found = [own.identity for _, own in facts.members if own]
    if len(set(found)) < len(found):
        # Two addresses of one device would let us work on the active in the belief it is its peer.
        checks.append(
            Check("pair", Verdict(Status.FAIL, f"both addresses lead to one device, {found[0]!r}"))
        )
    return combine(checks)


def roles(facts: PairFacts) -> Verdict:
    """Exactly one active and one standby, by their own words."""
    checks = [Check(name, _role(own)) for name, own in facts.members]
    return combine([*checks, Check("pair", _share_of_roles(facts))])


def peer_links(facts: PairFacts) -> Verdict:
    """Both members see their peer over the HA link."""
    return each_member(facts, _peer_link)


def versions(facts: PairFacts, path: Sequence[Version]) -> Verdict:
    """Each member runs a version of the path; two different ones are a warning."""

    def judge(own: MemberFacts) -> Verdict:
        if not own.version:
            return Verdict(Status.ERROR, "its version could not be read")
        if own.version not in path:
            way = " -> ".join(path) or "(empty)"
            return Verdict(Status.FAIL, f"runs {own.version}, which is not on the path {way}")
        return Verdict(Status.PASS, f"runs {own.version}")

    verdict = each_member(facts, judge)
    running = [(name, own.version) for name, own in facts.members if own]
    if verdict.status is not Status.PASS or len({version for _, version in running}) == 1:
        return verdict
    words = " and ".join(f"{name} runs {version}" for name, version in running)
    return Verdict(Status.WARN, f"mixed versions: {words}", verdict.facts)


def nothing_pending(facts: PairFacts) -> Verdict:
    """The next boot of each member runs what runs now: nobody has an upgrade half done."""

    def judge(own: MemberFacts) -> Verdict:
        if not own.next_version or not own.version:
            return Verdict(Status.ERROR, "what its next boot runs could not be read")
        if own.next_version != own.version:
            return Verdict(
                Status.FAIL, f"runs {own.version}, but its next boot runs {own.next_version}"
            )
        return Verdict(Status.PASS, f"the next boot runs {own.version} again")

    return each_member(facts, judge)


def settled(facts: PairFacts, ours: Collection[MemberId] = ()) -> Verdict:
    """What each member runs stays: none is about to go back to older software by itself.

    Args:
        facts: Both members.
        ours: Whom an earlier run of ours put on trial: it is proven whole and committed, or goes
            back, before anything else.
    """
    known = [facts.of(name) for name in ours]

    def judge(own: MemberFacts) -> Verdict:
        if not own.is_on_trial:
            return Verdict(Status.PASS, f"{own.version} stays")
        if own in known:
            return Verdict(Status.WARN, f"still runs {own.version} on trial, as we left it")
        return Verdict(
            Status.FAIL,
            f"runs {own.version} on trial, and goes back by itself unless it is committed",
        )

    return each_member(facts, judge)


def saved(member: MemberId, unsaved: Sequence[str]) -> Verdict:
    """What runs is what the next boot loads: what is not saved would be lost with the reload."""
    if unsaved:
        lines = listed([line.strip() for line in unsaved], most=5)
        reason = f"{member}: {len(unsaved)} lines are not saved: {lines}; save or revert them first"
        return Verdict(Status.FAIL, reason)
    return Verdict(Status.PASS, f"{member}: nothing is unsaved")


def alone(facts: PairFacts) -> Verdict:
    """Nobody else is logged in; where that is not reported, it is a warning, not an error."""

    def judge(own: MemberFacts) -> Verdict:
        if own.others is None:
            return Verdict(Status.WARN, "other administrators: not reported")
        if own.others:
            return Verdict(Status.WARN, f"other administrators logged in: {own.others}")
        return Verdict(Status.PASS, "nobody else is logged in")

    return each_member(facts, judge)


def latches(facts: PairFacts) -> Verdict:
    """No member is kept out on purpose."""

    def judge(own: MemberFacts) -> Verdict:
        if own.is_latched:
            return Verdict(Status.FAIL, "is kept out of its role by a latch; release it first")
        return Verdict(Status.PASS, "no latch")

    return each_member(facts, judge)


def preemption_known(facts: PairFacts) -> Verdict:
    """What must be given back in the end can be told."""

    def judge(own: MemberFacts) -> Verdict:
        if own.preemption is Preemption.UNKNOWN:
            return Verdict(Status.ERROR, "its preemption setting could not be read")
        return Verdict(Status.PASS, f"preemption {own.preemption}")

    return each_member(facts, judge)


def free_space(member: MemberId, free: int | None, needed: int) -> Verdict:
    """There is room for what will be uploaded; both in bytes."""
    if needed <= 0:
        return Verdict(Status.PASS, f"{member}: no space is needed")
    if free is None:
        return Verdict(Status.ERROR, f"{member}: free space is not reported, {needed} bytes needed")
    facts = (("free", str(free)), ("needed", str(needed)))
    if free < needed:
        short = needed - free
        reason = f"{member}: {free} bytes free, {needed} needed: {short} too few"
        return Verdict(Status.FAIL, reason, facts)
    return Verdict(Status.PASS, f"{member}: {free} bytes free, {needed} needed", facts)


def image(
    member: MemberId, expected: ImageFile, staged: StagedImage | None, *, is_installed: bool
) -> Verdict:
    """The image on the device is the planned one, as the device itself measured it."""
    if is_installed:
        return Verdict(Status.PASS, f"{member}: {expected.version} is already installed")
    if staged is None:
        return Verdict(Status.FAIL, f"{member}: {expected.name} is not on the device")
    facts = (("size", str(staged.size)), ("sha256", staged.sha256))
    if not staged.sha256:
        reason = f"{member}: the device gave no checksum of {expected.name}"
        return Verdict(Status.ERROR, reason, facts)
    wrong = []
    if staged.size != expected.size:
        wrong.append(f"{staged.size} bytes, expected {expected.size}")
    if staged.sha256.lower() != expected.sha256.lower():
        wrong.append(f"sha256 {staged.sha256}, expected {expected.sha256}")
    if wrong:
        reason = f"{member}: {expected.name} is damaged or another file: {'; '.join(wrong)}"
        return Verdict(Status.FAIL, reason, facts)
    return Verdict(Status.PASS, f"{member}: {expected.name} is whole on the device", facts)


def _identity(own: MemberFacts, planned: str | None) -> Verdict:
    if not planned:
        return Verdict(Status.ERROR, f"is {own.identity!r}, but no identity is planned for it")
    if not own.identity:
        return Verdict(Status.ERROR, f"did not say who it is; planned is {planned!r}")
    if own.identity != planned:
        return Verdict(Status.FAIL, f"is {own.identity!r}, planned is {planned!r}: another device")
    return Verdict(Status.PASS, f"is {planned!r}, as planned")


def _peer_link(own: MemberFacts) -> Verdict:
    if own.is_peer_link_up is None:
        return Verdict(Status.ERROR, "the state of its HA link could not be read")
    if not own.is_peer_link_up:
        return Verdict(Status.FAIL, "its HA link is down")
    return Verdict(Status.PASS, "HA link up")


def _role(own: MemberFacts | None) -> Verdict:
    if own is None:
        return no_answer()
    if own.role not in _SETTLED:
        return Verdict(Status.ERROR, f"its role cannot be told ({own.role})")
    if own.role not in {Role.ACTIVE, Role.STANDBY}:
        return Verdict(Status.FAIL, f"is {own.role}, neither active nor standby")
    return Verdict(Status.PASS, f"is {own.role}")


def _share_of_roles(facts: PairFacts) -> Verdict:
    active, standby = facts.with_role(Role.ACTIVE), facts.with_role(Role.STANDBY)
    is_known = all(own and own.role in _SETTLED for _, own in facts.members)
    if len(active) > 1:
        both = " and ".join(active)
        return Verdict(Status.FAIL, f"split brain: {both} are both active")
    if not active:
        return Verdict(
            Status.FAIL if is_known else Status.ERROR,
            "nobody is active" if is_known else "nobody is known to be active",
        )
    if not standby:
        return Verdict(
            Status.FAIL if is_known else Status.ERROR,
            f"{active[0]} is active {'without' if is_known else 'with no known'} standby",
        )
    return Verdict(Status.PASS, f"{active[0]} active, {standby[0]} standby")
