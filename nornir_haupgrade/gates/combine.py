"""Many checks, one verdict: the worst of them decides, and none is hidden by the first failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from nornir_haupgrade.model import MemberFacts, PairFacts, Status, Verdict

_WORST_FIRST = (Status.ERROR, Status.FAIL, Status.WARN, Status.PASS, Status.SKIPPED)


@dataclass(frozen=True, slots=True)
class Check:
    """One judgement among several, by the name that reports show."""

    name: str
    verdict: Verdict


_SHOWN = 2
"""So many passes are said in full; of more, how many there are."""


def combine(checks: Sequence[Check]) -> Verdict:
    """The worst status, every reason that is not a pass (worst first), and the facts of all.

    Something skipped beside something passed is a pass; nothing but skipped is skipped.
    """
    if not checks:
        return Verdict(Status.ERROR, "nothing was checked")
    ranked = sorted(checks, key=lambda check: _WORST_FIRST.index(check.verdict.status))
    facts = tuple(fact for check in checks for fact in _facts(check))
    return Verdict(ranked[0].verdict.status, _reason(ranked), facts)


def each_member(facts: PairFacts, judge: Callable[[MemberFacts], Verdict]) -> Verdict:
    """Judge each member by itself; one that did not answer is an ERROR."""
    checks = [Check(name, judge(own) if own else no_answer()) for name, own in facts.members]
    verdict = combine(checks)
    if verdict.status is not Status.PASS:
        return verdict
    return replace(verdict, reason="; ".join(f"{one.name}: {one.verdict.reason}" for one in checks))


def no_answer() -> Verdict:
    """A member that could not be read."""
    return Verdict(Status.ERROR, "did not answer")


def listed(items: Sequence[str], *, most: int = 3) -> str:
    """A few of many, and how many more there are."""
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more} more" if more > 0 else "")


def _reason(ranked: Sequence[Check]) -> str:
    others = [check for check in ranked if check.verdict.status is not Status.PASS]
    passed = len(ranked) - len(others)
    if not others and passed <= _SHOWN:
        return "; ".join(check.verdict.reason for check in ranked)
    said = [_said(check) for check in others]
    if passed and all(check.verdict.status is Status.SKIPPED for check in others):
        said.insert(0, f"{passed} check{'s' if passed > 1 else ''} passed")
    return "; ".join(said)


def _said(check: Check) -> str:
    skipped = "skipped, " if check.verdict.status is Status.SKIPPED else ""
    return f"{check.name}: {skipped}{check.verdict.reason}"


def _facts(check: Check) -> tuple[tuple[str, str], ...]:
    own = ((f"{check.name}: {label}", value) for label, value in check.verdict.facts)
    return ((check.name, f"{check.verdict.status}: {check.verdict.reason}"), *own)
