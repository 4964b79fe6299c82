"""One unit of the platform ``cisco_asa``: primary or secondary for good, active or standby now."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.boot_files import BootFiles
from nornir_haupgrade.lab.device import Device, Phase
from nornir_haupgrade.lab.personalities.cisco_asa import sections
from nornir_haupgrade.lab.personalities.cisco_asa.configuration import (
    FAILOVER,
    AsaConfiguration,
    initial,
)
from nornir_haupgrade.lab.personalities.cisco_asa.history import (
    BECOMING_ACTIVE,
    Event,
    State,
    Why,
)
from nornir_haupgrade.lab.personalities.cisco_asa.spec import DATA_PORTS, ports_of, setup_of
from nornir_haupgrade.lab.personalities.cisco_asa.versions import (
    ENDINGS,
    FLASH,
    disk_name,
    file_name,
    flash_path,
)
from nornir_haupgrade.lab.roles import HaState, Stance

if TYPE_CHECKING:
    from nornir_haupgrade.lab.spec import MemberSpec, PairSpec
    from nornir_haupgrade.lab.timeline import Timeline, Timer

GROUP = "failover"
_PRIMARY_FIRST = {True: 2, False: 1}
_LOST_BY_DEFAULT = ("eq 7001",)
_JOINING = (
    (State.COLD_STANDBY, 0.1),
    (State.SYNC_CONFIG, 0.4),
    (State.SYNC_FILES, 0.1),
    (State.BULK_SYNC, 0.4),
)
"""What a unit passes through before it is ready, and which part of the pair's ``sync_seconds``."""
_LOOKS_AGAIN = 0.5
"""Device seconds after which a replication that is stuck is tried again."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What a unit was when it fell silent: the other one still says so for a hold time."""

    at: float
    state: State
    version: str


