"""Two members as one pair: VRRP's rules, who forwards, and what their sessions make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Device, HaState, Phase
from nornir_haupgrade.lab.sessions import SessionTables

if TYPE_CHECKING:
    from collections.abc import Callable

    from nornir_haupgrade.lab.audit import Audit
    from nornir_haupgrade.lab.spec import PairSpec
    from nornir_haupgrade.lab.timeline import Timeline, Timer

_DOWN_ADVERTS = 3
"""So many missed adverts, and a backup believes the master gone."""


@dataclass(slots=True)
class _Claim:
    """A backup that is about to become master, and why."""

    why: str
    timer: Timer


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
        self.devices = tuple(Device(member, spec, timeline) for member in spec.members)
        self.sessions = SessionTables(spec, self.devices, timeline)
        self._claims: dict[str, _Claim] = {}
        self._released_at: float | None = None
        self._boots = {device.name: device.boots for device in self.devices}
        self._gap: _Gap | None = None
        able = [device for device in self.devices if device.has_ha_running]
        for device in able:
            device.role = HaState.BACKUP
        if able:
            first = max(able, key=lambda device: device.priority)
            first.role = HaState.MASTER
            self.sessions.start(first)
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
        return (
            self.is_link_up
            and device.ports["ha"]
            and self.peer(device).ports["ha"]
            and self.peer(device).phase is Phase.RUNNING
        )

    def forwards(self, device: Device) -> bool:
        """Whether traffic really passes through a member, whatever it says of itself."""
        return (
            device.role is HaState.MASTER
            and device.has_data_plane
            and device.has("data_dead") is None
            and self.timeline.now() >= device.forwards_at
        )

    @property
    def active(self) -> Device | None:
        """The member that traffic passes through; None: nobody."""
        return next((device for device in self.devices if self.forwards(device)), None)

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
            floor = self._floor(device)
            if floor is not None:
                self._assign(device, floor)
            elif device.role in {HaState.INIT, HaState.FAULT}:
                self._assign(device, HaState.BACKUP)
        self._yield_to_preferred()
        for device in self.devices:
            self._plan_claim(device)
            source = self.peer(device) if self.peer(device).role is HaState.MASTER else None
            self.sessions.follow(device, source, is_link_up=self.is_peer_link_up(device))
        self._note_forwarding()
        for listener in tuple(self.listeners):
            listener()

    def _floor(self, device: Device) -> HaState | None:
        """The role that a member's own condition forces on it; None: it may take part."""
        if not device.has_ha_running or device.phase is not Phase.RUNNING:
            return HaState.INIT
        if device.is_suspended or not device.has_data_plane:
            return HaState.FAULT
        return None

    def _masters_heard(self, device: Device) -> list[Device]:
        peer = self.peer(device)
        return [peer] if self.hears_adverts and peer.role is HaState.MASTER else []

    def _yield_to_preferred(self) -> None:
        for device in self.devices:
            heard = self._masters_heard(device)
            if device.role is HaState.MASTER and any(
                master.priority > device.priority for master in heard
            ):
                self._assign(device, HaState.BACKUP)

    def _plan_claim(self, device: Device) -> None:
        """Have a backup claim the role after VRRP's delay, while there is a reason to."""
        why, delay = self._reason(device)
        claim = self._claims.get(device.name)
        if claim is not None:
            if claim.why == why:
                return
            claim.timer.cancel()
            del self._claims[device.name]
        if why:
            timer = self.timeline.after(delay, lambda: self._claim(device))
            self._claims[device.name] = _Claim(why, timer)

    def _reason(self, device: Device) -> tuple[str, float]:
        advert = self.spec.advert_seconds
        if device.role is not HaState.BACKUP:
            return "", 0.0
        heard = self._masters_heard(device)
        if heard:
            is_preferred = all(device.priority > master.priority for master in heard)
            return (
                ("preempts", advert) if device.configuration.preempts and is_preferred else ("", 0)
            )
        if self._released_at is not None and self.timeline.now() - self._released_at < advert:
            return "released", self.spec.takeover_ms / 1000
        return "silence", advert * (_DOWN_ADVERTS + (256 - device.priority) / 256)

    def _claim(self, device: Device) -> None:
        claim = self._claims.pop(device.name)
        if claim.why == "preempts":
            self.timeline.cause = f"{device.name} preempts, after {self.timeline.cause}"
        replaced = self._masters_heard(device)
        for master in replaced:
            self._assign(master, HaState.BACKUP)
        takeover = self.spec.takeover_ms / 1000 if replaced else 0.0
        device.forwards_at = self.timeline.now() + takeover
        self._assign(device, HaState.MASTER)
        if takeover:
            self.timeline.after(takeover, self.settle)
        self.settle()

    def _assign(self, device: Device, role: HaState) -> None:
        before, device.role = device.role, role
        if before is role:
            return
        if HaState.INIT not in {before, role}:
            device.role_changes += 1
        lost = 0
        if role is HaState.MASTER:
            self._released_at = None
            lost = self.sessions.take_over(device)
        elif before is HaState.MASTER:
            self.sessions.forget(device)
            is_graceful = device.phase in {Phase.RUNNING, Phase.STOPPING}
            self._released_at = self.timeline.now() if is_graceful else None
        self.audit.add(
            "role",
            self.name,
            **self._label(device),
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
