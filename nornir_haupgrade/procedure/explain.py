"""Who changed the pair: we, or someone else?

Each of our changes explains certain differences between what was last seen and what is seen now.
Whatever it does not explain was done by somebody or something else, and holds the pair.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from nornir_haupgrade.model import Digest, MemberFacts, MemberId, PairFacts, Switching, Version
from nornir_haupgrade.procedure.plan import Traits
from nornir_haupgrade.procedure.records import Action, Run

_ROLE = frozenset({"role", "is_forwarding", "is_latched", "failovers"})
_SOFTWARE = frozenset({"version", "boot_id", "next_version", "installed", "config", "is_on_trial"})
_CONFIGURED = frozenset({"preemption", "config"})
_REBOOTED = _SOFTWARE | _ROLE
_MARKS = tuple(sorted(_REBOOTED | {"identity", "preemption"}))

_NOTHING: frozenset[str] = frozenset()


def differences(
    before: PairFacts,
    now: PairFacts,
    run: Run | None,
    traits: Traits = Traits(),  # noqa: B008 - frozen
) -> tuple[tuple[MemberId, str, str, str], ...]:
    """What our own change does not explain: (member, what, before, now).

    A member that does not answer differs in nothing: that it is missing is a condition of its own.
    """
    found: list[tuple[MemberId, str, str, str]] = []
    for member, old in before.members:
        new = now.of(member)
        if old is None or new is None:
            continue
        explained = _explained(run, member, before, now, traits) if run else _NOTHING
        found += [
            (member, mark, str(getattr(old, mark)), str(getattr(new, mark)))
            for mark in _MARKS
            if mark not in explained and getattr(old, mark) != getattr(new, mark)
        ]
        if (new.others or 0) > (old.others or 0):
            found.append((member, "administrators logged in", str(old.others), str(new.others)))
    return tuple(found)


def _explained(
    run: Run,
    member: MemberId,
    before: PairFacts,
    now: PairFacts,
    traits: Traits,
) -> frozenset[str]:
    """The marks of one member that a run accounts for.

    Only where the run's own trace shows: a change that was never sent explains nothing.
    """
    is_named = member in run.members
    match run.action:
        case Action.BORROW_PREEMPTION if is_named:
            is_off = _moved("preemption", member, before, now)
            return _CONFIGURED if is_off else _begun(member, before, now)
        case Action.RETURN_PREEMPTION:
            configured = is_named and _moved("preemption", member, before, now)
            was_returned = any(_moved("preemption", name, before, now) for name in run.members)
            moves = _ROLE if was_returned else _NOTHING
            begun = _begun(member, before, now) if is_named else _NOTHING
            return (_CONFIGURED if configured else begun) | moves
        case Action.SYNC_CONFIG if not is_named:
            return frozenset({"config"})
        case Action.STAGE if is_named:
            # Where one file boots, it counts as installed as soon as it lies there.
            return frozenset({"installed"}) if _added(run, member, before, now) else _NOTHING
        case Action.INSTALL if is_named:
            return frozenset({"installed"})
        case Action.ACTIVATE if is_named:
            was_chosen = _moved("next_version", member, before, now)
            return frozenset({"next_version"}) | _rewritten(traits) if was_chosen else _NOTHING
        case Action.RELOAD if is_named:
            return _REBOOTED if _moved("boot_id", member, before, now) else _NOTHING
        case Action.COMMIT if is_named:
            return frozenset({"is_on_trial", "installed", "next_version"})
        case Action.SWITCH:
            told = traits.told(str(run.to), now.peer_of(str(run.to)))
            own = now.of(told)
            left_trace = own is not None and (own.is_latched or not traits.needs_release)
            rewritten = _rewritten(traits) if member == told else _NOTHING
            return (_ROLE | rewritten) if left_trace else _NOTHING
        case Action.RELEASE if is_named:
            was_released = _moved("is_latched", member, before, now)
            return (_ROLE | _rewritten(traits)) if was_released else _begun(member, before, now)
        case _:
            return _NOTHING


def _begun(member: MemberId, before: PairFacts, now: PairFacts) -> frozenset[str]:
    """The trace of a change that takes several lines and was cut off behind some of them."""
    return frozenset({"config"}) if _moved("ha_lines", member, before, now) else _NOTHING


def _rewritten(traits: Traits) -> frozenset[str]:
    """What a change leaves besides its own mark: where the role is taken, a changed configuration.

    Such a platform is told by lines of its configuration who is to be active, and what to boot.
    """
    return frozenset({"config"}) if traits.switching is Switching.TAKE else _NOTHING


def _added(run: Run, member: MemberId, before: PairFacts, now: PairFacts) -> bool:
    """Whether a member holds all that it held, and besides nothing but the run's version."""
    old, new = _installed(before, member), _installed(now, member)
    return old <= new and {version for _, version in new - old} == {run.to}


def _installed(facts: PairFacts, member: MemberId) -> frozenset[tuple[str, Version]]:
    own = facts.of(member)
    return frozenset(own.installed if own else ())


def _moved(mark: str, member: MemberId, before: PairFacts, now: PairFacts) -> bool:
    old, new = before.of(member), now.of(member)
    return old is not None and new is not None and getattr(old, mark) != getattr(new, mark)


def last_known(before: PairFacts | None, now: PairFacts) -> PairFacts:
    """The newest facts of each member, older ones where it does not answer now."""
    if before is None:
        return now
    return PairFacts(tuple((name, facts or before.of(name)) for name, facts in now.members))


@lru_cache(maxsize=65536)
def digest(facts: PairFacts) -> Digest:
    """A short hash over all that a decision rests on."""
    rows = [(name, _marks_of(member)) for name, member in facts.members]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def _marks_of(member: MemberFacts | None) -> tuple[str, ...]:
    if member is None:
        return ()
    return tuple(str(getattr(member, mark)) for mark in _MARKS)
