"""What a unit is and who is on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nornir_haupgrade.lab.personalities.cisco_asa.clock import exact_stamp, up
from nornir_haupgrade.lab.personalities.cisco_asa.configuration import USER
from nornir_haupgrade.lab.personalities.cisco_asa.context import FULL, At
from nornir_haupgrade.lab.personalities.cisco_asa.show_conn import counted
from nornir_haupgrade.lab.personalities.cisco_asa.versions import disk_name
from nornir_haupgrade.lab.terminal.answers import show

if TYPE_CHECKING:
    from nornir_haupgrade.lab.command import Outcome
    from nornir_haupgrade.lab.personalities.cisco_asa.asa import Asa

HARDWARE = "ASAv, 2048 MB RAM, CPU Xeon E5 series 2300 MHz"
_FEATURES = (
    ("Maximum VLANs", "50"),
    ("Inside Hosts", "Unlimited"),
    ("Failover", "Active/Standby"),
    ("Encryption-DES", "Enabled"),
    ("Encryption-3DES-AES", "Enabled"),
    ("Security Contexts", "0"),
    ("Carrier", "Disabled"),
    ("AnyConnect Premium Peers", "250"),
    ("AnyConnect Essentials", "Disabled"),
    ("Other VPN Peers", "250"),
    ("Total VPN Peers", "250"),
    ("AnyConnect for Mobile", "Enabled"),
    ("AnyConnect for Cisco VPN Phone", "Enabled"),
    ("Advanced Endpoint Assessment", "Enabled"),
    ("Shared License", "Disabled"),
    ("Total TLS Proxy Sessions", "500"),
    ("Botnet Traffic Filter", "Enabled"),
    ("Cluster", "Disabled"),
)
_UNLICENSED = {
    "Failover": "Disabled",
    "Encryption-3DES-AES": "Disabled",
    "AnyConnect Premium Peers": "2",
}


def mac(asa: Asa, hardware: str) -> str:
    """An interface's own address."""
    place = [*asa.ports].index("ha" if hardware not in asa.ports else hardware)
    return f"5254.00{place:02x}.{sum(asa.name.encode()) % 0x10000:04x}"


def version(at: At, _: tuple[str, ...]) -> Outcome:
    """``show version`` of a virtual unit, as in captures of 9.5 and 9.16."""
    asa = at.asa
    changed = asa.configuration.changed
    last = (
        f"Configuration last modified by {changed}"
        if changed
        else "Configuration has not been modified since last system restart."
    )
    state = "Licensed" if asa.has_licence else "Unlicensed"
    features = dict(_FEATURES) | ({} if asa.has_licence else _UNLICENSED)
    ports = [port.hardware for port in asa.board] + ["GigabitEthernet0/2"]
    return show(
        "",
        f"Cisco Adaptive Security Appliance Software Version {asa.image.version} ",
        "SSP Operating System Version 2.10(1.162)",
        "Device Manager Version 7.16(1)",
        "",
        "Compiled on Tue 17-Feb-26 16:32 GMT by builders",
        f'System image file is "{disk_name(asa.software.running)}"',
        'Config file at boot was "startup-config"',
        "",
        f"{asa.hostname} up {up(asa.uptime)}",
        f"failover cluster up {up(max(asa.uptime, asa.mate.uptime))}",
        "",
        f"Hardware:   {HARDWARE},",
        "Model Id:   ASAv10",
        f"Internal ATA Compact Flash, {asa.disk.capacity // 1024 // 1024}MB",
        f"Slot 1: ATA Compact Flash, {asa.disk.capacity // 1024 // 1024}MB",
        "BIOS Flash Firmware Hub @ 0x0, 0KB",
        *("", ""),
        *(
            f"{number:>2}: Ext: {name:<20}: address is {mac(asa, name)}, irq 11"
            for number, name in enumerate(sorted(ports, key=lambda name: name[0] != "M"))
        ),
        "",
        "License mode: Smart Licensing",
        f"ASAv Platform License State: {state}",
        *(
            []
            if asa.has_licence
            else ["No active entitlement: no feature tier and no throughput level configured"]
        ),
        "",
        "Licensed features for this platform:",
        *(f"{name:<34}: {value:<15}" for name, value in features.items()),
        "",
        f"Serial Number: {asa.node_id}",
        "",
        "Image type          : Release",
        "Key version         : A",
        "",
        last,
    )


