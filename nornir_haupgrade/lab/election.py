"""Who of two members has the role in one group: VRRP's rules, and others' where they differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.device import Device
    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.roles import Stance
    from nornir_haupgrade.lab.timeline import Timer

_DOWN_ADVERTS = 3
"""So many missed adverts, and VRRP's backup believes the master gone."""
_HELLO = 3
_HOLD = 10
"""HSRP's hello and hold time, in the units of VRRP's advert (1 s by default): Cisco's defaults."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a protocol's times and habits come to, in device seconds."""

    hello: float
    hold: float
    preempts_after: float
    """From the wish to take the role to taking it."""
    settles_after: float = 0.0
    """How long one who is not active is not yet the standby either."""
    is_on_link: bool = False
    """Whether the members hear each other on the HA link and nowhere else."""
    needs_link: bool = False
    """Whether a standby that loses the HA link alone stays what it is: it still hears its peer on
    the other interfaces. Without the link at its start it hears nobody."""

    def silence(self, priority: int) -> float:
        """How long a backup hears nothing before it takes the role; the preferred one is first."""
        return self.hold + self.hello * (256 - priority) / 256


def vrrp(advert: float) -> Rules:
    """VRRP, by the interval of its adverts."""
    return Rules(hello=advert, hold=advert * _DOWN_ADVERTS, preempts_after=advert)


def hsrp(unit: float) -> Rules:
    """HSRP: whoever preempts sends a coup at once, and who lost the role speaks for a hold time."""
    hold = unit * _HOLD
    return Rules(hello=unit * _HELLO, hold=hold, preempts_after=0.0, settles_after=hold)


def heartbeat(
    poll: float, hold: float, *, preempts_after: float = 0.0, needs_link: bool = False
) -> Rules:
    """Hellos on the HA link, and so long without one until the peer is taken for dead."""
    return Rules(hello=poll, hold=hold, preempts_after=preempts_after, needs_link=needs_link)


@dataclass(slots=True)
class _Claim:
    """A backup that is about to become master, and why."""

    why: str
    delay: float
    timer: Timer


