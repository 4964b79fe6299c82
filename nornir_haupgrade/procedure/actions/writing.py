"""The one way that anything is written to a device."""

from __future__ import annotations

from collections.abc import Mapping

from nornir_haupgrade.errors import HAUpgradeError
from nornir_haupgrade.model import Change, MemberFacts, MemberId, PairFacts, Role, Status, Verdict
from nornir_haupgrade.platforms.base import Driver, Order
from nornir_haupgrade.procedure.actions.context import Context, error_verdict, result
from nornir_haupgrade.procedure.explain import differences, digest
from nornir_haupgrade.procedure.plan import Plan, Purpose
from nornir_haupgrade.procedure.records import Action, Intent, Result, Run
from nornir_haupgrade.procedure.state import State


def orders(
    plan: Plan, facts: PairFacts, run: Run, start: PairFacts | None = None
) -> dict[MemberId, Order]:
    """What a run orders from whom; a switchover from the one that the platform wants told.

    Args:
        plan: The pair's plan.
        facts: Both members, read just now.
        run: What is to be done.
        start: Both members before our first write; None: nothing of theirs is brought back.
    """
    version = run.to if run.action in _SOFTWARE else None
    if run.action is Action.RELOAD and plan.purpose is Purpose.REBOOT:
        version = None  # where reloading is part of installing, nothing is to be installed
    match run.action:
        case Action.SWITCH:
            return {plan.told(str(run.to)): Order(Change.RELINQUISH)}
        case Action.SAVE_ORIGINAL | Action.BACK_UP | Action.WHOLE:
            order = Order(Change.BACK_UP, name=backup_name(run.action))
            return dict.fromkeys(run.members, order)
        case action if action in _ORDERS:
            return {
                name: Order(
                    _ORDERS[action],
                    version=version,
                    image=plan.image_of(version) if version else None,
                    only_if=_role(facts, name) if action in _CONDITIONAL else None,
                    lines=_lines(start, name) if action in _RESTORING else (),
                )
                for name in run.members
            }
        case _:
            return {}


_ORDERS = {
    Action.STAGE: Change.STAGE,
    Action.BORROW_PREEMPTION: Change.PREEMPTION_OFF,
    Action.RETURN_PREEMPTION: Change.PREEMPTION_ON,
    Action.SYNC_CONFIG: Change.SYNC_CONFIG,
    Action.INSTALL: Change.INSTALL,
    Action.ACTIVATE: Change.ACTIVATE,
    Action.RELOAD: Change.RELOAD,
    Action.COMMIT: Change.COMMIT,
    Action.RELEASE: Change.RELEASE,
}
_CONDITIONAL = {Action.INSTALL, Action.ACTIVATE, Action.RELOAD}
_SOFTWARE = {Action.STAGE, Action.COMMIT, *_CONDITIONAL}
_RESTORING = {Action.RETURN_PREEMPTION, Action.RELEASE}


def backup_name(action: Action) -> str:
    """Backups of one run have one name; taking one again writes it again."""
    names = {Action.SAVE_ORIGINAL: "original", Action.BACK_UP: "step-3"}
    return names.get(action, "after-upgrade")


def kept_name(action: Action, version: str, kind: type[Driver]) -> str:
    """The name under which a backup is kept here, with the version that the member ran."""
    return f"{backup_name(action)}-{version}.{kind.BACKUP_SUFFIX}"


def intents(ctx: Context, run: Run, facts: PairFacts) -> tuple[Intent, ...]:
    """What is about to be written, in order, said before anything is sent."""
    found = []
    for name, order in orders(ctx.plan, facts, run, ctx.state.original).items():
        own = facts.of(name)
        if own is None:
            continue
        found.append(
            Intent(
                member=name,
                commands=ctx.pair.commands(name, order, own),
                was=own.version,
                to=str(run.to or ""),
                role=own.role,
                boot_id=own.boot_id,
                failovers=own.failovers,
                config=own.config,
            ),
        )
    return tuple(found)


def fresh(ctx: Context, run: Run) -> PairFacts | Result:
    """Facts read just now, on which the run may be sent; else the result that it must not be.

    Read again when reading itself took longer than a role reading may be old.
    """
    for _ in range(3):
        began = ctx.world.monotonic()
        facts, errors = ctx.pair.look()
        if errors and _is_enough(run, errors):
            # Waiting for a dead peer made the reading of the other one old: only that one again.
            began = ctx.world.monotonic()
            facts, errors = ctx.pair.look(run.members)
        if not _is_enough(run, errors):
            return result(ctx, run, error_verdict(errors), facts, is_stale=True)
        why = _why_not(ctx.plan, ctx.state, run, facts)
        if why:
            return result(ctx, run, Verdict(Status.ERROR, why), facts, is_stale=True)
        if ctx.world.monotonic() - began <= ctx.pair.settings.role_age:
            return facts
    slow = Verdict(Status.ERROR, "the members answer too slowly for their roles to be trusted")
    return result(ctx, run, slow, facts, is_stale=True)


def _is_enough(run: Run, errors: Mapping[MemberId, HAUpgradeError]) -> bool:
    """Both members were read; only a latch of ours is let go also when the peer is dead."""
    return not errors or (run.action is Action.RELEASE and not errors.keys() & set(run.members))


def perform(ctx: Context, run: Run, facts: PairFacts) -> dict[MemberId, HAUpgradeError]:
    """Send the run's orders, on several members in parallel; returns what went wrong, by member."""
    wanted = orders(ctx.plan, facts, run, ctx.state.original)

    def send(name: MemberId, driver: object) -> str:
        own = facts.of(name)
        assert own is not None  # noqa: S101 - `fresh` has read every member that is written to
        ctx.written.add(name)
        return driver.perform(wanted[name], own, ctx.progress)  # type: ignore[attr-defined,no-any-return]

    answers: Mapping[MemberId, str | HAUpgradeError] = ctx.pair.each(send, tuple(wanted))
    return {name: said for name, said in answers.items() if isinstance(said, HAUpgradeError)}


def _why_not(plan: Plan, state: State, run: Run, facts: PairFacts) -> str | None:
    """The invariants, asked once more of facts that are as fresh as can be."""
    if state.known is not None:
        changed = differences(state.known, facts, None, plan.traits)
        if changed:
            return "; ".join(
                f"{who}: {what} was {old}, is {new}" for who, what, old, new in changed
            )
    if run.expect is not None and digest(facts) != run.expect:
        return "the members are no longer as they were when this was decided"
    for name in run.members:
        own = facts.of(name)
        if own is None or own.identity != plan.identity_of(name):
            return f"{name} is not the planned device"
        if run.action in _CONDITIONAL and not _is_safe_to_work(own, facts, name):
            return f"{name} forwards, or it cannot be told that its peer does"
    return None


def _is_safe_to_work(own: MemberFacts, facts: PairFacts, name: MemberId) -> bool:
    """Not forwarding by its own word, and its peer forwards by the peer's."""
    peer = facts.of(facts.peer_of(name))
    return (
        own.role.is_known_not_to_forward
        and own.is_forwarding is False
        and peer is not None
        and peer.role is Role.ACTIVE
    )


def _lines(start: PairFacts | None, name: MemberId) -> tuple[str, ...]:
    own = start.of(name) if start else None
    return own.ha_lines if own else ()


def _role(facts: PairFacts, name: MemberId) -> Role:
    own = facts.of(name)
    return own.role if own else Role.UNKNOWN