def inventory(at: At, _: tuple[str, ...]) -> Outcome:
    """``show inventory``."""
    return show(
        'Name: "Chassis", DESCR: "ASAv Adaptive Security Virtual Appliance"',
        f"PID: ASAv              , VID: V01     , SN: {at.asa.node_id}",
        "",
    )


def module(at: At, _: tuple[str, ...]) -> Outcome:
    """``show module``: the chassis, and nothing in it."""
    release = at.asa.image.version
    first = mac(at.asa, at.asa.board[0].hardware)
    return show(
        "Mod  Card Type                                    Model              Serial No. ",
        "---- -------------------------------------------- ------------------ -----------",
        f"   0 ASAv Adaptive Security Virtual Appliance     ASAv               {at.asa.node_id}",
        "",
        "Mod  MAC Address Range                 Hw Version   Fw Version   Sw Version     ",
        "---- --------------------------------- ------------ ------------ ---------------",
        f"   0 {first} to {first}  N/A          N/A          {release:<15}",
        "",
        "Mod  SSM Application Name           Status           SSM Application Version",
        "---- ------------------------------ ---------------- --------------------------",
        "",
        "Mod  Status             Data Plane Status     Compatibility",
        "---- ------------------ --------------------- -------------",
        "   0 Up Sys             Not Applicable",
        "",
    )


def clock(at: At, _: tuple[str, ...]) -> Outcome:
    """``show clock``."""
    return show(exact_stamp(at.now))


def curpriv(at: At, _: tuple[str, ...]) -> Outcome:
    """``show curpriv``: after ``enable`` one is somebody else."""
    is_full = at.terminal.privilege == FULL
    is_oneself = at.asa.spec.auto_enable or not is_full
    mode = "P_PRIV" if is_full else "P_UNPR"
    return show(
        f"Username : {at.user if is_oneself else USER}",
        f"Current privilege level : {at.terminal.privilege}",
        f"Current Mode/s : {mode}",
    )


def ssh_sessions(at: At, _: tuple[str, ...]) -> Outcome:
    """``show ssh sessions``, in the columns of Cisco's command reference."""
    rows = []
    for line, login in sorted(at.asa.logins.items()):
        user, *_rest, peer = login.split()
        start = f"{line - 1:<4}{peer:<16}2.0     IN   aes256-gcm -        SessionStarted   {user}"
        rows += [start, f"{'':28}OUT  aes256-gcm -        SessionStarted   {user}"]
    return show(
        "SID Client IP       Version Mode Encryption Hmac     State            Username", *rows
    )


def hostname(at: At, _: tuple[str, ...]) -> Outcome:
    """``show hostname``: that of both."""
    return show(at.asa.hostname)


def resource_usage(at: At, _: tuple[str, ...]) -> Outcome:
    """``show resource usage``."""
    count, most = counted(at)
    rows = (
        ("SSH Server", len(at.asa.logins), max(1, len(at.asa.logins)), "5"),
        ("Syslogs [rate]", 0, 112, "unlimited"),
        ("Conns", count, most, "unlimited"),
        ("Hosts", 2, 2, "unlimited"),
        ("Routes", 5, 5, "unlimited"),
    )
    return show(
        "Resource                 Current        Peak      Limit        Denied Context",
        *(
            f"{name:<23}{current:>9}{peak:>12}{limit:>11}{0:>14} System"
            for name, current, peak, limit in rows
        ),
    )