class Election:
    """One group of both members; nothing else assigns a role in it."""

    def __init__(self, pair: Pair, group: str, rules: Rules) -> None:
        self.group = group
        self.rules = rules
        self._pair = pair
        self._claims: dict[str, _Claim] = {}
        self._released_at: float | None = None
        self._acquainted: set[str] = set()
        """Who has heard its peer on the HA link since it became a backup."""

    def start(self) -> Device | None:
        """Give the roles of a pair that has long been up; who is the master."""
        able = [device for device in self._pair.devices if device.floor(self.group) is None]
        for device in able:
            device.seats[self.group].role = HaState.BACKUP
            device.seats[self.group].since = device.booted_at
        if not able:
            return None
        first = able[0]
        for device in able[1:]:
            first = device if device.outranks(first, self.group) else first
        first.seats[self.group].role = HaState.MASTER
        return first

    def role(self, device: Device) -> HaState:
        """A member's role in this group."""
        return device.seats[self.group].role

    def stance(self, device: Device) -> Stance:
        """How a member's configuration has it stand in this group."""
        return device.stance(self.group)

    def is_settled(self, device: Device) -> bool:
        """Whether a backup is the standby; before, it listens and speaks."""
        now = self._pair.timeline.now()
        return now - device.seats[self.group].since >= self.rules.settles_after

    def forwards(self, device: Device) -> bool:
        """Whether this group's traffic really passes through a member."""
        seat = device.seats[self.group]
        return (
            seat.role is HaState.MASTER
            and device.has_data_path(self.group)
            and device.has("data_dead") is None
            and self._pair.timeline.now() >= seat.forwards_at
        )

    def settle(self) -> None:
        """Bring the roles in line with the facts."""
        for device in self._pair.devices:
            floor = device.floor(self.group)
            if floor is not None:
                self._assign(device, floor)
            elif self.role(device) in {HaState.INIT, HaState.FAULT}:
                self._assign(device, HaState.BACKUP)
        self._note_links()
        self._yield_to_preferred()
        for device in self._pair.devices:
            self._plan_claim(device)

    def _note_links(self) -> None:
        for device in self._pair.devices:
            if self.role(device) is not HaState.BACKUP:
                self._acquainted.discard(device.name)
            elif self._pair.has_link:
                self._acquainted.add(device.name)

    def take(self, device: Device) -> None:
        """Make a member the master this instant; whoever it can tell so steps back."""
        can_tell = self._pair.has_link or not self.rules.needs_link
        replaced = self._masters_heard(device) if can_tell else []
        for master in replaced:
            self._assign(master, HaState.BACKUP)
        takeover = self._pair.spec.takeover_ms / 1000 if replaced else 0.0
        device.seats[self.group].forwards_at = self._pair.timeline.now() + takeover
        self._assign(device, HaState.MASTER)
        if takeover:
            self._pair.timeline.after(takeover, self._pair.settle)
        self._pair.settle()

    def give_up(self, device: Device) -> None:
        """Have a master step back: its peer takes over if it can, else whom silence makes."""
        peer = self._pair.peer(device)
        can_tell = self._pair.hears_adverts and (self._pair.has_link or not self.rules.needs_link)
        is_apart = device.is_apart(self.group) or peer.is_apart(self.group)
        if can_tell and not is_apart and self.role(peer) is HaState.BACKUP:
            self.take(peer)
            return
        self._assign(device, HaState.BACKUP)
        self._released_at = None
        self._pair.settle()

    def _masters_heard(self, device: Device) -> list[Device]:
        peer = self._pair.peer(device)
        is_apart = device.is_apart(self.group) or peer.is_apart(self.group)
        is_cut_off = (
            self.rules.needs_link
            and not self._pair.has_link
            and device.name not in self._acquainted
        )
        is_reached = not self.rules.is_on_link or self._pair.is_peer_link_up(device)
        is_heard = self._pair.hears_adverts and is_reached and not (is_apart or is_cut_off)
        return [peer] if is_heard and self.role(peer) is HaState.MASTER else []

    def _prevails(self, device: Device, other: Device) -> bool:
        """Of two masters that hear each other, one yields: address decides a tie."""
        if device.outranks(other, self.group):
            return True
        index = self._pair.devices.index
        return not other.outranks(device, self.group) and index(device) > index(other)

    def _yield_to_preferred(self) -> None:
        for device in self._pair.devices:
            heard = self._masters_heard(device)
            if (
                self.role(device) is HaState.MASTER
                and not device.holds_still(self.group)
                and any(self._prevails(master, device) for master in heard)
            ):
                self._assign(device, HaState.BACKUP)

    def _plan_claim(self, device: Device) -> None:
        """Have a backup claim the role after its delay, while there is a reason to."""
        why, delay = self._reason(device)
        claim = self._claims.get(device.name)
        if claim is not None:
            if (claim.why, claim.delay) == (why, delay):
                return
            claim.timer.cancel()
            del self._claims[device.name]
        if why:
            timer = self._pair.timeline.after(delay, lambda: self._claim(device))
            self._claims[device.name] = _Claim(why, delay, timer)

    def _reason(self, device: Device) -> tuple[str, float]:
        if self.role(device) is not HaState.BACKUP or device.holds_still(self.group):
            return "", 0.0
        if self.rules.needs_link and not self._pair.has_link and device.name in self._acquainted:
            return "", 0.0
        stance = self.stance(device)
        heard = self._masters_heard(device)
        if heard:
            is_preferred = all(device.outranks(master, self.group) for master in heard)
            if stance.preempts and is_preferred:
                return "preempts", self.rules.preempts_after + stance.delay
            return "", 0.0
        now = self._pair.timeline.now()
        if self._released_at is not None and now - self._released_at < self.rules.hello:
            return "released", self._pair.spec.takeover_ms / 1000
        return "silence", self.rules.silence(stance.priority)

    def _claim(self, device: Device) -> None:
        claim = self._claims.pop(device.name)
        if claim.why == "preempts":
            timeline = self._pair.timeline
            timeline.cause = f"{device.name} preempts, after {timeline.cause}"
        self.take(device)

    def _assign(self, device: Device, role: HaState) -> None:
        seat = device.seats[self.group]
        before = seat.role
        if before is role:
            return
        seat.role = role
        seat.since = self._pair.timeline.now()
        if HaState.INIT not in {before, role}:
            seat.role_changes += 1
        if role is HaState.MASTER:
            self._released_at = None
        elif before is HaState.MASTER:
            is_graceful = device.phase in {Phase.RUNNING, Phase.STOPPING}
            self._released_at = self._pair.timeline.now() if is_graceful else None
        self._pair.role_changed(self, device, before)
