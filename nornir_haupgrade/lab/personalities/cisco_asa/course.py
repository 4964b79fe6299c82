"""A unit's course through failover: what it is now, what it was, why, and who told it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_asa.history import (
    BECOMING_ACTIVE,
    JOINING,
    Event,
    State,
    Why,
)
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.cisco_asa.asa import Asa
    from nornir_haupgrade.lab.timeline import Timer

_WARNING = "************WARNING****WARNING****WARNING********************************"
_LOOKS_AGAIN = 0.5
"""Device seconds after which a replication that is stuck is tried again."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What a unit was when it fell silent: the other one still says so for a hold time."""

    at: float
    state: State
    version: str


class Course:
    """Follows the roles that a unit is given, and goes its own way between them."""

    def __init__(self, asa: Asa) -> None:
        """Begin with a pair that has long been up: the primary found nobody, the secondary it."""
        self._asa = asa
        self.state = State.STANDBY_READY
        """Where it is on its way, as long as its role leaves that open; see ``word``."""
        self.events: list[Event] = []
        self.last_failover = asa.booted_at
        self.last_failure: Event | None = None
        self.has_met = True
        """Whether it has seen the other unit since its boot."""
        self.gone: Gone | None = None
        self._why: Why | None = None
        self._announced = asa.image.version
        """The version that it last told its mate."""
        self._active_seconds = 0.0
        self.active_since = asa.booted_at
        """When it became active the last time."""
        self._joining: Timer | None = None
        self._note(asa.booted_at, State.NOT_DETECTED, State.NEGOTIATION, Why.NO_ERROR)
        joining = (*(state for state, _ in JOINING), State.STANDBY_READY)
        for state in BECOMING_ACTIVE if asa.is_primary else joining:
            why = Why.ALONE if asa.is_primary else Why.MATE
            self._note(asa.booted_at, self.state, state, why)
        self.state = State.STANDBY_READY

    @property
    def word(self) -> State:
        """Its state as ``show failover`` has it."""
        match self._asa.role:
            case HaState.MASTER:
                return State.ACTIVE
            case HaState.FAULT:
                return State.FAILED
            case HaState.BACKUP:
                return self.state
            case _:
                return State.NEGOTIATION if self._asa.has_failover else State.DISABLED

    @property
    def active_seconds(self) -> float:
        """How long it has been active since its boot."""
        now = self._asa.timeline.now() - self.active_since if self._asa.is_active else 0.0
        return self._active_seconds + now

    def begin(self) -> None:
        """A boot: nothing is known any more."""
        self.events.clear()
        self.state = State.NEGOTIATION
        self.last_failure = None
        self.has_met = False
        self._active_seconds = 0.0

    def explain(self, why: Why) -> None:
        """Say why its next change of role will have happened."""
        self._why = why

    def role_changed(self, before: HaState) -> None:
        """Write down what happened, and join where there is an active unit to join."""
        role, why, now = self._asa.role, self._why, self._asa.timeline.now()
        self._why = None
        was = State.ACTIVE if before is HaState.MASTER else self.state
        was = State.FAILED if before is HaState.FAULT else was
        if before is HaState.MASTER:
            self._active_seconds += now - self.active_since
            self.last_failover = now
            self._asa.announce("Switching to Standby")
        self._stop_joining()
        match role:
            case HaState.INIT:
                self.gone = Gone(now, was, self._announced)
            case HaState.MASTER:
                self._become_active(was, why)
            case HaState.FAULT:
                self.pass_to(State.FAILED, Why.INTERFACE, was=was)
                self.last_failure = self.events[-1]
            case _:
                self._become_standby(before, was, why)

    def pass_to(self, after: State, why: Why, *, was: State | None = None) -> None:
        """Be in another state from now on."""
        before = self.state if was is None else was
        self._note(self._asa.timeline.now(), before, after, why)

    def _note(self, at: float, before: State, after: State, why: Why) -> None:
        self.events.append(Event(at, before, after, why))
        self.state = after

    def _become_active(self, was: State, why: Why | None) -> None:
        mate, now = self._asa.mate, self._asa.timeline.now()
        self._announced = self._asa.image.version
        self.active_since = self.last_failover = mate.course.last_failover = now
        if why is None:
            why = Why.ALONE if was is State.NEGOTIATION else Why.SILENCE
            if mate.role is HaState.FAULT:
                why = Why.TOLD_ACTIVE
        for state in BECOMING_ACTIVE:
            self.pass_to(state, why, was=was)
            was = state
        self._asa.announce("Switching to Active")
        if mate.role is HaState.BACKUP and mate.course.state is State.NEGOTIATION:
            mate.course.join(Why.MATE)

    def _become_standby(self, before: HaState, was: State, why: Why | None) -> None:
        if before is HaState.INIT:
            self.pass_to(State.NEGOTIATION, Why.NO_ERROR, was=State.NOT_DETECTED)
            self.join_if_one_is_active()
        elif before is HaState.FAULT:
            self.pass_to(State.STANDBY_READY, Why.INTERFACE, was=was)
        elif why is not None:
            self.pass_to(State.STANDBY_READY, why, was=was)
        else:
            # two active units heard each other again, and this one gave in
            self.pass_to(State.NEGOTIATION, Why.CHECK, was=was)
            self.join(Why.MATE)

    def _stop_joining(self) -> None:
        if self._joining is not None:
            self._joining.cancel()
            self._joining = None

    def join_if_one_is_active(self) -> None:
        """Join the other unit, if both have failover and that one is active."""
        asa = self._asa
        if asa.has_failover and asa.mate.is_active and asa.mate.has_failover:
            self.join(Why.MATE)

    def join(self, why: Why) -> None:
        """Take over the active unit's configuration, and its connections after it."""
        self._stop_joining()
        self.has_met = self._asa.mate.course.has_met = True
        self._announced = self._asa.image.version
        self._join(0, why)

    def _join(self, stage: int, why: Why) -> None:
        asa = self._asa
        if stage == len(JOINING):
            self._joining = None
            self.pass_to(State.STANDBY_READY, why)
            asa.changed()
            return
        state, share = JOINING[stage]
        if self.state is not state:
            self.pass_to(state, why)
            if state is State.SYNC_CONFIG:
                self._announce_replication()
        is_stuck = state is State.SYNC_CONFIG and asa.has("sync_stuck") is not None
        seconds = _LOOKS_AGAIN if is_stuck else share * asa.times.sync_seconds

        def go_on() -> None:
            if is_stuck:
                self._join(stage, why)
                return
            if state is State.SYNC_CONFIG:
                asa.replicate()
                asa.announce("End configuration replication from mate.")
                asa.mate.announce("End Configuration Replication to mate")
            self._join(stage + 1, why)

        self._joining = asa.timeline.after(seconds, go_on)

    def _announce_replication(self) -> None:
        """As in a transcript of an upgrade, and in Cisco's guide to 9.0."""
        asa, mate = self._asa, self._asa.mate
        ours, other = mate.image.version, asa.image.version
        if ours != other:
            mate.announce(
                _WARNING, f"   Mate version {other} is not identical with ours {ours}", _WARNING
            )
        mate.announce("Beginning configuration replication: Sending to mate.")
        asa.announce("Beginning configuration replication from mate.")

    def turned_off(self) -> None:
        """Failover was switched off: it stays what it is, and hears nobody."""
        self._stop_joining()
        self.pass_to(State.DISABLED, Why.COMMAND, was=self.word)

    def turned_on(self) -> None:
        """Failover was switched on again: whoever is not active joins the other one."""
        asa = self._asa
        if asa.role is HaState.BACKUP:
            self.pass_to(State.NEGOTIATION, Why.COMMAND, was=State.DISABLED)
            self.join_if_one_is_active()
        elif asa.mate.role is HaState.BACKUP and asa.mate.has_failover:
            asa.mate.course.join(Why.MATE)
