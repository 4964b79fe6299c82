"""One member as a state machine: power, boots, flash, interfaces, its place in each group.

It knows no clock but the timeline's, no network and no command line; its pair decides its roles.
What its platform makes of software and configuration is its own class.
"""

from __future__ import annotations

import functools
import uuid
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nornir_haupgrade.lab.disk import Disk
from nornir_haupgrade.lab.images import NO_IMAGE, ImageFacts
from nornir_haupgrade.lab.roles import HaState, Seat, Stance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from nornir_haupgrade.lab.pair import Pair
    from nornir_haupgrade.lab.spec import MemberSpec, PairSpec
    from nornir_haupgrade.lab.timeline import Timeline, Timer

_UPTIME_AT_START = 86_400.0
_POST_SHARE = 0.2
"""The part of a boot before the kernel runs."""
AAA_TIMEOUT = 5.0
"""Seconds until a device gives up its AAA server: IOS's and ASA's default is 5."""
_NAMESPACE = uuid.UUID("6f0d2b1e-5f0a-4c58-9d0b-8f6a3f1f7a10")


@lru_cache(maxsize=1024)
def _boot_id(node_id: str, boots: int) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{node_id}/{boots}"))


class Phase(StrEnum):
    """How far a device's system is up."""

    RUNNING = "running"
    STOPPING = "stopping"
    """The old system still answers logins; it takes no part in HA any more."""
    DOWN = "down"
    BOOTING = "booting"


@dataclass(slots=True)
class Quirk:
    """Something wrong with a device, and how many more times it shows; None: always."""

    params: Mapping[str, Any] = field(default_factory=dict)
    times: int | None = None


