"""One FortiGate of the platform ``fortinet``: two partitions, a configuration, a licence."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Device, Phase, Quirk
from nornir_haupgrade.lab.personalities.fortinet import replication
from nornir_haupgrade.lab.personalities.fortinet.clustered import Clustered
from nornir_haupgrade.lab.personalities.fortinet.depot import Depot
from nornir_haupgrade.lab.personalities.fortinet.initial import initial
from nornir_haupgrade.lab.personalities.fortinet.partitions import filled
from nornir_haupgrade.lab.personalities.fortinet.spec import DATA_PORTS, ports_of, setup_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.personalities.fortinet.configuration import Configuration
    from nornir_haupgrade.lab.personalities.fortinet.upgrade import ClusterUpgrade
    from nornir_haupgrade.lab.spec import MemberSpec, PairSpec
    from nornir_haupgrade.lab.timeline import Timeline

_LOST_BY_DEFAULT = ('edit "branch-2"',)
_WARM, _COLD = "warm reboot", "power cycle"
NEVER_SYNC = "sessions_never_sync"


class FortiGate(Clustered):
    """Partitions, and a configuration that is partly the cluster's."""

    def __init__(self, spec: MemberSpec, pair: PairSpec, timeline: Timeline) -> None:
        self.spec = setup_of(pair.setup)
        super().__init__(spec, pair, timeline, ports_of(pair.number, pair.members.index(spec)))
        self.node_id = spec.node or _serial(spec.name)
        self.depot = Depot(self.spec)
        self.partitions = filled(self.disk, spec.version, spec.other_version)
        self.configuration = self._made(spec, pair, spec.version)
        if spec.other_version is not None:
            old = self._made(spec, pair, spec.other_version)
            self.partitions.held[2].configuration = old
        slot = self.partitions.boot(old=True)
        if slot is not None:
            self.image = slot.image
        self.reason = _COLD
        self.boot_errors: tuple[str, ...] = ()
        """What the last boot did not understand of its configuration."""
        self.is_licensed = True
        self.is_sync_stopped = False
        """``execute ha synchronize stop`` was said."""
        self.counted_priority = self.configured_priority
        self.upgrade: ClusterUpgrade | None = None
        """The one that it runs or ran last, as the primary."""
        self._started: dict[tuple[int, str], float] = {}
        self._was_flagged = False
        self._left: int | None = None
        """The partition that the last boot left for the other; None: it stayed."""
        self.has_ha_running = self.image.has_ha
        self.on_joined.append(lambda: replication.pull(self))
        self.follow_pickup()

    def _made(self, spec: MemberSpec, pair: PairSpec, version: str) -> Configuration:
        return initial(
            spec.name,
            self.board,
            self.spec,
            version,
            priority=spec.priority,
            preempts=pair.preempt,
        )

    @property
    def mate(self) -> FortiGate:
        """The other member, known as a FortiGate."""
        return fortigate_of(self.pair.peer(self))

    @property
    def running_slot(self) -> str:
        """1 or 2."""
        return str(self.partitions.running)

    @property
    def next_slot(self) -> str:
        """1 or 2."""
        return str(self.partitions.coming)

    @property
    def version(self) -> str:
        """What runs."""
        return self.image.version

    @property
    def config_hash(self) -> str:
        """Over all tables, a member's own included."""
        return self.configuration.digest

    def has_data_path(self, group: str) -> bool:
        """Whether traffic's interfaces are up, and policies work: without a licence they do not."""
        del group
        return self.is_licensed and all(self.is_up(name) for name in DATA_PORTS)

    def login_started(self, line: int) -> float:
        """When a login was there first, as far as anybody looked; device seconds."""
        return self._started.setdefault((line, self.logins[line]), self.timeline.now())

    def follow_pickup(self) -> None:
        """Have sessions replicated, or not, as the configuration says."""
        mine = self.quirks.get(NEVER_SYNC)
        if not self.configuration.is_on("system ha", "session-pickup"):
            self.quirks.setdefault(NEVER_SYNC, Quirk({"pickup": False}))
        elif mine is not None and mine.params.get("pickup") is False:
            del self.quirks[NEVER_SYNC]

    def _follow_configuration(self) -> None:
        self.hostname = self.configuration.value("system global", "hostname") or self.node_id
        self.follow_pickup()

    def configured(self) -> None:
        """Follow a configuration that has just changed."""
        self._follow_configuration()
        if self.preempts or self.mate.preempts:
            self.negotiate()
        self.changed()

    def restart(self) -> None:
        """Go down and boot."""
        if self.phase is Phase.RUNNING:
            self.reason = _WARM
            self.note("hatalk exited")
        self.reboot()

    def crash(self, *, reboots: bool = False, silent: bool = False) -> None:
        """Lose power this instant."""
        self.reason = _COLD
        super().crash(reboots=reboots, silent=silent)

    def _load_software(self) -> bool:
        self._was_flagged = self.is_suspended
        left = self.partitions.running
        slot = self.partitions.boot(old=self.take("old_image_after_reboot") is not None)
        if slot is None:
            return False
        self._left = left if self.partitions.running != left else None
        if self._left is not None:
            self.partitions.held[left].configuration = self.configuration.copied()
        self.image = slot.image
        return True

    def _load_configuration(self) -> None:
        # a partition that ran before has its own old configuration; a new one takes over what ran
        held = self.partitions.held[self.partitions.running].configuration
        source = self.configuration if self._left is None or held is None else held.copied()
        lost = self.lines_lost(_LOST_BY_DEFAULT)
        self.boot_errors = source.losses(lost)
        self.configuration = source.converted(self.image.version, lost)
        self.is_licensed = self.take("licence_invalid") is None
        self.is_sync_stopped = self.yields_for_upgrade = False
        self.is_suspended = self._was_flagged and self.spec.keeps_flag
        self.was_failed = self.failed_ports
        self.counted_priority = self.configured_priority
        self._follow_configuration()


def _serial(name: str) -> str:
    """As a virtual FortiGate with four processors has it: sixteen characters."""
    number = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**8
    return f"FGVM04TM{number:08}"


def fortigate_of(device: Device) -> FortiGate:
    """A member of a pair of this platform, known as one."""
    if not isinstance(device, FortiGate):
        msg = f"{device.name} is no FortiGate"
        raise TypeError(msg)
    return device
