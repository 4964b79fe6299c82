"""Images that are restored: onto one member, or onto a cluster that upgrades itself.

By default the secondary is first; once it is back the primary hands over and follows. It does not
wait for ever: 12 minutes before 7.0.2 (article 209503), then ``uninterruptible-primary-wait``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Phase
from nornir_haupgrade.lab.images import read_image
from nornir_haupgrade.lab.personalities.fortinet.spec import UpgradeMode
from nornir_haupgrade.lab.personalities.fortinet.versions import numbers
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate

BYTES_PER_SECOND = 50_000_000
_LOOK_EVERY = 0.5
_OLD_WAIT = 12 * 60
_WAIT_IS_SET_FROM = (7, 0, 2)


def seconds_for(device: FortiGate, size: int) -> float:
    """How long an image takes to be fetched and written, in device seconds."""
    return device.times.install_seconds + size / BYTES_PER_SECOND


def install(device: FortiGate, image: bytes, *, boots: bool) -> None:
    """Put an image into the partition that does not run, and perhaps have it boot next."""
    partitions = device.partitions
    partitions.install(partitions.other, image, read_image(image).version)
    if boots:
        partitions.coming = partitions.other


@dataclass(slots=True)
class ClusterUpgrade:
    """One upgrade of both members, run by the primary."""

    primary: FortiGate
    image: bytes
    mode: UpgradeMode
    waited: float = 0.0
    is_over: bool = False

    @property
    def secondary(self) -> FortiGate:
        """The other member."""
        return self.primary.mate

    @property
    def limit(self) -> float:
        """How long the primary waits for the secondary, in seconds."""
        if numbers(self.primary.version) < _WAIT_IS_SET_FROM:
            return _OLD_WAIT
        minutes = self.primary.configuration.value("system ha", "uninterruptible-primary-wait")
        return float(minutes) * 60

    def start(self) -> None:
        """Begin: the image is there and checked."""
        if self.mode is UpgradeMode.SIMULTANEOUS or not self.primary.hears_peer:
            members = (self.primary, self.secondary) if self.primary.hears_peer else (self.primary,)
            self.is_over = True
            for member in members:
                self._take(member)
            return
        self._take(self.secondary)
        if self.mode is UpgradeMode.SECONDARY_ONLY:
            self.is_over = True
        else:
            self._look_later()

    def _take(self, member: FortiGate) -> None:
        install(member, self.image, boots=True)
        member.restart()

    def _look_later(self) -> None:
        self.primary.timeline.after(_LOOK_EVERY, self._look)

    def _look(self) -> None:
        """See whether the secondary is back, or was waited for long enough."""
        self.waited += _LOOK_EVERY
        if self.primary.phase is not Phase.RUNNING:
            self.is_over = True
        elif self.secondary.version == read_image(self.image).version and self._is_ready():
            self._hand_over()
        elif self.waited >= self.limit:
            self.is_over = True
            self._take(self.primary)
        else:
            self._look_later()

    def _is_ready(self) -> bool:
        """Whether the secondary takes part again, and has had time for its sessions."""
        return self.primary.hears_peer and (
            self.secondary.ha_uptime >= self.primary.times.sync_seconds
        )

    def _hand_over(self) -> None:
        self.primary.yields_for_upgrade = True
        self.primary.changed()
        self.primary.timeline.after(_LOOK_EVERY, self._follow)

    def _follow(self) -> None:
        """Upgrade the old primary, once it is that."""
        self.is_over = True
        if self.primary.phase is Phase.RUNNING and self.secondary.role is HaState.MASTER:
            self._take(self.primary)
        else:
            self.primary.yields_for_upgrade = False
            self.primary.changed()