class Device(ABC):
    """A member's state; whoever listens is told about every change."""

    session_port = "ha"
    """What it synchronises sessions over."""

    def __init__(
        self,
        spec: MemberSpec,
        pair: PairSpec,
        timeline: Timeline,
        *,
        groups: tuple[str, ...],
        ports: tuple[str, ...],
    ) -> None:
        self.name = self.hostname = spec.name
        self.node_id = spec.node_id
        self.times = pair
        self.timeline = timeline
        self.listeners: list[Callable[[], None]] = []
        self.on_hang_up: list[Callable[[], None]] = []
        """Called when it throws out whoever is logged in."""
        self.on_notice: list[Callable[[str], None]] = []
        """Called with what it prints on terminals, whatever is being typed there."""
        self.peer: Device | None = None
        """The other member; its pair says so before anything happens."""
        self.disk = Disk(pair.disk)
        self.quirks: dict[str, Quirk] = {}
        self.logins: dict[int, str] = {}
        """Who is logged in with a terminal, by line number: user, terminal, address."""
        self.ports = dict.fromkeys(ports, True)
        self.seats = {group: Seat() for group in groups}
        self.phase = Phase.RUNNING
        self.is_silent = False
        """Dead rather than down: it does not even refuse a connection."""
        self.has_ha_running = False
        self.is_suspended = False
        self.boots = 0
        self.booted_at = timeline.now() - _UPTIME_AT_START
        self.image: ImageFacts = NO_IMAGE
        """What runs."""
        self._power: Timer | None = None
        self._pair: Pair | None = None

    # What a platform makes of it

    @property
    @abstractmethod
    def running_slot(self) -> str:
        """Where what runs was booted from."""

    @property
    @abstractmethod
    def next_slot(self) -> str:
        """Where the next boot is meant to come from."""

    @property
    @abstractmethod
    def preempts(self) -> bool:
        """Whether it takes a role back by itself, in any group, if it is preferred there."""

    @property
    @abstractmethod
    def config_hash(self) -> str:
        """sha256 over its whole configuration."""

    @abstractmethod
    def stance(self, group: str) -> Stance:
        """How its configuration has it stand in a group."""

    @abstractmethod
    def has_data_path(self, group: str) -> bool:
        """Whether the interfaces are up that a group's traffic passes."""

    @abstractmethod
    def floor(self, group: str) -> HaState | None:
        """The role that its own condition forces on it in a group; None: it may take part."""

    def is_apart(self, group: str) -> bool:
        """Whether it neither hears the other member nor is heard, though it runs."""
        del group
        return False

    def holds_still(self, group: str) -> bool:
        """Whether it keeps its role whatever it hears."""
        del group
        return False

    def role_changed(self, group: str, before: HaState) -> None:
        """Be told that it was given another role, or lost one."""
        del group, before

    @abstractmethod
    def _load_software(self) -> bool:
        """Have something run, by what the next boot is meant to come from; False: nothing boots."""

    @abstractmethod
    def _load_configuration(self) -> None:
        """Have the configuration of the boot run, as far as the release knows it."""

    def outranks(self, peer: Device, group: str) -> bool:
        """Whether it is preferred to the other member in a group."""
        return self.stance(group).priority > peer.stance(group).priority

    # What all have in common

    @property
    def pair(self) -> Pair:
        """The pair that it is a member of."""
        if self._pair is None:
            msg = f"{self.name} is in no pair yet"
            raise ValueError(msg)
        return self._pair

    def join(self, pair: Pair) -> None:
        """Be a member of a pair, whose roles are given next."""
        self._pair = pair

    @property
    def role(self) -> HaState:
        """Its role in all of its groups."""
        roles = {seat.role for seat in self.seats.values()}
        return roles.pop() if len(roles) == 1 else HaState.MIXED

    @property
    def role_changes(self) -> int:
        """Since the boot, in all groups."""
        return sum(seat.role_changes for seat in self.seats.values())

    @property
    def is_on_trial(self) -> bool:
        """Whether what runs goes back by itself."""
        return False

    @property
    def takes_sessions(self) -> bool:
        """Whether it collects its peer's sessions, as far as it is up to it."""
        return self.has_ha_running

    @property
    def boot_id(self) -> str:
        """New at each boot; the same lab gives the same ones."""
        return _boot_id(self.node_id, self.boots)

    @property
    def uptime(self) -> float:
        """Device seconds since the boot."""
        return self.timeline.now() - self.booted_at

    @property
    def is_answering(self) -> bool:
        """Whether its management takes logins and commands."""
        return self.phase in {Phase.RUNNING, Phase.STOPPING}

    def free_line(self) -> int:
        """The lowest number of a terminal that nobody uses."""
        return next(line for line in range(1, len(self.logins) + 2) if line not in self.logins)

    def changed(self) -> None:
        """Tell everybody who listens."""
        for listener in tuple(self.listeners):
            listener()

    def has(self, quirk: str) -> Mapping[str, Any] | None:
        """The parameters of something wrong with it, or None."""
        found = self.quirks.get(quirk)
        return None if found is None else found.params

    def take(self, quirk: str) -> Mapping[str, Any] | None:
        """The same, and count it as shown once."""
        found = self.quirks.get(quirk)
        if found is None:
            return None
        if found.times is not None:
            found.times -= 1
            if found.times <= 0:
                del self.quirks[quirk]
        return found.params

    def lines_lost(self, default: tuple[str, ...]) -> tuple[str, ...]:
        """Parts of configuration lines that the release which boots does not take over."""
        lost = self.has("config_lines_lost")
        only = None if lost is None else lost.get("version")
        if lost is None or only not in (None, self.image.version):
            return self.image.drop_config_lines
        self.take("config_lines_lost")
        return (*lost.get("lines", default), *self.image.drop_config_lines)

    def hang_up(self) -> None:
        """Throw out whoever is logged in."""
        self.logins.clear()
        for action in tuple(self.on_hang_up):
            action()

    def notify(self, text: str) -> None:
        """Print something on the terminals of whoever is logged in."""
        for action in tuple(self.on_notice):
            action(text)

    def reboot(self, *, halt: bool = False) -> None:
        """Stop HA at once and the system a little later; then boot, unless it is to stay off."""
        if self.phase is not Phase.RUNNING:
            return
        self.has_ha_running = False
        self.phase = Phase.STOPPING
        self._next(self.times.stop_seconds, lambda: self._go_down(halt=halt))
        self.changed()

    def crash(self, *, reboots: bool = False, silent: bool = False) -> None:
        """Lose power this instant."""
        self.is_silent = silent
        self.has_ha_running = False
        self._go_down(halt=not reboots)

    def power_on(self) -> None:
        """Boot, if it is off."""
        if self.phase is Phase.DOWN:
            self._next(0.0, self._start_booting)

    def _next(self, seconds: float, action: Callable[[], None]) -> None:
        if self._power is not None:
            self._power.cancel()
        self._power = self.timeline.after(seconds, action)

    def _go_down(self, *, halt: bool) -> None:
        self.phase = Phase.DOWN
        self.logins.clear()
        if halt:
            if self._power is not None:
                self._power.cancel()
        else:
            self._next(self.times.boot_seconds * _POST_SHARE, self._start_booting)
        self.changed()

    def _start_booting(self) -> None:
        self.phase = Phase.BOOTING
        slow = self.take("slow_boot")
        extra = 0.0 if slow is None else float(slow.get("seconds", 10.0))
        if self.take("never_boots") is None:
            self._next(self.times.boot_seconds * (1 - _POST_SHARE) + extra, self._come_up)
        self.changed()

    def _come_up(self) -> None:
        if not self._load_software():
            return
        loop = self.take("boot_loop")
        up = None if loop is None else float(loop.get("seconds", 0.0))
        if up == 0:
            self._go_down(halt=False)
            return
        self.boots += 1
        self.booted_at = self.timeline.now()
        for seat in self.seats.values():
            seat.role_changes = 0
        self.is_suspended = False
        self.is_silent = False
        self._load_configuration()
        self.phase = Phase.RUNNING
        if self.image.has_ha and self.take("boot_without_ha") is None:
            self._next(self.times.ha_seconds, self._start_ha)
        if up is not None:
            self.timeline.after(up, functools.partial(self._fall, self.boot_id))
        self.changed()

    def _fall(self, boot_id: str) -> None:
        """The system that came up crashes, unless another one runs by now."""
        if self.boot_id == boot_id and self.is_answering:
            self.crash(reboots=True)

    def _start_ha(self) -> None:
        self.has_ha_running = True
        self.changed()
