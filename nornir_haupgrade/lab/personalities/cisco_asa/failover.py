"""Failover's own commands: who is active, reloading the standby, and commands for the mate."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.command import Effect, Line, Outcome, Reply, Terminal
from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.personalities.cisco_asa.history import Why
from nornir_haupgrade.lab.roles import HaState
from nornir_haupgrade.lab.terminal.answers import wrong

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.cisco_asa.asa import Asa
    from nornir_haupgrade.lab.personalities.cisco_asa.context import At

_NO_MATE = "ERROR: Failed to communicate with the failover mate"
"""The lab's own wording."""


def take(at: At, _: tuple[str, ...]) -> Outcome:
    """``failover active``: on the standby, whatever it knows already; elsewhere it does nothing."""

    def act() -> None:
        if at.asa.role is not HaState.BACKUP:
            return
        at.asa.course.explain(Why.COMMAND)
        at.mate.course.explain(Why.TOLD_STANDBY)
        at.election.take(at.asa)

    moves = at.asa.role is HaState.BACKUP
    return Outcome(Reply(), Effect.SWITCH if moves else Effect.NONE, act=act)


def give_up(at: At, _: tuple[str, ...]) -> Outcome:
    """``no failover active``: the mate takes over; without one that can, nobody does for a while.

    What a unit does whose mate is not there was found nowhere: it is assumed to step back, and to
    take the role again when it has heard nobody for a hold time.
    """

    def act() -> None:
        if not at.asa.is_active:
            return
        at.asa.course.explain(Why.COMMAND)
        at.mate.course.explain(Why.TOLD_ACTIVE)
        at.election.give_up(at.asa)

    return Outcome(Reply(), Effect.SWITCH if at.asa.is_active else Effect.NONE, act=act)


def reset(at: At, _: tuple[str, ...]) -> Outcome:
    """``failover reset``: a failed unit looks at itself again; still broken, it stays failed."""
    effect = Effect.FUNCTIONAL if at.asa.role is HaState.FAULT else Effect.NONE
    return Outcome(Reply(), effect, act=at.asa.changed)


def reload_standby(at: At, _: tuple[str, ...]) -> Outcome:
    """``failover reload-standby``: it asks nothing, and strikes the other unit."""
    if not at.asa.is_active:
        # the lab's own wording
        return wrong("ERROR: This command can only be entered on the active unit")
    if not at.hears_mate:
        return wrong(_NO_MATE)
    return Outcome(Reply(), Effect.REBOOT, act=at.mate.reboot, on=at.mate)


def on_mate(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``failover exec mate LINE``."""
    return _on(at, at.mate, arguments[-1])


def on_active(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``failover exec active LINE``."""
    return _on(at, at.asa if at.asa.is_active else at.mate, arguments[-1])


def on_standby(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``failover exec standby LINE``."""
    return _on(at, at.mate if at.asa.is_active else at.asa, arguments[-1])


def _on(at: At, asa: Asa, text: str) -> Outcome:
    """A line executed elsewhere: it is that unit that changes, and its output that is shown."""
    is_here = asa is at.asa
    if not is_here and (not at.hears_mate or asa.phase is not Phase.RUNNING):
        return wrong(_NO_MATE)
    line = Line(text, Terminal())
    if at.shell.question(at.pair, asa, line) is not None:
        # "commands that ask" must not ask there; the lab's own wording
        return wrong("ERROR: The command would ask: use its noconfirm form with failover exec")
    outcome = at.shell.execute(at.pair, asa, line)
    reply = outcome.reply if is_here else dataclasses.replace(outcome.reply, is_last=False)
    changed = None if outcome.effect is Effect.NONE else outcome.on or asa
    return dataclasses.replace(outcome, reply=reply, on=changed)
