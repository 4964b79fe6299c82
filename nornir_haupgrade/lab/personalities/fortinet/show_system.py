"""The system: version, licence, load, flash, logins, clock.

``get system status`` has the lines of captures 6.0 to 7.4, those about signatures left out; that of
the licence is a virtual machine's (article 197019).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from nornir_haupgrade.lab.clock import moment
from nornir_haupgrade.lab.personalities.fortinet import versions
from nornir_haupgrade.lab.personalities.fortinet.clock import (
    parts,
    spoken_span,
    stamp,
    system_time,
    uptime,
)
from nornir_haupgrade.lab.personalities.fortinet.cluster import members_seen, sessions_of
from nornir_haupgrade.lab.personalities.fortinet.clustered import GROUP
from nornir_haupgrade.lab.personalities.fortinet.context import At, parse_error, show
from nornir_haupgrade.lab.personalities.fortinet.spec import MANAGEMENT
from nornir_haupgrade.lab.roles import HaState

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.fortinet.fortigate import FortiGate

_MIB = 1024 * 1024
_SIGNATURE_FROM, _SECURITY_FROM = (6, 2, 0), (7, 0, 8)
_REASON_FROM = _SERIAL_LATER_FROM = (7, 0, 0)


def _mode(device: FortiGate) -> str:
    """Primary or secondary in the release's words; a slave's was not captured."""
    is_new = versions.names_primary(device.version)
    if not device.has_ha_running:
        return "standalone"
    if device.role is HaState.MASTER:
        return f"a-p, {'primary' if is_new else 'master'}"
    return f"a-p, {'secondary' if is_new else 'backup'}"


def status(at: At, _: tuple[str, ...]) -> Outcome:
    """``get system status``."""
    device, release = at.device, at.version
    parsed = versions.numbers(release)
    is_virtual = "-VM" in device.spec.model
    number, _date = versions.build(release)
    licence = f"License Status: {'Valid' if device.is_licensed else 'Invalid'}"
    since = max(one.seats[GROUP].since for one in members_seen(device))
    serial = (
        f"Serial-Number: {device.node_id}",
        "IPS Malicious URL Database: 5.00883(2026-02-27 06:19)",
    )
    cluster = [
        f"Cluster uptime: {spoken_span(at.now - device.cluster_since)}",
        f"Cluster state change time: {stamp(since)}",
    ]
    return show(
        f"Version: {device.spec.model} {versions.full(release)}",
        *(["Security Level: 1"] if parsed >= _SECURITY_FROM else []),
        *(["Firmware Signature: certified"] if parsed >= _SIGNATURE_FROM else []),
        "Virus-DB: 93.00146(2026-02-27 11:20)",
        "Extended DB: 93.00146(2026-02-27 11:20)",
        "IPS-DB: 6.00741(2015-12-01 02:30)",
        "IPS-ETDB: 36.00993(2026-02-26 00:45)",
        "APP-DB: 36.00992(2026-02-25 02:37)",
        *(reversed(serial) if parsed >= _SERIAL_LATER_FROM else serial),
        *([licence, "VM Resources: 2 CPU/4 allowed, 3962 MB RAM"] if is_virtual else []),
        "BIOS version: 04000002",
        "Log hard disk: Available",
        f"Hostname: {device.hostname}",
        *(["Private Encryption: Disable"] if parsed >= _SIGNATURE_FROM else []),
        "Operation Mode: NAT",
        "Current virtual domain: root",
        "Max number of virtual domains: 10",
        "Virtual domains status: 1 in NAT mode, 0 in TP mode",
        "Virtual domain configuration: disable",
        "FIPS-CC mode: disable",
        f"Current HA mode: {_mode(device)}",
        *(cluster if device.has_ha_running else []),
        f"Branch point: {number:04}",
        "Release Version Information: GA",
        "FortiOS x86-64: Yes",
        f"System time: {system_time(at.now)}",
        *([f"Last reboot reason: {device.reason}"] if parsed >= _REASON_FROM else []),
    )


def performance(at: At, _: tuple[str, ...]) -> Outcome:
    """``get system performance status``, as docs.fortinet.com has it (152469)."""
    states = "0% user 0% system 0% nice 100% idle 0% iowait 0% irq 0% softirq"
    number = sessions_of(at, at.device)
    spans = ("1 minute", "10 minutes", "30 minutes")
    return show(
        f"CPU states: {states}",
        f"CPU0 states: {states}",
        f"CPU1 states: {states}",
        "Memory: 4050332k total, 1377112k used (34%), 2531348k free (62%), 141872k freeable (3%)",
        "Average network usage: " + ", ".join(f"41 / 28 kbps in {span}" for span in spans),
        "Average sessions: " + ", ".join(f"{number} sessions in {span}" for span in spans),
        "Average session setup rate: "
        + ", ".join(f"0 sessions per second in last {span}" for span in spans),
        "Virus caught: 0 total in 1 minute",
        "IPS attacks blocked: 0 total in 1 minute",
        f"Uptime: {uptime(at.device.uptime)}",
    )


_PROCESSES = (("ipsengine", 156), ("hasync", 118), ("hatalk", 117), ("sshd", 291), ("snmpd", 142))


def top(at: At, arguments: tuple[str, ...]) -> Outcome:
    """``diagnose sys top DELAY LINES COUNT``: as the community's template has it, without delay.

    Without a count it goes on until q is typed; that is not simulated.
    """
    for word in arguments:
        if not word.isdigit():
            return parse_error(word)
    _, lines, count = (int(word) for word in arguments)
    days, hours, minutes, _ = parts(at.device.uptime)
    screen = [
        f"Run Time:  {days} days, {hours} hours and {minutes} minutes",
        "0U, 0N, 0S, 100I, 0WA, 0HI, 0SI, 0ST; 3962T, 2472F",
        *(f"{name:>17} {number:>8}      S       0.0     0.4    0" for name, number in _PROCESSES),
    ]
    return show(*(screen[: 2 + lines] * count))


def flash_list(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose sys flash list`` (article 243386); the last row is what is left for data."""
    device, rows = at.device, []
    partitions, disk = device.partitions, device.disk
    total = disk.capacity // 1024
    for place, held in partitions.held.items():
        if held.slot is None:
            continue
        used = held.slot.size // 1024
        active = "Yes" if place == partitions.running else "No"
        rows.append(_row(place, versions.partition_name(held.slot.version), total, used, active))
    used = total - disk.free // 1024
    rows.append(_row(3, "ETDB-93.00146", total, used, "No"))
    number, date = versions.build(at.version)
    built = f"{datetime.strptime(date, '%y%m%d').replace(tzinfo=UTC):%b %d %Y} 00:00:00"
    sizes = f"{'TotalSize(KB)':>13} {'Used(KB)':>9} {'Use%':>5}"
    return show(
        f"{'Partition':<10} {'Image':<41} {sizes}  Active",
        *rows,
        f"Image build at {built} for b{number:04}",
    )


