"""One firewall of the platform ``paloalto_panos``."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Device, Phase
from nornir_haupgrade.lab.personalities.paloalto_panos.board import (
    DATA_PORTS,
    HA1,
    HA2,
    PORTS,
    Board,
    serial,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.configuration import (
    FirewallConfiguration,
    initial,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.jobs import COMMITTED, JobQueue, Kind, Result
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import distance, rank
from nornir_haupgrade.lab.personalities.paloalto_panos.software import Software, UpdateServer
from nornir_haupgrade.lab.personalities.paloalto_panos.spec import setup_of
from nornir_haupgrade.lab.personalities.paloalto_panos.states import WORDS, History, Why, Word
from nornir_haupgrade.lab.personalities.paloalto_panos.trouble import fails, hangs, show_after_boot
from nornir_haupgrade.lab.roles import HaState, Stance

if TYPE_CHECKING:
    from nornir_haupgrade.lab.spec import MemberSpec, PairSpec
    from nornir_haupgrade.lab.timeline import Timeline, Timer

GROUP = "1"
"""There is one, and one role for everything."""
_LOST_BY_DEFAULT = ("static-route branch",)
_BEST = 256
_FAR = 2
"""So many feature releases apart, and the newer member suspends itself."""


class Firewall(Device):
    """Two partitions, a candidate and a running configuration, jobs, and one role."""

    session_port = HA2

    def __init__(self, spec: MemberSpec, pair: PairSpec, timeline: Timeline) -> None:
        super().__init__(spec, pair, timeline, groups=(GROUP,), ports=PORTS)
        self.spec = setup_of(pair.setup)
        self.board = Board(pair.number, pair.members.index(spec))
        self.node_id = spec.node or serial(spec.name)
        self.server = UpdateServer(self.spec)
        self.configuration = FirewallConfiguration(
            initial(spec.name, self.board, self.spec, priority=spec.priority, preempts=pair.preempt)
        )
        self.software = Software(self.disk, spec.version, spec.other_version)
        self.image = self.software.slot.image
        self.jobs = JobQueue(
            timeline, hangs=functools.partial(hangs, self), fails=functools.partial(fails, self)
        )
        self.exported: dict[str, bytes] = {}
        """What was sent away by ``scp export``, by where it was sent: it leaves nothing."""
        self.has_ha_running = self.image.has_ha
        self.is_joined = self.has_ha_running
        """Whether it has agreed on a role with its peer since it booted or was released."""
        self.reason: Why | None = None
        """Why it is suspended."""
        self.history = History()
        self._joining: Timer | None = None
        other = pair.members[1 - self.board.index].version
        if rank(spec.version) > rank(other) and distance(spec.version, other) >= _FAR:
            self.is_suspended, self.reason = True, Why.OLD_PEER
        # it ended long before the lab began
        job = self.jobs.add(Kind.AUTO_COMMIT, 0.0, lambda: COMMITTED)
        self.jobs.finish_now(job, at=self.booted_at)

    # Where it stands

    @property
    def other(self) -> Firewall:
        """The other member, known as a firewall."""
        if self.peer is None:
            msg = f"{self.name} has no peer yet"
            raise RuntimeError(msg)
        return firewall_of(self.peer)

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

    def is_apart(self, group: str) -> bool:
        """Without HA1, unless heartbeats pass the management network too."""
        del group
        return not (self.ports[HA1] or self.spec.heartbeat_backup)

    @property
    def is_cut_off(self) -> bool:
        """Whether nothing gets through to its peer, or comes from there."""
        return any(one.is_apart(GROUP) for one in (self, self.other))

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
        both = own.is_preemptive and self.other.configuration.is_preemptive
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
        return WORDS[self.role]

    @property
    def state_reason(self) -> str:
        """Why it can neither be active nor passive; empty: it can."""
        if self.word is Word.SUSPENDED and self.reason is not None:
            return str(self.reason)
        return str(Why.LINK) if self.word is Word.NON_FUNCTIONAL else ""

    @property
    def since(self) -> float:
        """Since when its state is what it is, in device seconds."""
        return self.history.since(self.booted_at)

    def role_changed(self, group: str, before: HaState) -> None:
        """Write the change of its state down."""
        del group
        self._note(WORDS[before])

    def _note(self, before: Word) -> None:
        self.history.note(self.timeline.now(), before, self.word, self.state_reason)

    # What is done to it

    def suspend(self, why: Why = Why.USER) -> None:
        """Give the role up, and stay out."""
        before = self.word
        self.is_suspended, self.reason = True, why
        self.changed()
        # one that was not functional keeps its role
        self._note(before)

    def release(self) -> None:
        """Take part again: agree on a role first."""
        if not self.is_suspended:
            return
        self.is_suspended, self.reason, self.is_joined = False, None, False
        if self._joining is not None:
            self._joining.cancel()
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
        """Stay out beside a peer that takes part and runs a release too far away."""
        peer = self.other
        is_met = peer.phase is Phase.RUNNING and not peer.is_suspended and not self.is_cut_off
        if is_met and distance(self.image.version, peer.image.version) >= _FAR:
            is_newer = rank(self.image.version) > rank(peer.image.version)
            self.is_suspended = True
            self.reason = Why.OLD_PEER if is_newer else Why.NEW_PEER

    def _begin_auto_commit(self, seconds: float) -> None:
        """Make the commit that every boot makes; without one HA does not start."""
        job = self.jobs.add(Kind.AUTO_COMMIT, seconds, lambda: COMMITTED)
        job.watchers.append(lambda _: self._join())

    # Boots

    def _go_down(self, *, halt: bool) -> None:
        self.jobs.forget()
        super()._go_down(halt=halt)

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
        show_after_boot(self)
        self._begin_auto_commit(max(self.spec.auto_commit_seconds, 0.001))

    def _start_ha(self) -> None:
        super()._start_ha()
        self._join()


def firewall_of(device: Device) -> Firewall:
    """A member of a pair of this platform, known as one."""
    if not isinstance(device, Firewall):
        msg = f"{device.name} is no firewall of the platform paloalto_panos"
        raise TypeError(msg)
    return device
