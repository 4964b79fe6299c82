"""A member's place in its cluster: HA uptime, failover flag, history, who is preferred."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Device, Phase
from nornir_haupgrade.lab.personalities.fortinet import fgcp
from nornir_haupgrade.lab.roles import HaState, Stance

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.personalities.fortinet.configuration import Configuration
    from nornir_haupgrade.lab.personalities.fortinet.spec import PortSpec
    from nornir_haupgrade.lab.spec import MemberSpec, PairSpec
    from nornir_haupgrade.lab.timeline import Timeline

GROUP = "vcluster-1"
"""Without virtual domains there is one."""
_HISTORY = 512
"""Entries; article 228854."""


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the HA history."""

    at: float
    text: str
    is_selection: bool = False


class Clustered(Device, ABC):
    """What FGCP knows of a member; what it runs is another matter."""

    configuration: Configuration

    def __init__(
        self, spec: MemberSpec, pair: PairSpec, timeline: Timeline, board: tuple[PortSpec, ...]
    ) -> None:
        names = tuple(port.name for port in board)
        super().__init__(spec, pair, timeline, groups=(GROUP,), ports=names)
        self.board = board
        self.yields_for_upgrade = False
        """Its cluster is upgrading, and it is the next."""
        self.counted_priority = 0
        """The priority as of the last negotiation."""
        self.history: deque[Event] = deque(maxlen=_HISTORY)
        """The newest last; it outlives boots."""
        self.cluster_since = self.age_from = self.booted_at
        self.resets = 0
        """How often its HA uptime was reset."""
        self.lost_at = self.booted_at
        """When the other member lost sight of it last."""
        self.on_joined: list[Callable[[], None]] = []
        """Told when its HA has begun."""
        self.was_failed: tuple[str, ...] = ()

    @property
    @abstractmethod
    def version(self) -> str:
        """What runs."""

    @property
    def mate(self) -> Clustered:
        """The other member, known as one of a cluster."""
        peer = self.pair.peer(self)
        if not isinstance(peer, Clustered):
            msg = f"{peer.name} is in no cluster"
            raise TypeError(msg)
        return peer

    @property
    def configured_priority(self) -> int:
        """``set priority``."""
        return int(self.configuration.value("system ha", "priority"))

    @property
    def preempts(self) -> bool:
        """``set override``."""
        return self.configuration.is_on("system ha", "override")

    @property
    def ha_uptime(self) -> float:
        """What the election goes by: since the boot, a reset, or a monitored failure; seconds."""
        return self.timeline.now() - self.age_from

    @property
    def uptime_margin(self) -> int:
        """Seconds."""
        return int(self.configuration.value("system ha", "ha-uptime-diff-margin"))

    @property
    def failed_ports(self) -> tuple[str, ...]:
        """The monitored interfaces that are down."""
        return tuple(name for name in self.configuration.monitored if not self.is_up(name))

    @property
    def hears_peer(self) -> bool:
        """Whether the other member's heartbeats arrive."""
        is_reached = self.pair.is_peer_link_up(self) and self.pair.hears_adverts
        return is_reached and self.mate.has_ha_running

    @property
    def selections(self) -> list[Event]:
        """The choices of a primary that it knows of, the newest first."""
        return [event for event in reversed(self.history) if event.is_selection]

    def is_up(self, name: str) -> bool:
        """Whether an interface has a link and is not set down."""
        return self.ports.get(name, False) and not self.configuration.is_shut(name)

    def stance(self, group: str) -> Stance:
        """By the priority that counts; whoever is preferred takes the role."""
        del group
        return Stance(self.counted_priority, preempts=True)

    def outranks(self, peer: Device, group: str) -> bool:
        """By FGCP's criteria."""
        del group
        return peer is self.mate and fgcp.compare(self, self.mate)[0]

    def floor(self, group: str) -> HaState | None:
        """A failed interface only counts in the election: the member takes part all the same."""
        del group
        is_part = self.has_ha_running and self.phase is Phase.RUNNING
        return None if is_part else HaState.INIT

    def note(self, text: str, *, is_selection: bool = False) -> None:
        """Add to the HA history."""
        self.history.append(Event(self.timeline.now(), text, is_selection))

    def negotiate(self) -> None:
        """Have the priorities count that are configured by now."""
        for member in (self, self.mate):
            member.counted_priority = member.configured_priority

    def reset_age(self) -> None:
        """Begin to count its HA uptime anew."""
        self.resets += 1
        self.age_from = self.timeline.now()
        self.negotiate()
        self.changed()

    def set_flag(self, *, on: bool) -> None:
        """Set or unset the failover flag; only one member has it."""
        self.is_suspended = on
        if on and self.hears_peer:
            self.mate.is_suspended = False
        self.negotiate()
        self.changed()

    def join(self, pair: Pair) -> None:
        """Be a member of a pair that has long been up."""
        super().join(pair)
        if pair.devices[1] is self:
            chosen, why = fgcp.chosen(self.mate, self)
            for member in (self.mate, self):
                text = fgcp.sentence(chosen, why, member.version)
                member.history.append(Event(self.booted_at, text, is_selection=True))

    def changed(self) -> None:
        """Notice interfaces that went up or down, then tell everybody."""
        failed = self.failed_ports
        for name in sorted({*failed} ^ {*self.was_failed}):
            self.note(f"port {name} link status changed: {'1->0' if name in failed else '0->1'}")
        if set(failed) - set(self.was_failed):
            self.age_from = self.timeline.now()
        if failed != self.was_failed:
            self.negotiate()
        self.was_failed = failed
        super().changed()

    def role_changed(self, group: str, before: HaState) -> None:
        """Write down who was chosen, and on both members if they hear each other."""
        del before
        now = self.timeline.now()
        if self.seats[group].role is HaState.INIT:
            self.lost_at = now
        elif not self.hears_peer and self.mate.role is HaState.MASTER:
            self.lost_at = self.mate.lost_at = now
        if self.seats[group].role is not HaState.MASTER:
            return
        why = fgcp.compare(self, self.mate)[1] if self.hears_peer else fgcp.Why.ALONE
        for member in (self, self.mate) if self.hears_peer else (self,):
            member.note(fgcp.sentence(self, why, member.version), is_selection=True)

    def _start_ha(self) -> None:
        self.age_from = now = self.timeline.now()
        self.note("hatalk started")
        is_met = self.pair.is_peer_link_up(self) and self.mate.has_ha_running
        self.cluster_since = self.mate.cluster_since if is_met else now
        if is_met:
            for member in (self, self.mate):
                member.note(f"new member '{member.mate.node_id}' joins the cluster")
        self.negotiate()
        super()._start_ha()
        for listener in tuple(self.on_joined):
            listener()
