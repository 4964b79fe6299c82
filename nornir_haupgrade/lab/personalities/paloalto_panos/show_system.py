"""Identity, resources, logins."""

from __future__ import annotations

import uuid
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.paloalto_panos.context import (
    At,
    answer,
    branch,
    leaf,
    text_at,
)
from nornir_haupgrade.lab.personalities.paloalto_panos.releases import feature
from nornir_haupgrade.lab.terminal.answers import text_of

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome

CONTENT = "8700-7709"
"""The release of applications and threats that both members have."""
_DAY, _HOUR, _MINUTE = 86_400, 3_600, 60


def _uptime(seconds: float) -> str:
    """As in ``2 days, 2:38:49``; below a day ``0 days``: assumed."""
    days, rest = divmod(int(seconds), _DAY)
    clock = f"{rest // _HOUR}:{rest % _HOUR // _MINUTE:02}:{rest % _MINUTE:02}"
    return f"{days} day{'' if days == 1 else 's'}, {clock}"


def info(at: At, _: tuple[str, ...]) -> Outcome:
    """``show system info``."""
    own, board = at.firewall, at.firewall.board
    is_licensed = own.has("licence_invalid") is None
    system = branch(
        "system",
        hostname=own.hostname,
        ip_address=board.management.ip,
        netmask=board.management.netmask,
        default_gateway=board.management.network.network_address + 1,
        ipv6_address="unknown",
        ipv6_link_local_address=f"fe80::21b:17ff:fe{board.pair % 256:02x}:{board.index}/64",
        ipv6_default_gateway="",
        mac_address=board.mac("management"),
        time=f"{at.time:%a %b} {at.time.day:>2} {at.time:%H:%M:%S %Y}",
        uptime=_uptime(own.uptime),
        family="vm",
        model="PA-VM",
        serial=own.node_id,
        vm_mac_base="00:1B:17:00:00:00",
        vm_mac_count=255,
        vm_uuid=str(uuid.uuid5(uuid.NAMESPACE_OID, own.name)).upper(),
        vm_cpuid="FB060000FDFB8B07",
        vm_license="VM-100" if is_licensed else "none",
        vm_mode="VMWare ESXi",
        sw_version=own.image.version,
        global_protect_client_package_version="0.0.0",
        app_version=CONTENT,
        app_release_date="2026/02/26 09:10:11 UTC",
        av_version=0,
        av_release_date="unknown",
        threat_version=CONTENT,
        threat_release_date="2026/02/26 09:10:11 UTC",
        wf_private_version=0,
        wf_private_release_date="unknown",
        url_db="paloaltonetworks",
        wildfire_version=0,
        wildfire_release_date="unknown",
        url_filtering_version="0000.00.00.000",
        global_protect_datafile_version=0,
        global_protect_datafile_release_date="unknown",
        logdb_version=f"{feature(own.image.version)}.0",
        platform_family="vm",
        vpn_disable_mode="off",
        multi_vsys="off",
        operational_mode="normal",
    )

    def render(result: ET.Element) -> str:
        lines = [f"{item.tag}: {item.text or ''}" for item in result.iterfind("system/*")]
        return text_of(*lines, "")

    return answer(at, branch("result", system), render)


def _plain(at: At, text: str) -> Outcome:
    """A result that is text in XML too, as the output of a program."""
    return answer(at, leaf("result", text), lambda result: f"{result.text or ''}\n")


def _size(number: float) -> str:
    """As ``df -h`` spells it."""
    for unit in ("", "K", "M"):
        if number < 1000:  # noqa: PLR2004  # three digits fit
            return f"{number:.0f}{unit}"
        number /= 1024
    return f"{number:.1f}G"


def disk_space(at: At, _: tuple[str, ...]) -> Outcome:
    """``show system disk-space``: images lie on /opt/panrepo, the only one that the lab fills."""
    disk = at.firewall.disk
    used = disk.capacity - disk.free
    share = f"{-(-100 * used // disk.capacity)}%"  # rounded up, as df does
    sizes = [_size(item) for item in (disk.capacity, used, disk.free)]
    repository = f"{'/dev/sda6':<15}{sizes[0]:>5}{sizes[1]:>6}{sizes[2]:>6}{share:>5} /opt/panrepo"
    return _plain(
        at,
        text_of(
            "Filesystem      Size  Used Avail Use% Mounted on",
            "/dev/root       6.9G  5.1G  1.5G  78% /",
            "none            7.9G   76K  7.9G   1% /dev",
            "/dev/sda5        16G  1.2G   14G   8% /opt/pancfg",
            repository,
            "tmpfs            12G  8.4G  3.0G  74% /dev/shm",
            "/dev/sda8        21G   63M   20G   1% /opt/panlogs",
        ),
    )


def resources(at: At, _: tuple[str, ...]) -> Outcome:
    """``show system resources``: the head of ``top`` and one process."""
    users = len(at.firewall.logins)
    hours = int(at.firewall.uptime) // _HOUR
    load = "load average: 0.26, 0.18, 0.19"
    return _plain(
        at,
        text_of(
            f"top - {at.time:%H:%M:%S} up {hours:>2}:00, {users:>2} users,  {load}",
            "Tasks: 156 total,   1 running, 155 sleeping,   0 stopped,   0 zombie",
            "%Cpu(s):  3.2 us,  1.4 sy,  0.0 ni, 95.2 id,  0.0 wa,  0.0 hi,  0.2 si,  0.0 st",
            "MiB Mem :   6512.8 total,   1028.6 free,   4179.2 used,   1305.0 buff/cache",
            "MiB Swap:   4095.9 total,   4095.9 free,      0.0 used.   2059.9 avail Mem",
            "",
            "  PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND",
            " 3999       20   0  977396 323916  12740 S   2.3   4.9   0:26.59 mgmtsrvr",
        ),
    )


def clock(at: At, _: tuple[str, ...]) -> Outcome:
    """``show clock``."""
    when = at.time
    text = f"{when:%a %b} {when.day:>2} {when:%H:%M:%S} UTC {when:%Y}"
    return answer(at, leaf("result", text), lambda _: f"\n{text}\n\n")


def admins(at: At, _: tuple[str, ...]) -> Outcome:
    """``show admins``: no free capture was found; the columns are those of the web interface."""
    entries = []
    for line, login in sorted(at.firewall.logins.items()):
        user, *_rest, source = login.split()
        own = [leaf("self", "yes")] if line == at.terminal.line else []
        started = f"{at.time:%m/%d %H:%M:%S}"  # the lab keeps no time of a login
        idle = "00:00:00s"
        entry = branch("entry", *own, admin=user, type="CLI", session_start=started, idle_for=idle)
        entry.insert(1, leaf("from", source))
        entries.append(entry)

    def render(result: ET.Element) -> str:
        rows = [
            f"{'*' if entry.find('self') is not None else ' '}{text_at(entry, 'admin'):<20} "
            f"{text_at(entry, 'from'):<16} {text_at(entry, 'type'):<6} "
            f"{text_at(entry, 'session-start'):<16} {text_at(entry, 'idle-for')}"
            for entry in result.iter("entry")
        ]
        head = f" {'Admin':<20} {'From':<16} {'Client':<6} {'Session-start':<16} Idle-for"
        return text_of("", head, "-" * 80, *rows, "")

    return answer(at, branch("result", branch("admins", *entries)), render)
