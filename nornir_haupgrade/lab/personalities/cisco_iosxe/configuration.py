"""A router's configurations: the running one, and the one that the next boot loads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.disk import sha256
from nornir_haupgrade.lab.personalities.cisco_iosxe import sections
from nornir_haupgrade.lab.personalities.cisco_iosxe.clock import stamp
from nornir_haupgrade.lab.personalities.cisco_iosxe.spec import (
    GroupProtocol,
    GroupSpec,
    PortSpec,
    RouterSpec,
)
from nornir_haupgrade.lab.personalities.cisco_iosxe.versions import unpadded
from nornir_haupgrade.lab.roles import Stance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nornir_haupgrade.lab.personalities.cisco_iosxe.sections import Sections

DEFAULT_PRIORITY = 100
SCP = "ip scp server enable"
_NVRAM = 33_554_432


def initial(
    name: str,
    ports: tuple[PortSpec, ...],
    spec: RouterSpec,
    *,
    priority: int,
    preempts: bool,
    boot: Iterable[str] = (),
) -> Sections:
    """What a router of the lab is configured with."""
    made: Sections = {}
    lines = [
        "service timestamps debug datetime msec",
        "service timestamps log datetime msec",
        "platform console virtual",
        f"hostname {name}",
        *(f"boot system {file}" for file in boot),
        *([f"enable secret 9 $9${sha256(spec.secret.encode())[:43]}"] if spec.secret else []),
        "no aaa new-model",
        "ip domain name lab.example",
        f"username admin privilege {spec.privilege} secret 9 $9${sha256(name.encode())[:43]}",
        "ip forward-protocol nd",
        "no ip http server",
        *([SCP] if spec.has_scp else []),
        f"ip route 0.0.0.0 0.0.0.0 {ports[1].beyond}",
        f"ip route 198.51.100.128 255.255.255.128 {ports[2].beyond}",
    ]
    for line in lines:
        sections.add(made, line)
    for port in ports:
        address = f"ip address {port.address.ip} {port.address.netmask}"
        sections.add(made, f"interface {port.name}", f"description {port.description}", address)
    for group in spec.groups:
        port = next(port for port in ports if port.name == group.interface)
        inner = _group_lines(group, port, priority=priority, preempts=preempts)
        sections.add(made, f"interface {group.interface}", *inner)
    for port in ports:
        sections.add(made, f"interface {port.name}", "negotiation auto", "no mop enabled")
    neighbor = f"neighbor {ports[1].beyond}"
    peering = (f"{neighbor} remote-as 65000", f"{neighbor} description upstream")
    sections.add(made, "router bgp 65001", "bgp log-neighbor-changes", *peering)
    sections.add(made, "line con 0", "stopbits 1")
    sections.add(made, "line vty 0 15", "login local", "transport input ssh")
    return made


def _group_lines(group: GroupSpec, port: PortSpec, *, priority: int, preempts: bool) -> list[str]:
    word = f"{group.protocol} {group.number}"
    lines = [f"{word} ip {port.virtual}"]
    if priority != DEFAULT_PRIORITY:
        lines.append(f"{word} priority {priority}")
    delay = f" delay minimum {group.delay}" if group.delay else ""
    if group.protocol is GroupProtocol.HSRP:
        lines += [f"standby version {group.version}"] if group.version != 1 else []
        lines += [f"{word} preempt{delay}"] if preempts else []
    elif not preempts:
        lines.append(f"no {word} preempt")
    elif delay:
        lines.append(f"{word} preempt{delay}")
    return lines


class RouterConfiguration:
    """Both configurations, who changed them last and when."""

    def __init__(self, startup: Sections) -> None:
        self.startup = startup
        self.running = sections.copied(startup)
        self.is_modified = False
        """Whether a line was entered since it was saved or booted, whatever the two hold."""
        self._changed: str | None = None
        self._saved: list[str] = []

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        found = [line for line in self.running if line.startswith("hostname ")]
        return found[0].split()[1] if found else "Router"

    @property
    def boot_files(self) -> list[str]:
        """What ``boot system`` names in the configuration of the next boot, in order."""
        lines = [line for line in self.startup if line.startswith("boot system ")]
        return [line.split()[-1] for line in lines]

    @property
    def has_secret(self) -> bool:
        """Whether ``enable`` asks for a secret."""
        return any(line.startswith("enable secret ") for line in self.running)

    @property
    def is_saved(self) -> bool:
        """Whether the next boot loads what runs."""
        return sections.rendered(self.running) == sections.rendered(self.startup)

    @property
    def digest(self) -> str:
        """Over both, without dates."""
        both = (sections.rendered(self.running), sections.rendered(self.startup))
        return sha256("\0".join("\n".join(lines) for lines in both).encode())

    def under(self, header: str) -> list[str]:
        """The running lines under one at the margin; none if it is not there."""
        return self.running.get(header, [])

    def note(self, now: float, by: str) -> None:
        """Say when and by whom the running one was changed."""
        self.is_modified = True
        self._changed = f"! Last configuration change at {stamp(now)} by {by}"

    def save(self, now: float, by: str) -> None:
        """Have the next boot load what runs."""
        self.startup = sections.copied(self.running)
        self.is_modified = False
        saved = f"! NVRAM config last updated at {stamp(now)} by {by}"
        self._saved = [*([self._changed] if self._changed else []), saved]

    def load(self, lost: Iterable[str]) -> None:
        """Begin with what was saved, as far as the release knows it."""
        self.running = sections.without(self.startup, lost)
        self.is_modified = False
        self._changed = None

    def stance(self, group: str) -> Stance | None:
        """How the running one has the router stand in a group; None: not configured."""
        interface, word, number = group.split()
        own = self.under(f"interface {interface}")
        if not any(line.startswith(f"{word} {number} ip ") for line in own):
            return None
        priority = _found(own, rf"{word} {number} priority (\d+)")
        preempt = _found(own, rf"{word} {number} preempt(?: delay minimum (\d+))?")
        is_off = f"no {word} {number} preempt" in own
        return Stance(
            DEFAULT_PRIORITY if priority is None else int(priority[1]),
            # VRRP preempts unless it is told not to, HSRP does not unless it is told to
            preempts=not is_off if word == GroupProtocol.VRRP else preempt is not None,
            delay=0.0 if preempt is None else float(preempt[1] or 0),
        )

    def running_text(self, version: str) -> list[str]:
        """The lines of ``show running-config``, without its head."""
        changed = self._changed or "! No configuration change since last restart"
        return ["!", changed, *self._saved[-1:], "!", *_printed(self.running, version)]

    def startup_text(self, version: str) -> list[str]:
        """The lines of ``show startup-config``."""
        lines = ["!", *self._saved, "!", *_printed(self.startup, version)]
        return [f"Using {len(chr(10).join(lines))} out of {_NVRAM} bytes", *lines]


def _found(lines: Iterable[str], pattern: str) -> re.Match[str] | None:
    return next((found for line in lines if (found := re.match(pattern, line))), None)


def _printed(content: Sections, version: str) -> list[str]:
    """With the release, and the markers that stand around ``boot system`` even if there is none."""
    boot = [line for line in content if line.startswith("boot system ")]
    lines = sections.rendered({key: own for key, own in content.items() if key not in boot})
    place = next((at for at, line in enumerate(lines, 1) if line.startswith("hostname ")), 0)
    marked = ["!", "boot-start-marker", *boot, "boot-end-marker"]
    release = ".".join(unpadded(version).split(".")[:2])
    return [f"version {release}", *lines[:place], *marked, *lines[place:], "!", "end"]
