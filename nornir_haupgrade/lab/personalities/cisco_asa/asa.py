"""One unit of the platform ``cisco_asa``: primary or secondary for good, active or standby now."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.boot_files import BootFiles
from nornir_haupgrade.lab.device import Device, Phase
from nornir_haupgrade.lab.personalities.cisco_asa import sections
from nornir_haupgrade.lab.personalities.cisco_asa.configuration import (
    FAILOVER,
    AsaConfiguration,
    initial,
)
from nornir_haupgrade.lab.personalities.cisco_asa.course import Course
from nornir_haupgrade.lab.personalities.cisco_asa.history import State
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
    from nornir_haupgrade.lab.timeline import Timeline

GROUP = "failover"
_PRIMARY_FIRST = {True: 2, False: 1}
_LOST_BY_DEFAULT = ("eq 7001",)


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
        self._lost: tuple[str, ...] = ()
        """What its release does not know, of its own configuration or the other unit's."""
        self.course = Course(self)

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

    def role_changed(self, group: str, before: HaState) -> None:
        """Have its course follow."""
        del group
        self.course.role_changed(before)

    def replicate(self) -> None:
        """Have the active unit's whole configuration run here, as far as the release knows it."""
        self.configuration.take_over(sections.copied(self.mate.configuration.running), self._lost)
        differs = self.take("differs_after_sync")
        if differs is not None:
            line = str(differs.get("line", "snmp-server location stray"))
            sections.add(self.configuration.running, line)
        self.hostname = self.configuration.hostname

    def drop_unknown(self) -> None:
        """Lose the running lines that the release does not know."""
        running = self.configuration.running
        self.configuration.running = sections.without(running, self._lost)

    def announce(self, *lines: str) -> None:
        """Print on the console what nobody asked for; on other terminals only if that is so."""
        if self.has("console_messages") is not None:
            self.notify("".join(f"\n{line}\n" for line in lines))

    def hears_mate(self, *, link: bool) -> bool:
        """Whether it would take a command of the other unit's, with the failover link as it is."""
        is_on_its_way = self.role is HaState.BACKUP
        return link and is_on_its_way and self.course.state is not State.NEGOTIATION

    def turn_failover(self, *, on: bool) -> None:
        """Follow a line about failover itself, which is in the running configuration already."""
        if on and self.is_pseudo:
            self.is_pseudo = False
            self.course.turned_on()
        elif not on and not self.is_pseudo:
            self.is_pseudo = True
            self.course.turned_off()

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
        self.course.begin()
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
