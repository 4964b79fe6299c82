"""One firewall of the platform ``paloalto_panos``."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Device, Phase
from nornir_haupgrade.lab.personalities.paloalto_panos.board import (
    DATA_PORTS,
    HA1,
    HA2,
    PORTS,
    Board,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.configuration import (
    FirewallConfiguration,
    initial,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.jobs import Job, JobQueue, Kind, Result
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import distance, rank
from nornir_haupgrade.lab.personalities.paloalto_panos.software import Software, UpdateServer
from nornir_haupgrade.lab.personalities.paloalto_panos.spec import setup_of
from nornir_haupgrade.lab.roles import HaState, Stance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nornir_haupgrade.lab.spec import MemberSpec, PairSpec
    from nornir_haupgrade.lab.timeline import Timeline, Timer

GROUP = "1"
"""There is one, and one role for everything."""
_LOST_BY_DEFAULT = ("static-route branch",)
_BEST = 256
_FAR = 2
"""So many feature releases apart, and the newer member suspends itself."""


class Word(StrEnum):
    """Its state in its own words, as in the prompt."""

    ACTIVE = "active"
    PASSIVE = "passive"
    INITIAL = "initial"
    SUSPENDED = "suspended"
    NON_FUNCTIONAL = "non-functional"


class Why(StrEnum):
    """Why it is suspended or not functional.

    From the vendor's list in kA1Ki000000TN4TKAW, but for the newer peer, which is the lab's.
    """

    USER = "User requested"
    OLD_PEER = "Peer version too old"
    NEW_PEER = "Peer version too new"
    LINK = "Link down"


_WORDS = {
    HaState.MASTER: Word.ACTIVE,
    HaState.BACKUP: Word.PASSIVE,
    HaState.FAULT: Word.NON_FUNCTIONAL,
    HaState.INIT: Word.INITIAL,
}


@dataclass(frozen=True, slots=True)
class Transition:
    """One change of its state, at an instant in device seconds."""

    at: float
    before: str
    after: str
    reason: str


class Firewall(Device):
    """Two partitions, a candidate and a running configuration, jobs, and one role."""

    session_port = HA2

    def __init__(self, spec: MemberSpec, pair: PairSpec, timeline: Timeline) -> None:
        super().__init__(spec, pair, timeline, groups=(GROUP,), ports=PORTS)
        self.spec = setup_of(pair.setup)
        self.board = Board(pair.number, pair.members.index(spec))
        self.node_id = spec.node or _serial(spec.name)
        self.server = UpdateServer(self.spec)
        self.configuration = FirewallConfiguration(
            initial(spec.name, self.board, self.spec, priority=spec.priority, preempts=pair.preempt)
        )
        self.software = Software(self.disk, spec.version, spec.other_version)
        self.image = self.software.slot.image
        self.jobs = JobQueue(timeline, hangs=self._hangs, fails=self._fails)
        self.exported: dict[str, bytes] = {}
        """What was sent away by ``scp export``, by where it was sent: it leaves nothing."""
        self.has_ha_running = self.image.has_ha
        self.is_joined = self.has_ha_running
        """Whether it has agreed on a role with its peer since it booted or was released."""
        self.reason: Why | None = None
        """Why it is suspended."""
        self.transitions: list[Transition] = []
        self._word: Word | None = None
        """As it was last written down."""
        self._peer: Firewall | None = None
        self._joining: Timer | None = None
        self.begin_auto_commit(0.0)

    # Where it stands

    @property
    def peer(self) -> Firewall:
        """The other member."""
        if self._peer is None:
            msg = f"{self.name} has no peer yet"
            raise RuntimeError(msg)
        return self._peer

    def meet(self, peer: Device) -> None:
        """Know the other member; the newer of two that are too far apart is suspended."""
        self._peer = firewall_of(peer)
        if rank(self.image.version) > rank(self.peer.image.version):
            self._suspend_if_too_far()

    @property
    def running_slot(self) -> str:
        """A partition."""
        return self.software.running

    @property
    def next_slot(self) -> str:
        """A partition."""
        return self.software.coming

    @property
    def preempts(self) -> bool:
        """By its own running configuration."""
        return self.configuration.is_preemptive

    @property
    def config_hash(self) -> str:
        """Over the running and the candidate configuration."""
        return self.configuration.digest

    @property
    def is_heard(self) -> bool:
        """By HA1, or by the management network where heartbeats pass that too."""
        return self.ports[HA1] or self.spec.heartbeat_backup

    @property
    def takes_sessions(self) -> bool:
        """Not while it is suspended."""
        return self.has_ha_running and not self.is_suspended

    def stance(self, group: str) -> Stance:
        """A low number is preferred; who preempts needs a peer that does too.

        "You only need to disable preemption on one peer in the pair" (the vendor's upgrade guide).
        """
        del group
        own = self.configuration
        both = own.is_preemptive and self.peer.configuration.is_preemptive
        return Stance(_BEST - own.priority, both)

    def has_data_path(self, group: str) -> bool:
        """Whether all interfaces are up that traffic passes: link monitoring watches them."""
        del group
        return all(self.ports[name] for name in DATA_PORTS)

    def floor(self, group: str) -> HaState | None:
        """Initial until it joined, suspended, or not functional without an interface."""
        if not self.has_ha_running or self.phase is not Phase.RUNNING:
            return HaState.INIT
        if self.is_suspended:
            return HaState.FAULT
        if not self.is_joined:
            return HaState.INIT
        return None if self.has_data_path(group) else HaState.FAULT

    @property
    def word(self) -> Word:
        """Its state in its own words."""
        if self.role is HaState.FAULT and self.is_suspended:
            return Word.SUSPENDED
        return _WORDS[self.role]

    @property
    def state_reason(self) -> str:
        """Why it can neither be active nor passive; empty: it can."""
        if self.word is Word.SUSPENDED and self.reason is not None:
            return str(self.reason)
        return str(Why.LINK) if self.word is Word.NON_FUNCTIONAL else ""

    @property
    def since(self) -> float:
        """Since when its state is what it is, in device seconds."""
        return self.transitions[-1].at if self.transitions else self.booted_at

    def role_was(self, group: str, before: HaState) -> None:
        """Write the change of its state down."""
        del group
        self._note(self._word or _WORDS[before])

    def _note(self, before: Word) -> None:
        if self.word is not before:
            entry = Transition(self.timeline.now(), before, self.word, self.state_reason)
            self.transitions.append(entry)
        self._word = self.word

    # What is done to it

    def suspend(self, why: Why = Why.USER) -> None:
        """Give the role up, and stay out."""
        before = self.word
        self.is_suspended, self.reason = True, why
        self.changed()
        # one that was not functional keeps its role
        self._note(self._word or before)

    def release(self) -> None:
        """Take part again: agree on a role first."""
        if not self.is_suspended:
            return
        self.is_suspended, self.reason, self.is_joined = False, None, False
        self._joining = self.timeline.after(self.times.ha_seconds, self._join)
        self.changed()

    @property
    def is_committed(self) -> bool:
        """Whether the commit that every boot makes has gone well."""
        jobs = [job for job in self.jobs.jobs if job.kind is Kind.AUTO_COMMIT]
        return bool(jobs) and jobs[0].result is Result.OK

    def _join(self) -> None:
        if not (self.has_ha_running and self.is_committed and not self.is_suspended):
            return
        self.is_joined = True
        self._suspend_if_too_far()
        self.changed()

    def _suspend_if_too_far(self) -> None:
        peer = self.peer
        is_met = peer.phase is Phase.RUNNING and peer.is_heard and self.is_heard
        if is_met and distance(self.image.version, peer.image.version) >= _FAR:
            is_newer = rank(self.image.version) > rank(peer.image.version)
            self.is_suspended = True
            self.reason = Why.OLD_PEER if is_newer else Why.NEW_PEER

    def begin_auto_commit(self, seconds: float) -> None:
        """Make the commit that every boot makes; without one HA does not start."""
        if not seconds:
            # it ended long before the lab began
            job = self.jobs.add(Kind.AUTO_COMMIT, 0.0, _committed)
            self.jobs.finish_now(job, at=self.booted_at)
            return
        job = self.jobs.add(Kind.AUTO_COMMIT, seconds, _committed)
        job.watchers.append(lambda _: self._join())

    # Jobs that go wrong

    def _meant(self, quirk: str, job: Job) -> Mapping[str, object] | None:
        found = self.has(quirk)
        is_meant = found is not None and str(job.kind) == found.get("job", str(job.kind))
        return found if is_meant else None

    def _hangs(self, job: Job) -> bool:
        is_stuck = job.kind is Kind.HA_SYNC and self.has("sync_stuck") is not None
        return is_stuck or self._meant("job_never_ends", job) is not None

    def _fails(self, job: Job) -> tuple[str, ...]:
        for quirk, kinds in _FAILURES.items():
            if job.kind in kinds and self._meant(quirk, job) is not None:
                params = self.take(quirk) or {}
                return (str(params.get("message", f"{job.kind} failed")),)
        return ()

    # Boots

    def crash(self, *, reboots: bool = False, silent: bool = False) -> None:
        """Lose power this instant."""
        self._stop_joining()
        super().crash(reboots=reboots, silent=silent)

    def reboot(self, *, halt: bool = False) -> None:
        """Go down and boot."""
        self._stop_joining()
        super().reboot(halt=halt)

    def _go_down(self, *, halt: bool) -> None:
        self.jobs.forget()
        super()._go_down(halt=halt)

    def _stop_joining(self) -> None:
        self.is_joined = False
        if self._joining is not None:
            self._joining.cancel()
            self._joining = None

    def _load_software(self) -> bool:
        slot = self.software.boot(old=self.take("old_image_after_reboot") is not None)
        if slot is None:
            return False
        self.image = slot.image
        return True

    def _load_configuration(self) -> None:
        self.is_joined, self.reason = False, None
        self.configuration.load(self.lines_lost(_LOST_BY_DEFAULT))
        self.hostname = self.configuration.hostname
        self._look_at_what_a_boot_brings()
        self.begin_auto_commit(max(self.spec.auto_commit_seconds, 0.001))

    def _look_at_what_a_boot_brings(self) -> None:
        """Faults that wait for a boot begin to show."""
        for waiting, shown in _AFTER_BOOT.items():
            found = self.has(waiting)
            if found is not None:
                quirk = self.quirks.pop(waiting)
                self.quirks[shown] = quirk
                if "seconds" in found:
                    forget = functools.partial(self._forget, shown)
                    self.timeline.after(float(found["seconds"]), forget)

    def _forget(self, quirk: str) -> None:
        self.quirks.pop(quirk, None)

    def _start_ha(self) -> None:
        super()._start_ha()
        self._join()


_FAILURES: dict[str, tuple[Kind, ...]] = {
    "job_fails": tuple(Kind),
    "auto_commit_fails": (Kind.AUTO_COMMIT,),
    "commit_fails": (Kind.COMMIT,),
    "install_fails": (Kind.INSTALL,),
    "software_manager_busy": (Kind.INSTALL,),
}
"""Quirk to the jobs that it makes fail; ``job`` in its parameters names one kind."""
_AFTER_BOOT = {
    "licence_invalid_after_boot": "licence_invalid",
    "ha_state_empty_after_boot": "ha_state_empty",
}
"""Quirk that waits for a boot to what it is from then on, for its ``seconds``."""


def _committed() -> tuple[str, ...]:
    return ("Configuration committed successfully",)


def _serial(name: str) -> str:
    """As a virtual firewall has it: fifteen digits."""
    number = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**11
    return f"0079{number:011}"


def firewall_of(device: Device) -> Firewall:
    """A member of a pair of this platform, known as one."""
    if not isinstance(device, Firewall):
        msg = f"{device.name} is no firewall of the platform paloalto_panos"
        raise TypeError(msg)
    return device
