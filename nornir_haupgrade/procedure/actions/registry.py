"""Which function does which action."""

from __future__ import annotations

from collections.abc import Callable

from nornir_haupgrade.errors import HAUpgradeError, Interrupted
from nornir_haupgrade.model import Status, Verdict
from nornir_haupgrade.procedure.actions import configuration, preemption, software, switch
from nornir_haupgrade.procedure.actions.context import Context, result
from nornir_haupgrade.procedure.actions.look import look
from nornir_haupgrade.procedure.actions.prepare import baseline, readiness
from nornir_haupgrade.procedure.actions.reload import reload
from nornir_haupgrade.procedure.actions.services import services
from nornir_haupgrade.procedure.actions.sessions import sessions
from nornir_haupgrade.procedure.records import Action, Result, Run

ACTIONS: dict[Action, Callable[[Context, Run], Result]] = {
    Action.LOOK: look,
    Action.READINESS: readiness,
    Action.BASELINE: baseline,
    Action.REPORT: configuration.report,
    Action.PREEMPTION_IS_OFF: configuration.preemption_is_off,
    Action.RESTORE_POINT: software.restore_point,
    Action.WHOLE: configuration.whole,
    Action.SESSIONS: sessions,
    Action.SERVICES: services,
    Action.ENTRY: switch.entry,
    Action.SAVE_ORIGINAL: configuration.back_up,
    Action.BACK_UP: configuration.back_up,
    Action.STAGE: software.stage,
    Action.BORROW_PREEMPTION: preemption.borrow_preemption,
    Action.RETURN_PREEMPTION: preemption.return_preemption,
    Action.SYNC_CONFIG: configuration.sync_config,
    Action.INSTALL: software.install,
    Action.ACTIVATE: software.activate,
    Action.RELOAD: reload,
    Action.COMMIT: software.commit,
    Action.SWITCH: switch.switch_over,
    Action.RELEASE: switch.release,
}


def do(ctx: Context, run: Run) -> Result:
    """Do a run; whatever goes wrong on the way is a result that says so, and never "go on".

    Raises:
        Interrupted: A person stopped it; the run is left open and looked at when it is continued.
    """
    try:
        return ACTIONS[run.action](ctx, run)
    except Interrupted:
        raise
    except HAUpgradeError as error:
        return result(ctx, run, Verdict(Status.ERROR, str(error)), None)