class Asa(Device):
    """Images on a disk, two configurations, and a place in a failover pair."""

    def __init__(self, spec: MemberSpec, pair: PairSpec, timeline: Timeline) -> None:
        self.spec = setup_of(pair.setup)
        self.board = ports_of(pair.number)
        ports = (*(port.hardware for port in self.board), "ha")
        super().__init__(spec, pair, timeline, groups=(GROUP,), ports=ports)
        self.is_primary = spec is pair.members[0]
        self.node_id = spec.node or _serial(spec.name)
        versions = _versions(spec, pair)
        self.configuration = AsaConfiguration(
            initial(
                pair.name,
                self.board,
                pair.number,
                self.spec,
                unit=self.unit.lower(),
                boot=[disk_name(FLASH + file_name(version)) for version in _order(pair)],
            )
        )
        self.hostname = self.configuration.hostname
        self.software = BootFiles(
            self.disk,
            lambda: [flash_path(name) for name in self.configuration.boot_files],
            {FLASH + file_name(version): version for version in versions},
            endings=ENDINGS,
        )
        self.image = self.software.slot.image
        self.has_ha_running = self.image.has_ha
        self.is_pseudo = False
        """Whether failover was switched off while it ran: it keeps its role, and stays apart."""
        self.has_licence = True
        self.state = State.STANDBY_READY
        """Where it is on its way, as long as its role leaves that open; see ``word``."""
        self.events: list[Event] = []
        self.last_failover = self.booted_at
        self.last_failure: Event | None = None
        self.has_met = True
        """Whether it has seen the other unit since its boot."""
        self.gone: Gone | None = None
        self._why: Why | None = None
        self._announced = self.image.version
        """The version that it last told its mate."""
        self._active_seconds = 0.0
        self._active_since = self.booted_at
        self._lost: tuple[str, ...] = ()
        """What its release does not know, of its own configuration or the other unit's."""
        self._joining: Timer | None = None

    @property
    def unit(self) -> str:
        """Primary or Secondary: which of the two it is, whatever it does."""
        return "Primary" if self.is_primary else "Secondary"

    @property
    def mate(self) -> Asa:
        """The other unit."""
        return asa_of(self.peer)

    @property
    def running_slot(self) -> str:
        """A file's name."""
        return self.software.running.removeprefix(FLASH)

    @property
    def next_slot(self) -> str:
        """A file's name."""
        return self.software.coming.removeprefix(FLASH)

    @property
    def preempts(self) -> bool:
        """Active/standby failover does not preempt."""
        return False

    @property
    def config_hash(self) -> str:
        """Over the running and the saved configuration."""
        return self.configuration.digest

    @property
    def has_failover(self) -> bool:
        """Whether failover is on."""
        return FAILOVER in self.configuration.running

    @property
    def is_active(self) -> bool:
        """Whether it has the active role."""
        return self.role is HaState.MASTER

    @property
    def active_seconds(self) -> float:
        """How long it has been active since its boot."""
        now = self.timeline.now() - self._active_since if self.is_active else 0.0
        return self._active_seconds + now

    @property
    def word(self) -> State:
        """Its state as ``show failover`` has it."""
        match self.role:
            case HaState.MASTER:
                return State.ACTIVE
            case HaState.FAULT:
                return State.FAILED
            case HaState.BACKUP:
                return self.state
            case _:
                return State.NEGOTIATION if self.has_failover else State.DISABLED

    def stance(self, group: str) -> Stance:
        """The primary wins where both are active, or come up together; nobody preempts."""
        del group
        return Stance(_PRIMARY_FIRST[self.is_primary], preempts=False)

    def is_shut(self, hardware: str) -> bool:
        """Whether an interface is shut down by configuration."""
        return "shutdown" in self.configuration.running.get(f"interface {hardware}", [])

    def is_up(self, hardware: str) -> bool:
        """Whether an interface passes traffic."""
        return self.ports[hardware] and not self.is_shut(hardware)

    def has_data_path(self, group: str) -> bool:
        """Whether both interfaces that traffic passes are up."""
        del group
        return all(self.is_up(name) for name in DATA_PORTS)

    @property
    def has_failed(self) -> bool:
        """Whether a monitored interface is down: one is enough (``Interface Policy 1``)."""
        return any(not self.ports[port.hardware] for port in self.board)

    def floor(self, group: str) -> HaState | None:
        """Nothing while it boots; failed where an interface is, unless the mate is no better.

        "When the standby unit is marked as failed, then the active unit does not attempt to fail
        over even if the interface failure threshold is surpassed" (Cisco's guide to 8.4).
        """
        if not self.has_ha_running or self.phase is not Phase.RUNNING:
            return HaState.INIT
        if not self.has_failover or not self.has_failed:
            return None
        stays = self.seats[group].role is HaState.MASTER and (
            self.mate.seats[group].role is not HaState.BACKUP
        )
        return None if stays else HaState.FAULT

    def is_apart(self, group: str) -> bool:
        """Without failover nobody hears it, and it hears nobody."""
        del group
        return self.has_ha_running and not self.has_failover

    def holds_still(self, group: str) -> bool:
        """Failover that was switched off leaves the role as it was, until a boot."""
        del group
        return self.is_pseudo

    # What becomes of it

    def explain(self, why: Why) -> None:
        """Say why its next change of role will have happened."""
        self._why = why

    def role_changed(self, group: str, before: HaState) -> None:
        """Write down what happened, and join where there is an active unit to join."""
        role, why, now = self.seats[group].role, self._why, self.timeline.now()
        self._why = None
        was = State.ACTIVE if before is HaState.MASTER else self.state
        was = State.FAILED if before is HaState.FAULT else was
        if before is HaState.MASTER:
            self._active_seconds += now - self._active_since
            self.last_failover = now
        self._stop_joining()
        match role:
            case HaState.INIT:
                self.gone = Gone(now, was, self._announced)
            case HaState.MASTER:
                self._become_active(was, why)
            case HaState.FAULT:
                self._pass(was, State.FAILED, Why.INTERFACE)
                self.last_failure = self.events[-1]
            case _:
                self._become_standby(before, was, why)

    def _pass(self, before: State, after: State, why: Why) -> None:
        self.events.append(Event(self.timeline.now(), before, after, why))
        self.state = after

    def _become_active(self, was: State, why: Why | None) -> None:
        now = self.timeline.now()
        self._announced = self.image.version
        self._active_since = self.last_failover = self.mate.last_failover = now
        if why is None:
            is_alone = was is State.NEGOTIATION
            why = Why.ALONE if is_alone else Why.SILENCE
            if self.mate.role is HaState.FAULT:
                why = Why.TOLD_ACTIVE
        for state in BECOMING_ACTIVE:
            self._pass(was, state, why)
            was = state
        if self.mate.role is HaState.BACKUP and self.mate.state is State.NEGOTIATION:
            self.mate.join(Why.MATE)

    def _become_standby(self, before: HaState, was: State, why: Why | None) -> None:
        if before is HaState.INIT:
            self._pass(State.NOT_DETECTED, State.NEGOTIATION, Why.NO_ERROR)
            if self.has_failover and self.mate.is_active and self.mate.has_failover:
                self.join(Why.MATE)
        elif before is HaState.FAULT:
            self._pass(was, State.STANDBY_READY, Why.INTERFACE)
        elif why is not None:
            self._pass(was, State.STANDBY_READY, why)
        else:
            # two active units heard each other again, and this one gave in
            self._pass(was, State.NEGOTIATION, Why.CHECK)
            self.join(Why.MATE)

    def _stop_joining(self) -> None:
        if self._joining is not None:
            self._joining.cancel()
            self._joining = None

    def join(self, why: Why) -> None:
        """Take over the active unit's configuration, and its connections after it."""
        self._stop_joining()
        self.has_met = self.mate.has_met = True
        self._announced = self.image.version
        self._join(0, why)

    def _join(self, stage: int, why: Why) -> None:
        if stage == len(_JOINING):
            self._joining = None
            self._pass(self.state, State.STANDBY_READY, why)
            self.changed()
            return
        state, share = _JOINING[stage]
        if self.state is not state:
            self._pass(self.state, state, why)
        is_stuck = state is State.SYNC_CONFIG and self.has("sync_stuck") is not None
        seconds = _LOOKS_AGAIN if is_stuck else share * self.times.sync_seconds

        def go_on() -> None:
            if is_stuck:
                self._join(stage, why)
                return
            if state is State.SYNC_CONFIG:
                self.replicate()
            self._join(stage + 1, why)

        self._joining = self.timeline.after(seconds, go_on)

    def replicate(self) -> None:
        """Have the active unit's whole configuration run here, as far as the release knows it."""
        self.configuration.take_over(sections.copied(self.mate.configuration.running), self._lost)
        differs = self.take("differs_after_sync")
        if differs is not None:
            line = str(differs.get("line", "snmp-server location stray"))
            sections.add(self.configuration.running, line)
        self.hostname = self.configuration.hostname

    def hears_mate(self, *, link: bool) -> bool:
        """Whether it would take a command of the other unit's, with the failover link as it is."""
        return link and self.role is HaState.BACKUP and self.state is not State.NEGOTIATION

    def turn_failover(self, *, on: bool) -> None:
        """Follow a line about failover itself, which is in the running configuration already."""
        if on and self.is_pseudo:
            self.is_pseudo = False
            if self.role is HaState.BACKUP:
                self._pass(State.DISABLED, State.NEGOTIATION, Why.COMMAND)
                if self.mate.is_active and self.mate.has_failover:
                    self.join(Why.MATE)
            elif self.mate.role is HaState.BACKUP and self.mate.has_failover:
                self.mate.join(Why.MATE)
        elif not on and not self.is_pseudo:
            self._stop_joining()
            self.is_pseudo = True
            self._pass(self.word, State.DISABLED, Why.COMMAND)

    def _load_software(self) -> bool:
        slot = self.software.boot(old=self.take("old_image_after_reboot") is not None)
        if slot is None:
            return False
        self.image = slot.image
        return True

    def _load_configuration(self) -> None:
        self._lost = self.lines_lost(_LOST_BY_DEFAULT)
        self.configuration.load(self._lost)
        self.hostname = self.configuration.hostname
        self.events.clear()
        self.state = State.NEGOTIATION
        self.last_failure = None
        self.has_met = False
        self._active_seconds = 0.0
        self.has_licence = self.take("licence_lost") is None
        self.is_pseudo = not self.has_licence
        if not self.has_licence:
            # "Failover will be disabled", it says of a mate with another licence
            self.configuration.running.pop(FAILOVER, None)


def _order(pair: PairSpec) -> list[str]:
    """Of a pair that is half upgraded, the version of the unit that is ahead boots first."""
    first, second = pair.members
    return list(dict.fromkeys((second.version, first.version)))


def _versions(spec: MemberSpec, pair: PairSpec) -> list[str]:
    """What lies on a unit's disk, what it runs first."""
    other = [spec.other_version] if spec.other_version else []
    return list(dict.fromkeys((spec.version, *other, *_order(pair))))


def _serial(name: str) -> str:
    """A serial number, as a virtual one has it: ``9A`` and nine digits and capitals."""
    return f"9A{hashlib.sha256(name.encode()).hexdigest().upper()[:9]}"


def asa_of(device: Device | None) -> Asa:
    """A member of a pair of this platform, known as one."""
    if not isinstance(device, Asa):
        msg = f"{device.name if device else 'nobody'} is no unit of a failover pair"
        raise TypeError(msg)
    return device
