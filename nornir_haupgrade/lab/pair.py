"""Two members as one pair: their groups, who forwards, and what their sessions make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.election import Election
from nornir_haupgrade.lab.personalities.known import PERSONALITIES
from nornir_haupgrade.lab.roles import HaState
from nornir_haupgrade.lab.sessions import SessionTables

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir_haupgrade.lab.audit import Audit
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.spec import PairSpec
    from nornir_haupgrade.lab.timeline import Timeline


@dataclass(slots=True)
class _Gap:
    """An interval in which nobody forwards."""

    since: float
    cause: str


class Pair:
    """The members, their roles (decided in ``settle`` and nowhere else) and their sessions."""

    def __init__(self, spec: PairSpec, timeline: Timeline, audit: Audit) -> None:
        self.name = spec.name
        self.spec = spec
        self.timeline = timeline
        self.audit = audit
        self.is_link_up = True
        """The HA link: sessions and configuration travel on it, VRRP's adverts do not."""
        self.hears_adverts = True
        self.listeners: list[Callable[[], None]] = []
        self.personality = PERSONALITIES[spec.platform]
        first, second = (self.personality.device(one, spec, timeline) for one in spec.members)
        self.devices = (first, second)
        first.peer, second.peer = second, first
        self.sessions = SessionTables(spec, self.devices, timeline)
        self.elections = {
            group: Election(self, group, rules)
            for group, rules in self.personality.rules(spec).items()
        }
        self._boots = {device.name: device.boots for device in self.devices}
        self._gap: _Gap | None = None
        for device in self.devices:
            device.join(self)
        master, *_ = [election.start() for election in self.elections.values()]
        if master is not None and self.personality.is_stateful:
            self.sessions.start(master)
        for device in self.devices:
            device.listeners.append(self.settle)
        self.settle()

    def device(self, name: str) -> Device:
        """A member by its name."""
        for device in self.devices:
            if device.name == name:
                return device
        msg = f"pair {self.name} has no member {name}"
        raise KeyError(msg)

    def peer(self, device: Device) -> Device:
        """The other member."""
        return self.devices[1] if device is self.devices[0] else self.devices[0]

    def is_peer_link_up(self, device: Device) -> bool:
        """Whether a member hears its peer on the HA link."""
        return self.has_link and self.peer(device).phase is Phase.RUNNING

    @property
    def has_link(self) -> bool:
        """Whether the HA link itself is whole, whoever is up at its ends."""
        return self.is_link_up and all(
            one.ports.get(one.session_port, True) for one in self.devices
        )

    def forwards(self, device: Device) -> bool:
        """Whether traffic really passes through a member, whatever it says of itself."""
        return any(election.forwards(device) for election in self.elections.values())

    @property
    def active(self) -> Device | None:
        """A member that traffic passes through; None: nobody, or none in one of the groups."""
        found = [self._forwarder(election) for election in self.elections.values()]
        return None if None in found else found[0]

    def _forwarder(self, election: Election) -> Device | None:
        return next((device for device in self.devices if election.forwards(device)), None)

    def changed(self) -> None:
        """Something about the pair changed that roles or forwarding may follow."""
        self.settle()

    def settle(self) -> None:
        """Bring roles, sessions and forwarding in line with the facts; nothing else does."""
        for device in self.devices:
            if device.boots != self._boots[device.name]:
                self._boots[device.name] = device.boots
                self.sessions.forget(device)
                self.audit.add(
                    "boot", self.name, **self._label(device), version=device.image.version
                )
        for election in self.elections.values():
            election.settle()
        if self.personality.is_stateful:
            self._follow_sessions()
        self._note_forwarding()
        for listener in tuple(self.listeners):
            listener()

    def _follow_sessions(self) -> None:
        for device in self.devices:
            source = self.peer(device) if self.peer(device).role is HaState.MASTER else None
            self.sessions.follow(device, source, is_link_up=self.is_peer_link_up(device))

    def role_changed(self, election: Election, device: Device, before: HaState) -> None:
        """Have the sessions follow a role that was given or lost, and write it down."""
        role, lost = election.role(device), 0
        device.role_changed(election.group, before)
        if self.personality.is_stateful:
            if role is HaState.MASTER:
                lost = self.sessions.take_over(device)
            elif before is HaState.MASTER:
                self.sessions.forget(device)
        self.audit.add(
            "role",
            self.name,
            **self._label(device) | {"state": str(role)},
            group=election.group,
            before=str(before),
            sessions_lost=lost,
            cause=self.timeline.cause,
        )

    def _label(self, device: Device) -> dict[str, object]:
        return {
            "member": device.name,
            "state": str(device.role),
            "forwards": self.forwards(device),
            "boot_id": device.boot_id,
        }

    def _note_forwarding(self) -> None:
        """Record each interval in which nobody forwards, with what led to it."""
        if self.active is None and self._gap is None:
            self._gap = _Gap(self.timeline.now(), self.timeline.cause)
            self.audit.add("gap-begin", self.name, cause=self._gap.cause)
        elif self.active is not None and self._gap is not None:
            seconds = self.timeline.now() - self._gap.since
            cause, self._gap = self._gap.cause, None
            self.audit.add("gap-end", self.name, cause=cause, seconds=round(seconds, 4))
