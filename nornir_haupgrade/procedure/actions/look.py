"""Look at both members, and let what may still be under way come to its end first."""

from __future__ import annotations

from collections.abc import Callable

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.model import MemberId, PairFacts, Role, Status, Verdict
from nornir_haupgrade.procedure.actions.context import Context, result
from nornir_haupgrade.procedure.actions.ports import wait_until, watch_port
from nornir_haupgrade.procedure.records import Action, Result, Run

_MOVING = {Action.SWITCH, Action.RELEASE, Action.RETURN_PREEMPTION}
_PAUSE = 0.5
"""Seconds between two looks while something settles."""
LONGEST_PAUSE = 60.0
"""Seconds between two logins that fail, after doubling: each may count towards a lockout."""


def look(ctx: Context, run: Run) -> Result:
    """Read both members; a member that does not answer is shown as such."""
    if run.after is Action.RELOAD:
        facts, errors = _after_reload(ctx)
    elif run.after is Action.INSTALL:
        facts, errors = _after_install(ctx)
    elif run.after in _MOVING:
        facts, errors = settled(ctx, ctx.pair.settings.settle_timeout)
    else:
        facts, errors = looked(ctx)
    verdict = Verdict(Status.PASS, describe(facts, errors))
    return result(ctx, run, verdict, facts)


def looked(ctx: Context) -> tuple[PairFacts, dict[MemberId, HAUpgradeError]]:
    """Read both members; if one is silent and no one forwards, give the other one its time.

    It may be about to take over; the silent one is not asked meanwhile.
    """
    facts, errors = ctx.pair.look()
    if errors:
        # A session that died with the last reboot says so only when it is used.
        ctx.wait(_PAUSE)
        facts, errors = ctx.pair.look()
    deadline = ctx.deadline(ctx.pair.settings.settle_timeout)
    answering = [name for name in facts.names if name not in errors]
    while facts.active is None and len(errors) == 1 and not deadline.is_over:
        ctx.wait(_PAUSE)
        facts, more = ctx.pair.look(answering)
        errors = {**errors, **more}
    return facts, errors


def describe(facts: PairFacts, errors: dict[MemberId, HAUpgradeError]) -> str:
    """Both members in one line."""
    parts = []
    for name, own in facts.members:
        if own is None:
            parts.append(f"{name}: {errors[name]}" if name in errors else f"{name}: no answer")
        else:
            parts.append(f"{name} {own.role} {own.version}")
    return ", ".join(parts)


def settled(
    ctx: Context, seconds: float, is_done: Callable[[PairFacts], bool] = lambda _: True
) -> tuple[PairFacts, dict[MemberId, HAUpgradeError]]:
    """Look until two looks in a row agree, one member forwards, and what is awaited is so.

    A member that still negotiates has not settled: some speak for seconds before they stand by.

    Args:
        ctx: The pair.
        seconds: At most so long.
        is_done: What is awaited: until a role has moved, two looks agree on the old ones.
    """
    deadline = ctx.deadline(seconds)
    facts, errors = ctx.pair.look()
    while not deadline.is_over:
        ctx.wait(_PAUSE)
        again, errors = ctx.pair.look()
        if again == facts and not errors and _is_settled(again) and is_done(again):
            return again, errors
        facts = again
    return facts, errors


def _is_settled(facts: PairFacts) -> bool:
    return facts.active is not None and not facts.with_role(Role.NEGOTIATING)


def _after_install(ctx: Context) -> tuple[PairFacts, dict[MemberId, HAUpgradeError]]:
    """A device goes on installing when nobody listens any more: it gets time to come to its end."""
    runs = (ctx.state.running, ctx.state.unsettled)
    sent = [run for run in runs if run is not None and run.action is Action.INSTALL]
    awaited = [(name, str(run.to)) for run in sent for name in run.members]
    deadline = ctx.deadline(ctx.pair.settings.settle_timeout)
    while True:
        facts, errors = looked(ctx)
        found = [(facts.of(name), version) for name, version in awaited]
        is_whole = all(own is not None and own.slot_of(version) for own, version in found)
        if errors or is_whole or deadline.is_over:
            return facts, errors
        ctx.wait(_PAUSE)


def _after_reload(ctx: Context) -> tuple[PairFacts, dict[MemberId, HAUpgradeError]]:
    """A member told to reload answers a little longer on its old system, then not, then again.

    So: either a new boot id is seen, or both members answer unchanged for longer than a shutdown
    takes.
    """
    settings = ctx.pair.settings
    deadline = ctx.deadline(settings.reload_timeout)
    unchanged = ctx.deadline(ctx.pair.reload_notice)
    pause = _PAUSE
    while True:
        facts, errors = ctx.pair.look()
        if not errors:
            if _has_rebooted(ctx, facts) and _has_role(facts):
                return settled(ctx, settings.settle_timeout)
            if not _has_rebooted(ctx, facts) and unchanged.is_over:
                return facts, errors
        else:
            unchanged = ctx.deadline(ctx.pair.reload_notice)
            pause = min(pause * 2, LONGEST_PAUSE)
            for name in errors:
                with watch_port(ctx, name) as watch:
                    wait_until(ctx, watch.wait_up, deadline.left)
        if deadline.is_over:
            return facts, errors
        ctx.wait(min(pause, deadline.left))


def _has_rebooted(ctx: Context, facts: PairFacts) -> bool:
    known = ctx.state.known
    return known is not None and any(
        own is not None and before is not None and own.boot_id != before.boot_id
        for (name, own), before in ((item, known.of(item[0])) for item in facts.members)
    )


def _has_role(facts: PairFacts) -> bool:
    return all(own is not None and own.role is not Role.UNKNOWN for _, own in facts.members)
