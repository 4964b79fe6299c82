"""Sessions, compared member against member."""

from __future__ import annotations

from dataclasses import replace

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.gates.combine import Check, combine, listed
from nornir_haupgrade.gates.sessions import MemberSessions, critical, synced
from nornir_haupgrade.model import MemberId, PairFacts, Session, Status, Verdict
from nornir_haupgrade.pair import Pair
from nornir_haupgrade.platforms.base import Driver
from nornir_haupgrade.procedure.actions.context import Context, error_verdict, result
from nornir_haupgrade.procedure.records import Result, Run

_PAUSE = 1.0
"""Seconds between two comparisons while the standby fills its table."""
_LAST_LOOKS = 3.0
"""Seconds for comparing again after a cancel: two tables are never read at the same instant."""


def sessions(ctx: Context, run: Run) -> Result:
    """Wait until the standby holds what this pair's standby held before, and what is critical.

    On the way back from an active that failed its check there is nothing to wait for: a
    shortfall is named and does not keep the role where no traffic flows.
    """
    is_way_back = ctx.state.detour is not None
    deadline = ctx.deadline(0 if is_way_back else ctx.pair.settings.sessions_timeout)
    is_short = False
    while True:
        facts, errors = ctx.pair.look()
        verdict = error_verdict(errors) if errors else _compare(ctx, facts)
        if is_way_back and not verdict.is_good:
            verdict = replace(
                verdict,
                status=Status.WARN,
                reason=f"on the way back, so not waited for: {verdict.reason}",
            )
        if verdict.is_good or deadline.is_over:
            return result(ctx, run, verdict, facts)
        if ctx.cancel.is_set() and not is_short:
            is_short = True
            deadline = ctx.deadline(min(_LAST_LOOKS, deadline.left))
        ctx.tell(verdict.reason)
        ctx.wait(min(_PAUSE, deadline.left))


def held_by(pair: Pair, member: MemberId) -> tuple[Session, ...] | None:
    """The sessions in a member's table; None where the platform keeps no sessions.

    Raises:
        HAUpgradeError: They could not be read.
    """

    def read(_: MemberId, driver: Driver) -> tuple[Session, ...] | None:
        return driver.sessions() if driver.capabilities().has_sessions else None

    return pair.one(member, read)


def _compare(ctx: Context, facts: PairFacts) -> Verdict:
    both = read_sessions(ctx.pair, facts)
    if isinstance(both, Verdict):
        return both
    active, standby = both
    measured = ctx.baseline.get("sessions:ratio")
    config = ctx.pair.config
    checks = [
        Check(
            "count",
            synced(
                active,
                standby,
                baseline_ratio=float(measured) if measured else None,
                tolerance=config.tolerance.sessions,
            ),
        ),
    ]
    if config.critical_sessions:
        checks.append(Check("critical", critical(config.critical_sessions, active, standby)))
    return combine(checks)


def read_sessions(
    pair: Pair,
    facts: PairFacts,
) -> tuple[MemberSessions, MemberSessions] | Verdict:
    """The active's sessions and the standby's; else a verdict.

    It is ERROR if either cannot be read, and SKIPPED where none are replicated, unless some of them
    are critical: those would break.
    """
    if facts.active is None:
        return Verdict(Status.ERROR, "no active member to compare with")
    wanted = pair.config.critical_sessions

    def read(name: MemberId, driver: Driver) -> MemberSessions | None:
        if not driver.capabilities().replicates_sessions:
            return None
        held = driver.sessions() if wanted else ()
        return MemberSessions(name, driver.session_count(), held)

    answers = pair.each(read)
    errors = {name: a for name, a in answers.items() if isinstance(a, HAUpgradeError)}
    active, standby = answers[facts.active], answers[facts.peer_of(facts.active)]
    if isinstance(active, HAUpgradeError) or isinstance(standby, HAUpgradeError):
        return error_verdict(errors)
    if active is not None and standby is not None:
        return active, standby
    if wanted:
        names = listed([one.name for one in wanted])
        return Verdict(Status.FAIL, f"sessions are not replicated, so these will break: {names}")
    return Verdict(Status.SKIPPED, "sessions are not replicated")
