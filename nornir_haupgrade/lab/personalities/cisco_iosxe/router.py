"""One router of the platform ``cisco_iosxe``."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.device import Device, Phase
from nornir_haupgrade.lab.personalities.cisco_iosxe.configuration import (
    RouterConfiguration,
    initial,
)
from nornir_haupgrade.lab.personalities.cisco_iosxe.software import (
    PACKAGES,
    Bundle,
    Packages,
    Software,
    flash_path,
)
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import (
    PortSpec,
    SoftwareMode,
    ports_of,
    setup_of,
)
from nornir_haupgrade.lab.personalities.cisco_iosxe.versions import file_name
from nornir_haupgrade.lab.roles import HaState, Stance

if TYPE_CHECKING:
    from nornir_haupgrade.lab.spec import MemberSpec, PairSpec
    from nornir_haupgrade.lab.timeline import Timeline

_LOST_BY_DEFAULT = ("ip route 198.51.100.128",)
_ABSENT = Stance(priority=0, preempts=False)
_COLD, _RELOAD, _INSTALL = "reload", "Reload Command", "Install"
"""Why it booted last, in the words of ``show version``."""


class Router(Device):
    """Software, a running and a saved configuration, and groups that hang on both."""

    def __init__(self, spec: MemberSpec, pair: PairSpec, timeline: Timeline) -> None:
        self.spec = setup_of(pair.setup)
        self.board: tuple[PortSpec, ...] = ports_of(pair.number, pair.members.index(spec))
        groups = tuple(group.name for group in self.spec.groups)
        names = tuple(port.name for port in self.board)
        super().__init__(spec, pair, timeline, groups=groups, ports=names)
        self.node_id = spec.node or _serial(spec.name)
        self.reason = _COLD
        self.clock = 0.0
        """Device seconds by which its clock is ahead."""
        self.is_licensed = True
        versions = [spec.version, *([spec.other_version] if spec.other_version else [])]
        is_bundle = self.spec.mode is SoftwareMode.BUNDLE
        boots = f"bootflash:{file_name(spec.version)}" if is_bundle else PACKAGES
        self.configuration = RouterConfiguration(
            initial(
                spec.name,
                self.board,
                self.spec,
                priority=spec.priority,
                preempts=pair.preempt,
                boot=[boots],
            )
        )
        self.packages: Packages | None = None
        """None in bundle mode."""
        self.software: Software
        if is_bundle:
            self.software = Bundle(self.disk, lambda: self.configuration.boot_files, versions)
        else:
            self.software = self.packages = Packages(self.disk, timeline, versions)
            self.disk.store(flash_path(PACKAGES) or "", b"#! /usr/binos/bin/packages_conf.sh\n")
        booted = self.software.boot(old=True)
        if booted is not None:
            self.image = booted.image
        self.has_ha_running = self.image.has_ha

    @property
    def running_slot(self) -> str:
        """A version, or a file's name."""
        return self.software.running

    @property
    def next_slot(self) -> str:
        """A version, or a file's name."""
        return self.software.coming

    @property
    def is_on_trial(self) -> bool:
        """Whether what runs goes back by itself."""
        return self.packages is not None and self.packages.is_on_trial

    @property
    def preempts(self) -> bool:
        """In any of its groups."""
        return any(self.stance(group).preempts for group in self.seats)

    @property
    def config_hash(self) -> str:
        """Over the running and the saved configuration."""
        return self.configuration.digest

    def stance(self, group: str) -> Stance:
        """By the running configuration."""
        return self.configuration.stance(group) or _ABSENT

    def port(self, name: str) -> PortSpec:
        """One of its interfaces."""
        return next(port for port in self.board if port.name == name)

    def named(self, typed: str) -> str | None:
        """The interface that is meant by ``Gi2`` or ``gigabitethernet 2``."""
        word = typed.replace(" ", "").lower()
        kind = word.rstrip("0123456789")
        for port in self.board:
            if kind and port.name.lower().startswith(kind) and word == kind + port.number:
                return port.name
        return None

    def is_shut(self, name: str) -> bool:
        """Whether an interface is shut down by configuration."""
        return "shutdown" in self.configuration.under(f"interface {name}")

    def is_up(self, name: str) -> bool:
        """Whether an interface's line protocol is up."""
        return self.ports[name] and not self.is_shut(name)

    def has_data_path(self, group: str) -> bool:
        """Whether the group's own interface is up."""
        return self.is_up(group.split(maxsplit=1)[0])

    def floor(self, group: str) -> HaState | None:
        """A group whose interface is down, or that is not configured, is in its initial state."""
        is_blind = self.has("data_port_unnoticed") is not None
        is_part = (
            self.has_ha_running
            and self.phase is Phase.RUNNING
            and (is_blind or self.has_data_path(group))
            and self.configuration.stance(group) is not None
        )
        return None if is_part else HaState.INIT

    def reload(self, reason: str = _RELOAD) -> None:
        """Go down and boot, for a reason that ``show version`` names afterwards."""
        if self.phase is Phase.RUNNING:
            self.reason = reason
        self.reboot()

    def crash(self, *, reboots: bool = False, silent: bool = False) -> None:
        """Lose power this instant."""
        self.reason = "PowerOn"
        super().crash(reboots=reboots, silent=silent)

    def activate(self, version: str, minutes: int) -> None:
        """Reload into other packages, on trial."""
        if self.packages is not None:
            self.packages.activate(version, minutes * 60.0, self.go_back)
            self.reload(_INSTALL)

    def go_back(self) -> None:
        """Reload into what was committed; nothing if that runs and nothing else is to boot."""
        packages = self.packages
        if packages is None or packages.committed == packages.running == packages.coming:
            return
        is_away = packages.is_on_trial
        packages.go_back()
        if is_away:
            self.reload(_INSTALL)

    def _load_software(self) -> bool:
        slot = self.software.boot(old=self.take("old_image_after_reboot") is not None)
        if slot is None:
            return False
        self.image = slot.image
        self.is_licensed = self.take("licence_lost") is None
        return True

    def _load_configuration(self) -> None:
        self.configuration.load(self.lines_lost(_LOST_BY_DEFAULT))
        self.hostname = self.configuration.hostname


def _serial(name: str) -> str:
    """A processor board ID, as a virtual router has it: eleven digits and capitals."""
    digest = hashlib.sha256(name.encode()).hexdigest().upper()
    return f"9{digest[:10]}"


def router_of(device: Device) -> Router:
    """A member of a pair of this platform, known as one."""
    if not isinstance(device, Router):
        msg = f"{device.name} is no router"
        raise TypeError(msg)
    return device