def _row(number: int, image: str, total: int, used: int, active: str) -> str:
    share = f"{used * 100 // total}%"
    return f"{number:<10} {image:<41} {total:>13} {used:>9} {share:>5}  {active:<6}".rstrip()


def device_disk(at: At, _: tuple[str, ...]) -> Outcome:
    """``diagnose hardware deviceinfo disk``; the lab's own shape, in the words of the real one."""
    disk = at.device.disk
    total, free = disk.capacity / _MIB, disk.free / _MIB
    return show(
        f"Disk SYSTEM(boot)  ref:  16  {total:.1f}MiB  type: SSD [Virtual disk] dev: /dev/vda",
        f"  partition ref:  17 {total:.1f}MiB, {free:.1f}MiB free  mounted: Y  dev: /dev/vda1",
        "",
        "Total available disks: 1",
        "Max SSD disks: 1  Available storage disks: 0",
    )


def admins(at: At, _: tuple[str, ...]) -> Outcome:
    """``get system admin list``, as docs.fortinet.com has it (636962)."""
    address = next(port.address for port in at.device.board if port.name == MANAGEMENT)
    where = f"{MANAGEMENT}:{address.ip if address else ''}:22"
    rows = []
    for line, login in sorted(at.device.logins.items()):
        user, *_rest, peer = login.split()
        started = at.device.login_started(line)
        rows.append(f"{user:<8} sshv2  {where:<24} {f'{peer}:{40000 + line}':<20} {stamp(started)}")
    return show("username local  device                   remote               started", *rows)


def date(at: At, _: tuple[str, ...]) -> Outcome:
    """``execute date``."""
    return show(f"current date is: {moment(at.now):%Y-%m-%d}")


def time(at: At, _: tuple[str, ...]) -> Outcome:
    """``execute time``."""
    return show(f"current time is: {moment(at.now):%H:%M:%S}", f"last ntp sync: {system_time(0)}")


def log_display(at: At, _: tuple[str, ...]) -> Outcome:
    """``execute log display``: the HA events of this boot, the newest first, ten at most."""
    events = list(reversed(at.device.history))
    rows = [
        f"{number}: date={moment(event.at):%Y-%m-%d} time={moment(event.at):%H:%M:%S} "
        f'logid="0108037892" type="event" subtype="ha" level="notice" vd="root" '
        f'logdesc="Virtual cluster event" msg="{event.text}"'
        for number, event in enumerate(events[:10], start=1)
    ]
    return show(f"{len(events)} logs found.", f"{len(rows)} logs returned.", "", *rows)


def log_filter(_: At, __: tuple[str, ...]) -> Outcome:
    """``execute log filter ...``: accepted; only HA's events are kept anyway."""
    return show()
