"""A unit's configurations: the running one, and the one that the next boot loads."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.disk import sha256
from nornir_haupgrade.lab.personalities.cisco_asa import sections
from nornir_haupgrade.lab.personalities.cisco_asa.clock import exact_stamp
from nornir_haupgrade.lab.personalities.cisco_asa.spec import (
    FAILOVER_PORT,
    LINK_NAME,
    AsaSpec,
    PortSpec,
    failover_net,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from nornir_haupgrade.lab.personalities.cisco_asa.sections import Sections

UNIT = "failover lan unit "
"""The one line that a unit never takes over from the other."""
SCP = "ssh scopy enable"
FAILOVER = "failover"
_BOOT = "boot system "
USER = "enable_15"
"""Who has changed what after ``enable``, in the configuration's own comments."""


def initial(
    hostname: str,
    ports: tuple[PortSpec, ...],
    number: int,
    spec: AsaSpec,
    *,
    unit: str,
    boot: Iterable[str],
) -> Sections:
    """What a unit of the lab is configured with."""
    made: Sections = {}
    link = failover_net(number)
    first, second = link.network_address + 1, link.network_address + 2
    lines = [
        *([f"terminal width {spec.width}"] if spec.width != 80 else []),  # noqa: PLR2004
        f"hostname {hostname}",
        "domain-name lab.example",
        f"enable password $sha512$5000${sha256(spec.secret.encode())[:22]} pbkdf2",
        "names",
        *(f"{_BOOT}{name}" for name in boot),
        "ftp mode passive",
        "access-list OUTSIDE extended permit tcp any object SERVER eq 7000",
        "access-list OUTSIDE extended permit tcp any object SERVER eq 7001",
        "access-list OUTSIDE extended deny ip any any log",
        "pager lines 24",
        *(f"mtu {port.name} 1500" for port in ports),
        FAILOVER,
        f"{UNIT}{unit}",
        f"failover lan interface {LINK_NAME} {FAILOVER_PORT}",
        *(["failover replication http"] if spec.replicates_http else []),
        f"failover link {LINK_NAME} {FAILOVER_PORT}",
        f"failover interface ip {LINK_NAME} {first} {link.netmask} standby {second}",
        "nat (inside,outside) source dynamic any interface",
        "access-group OUTSIDE in interface outside",
        f"route outside 0.0.0.0 0.0.0.0 {ports[0].beyond} 1",
        f"route inside 198.51.100.128 255.255.255.128 {ports[1].beyond} 1",
        "timeout conn 1:00:00 half-closed 0:10:00 udp 0:02:00 sctp 0:02:00 icmp 0:00:02",
        "aaa authentication ssh console LOCAL ",
        *(["aaa authorization exec LOCAL auto-enable"] if spec.auto_enable else []),
        *([SCP] if spec.has_scp else []),
        "ssh timeout 60",
        "ssh 0.0.0.0 0.0.0.0 management",
        "console timeout 0",
        f"username admin password $sha512$5000${sha256(b'admin')[:22]} pbkdf2 privilege 15",
        *([f"prompt {spec.prompt} "] if spec.prompt else []),
    ]
    for line in lines:
        sections.add(made, line)
    for port in ports:
        addresses = f"{port.address(active=True)} {port.net.netmask}"
        sections.add(
            made,
            f"interface {port.hardware}",
            *(["management-only"] if port.name == "management" else []),
            f"nameif {port.name}",
            f"security-level {port.level}",
            f"ip address {addresses} standby {port.address(active=False)} ",
        )
    sections.add(made, f"interface {FAILOVER_PORT}", "description LAN/STATE Failover Interface")
    sections.add(made, "object network SERVER", f"host {ports[1].net.network_address + 100}")
    return made


class AsaConfiguration:
    """Both configurations, and who changed them last."""

    def __init__(self, startup: Sections) -> None:
        self.startup = startup
        self.running = sections.copied(startup)
        self.is_modified = False
        """Whether a reload asks whether to save."""
        self.changed = ""
        """Who changed the running one last, and when; empty: nobody since the boot."""
        self.saved = ""
        self.errors: list[str] = []
        """What the release that booted did not take over of the startup configuration."""

    @property
    def hostname(self) -> str:
        """The name in the prompt; both units have the same."""
        found = [line for line in self.running if line.startswith("hostname ")]
        return found[0].split()[1] if found else "ciscoasa"

    @property
    def prompt_words(self) -> list[str]:
        """What the prompt shows besides the hostname."""
        found = [line for line in self.running if line.startswith("prompt ")]
        return found[0].split()[1:] if found else ["hostname"]

    @property
    def boot_files(self) -> list[str]:
        """What ``boot system`` names in the configuration of the next boot, in order."""
        return boot_lines(self.startup)

    @property
    def digest(self) -> str:
        """Over both, without dates."""
        both = (sections.rendered(self.running), sections.rendered(self.startup))
        return sha256("\0".join("\n".join(lines) for lines in both).encode())

    @property
    def is_saved(self) -> bool:
        """Whether the next boot loads what runs."""
        return sections.rendered(self.running) == sections.rendered(self.startup)

    def note(self, now: float, by: str = USER) -> None:
        """Say when and by whom the running one was changed."""
        self.is_modified = True
        self.changed = f"{by} at {exact_stamp(now)}"

    def save(self, now: float, by: str = USER) -> None:
        """Have the next boot load what runs."""
        self.startup = sections.copied(self.running)
        self.is_modified = False
        self.saved = f"{by} at {exact_stamp(now)}"

    def load(self, lost: Iterable[str]) -> None:
        """Begin with what was saved, as far as the release knows it."""
        self.running = sections.without(self.startup, lost)
        known = set(sections.rendered(self.running))
        self.errors = [line for line in sections.rendered(self.startup) if line not in known]
        self.is_modified = False
        self.changed = ""

    def take_over(self, running: Sections, lost: Iterable[str]) -> None:
        """Have the other unit's configuration run, but for the line that says which unit this is.

        It is not saved: "the configuration exists only in running memory" (Cisco's guide to 9.0).
        """
        own = [line for line in self.running if line.startswith(UNIT)]
        taken = sections.without(running, lost)
        for header in [line for line in taken if line.startswith(UNIT)]:
            del taken[header]
        for line in own:
            sections.add(taken, line)
        self.running = taken
        self.is_modified = not self.is_saved


def boot_lines(content: Sections) -> list[str]:
    """The files that a configuration names to boot."""
    lines = [line for line in content if line.startswith(_BOOT)]
    return [line.removeprefix(_BOOT) for line in lines]


def parsed(text: str) -> Sections:
    """A configuration that was copied as text, without its head and its end."""
    found: Sections = {}
    header = ""
    for line in text.splitlines():
        if not line.strip() or line.startswith((":", "!", "ASA Version ", "Cryptochecksum:")):
            continue
        if line.startswith(" ") and header:
            sections.add(found, header, line[1:])
        else:
            header = line
            sections.add(found, header)
    return found


def checksum(content: Sections) -> str:
    """The cryptochecksum of a configuration: 32 hexadecimal digits."""
    text = "\n".join(sections.rendered(content))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
