"""Which gates still hold: one goes stale as soon as a change starts that could make it untrue."""

from __future__ import annotations

from dataclasses import replace

from nornir_haupgrade.procedure.records import Action, Run
from nornir_haupgrade.procedure.state import Pass, State

LASTING = frozenset(
    {Action.READINESS, Action.BASELINE, Action.SAVE_ORIGINAL, Action.BACK_UP, Action.STAGE}
)
_QUIET = frozenset(
    {
        Action.SAVE_ORIGINAL,
        Action.BACK_UP,
        Action.STAGE,
        Action.INSTALL,
        Action.ACTIVATE,
        Action.COMMIT,
        Action.BORROW_PREEMPTION,
    },
)
"""Changes that touch no role, no forwarding and no running configuration that is compared."""


def survives(passed: Pass, change: Run) -> bool:
    """A gate goes stale as soon as a change starts that could make it untrue."""
    if passed.action in LASTING:
        return True
    if passed.action is Action.WHOLE:
        # What is installed or chosen for the next boot is not what runs.
        is_reloaded = change.action is Action.RELOAD and passed.members[0] in change.members
        return change.action is not Action.SYNC_CONFIG and not is_reloaded
    if passed.action is Action.RESTORE_POINT:
        return change.action is Action.ACTIVATE
    if passed.action in {Action.SYNC_CONFIG, Action.REPORT}:
        return change.action in _QUIET | {Action.RETURN_PREEMPTION}
    if passed.action in {Action.SERVICES, Action.PREEMPTION_IS_OFF}:
        return change.action in _QUIET - {Action.BORROW_PREEMPTION}
    return False


def forget(state: State) -> State:
    """The pair is not what the gates were asked about: only what lasts is kept."""
    kept = frozenset(passed for passed in state.passed if passed.action in LASTING)
    return replace(state, passed=kept)
